// From the inputs to the files, one at a time.
//
// Directories are read when the walk comes to them and forgotten when it leaves, so 200,000 files cost no more than
// the names in the largest directory, in one piece of memory. Names are bytes, as the file system has them. Symbolic
// links are followed; each directory is entered once, so loops end. Entries whose names begin with a dot are passed
// over and counted.

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
    /// A file, by the bytes of its path, and whether that was given as it stands.
    case file([UInt8], isGiven: Bool)
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

  /// The entries of a directory that are still to be visited.
  private struct Listing {
    /// The path of the directory, with a separator at its end.
    let prefix: [UInt8]
    /// The names, each followed by NUL.
    var names: [UInt8] = []
    /// The entries, the next last.
    var entries: [Entry] = []

    struct Entry {
      let name: Int
      /// Whether the directory itself says that this is a file, and no link, so that nothing else needs to be asked.
      let isFile: Bool
    }

    /// Takes the next entry.
    mutating func next() -> (path: [UInt8], isFile: Bool)? {
      guard let entry = entries.popLast() else { return nil }
      var end = entry.name
      while names[end] != 0 { end += 1 }
      var path: [UInt8] = []
      path.reserveCapacity(prefix.count + end - entry.name)
      path += prefix
      path += names[entry.name..<end]
      return (path, entry.isFile)
    }

    /// Puts the entries in descending order of name.
    mutating func sort() {
      let names = names
      entries.sort { left, right in
        var (left, right) = (left.name, right.name)
        while names[left] == names[right], names[left] != 0 { (left, right) = (left + 1, right + 1) }
        return names[left] > names[right]
      }
    }
  }

  /// The inputs that are still to be visited, the next last.
  private var pending: [Pending] = []
  /// The directories that the walk is in, the innermost last.
  private var listings: [Listing] = []
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
    while true {
      if !listings.isEmpty {
        guard let (path, isFile) = listings[listings.count - 1].next() else {
          listings.removeLast()
          continue
        }
        if isFile, given.isEmpty { return .file(path, isGiven: false) }
        if let item = visit(path, isGiven: false) { return item }
      } else {
        switch pending.popLast() {
        case .standardInput: return .standardInput
        case .path(let path, let isGiven):
          if let item = visit(path, isGiven: isGiven) { return item }
        case nil: return nil
        }
      }
    }
  }

  /// Enters a directory, or tells what is to be read.
  private mutating func visit(_ path: [UInt8], isGiven: Bool) -> Item? {
    guard let status = FileWalker.status(of: path) else {
      return .failure(path, SystemError("cannot be opened"))
    }
    if status.isDirectory {
      guard entered.insert(status.identity).inserted else { return nil }
      do throws(SystemError) {
        try enter(path)
      } catch {
        return .failure(path, error)
      }
    } else if isGiven {
      // Given twice, it is read once; pipes have no identity worth the name and are read as they come.
      if !status.isRegular || visited.insert(status.identity).inserted {
        return .file(path, isGiven: true)
      }
    } else if status.isRegular, !given.contains(status.identity) {
      return .file(path, isGiven: false)
    }
    return nil
  }

  private mutating func enter(_ directory: [UInt8]) throws(SystemError) {
    guard let stream = unsafe directory.withCPath({ unsafe opendir($0) }) else {
      throw SystemError("directory cannot be read")
    }
    defer { unsafe closedir(stream) }
    var listing = Listing(prefix: directory.last == 0x2F ? directory : directory + [0x2F])
    errno = 0
    while let entry = unsafe readdir(stream) {
      let start = listing.names.count
      // The entry lives until the next call; its name, which ends with NUL, is copied at once.
      unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: UInt8.self, capacity: 256) { text in
          var length = 0
          while unsafe text[length] != 0 { length += 1 }
          unsafe listing.names.append(contentsOf: UnsafeBufferPointer(start: text, count: length + 1))
        }
      }
      if listing.names[start] == 0x2E {
        let isItselfOrParent = [[0x2E, 0], [0x2E, 0x2E, 0]].contains {
          listing.names[start...].elementsEqual($0)
        }
        if !isItselfOrParent { hiddenEntries += 1 }
        listing.names.removeSubrange(start...)
      } else {
        listing.entries.append(
          Listing.Entry(name: start, isFile: unsafe Int32(entry.pointee.d_type) == Int32(DT_REG)))
      }
      errno = 0
    }
    if errno != 0 { throw SystemError("directory cannot be read") }
    listing.sort()
    listings.append(listing)
  }

  private struct Status {
    let isDirectory: Bool
    let isRegular: Bool
    let identity: Identity
  }

  private static func status(of path: [UInt8]) -> Status? {
    var status = stat()
    guard unsafe path.withCPath({ unsafe stat($0, &status) }) == 0 else { return nil }
    let kind = status.st_mode & S_IFMT
    return Status(
      isDirectory: kind == S_IFDIR, isRegular: kind == S_IFREG,
      identity: Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)))
  }
}
