// Strings compared by their UTF-8 bytes.
//
// Swift compares strings by Unicode canonical equivalence: an object key with a composed `é` equals one with a
// decomposed `é`, though S3 holds them apart. A ledger that took the two for one would keep whichever came
// first, and its bytes would depend on the order of the files. Whatever the ledger keys or sorts by text from
// logs therefore goes through the comparisons below.

import Glibc

extension String {
  /// Whether this text stands before another by UTF-8 bytes.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether it comes first.
  package func precedes(_ other: String) -> Bool {
    let left = utf8.span
    let right = other.utf8.span
    let order = ByteOrder.compare(left, right, min(left.count, right.count))
    return order == 0 ? left.count < right.count : order < 0
  }

  /// Whether this text has the same UTF-8 bytes as another.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether they are the same byte for byte.
  package func sameBytes(as other: String) -> Bool {
    let left = utf8.span
    let right = other.utf8.span
    return left.count == right.count && ByteOrder.compare(left, right, left.count) == 0
  }

  /// Feeds the UTF-8 bytes and their number to a hasher.
  ///
  /// - Parameter hasher: The hasher.
  package func hashBytes(into hasher: inout Hasher) {
    // The hasher takes bytes from raw memory only; the buffer lives as long as the closure.
    unsafe utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    hasher.combine(0xFF as UInt8)
  }
}

/// Comparison of memory, not of code units one by one: a ledger compares texts for every event.
private enum ByteOrder {
  static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>, _ count: Int) -> Int32 {
    unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        // Empty texts may have no address; both have at least `count` bytes.
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        return unsafe memcmp(left, right, count)
      }
    }
  }
}

/// A text that is equal, hashed and ordered by its UTF-8 bytes.
public struct ByteString: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The text.
  public let text: String

  /// Wraps a text.
  ///
  /// - Parameter text: The text.
  public init(_ text: String) { self.text = text }

  /// The text itself.
  public var description: String { text }

  /// Whether two texts have the same bytes.
  public static func == (left: ByteString, right: ByteString) -> Bool { left.text.sameBytes(as: right.text) }

  /// Orders texts by bytes.
  public static func < (left: ByteString, right: ByteString) -> Bool { left.text.precedes(right.text) }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
