// Reads a file or standard input line by line, in constant memory, whatever stands in it.

import Glibc

/// The lines of a file, or of standard input.
///
/// A line longer than the limit is passed over and reported as such; a last line without a line feed is a line.
struct InputLines: ~Copyable {
  /// What was read.
  enum Line {
    /// A line without its line feed, its number counted from 1.
    case text([UInt8], number: Int)
    /// A line that is longer than the limit.
    case tooLong(number: Int)
  }

  /// The longest line that is kept, in bytes.
  static let limit = 64 << 20

  private let descriptor: Int32
  private let name: String
  private var chunk = [UInt8](repeating: 0, count: 1 << 18)
  private var unread = 0..<0
  private var number = 0
  private var hasEnded = false

  /// Opens an input.
  ///
  /// - Parameter path: A file's path, or `-` for standard input.
  /// - Throws: ``CommandError/Code/inputMissing`` where it cannot be opened.
  init(_ path: String) throws(CommandError) {
    name = path == "-" ? "standard input" : path
    // The path is a Swift string, passed as the C string that the call wants.
    descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw error() }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw CommandError(
        .inputMissing, "cannot read `\(name)`: it is a directory", hint: "name a file, or `-`")
    }
  }

  deinit {
    if descriptor != STDIN_FILENO, descriptor >= 0 { close(descriptor) }
  }

  /// The next line, or `nil` behind the last.
  ///
  /// - Throws: ``CommandError/Code/inputMissing`` where reading fails.
  mutating func next() throws(CommandError) -> Line? {
    var line: [UInt8] = []
    var isTooLong = false
    var hasBytes = false
    while true {
      if unread.isEmpty {
        try fill()
        if unread.isEmpty { break }
      }
      hasBytes = true
      let end = chunk[unread].firstIndex(of: UInt8(ascii: "\n"))
      let piece = unread.lowerBound..<(end ?? unread.upperBound)
      isTooLong = isTooLong || line.count + piece.count > InputLines.limit
      if isTooLong { line.removeAll() } else { line += chunk[piece] }
      unread = min(piece.upperBound + 1, unread.upperBound)..<unread.upperBound
      if end != nil { break }
    }
    guard hasBytes else { return nil }
    number += 1
    return isTooLong ? .tooLong(number: number) : .text(line, number: number)
  }

  private mutating func fill() throws(CommandError) {
    guard !hasEnded else { return }
    while true {
      // The buffer is as long as the count that is passed with it.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw error() }
      hasEnded = count == 0
      unread = 0..<count
      return
    }
  }

  private func error() -> CommandError {
    CommandError(.inputMissing, "cannot read `\(name)`: \(systemMessage(errno))")
  }
}
