// What tells events apart.

import JSONStream

/// A 128-bit hash of what an event says, whatever the way in which it was written.
public struct EventDigest: Hashable, Sendable {
  /// The first half.
  public let high: UInt64
  /// The second half.
  public let low: UInt64

  init(_ digest: JSONDigest) {
    high = digest.high
    low = digest.low
  }

  /// The digest of an event of which nothing is known.
  static let empty = EventDigest(JSONDigest.empty)
}
