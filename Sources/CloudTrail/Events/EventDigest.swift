// What tells events apart.

import IAM
import JSONStream

/// A 128-bit hash of what an event says, whatever the way in which it was written.
///
/// It is good for one run of the program: the next one hashes by another key.
public struct EventDigest: Hashable, Sendable {
  /// The first half.
  public let high: UInt64
  /// The second half.
  public let low: UInt64

  /// The digest of an event's content.
  ///
  /// - Parameter content: The digest of its parts.
  init(_ content: JSONDigest) {
    high = content.value
    low = content.tagged(1).value
  }

  /// The digest of one event: two that differ in their ids differ in both halves.
  ///
  /// - Parameters:
  ///   - content: The digest of its parts.
  ///   - id: Its id.
  ///   - time: When it was.
  init(_ content: JSONDigest, _ id: ExampleID, time: Timestamp?) {
    let rest = content.following(JSONDigest(UInt64(bitPattern: time?.secondsSinceEpoch ?? .min)))
    high = JSONDigest(id.upper, id.lower).following(rest).value
    low = JSONDigest(id.upper, id.lower, other: 0x9E6C_63D0_876A_46B5).tagged(2).following(rest).value
  }

  /// The digest of one event whose id is written in a way of its own.
  ///
  /// - Parameters:
  ///   - content: The digest of its parts.
  ///   - text: A buffer with its id.
  ///   - id: Where the id stands.
  ///   - time: When it was.
  init(_ content: JSONDigest, idIn text: UnsafeRawBufferPointer, _ id: Range<Int>, time: Timestamp?) {
    let rest = content.following(JSONDigest(UInt64(bitPattern: time?.secondsSinceEpoch ?? .min)))
    high = unsafe JSONDigest(text, id).following(rest).value
    low = unsafe JSONDigest(text, id, other: 0x9E6C_63D0_876A_46B5).tagged(2).following(rest).value
  }

  /// The digest of an event of which nothing is known.
  static let empty = EventDigest(high: 0, low: 0)

  /// Creates a digest from its halves.
  ///
  /// - Parameters:
  ///   - high: The first half.
  ///   - low: The second half.
  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
