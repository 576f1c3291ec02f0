// A directory of files that comes out as a whole or not at all.
//
// The files are written into a directory of a temporary name beside the destination; then the destination is moved
// aside, the new directory takes its name, and the old one is removed. Signals are held back while that happens, so
// that an interrupted run leaves the old directory as it was. What stands in a destination is only ever replaced where
// all of it came from an earlier run: its manifest says which files those are.

import Glibc
import JSONStream

/// A destination for many files.
package struct OutputDirectory: Sendable {
  /// The file that lists all others.
  package static let manifestName = "manifest.json"

  private let path: String
  private var files: [(path: String, bytes: [UInt8], isExecutable: Bool)] = []

  /// Prepares a destination; writes nothing yet.
  ///
  /// - Parameter path: The directory, which need not exist.
  /// - Throws: ``CommandError/Code/outputFailed`` where something stands there that an earlier run did not write.
  package init(_ path: String) throws(CommandError) {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.path = FileSystem.realPath(trimmed) ?? trimmed
    try requireReplaceable()
  }

  /// Adds a file.
  ///
  /// - Parameters:
  ///   - path: Its path below the directory, made with ``safeName(_:)`` where parts come from input.
  ///   - bytes: Its contents.
  ///   - isExecutable: Whether it is a script that can be run.
  package mutating func add(_ path: String, _ bytes: [UInt8], isExecutable: Bool = false) {
    files.append((path: path, bytes: bytes, isExecutable: isExecutable))
  }

  /// Writes the files and puts the directory in place.
  ///
  /// - Throws: ``CommandError/Code/outputFailed`` where that fails; the old directory then stands as it was.
  package func finish() throws(CommandError) {
    let signals = HeldSignals()
    defer { signals.release() }
    try requireReplaceable()
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    guard parent.isEmpty || FileSystem.makeDirectories(parent) else { throw failure(errno) }
    guard let staging = FileSystem.makeTemporaryDirectory(beside: path) else { throw failure(errno) }
    do throws(CommandError) {
      try write(into: staging)
      try replace(with: staging)
    } catch {
      FileSystem.removeTree(staging)
      throw error
    }
  }

  private func write(into staging: String) throws(CommandError) {
    for file in files {
      let target = "\(staging)/\(file.path)"
      let parent = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
      guard FileSystem.makeDirectories(parent) else { throw failure(errno) }
      let descriptor = FileSystem.create(target, isExecutable: file.isExecutable)
      guard descriptor >= 0 else { throw failure(errno) }
      defer { close(descriptor) }
      let number = writeFully(file.bytes, to: descriptor)
      if number != 0 { throw failure(number) }
    }
  }

  private func replace(with staging: String) throws(CommandError) {
    let aside = staging + "-old"
    let existed = FileSystem.rename(path, to: aside)
    if !existed, errno != ENOENT { throw failure(errno) }
    guard FileSystem.rename(staging, to: path) else {
      let number = errno
      if existed { _ = FileSystem.rename(aside, to: path) }
      throw failure(number)
    }
    if existed { FileSystem.removeTree(aside) }
  }

  /// Throws unless the destination is absent, empty, or holds nothing but what an earlier run wrote.
  private func requireReplaceable() throws(CommandError) {
    guard let names = FileSystem.names(in: path) else {
      if errno == ENOENT { return }
      throw failure(errno)
    }
    if let here = FileSystem.realPath("."), (here + "/").hasPrefix(path == "/" ? path : path + "/") {
      throw CommandError(
        .outputFailed, "cannot replace `\(path)`: it is the working directory, or holds it",
        hint: "name a directory below it")
    }
    let manifest = FileSystem.contents("\(path)/\(OutputDirectory.manifestName)", limit: 1 << 30)
    let listed = manifest.flatMap { try? JSONValue(parsing: $0) }.map(OutputDirectory.listedFiles) ?? []
    // Without a manifest of ours the first name will do: no need to walk a tree that may be of any size.
    let entries = listed.isEmpty ? names : FileSystem.files(below: path) ?? names
    if let foreign = entries.sorted().first(where: { !listed.contains($0) }) {
      throw CommandError(
        .outputFailed, "`\(path)` holds `\(foreign)`, which whittle did not write there",
        hint: "name a directory that is empty, or does not exist, or holds an earlier output")
    }
  }

  /// The files that a manifest lists, itself included; none where it is not one of ours.
  private static func listedFiles(_ manifest: JSONValue) -> Set<String> {
    guard manifest["generator"]?.string?.hasPrefix("whittle") == true else { return [] }
    let files = manifest["files"]?.elements.compactMap(\.string) ?? []
    return Set(files + [manifestName])
  }

  private func failure(_ number: Int32) -> CommandError {
    let hint =
      switch number {
      case EBUSY, EINVAL: "name a directory below it: this one is a mount point and cannot be replaced"
      case EACCES, EPERM, EROFS: "the directory above it must be writable"
      default: String?.none
      }
    return CommandError(.outputFailed, "cannot write `\(path)`: \(systemMessage(number))", hint: hint)
  }
}

extension OutputDirectory {
  /// A file name made from text that may come from hostile logs.
  ///
  /// Letters, digits and `+=,.@_-` stay, which is all that IAM allows in names; every other byte becomes `%` and
  /// two hexadecimal digits, as do the dots of a name of dots. A name too long for file systems is cut.
  ///
  /// - Parameter text: Any text.
  /// - Returns: A name without separators that is neither empty, `.` nor `..`, and fits 200 bytes.
  package static func safeName(_ text: String) -> String {
    if text.isEmpty { return "%" }
    let isDots = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
    let allowed = Set("+=,.@_-".utf8)
    var name = ""
    for byte in text.utf8 {
      if byte.isAlphanumeric || (allowed.contains(byte) && !isDots) {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16)
        name += "%" + (digits.count == 1 ? "0" : "") + digits
      }
      if name.utf8.count >= 196 { return name + "%%" }
    }
    return name
  }
}
