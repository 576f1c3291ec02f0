// Strings compared by their UTF-8 bytes.
//
// Swift compares strings by Unicode canonical equivalence: an object key with a composed `é` equals one with a
// decomposed `é`, though S3 holds them apart. A ledger that took the two for one would keep whichever came
// first, and its bytes would depend on the order of the files. Whatever the ledger keys or sorts by text from
// logs therefore goes through the comparisons below.

extension String {
  /// Whether this text stands before another by UTF-8 bytes.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether it comes first.
  @inlinable
  package func precedes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// Whether this text has the same UTF-8 bytes as another.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether they are the same byte for byte.
  @inlinable
  package func sameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Feeds the UTF-8 bytes and their number to a hasher.
  ///
  /// - Parameter hasher: The hasher.
  @inlinable
  package func hashBytes(into hasher: inout Hasher) {
    // The hasher takes bytes from raw memory only; the buffer lives as long as the closure.
    let hashed: Void? = unsafe utf8.withContiguousStorageIfAvailable { buffer in
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(buffer))
    }
    if hashed == nil { for byte in utf8 { hasher.combine(byte) } }
    hasher.combine(0xFF as UInt8)
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
