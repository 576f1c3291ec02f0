// An open file of the operating system, and the reasons for which there is none.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A failure of the operating system.
struct SystemError: Error, Hashable {
  /// What failed and why, as a sentence fragment.
  let message: String

  /// Describes a failure that no system call has reported.
  init(saying message: String) { self.message = message }

  /// Describes the last failure of the C library.
  init(_ action: String) {
    let number = errno
    var buffer = [CChar](repeating: 0, count: 256)
    // `strerror` is not safe to call from several threads; its reentrant form writes into our buffer.
    _ = unsafe strerror_r(number, &buffer, buffer.count)
    let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    message = "\(action): \(String(decoding: text, as: UTF8.self).lowercasedFirst)"
  }
}

extension String {
  /// The text with its first letter in lower case, as error texts are.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

/// A file that is open for reading, closed when it goes out of scope.
struct FileHandle: ~Copyable {
  private let descriptor: CInt
  private let owns: Bool
  /// How many bytes a file that a walk has found had when it was opened; `nil` for anything else.
  let size: Int?

  /// Standard input.
  static var standardInput: FileHandle { FileHandle(descriptor: 0, owns: false, size: nil) }

  private init(descriptor: CInt, owns: Bool, size: Int?) {
    self.descriptor = descriptor
    self.owns = owns
    self.size = size
  }

  /// Opens a file.
  ///
  /// What a walk has found is opened without waiting: where a pipe stands by now in the place of the file, nobody may
  /// ever write to it.
  ///
  /// - Parameters:
  ///   - path: The path, as bytes that need not be UTF-8.
  ///   - isGiven: Whether the path was given as it stands, so that pipes and devices are opened as well.
  /// - Throws: Why it cannot be opened.
  init(opening path: [UInt8], isGiven: Bool) throws(SystemError) {
    let flags = O_RDONLY | O_CLOEXEC | (isGiven ? 0 : O_NONBLOCK)
    let descriptor = unsafe path.withCPath { unsafe open($0, flags) }
    guard descriptor >= 0 else { throw SystemError("cannot be opened") }
    var size: Int?
    do throws(SystemError) {
      if !isGiven { size = try FileHandle.size(descriptor) }
    } catch {
      close(descriptor)
      throw error
    }
    self.init(descriptor: descriptor, owns: true, size: size)
  }

  /// How many bytes a file has that a walk has found; `nil` where it is a directory by now.
  ///
  /// - Throws: Why it is not to be read, where there is a reason.
  private static func size(_ descriptor: CInt) throws(SystemError) -> Int? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError("cannot be opened") }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: return nil
    default: throw SystemError(saying: "is no file any more")
    }
  }

  deinit { if owns { close(descriptor) } }

  /// Reads what is there, as much as there is room for.
  ///
  /// - Parameters:
  ///   - buffer: Where the bytes are appended.
  ///   - most: How many bytes are read at most.
  /// - Returns: How many were read; 0 at the end of the file.
  /// - Throws: Why reading failed.
  borrowing func read(into buffer: inout ByteBuffer, most: Int) throws(SystemError) -> Int {
    let before = buffer.count
    unsafe try buffer.append { room throws(SystemError) in
      while true {
        // `read` writes no more than it is told, which is no more than the room.
        let length = min(most, room.count)
        #if canImport(Glibc)
          let count = unsafe Glibc.read(descriptor, room.baseAddress, length)
        #elseif canImport(Musl)
          let count = unsafe Musl.read(descriptor, room.baseAddress, length)
        #else
          let count = unsafe Darwin.read(descriptor, room.baseAddress, length)
        #endif
        if count >= 0 { return count }
        if errno != EINTR { throw SystemError("cannot be read") }
      }
    }
    return buffer.count - before
  }
}

extension [UInt8] {
  /// Calls a function with the bytes as the NUL-terminated path that system calls take.
  ///
  /// - Parameter body: The function; the path lives until it returns.
  /// - Returns: What the function returns.
  func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var path: [CChar] = []
    path.reserveCapacity(count + 1)
    for byte in self { path.append(CChar(bitPattern: byte)) }
    path.append(0)
    return unsafe body(path)  // the array lives until the call returns
  }
}
