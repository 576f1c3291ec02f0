// From the inputs to the files, one at a time.
//
// Directories are read when the walk comes to them and forgotten when it leaves, so 200,000 files cost no more than
// the largest directory. Names are bytes, as the file system has them. Symbolic links are followed; each directory
// is entered once, so loops end. Entries whose names begin with a dot are passed over and counted.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lazy walk over files and directories in order of name.
struct FileWalker: ~Copyable {
  /// What the walk came to.
  enum Item {
    case standardInput
    /// A file, by the bytes of its path.
    case file([UInt8])
    /// A path that leads nowhere, or a directory that cannot be read.
    case failure([UInt8], SystemError)
  }

  private struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  private enum Pending {
    case standardInput
    case path([UInt8], isGiven: Bool)
  }

  /// What is still to be visited, the next last.
  private var pending: [Pending] = []
  private var entered: Set<Identity> = []
  /// The files that were given by name, so that a directory given beside them does not bring them twice.
  private var given: Set<Identity> = []
  private var visited: Set<Identity> = []

  /// How many directory entries were passed over because their names begin with a dot.
  private(set) var hiddenEntries = 0

  /// Creates a walk over the inputs, in their order.
  init(_ inputs: [LogInput]) {
    for input in inputs.reversed() {
      switch input {
      case .standardInput: pending.append(.standardInput)
      case .path(let path): pending.append(.path(Array(path.utf8), isGiven: true))
      }
    }
    for case .path(let path, _) in pending {
      if let status = FileWalker.status(of: path), !status.isDirectory { given.insert(status.identity) }
    }
  }

  /// The next file, or `nil` at the end of the walk.
  mutating func next() -> Item? {
    while let top = pending.popLast() {
      guard case .path(let path, let isGiven) = top else { return .standardInput }
      guard let status = FileWalker.status(of: path) else {
        return .failure(path, SystemError("cannot be opened"))
      }
      if status.isDirectory {
        guard entered.insert(status.identity).inserted else { continue }
        do throws(SystemError) {
          try enter(path)
        } catch {
          return .failure(path, error)
        }
      } else if isGiven {
        // Given twice, it is read once; pipes have no identity worth the name and are read as they come.
        if !status.isRegular || visited.insert(status.identity).inserted { return .file(path) }
      } else if status.isRegular, !given.contains(status.identity) {
        return .file(path)
      }
    }
    return nil
  }

  private mutating func enter(_ directory: [UInt8]) throws(SystemError) {
    var names: [[UInt8]] = []
    let path = directory.map { CChar(bitPattern: $0) } + [0]
    guard let stream = unsafe opendir(path) else { throw SystemError("directory cannot be read") }
    defer { unsafe closedir(stream) }
    errno = 0
    while let entry = unsafe readdir(stream) {
      // The entry lives until the next call; its name is copied at once.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: UInt8.self, capacity: 256) { text in
          var length = 0
          while unsafe text[length] != 0 { length += 1 }
          return unsafe Array(UnsafeBufferPointer(start: text, count: length))
        }
      }
      if name == [0x2E] || name == [0x2E, 0x2E] { continue }
      if name.first == 0x2E {
        hiddenEntries += 1
      } else {
        names.append(name)
      }
      errno = 0
    }
    if errno != 0 { throw SystemError("directory cannot be read") }
    names.sort { $1.lexicographicallyPrecedes($0) }
    let separator: [UInt8] = directory.last == 0x2F ? [] : [0x2F]
    for name in names { pending.append(.path(directory + separator + name, isGiven: false)) }
  }

  private struct Status {
    let isDirectory: Bool
    let isRegular: Bool
    let identity: Identity
  }

  private static func status(of path: [UInt8]) -> Status? {
    var status = stat()
    let name = path.map { CChar(bitPattern: $0) } + [0]
    guard unsafe stat(name, &status) == 0 else { return nil }
    let kind = status.st_mode & S_IFMT
    return Status(
      isDirectory: kind == S_IFDIR, isRegular: kind == S_IFREG,
      identity: Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
  }
}
