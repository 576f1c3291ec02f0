// Rows of comma-separated values, as RFC 4180 has them, from a stream.
//
// Like `JSONFramer` it does no I/O and keeps no bytes, and the rows do not depend on how the stream was cut. A quote
// that is never closed would swallow the rest of the file, so a row has a limit; past it, or at the end of the file,
// the row is reported as damage and reading goes on behind its first line.

/// A resumable splitter of CSV into rows.
package struct CSVFramer {
  /// What the framer came upon.
  package enum Step {
    /// A row, and where it begins in the stream.
    case row([[UInt8]], offset: Int)
    /// A row that could not be read, and where it begins.
    case damage(offset: Int, message: String)
    /// The window is used up.
    case needMore
    /// The stream has ended.
    case end
  }

  /// The longest row.
  let rowLimit: Int

  /// The offset in the window before which no byte is needed again.
  private(set) var keptFrom = 0

  private var scanned = 0
  private var isQuoted = false
  private var base = 0
  private var isAtStart = true

  private let separator: UInt8
  private let hasQuotes: Bool

  /// Creates a framer for a new stream.
  ///
  /// - Parameters:
  ///   - rowLimit: The longest row.
  ///   - isTabbed: Whether fields are separated by tabs, and quotes mean nothing.
  package init(rowLimit: Int = 4 << 20, isTabbed: Bool = false) {
    self.rowLimit = rowLimit
    separator = isTabbed ? 0x09 : UInt8(ascii: ",")
    hasQuotes = !isTabbed
  }

  /// Tells the framer that the window now begins `count` bytes later.
  mutating func drop(_ count: Int) {
    base += count
    keptFrom -= count
    scanned -= count
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - window: The bytes from where the window begins now.
  ///   - isFinal: Whether the stream ends with them.
  /// - Returns: What was come upon.
  package mutating func next(_ window: Span<UInt8>, isFinal: Bool) -> Step {
    if isAtStart {
      guard window.count >= 3 || isFinal else { return .needMore }
      isAtStart = false
      if window.count >= 3, window[0] == 0xEF, window[1] == 0xBB, window[2] == 0xBF {
        keptFrom = 3
        scanned = 3
      }
    }
    while true {
      while scanned < window.count, scanned - keptFrom <= rowLimit {
        let byte = window[scanned]
        if byte == UInt8(ascii: "\""), hasQuotes { isQuoted.toggle() }
        scanned += 1
        if byte == 0x0A, !isQuoted { return row(window) }
      }
      if scanned - keptFrom > rowLimit || isFinal && isQuoted {
        let offset = base + keptFrom
        let isLong = !isFinal || scanned < window.count
        skipLine(window)
        return .damage(
          offset: offset, message: isLong ? "row longer than \(rowLimit) bytes" : "quote that is not closed")
      }
      guard isFinal else { return .needMore }
      if keptFrom < window.count { return row(window) }
      return .end
    }
  }

  private mutating func skipLine(_ window: Span<UInt8>) {
    while keptFrom < window.count, window[keptFrom] != 0x0A { keptFrom += 1 }
    keptFrom = min(keptFrom + 1, window.count)
    scanned = keptFrom
    isQuoted = false
  }

  /// Splits the bytes from `keptFrom` to `scanned`.
  private mutating func row(_ window: Span<UInt8>) -> Step {
    let offset = base + keptFrom
    var end = scanned
    if end > keptFrom, window[end - 1] == 0x0A { end -= 1 }
    if end > keptFrom, window[end - 1] == 0x0D { end -= 1 }
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    var inQuotes = false
    var at = keptFrom
    while at < end {
      let byte = window[at]
      if byte == UInt8(ascii: "\""), hasQuotes {
        if inQuotes, at + 1 < end, window[at + 1] == byte {
          field.append(byte)
          at += 1
        } else {
          inQuotes.toggle()
        }
      } else if byte == separator, !inQuotes {
        fields.append(field)
        field.removeAll(keepingCapacity: true)
      } else {
        field.append(byte)
      }
      at += 1
    }
    fields.append(field)
    keptFrom = scanned
    return .row(fields, offset: offset)
  }
}
