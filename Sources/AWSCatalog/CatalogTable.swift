// One reference table: sorted lines of tab-separated fields, searched where they lie.
//
// A table is text such as
//
//     # where it comes from, and of what date
//     ec2:RunInstances⇥W⇥m⇥…
//     s3:GetObject⇥R⇥d⇥object*⇥…
//
// sorted by the bytes of the first field in lower case. A lookup halves the range of bytes, steps back to the
// start of the line in the middle and compares the first field, ASCII case aside: no index, no parsing, no
// allocation. The bytes are either embedded in the program or belong to a catalog file that was loaded and is
// never unloaded, so a table is no more than a pointer and a length.

import Glibc

/// A sorted table of tab-separated lines.
///
/// Invariant: the bytes outlive the table, since embedded bytes and those of a loaded catalog file are never
/// freed. `byte(at:)`, `text(_:)` and `withBytes(_:)` are all that touch them, and check their ranges.
@safe
struct CatalogTable: Sendable {
  private nonisolated(unsafe) let base: UnsafePointer<UInt8>

  /// The number of bytes.
  let count: Int

  /// The offset of the first line behind the `#` line.
  let start: Int

  /// Makes a table of bytes that are never freed.
  ///
  /// - Parameters:
  ///   - base: The first byte.
  ///   - count: The number of bytes that may be read.
  @unsafe
  init(base: UnsafePointer<UInt8>, count: Int) {
    unsafe self.base = base
    self.count = count
    var offset = 0
    if count > 0, unsafe base[0] == UInt8(ascii: "#") {
      while offset < count, unsafe base[offset] != UInt8(ascii: "\n") { offset += 1 }
      offset = min(offset + 1, count)
    }
    start = offset
  }

  /// A table without lines.
  static let empty: CatalogTable = {
    // One byte that is never freed, so that there is an address to point to.
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    unsafe memory.initialize(to: UInt8(ascii: "\n"))
    return unsafe CatalogTable(base: UnsafePointer(memory), count: 0)
  }()

  /// The byte at an offset.
  ///
  /// - Parameter offset: An offset below `count`; anything else stops the program.
  /// - Returns: The byte.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count)
    return unsafe base[offset]
  }

  /// The text of a range of bytes.
  ///
  /// - Parameter range: A range within the table.
  /// - Returns: The text.
  func text(_ range: Range<Int>) -> String {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let bytes = unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }

  /// Looks at the bytes behind the first line.
  ///
  /// - Parameter look: What looks at them; they must not leave it.
  func withBytes(_ look: (UnsafeRawBufferPointer) -> Void) {
    unsafe look(UnsafeRawBufferPointer(start: base + start, count: count - start))
  }

  /// The line that says where the table comes from, without its `# `.
  var source: String { start == 0 ? "" : text(min(2, start - 1)..<start - 1) }

  /// The number of lines behind the first.
  ///
  /// - Complexity: O(*n*) in the size of the table.
  var lineCount: Int {
    var lines = 0
    var offset = start
    while offset < count {
      offset = nextLine(from: offset)
      lines += 1
    }
    return lines
  }

  /// The line that begins at an offset, or `nil` at the end.
  ///
  /// - Parameter offset: The offset of the first byte of a line.
  /// - Returns: The line, or `nil`.
  func line(at offset: Int) -> CatalogLine? {
    guard offset < count else { return nil }
    let end = firstOffset(of: UInt8(ascii: "\n"), in: offset..<count)
    return CatalogLine(table: self, start: offset, end: end)
  }

  /// Finds the line whose first field equals a key, ASCII case aside.
  ///
  /// - Parameter key: The key.
  /// - Returns: The line, or `nil`.
  /// - Complexity: O(log *n*) in the size of the table; allocates nothing.
  func line(_ key: String) -> CatalogLine? {
    let bytes = key.utf8Span.span
    guard let line = line(at: lowerBound(bytes)) else { return nil }
    return compare(bytes, line.start) == 0 ? line : nil
  }

  /// The offset of the first line whose first field is not below a key, ASCII case aside.
  ///
  /// - Parameter key: The key.
  /// - Returns: The offset, `count` where all lines are below.
  func lowerBound(_ key: Span<UInt8>) -> Int {
    // All lines before `low` are below the key, and none begins from `high` on before the line found.
    var low = start
    var high = count
    var found = count
    while low < high {
      let middle = low + (high - low) / 2
      let line = middle == low ? low : nextLine(from: middle - 1)
      if line >= found {
        high = middle
      } else if compare(key, line) > 0 {
        low = nextLine(from: line)
      } else {
        found = line
        high = middle
      }
    }
    return found
  }

  /// The offset behind the first line end from an offset on, at most `count`.
  private func nextLine(from offset: Int) -> Int {
    min(firstOffset(of: UInt8(ascii: "\n"), in: offset..<count) + 1, count)
  }

  /// Where a byte stands first in a range, or the end of the range.
  ///
  /// - Parameters:
  ///   - byte: The byte.
  ///   - range: A range within the table.
  /// - Returns: The offset.
  func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let place = unsafe memchr(base + range.lowerBound, Int32(byte), range.count)
    guard let place = unsafe place else { return range.upperBound }
    return unsafe UnsafeRawPointer(place) - UnsafeRawPointer(base)
  }

  /// Compares a key with the first field of the line at an offset: below, at or above zero, as the key is.
  private func compare(_ key: Span<UInt8>, _ line: Int) -> Int {
    var offset = line
    for index in key.indices {
      guard offset < count else { return 1 }
      let byte = byte(at: offset)
      if byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") { return 1 }
      let difference = Int(lowercased(key[index])) - Int(lowercased(byte))
      if difference != 0 { return difference }
      offset += 1
    }
    guard offset < count else { return 0 }
    let byte = byte(at: offset)
    return byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") ? 0 : -1
  }
}

/// A byte with ASCII upper case folded to lower case.
///
/// - Parameter byte: Any byte.
/// - Returns: The folded byte.
@inline(__always)
func lowercased(_ byte: UInt8) -> UInt8 {
  byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}

/// One line of a table.
struct CatalogLine: Sendable {
  /// The table that the line stands in.
  let table: CatalogTable
  /// The offset of its first byte.
  let start: Int
  /// The offset behind its last byte, where the line break stands.
  let end: Int

  /// The line that follows, or `nil` behind the last.
  var next: CatalogLine? { table.line(at: end + 1) }

  /// The bytes of a field; empty where the line has fewer fields.
  ///
  /// - Parameter index: The number of the field, from 0.
  /// - Returns: The range, without the tab.
  func range(_ index: Int) -> Range<Int> {
    var from = start
    var passed = 0
    while passed < index {
      from = table.firstOffset(of: UInt8(ascii: "\t"), in: from..<end)
      guard from < end else { return end..<end }
      from += 1
      passed += 1
    }
    return field(startingAt: from)
  }

  /// The text of a field; empty where the line has fewer fields.
  ///
  /// - Parameter index: The number of the field, from 0.
  /// - Returns: The text.
  func text(_ index: Int) -> String { table.text(range(index)) }

  /// The parts of a field between separators; none where the field is empty.
  ///
  /// - Parameters:
  ///   - index: The number of the field, from 0.
  ///   - separator: The byte between the parts, a space unless told.
  /// - Returns: The parts, in their order.
  func list(_ index: Int, separator: UInt8 = UInt8(ascii: " ")) -> [String] {
    let range = range(index)
    var parts: [String] = []
    var from = range.lowerBound
    while from < range.upperBound {
      let to = table.firstOffset(of: separator, in: from..<range.upperBound)
      parts.append(table.text(from..<to))
      from = to + 1
    }
    return parts
  }

  /// The texts of all fields from one on.
  ///
  /// - Parameter index: The number of the first field.
  /// - Returns: The texts, in their order.
  func list(from index: Int) -> [String] {
    var fields: [String] = []
    var range = range(index)
    while !range.isEmpty {
      fields.append(table.text(range))
      guard range.upperBound < end else { break }
      range = field(startingAt: range.upperBound + 1)
    }
    return fields
  }

  private func field(startingAt from: Int) -> Range<Int> {
    from..<table.firstOffset(of: UInt8(ascii: "\t"), in: from..<end)
  }
}
