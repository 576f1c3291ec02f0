// A text as a key: compared by its bytes, as all that comes from logs is (`String.sameBytes`).

import IAM

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
