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

  /// Standard input.
  static var standardInput: FileHandle { FileHandle(descriptor: 0, owns: false) }

  private init(descriptor: CInt, owns: Bool) {
    self.descriptor = descriptor
    self.owns = owns
  }

  /// Opens a file.
  ///
  /// - Parameter path: The path, as bytes that need not be UTF-8.
  /// - Throws: Why it cannot be opened.
  init(opening path: [UInt8]) throws(SystemError) {
    let name = path.map { CChar(bitPattern: $0) } + [0]
    let descriptor = unsafe open(name, O_RDONLY | O_CLOEXEC)  // `name` ends with NUL
    guard descriptor >= 0 else { throw SystemError("cannot be opened") }
    self.init(descriptor: descriptor, owns: true)
  }

  deinit { if owns { close(descriptor) } }

  /// Reads what is there, up to the size of the buffer.
  ///
  /// - Parameter buffer: Where the bytes go, from its first place on.
  /// - Returns: How many were read; 0 at the end of the file.
  /// - Throws: Why reading failed.
  borrowing func read(into buffer: inout [UInt8]) throws(SystemError) -> Int {
    while true {
      // `read` writes no more than the buffer's size.
      let count = unsafe buffer.withUnsafeMutableBytes {
        #if canImport(Glibc)
          unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        #elseif canImport(Musl)
          unsafe Musl.read(descriptor, $0.baseAddress, $0.count)
        #else
          unsafe Darwin.read(descriptor, $0.baseAddress, $0.count)
        #endif
      }
      if count >= 0 { return count }
      if errno != EINTR { throw SystemError("cannot be read") }
    }
  }
}
