// The file system calls that outputs need, without Foundation, whose loading would double the time to start.

import Glibc

/// Thin wrappers over POSIX calls; failures leave their reason in `errno`.
enum FileSystem {
  /// The path without links and dots, or `nil` where nothing stands there.
  static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    // `realpath` hands over the buffer that it allocated.
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// Whether the path names a directory.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Creates a file that must not exist; returns its descriptor, or a negative number.
  static func create(_ path: String, isExecutable: Bool) -> Int32 {
    unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isExecutable ? 0o777 : 0o666)
  }

  /// Gives a file or directory another name.
  static func rename(_ path: String, to other: String) -> Bool { unsafe Glibc.rename(path, other) == 0 }

  /// Makes a directory and those above it.
  static func makeDirectories(_ path: String) -> Bool {
    if isDirectory(path) { return true }
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    if !parent.isEmpty, !makeDirectories(parent) { return false }
    return unsafe mkdir(path, 0o777) == 0 || errno == EEXIST
  }

  /// Makes a directory of a fresh name in the same directory as a path.
  static func makeTemporaryDirectory(beside path: String) -> String? {
    var template = Array("\(path).whittle-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { return nil }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // `mkdtemp` makes it private; an output has the permissions that any new directory would get.
    let mask = umask(0)
    umask(mask)
    _ = unsafe chmod(name, 0o777 & ~mask)
    return name
  }

  /// The paths of everything below a directory that is no directory, relative to it; `nil` where it cannot be read.
  static func files(below path: String) -> [String]? {
    guard let names = names(in: path) else { return nil }
    var files: [String] = []
    for name in names {
      let below = isLink("\(path)/\(name)") ? nil : self.files(below: "\(path)/\(name)")
      files += below.map { $0.map { "\(name)/\($0)" } } ?? [name]
    }
    return files
  }

  /// Removes a directory and everything below it; links are removed, not followed.
  static func removeTree(_ path: String) {
    if !isLink(path) {
      for name in names(in: path) ?? [] { removeTree("\(path)/\(name)") }
    }
    _ = unsafe remove(path)
  }

  /// The contents of a file, or `nil` where it cannot be read or is larger than the limit.
  static func contents(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      // The buffer is as long as the count that is passed with it.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      bytes += chunk.prefix(count)
    }
    return nil
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The names in a directory, dots aside, in no particular order.
  static func names(in path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      // The name is a NUL-terminated array inside the entry, which lives until the next call.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// Holds back the signals that end a run, for the moment in which outputs change places.
struct HeldSignals {
  private var before = sigset_t()

  /// Holds the signals back.
  init() {
    var held = sigset_t()
    unsafe sigemptyset(&held)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { unsafe sigaddset(&held, signal) }
    _ = unsafe pthread_sigmask(SIG_BLOCK, &held, &before)
  }

  /// Lets them through again; those that came meanwhile act now.
  func release() {
    var before = before
    _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}
