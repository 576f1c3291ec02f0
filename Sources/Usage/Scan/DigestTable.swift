// A hash table of numbers by digest.

import JSONStream

/// A table that finds a number by the digest of what it stands for.
///
/// The digest is the hash already; a place is probed, and the ones behind it while they are taken.
struct DigestTable: Sendable {
  /// A digest with its number, side by side so that both are read at once; the digest 0 marks free places.
  private struct Slot: Sendable {
    var digest: UInt64 = 0
    var number: UInt32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 256)
  /// How many digests the table has.
  private(set) var count = 0

  /// Creates an empty table.
  init() {}

  /// The place that is probed first.
  @inline(__always)
  private func first(_ digest: UInt64) -> Int { Int(truncatingIfNeeded: digest >> 7) & (slots.count &- 1) }

  /// Where a digest stands, or the free place where it would.
  @inline(__always)
  private func place(_ digest: UInt64) -> Int {
    let mask = slots.count &- 1
    var place = first(digest)
    while slots[place].digest != 0, slots[place].digest != digest { place = (place &+ 1) & mask }
    return place
  }

  /// The number of a digest; `nil` removes nothing and is what absent ones have.
  ///
  /// - Parameter digest: The digest.
  subscript(digest: JSONDigest) -> UInt32? {
    get {
      let digest = digest.value == 0 ? 1 : digest.value
      let slot = slots[place(digest)]
      return slot.digest == digest ? slot.number : nil
    }
    set {
      guard let newValue else { return }
      let digest = digest.value == 0 ? 1 : digest.value
      var place = place(digest)
      if slots[place].digest == 0 {
        count += 1
        if count * 3 > slots.count * 2 {
          grow()
          place = self.place(digest)
        }
      }
      slots[place] = Slot(digest: digest, number: newValue)
    }
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) {
    slots.prefetch(at: first(digest.value))
  }

  /// Removes all digests, keeping the memory.
  mutating func removeAll() {
    if count == 0 { return }
    for place in slots.indices { slots[place] = Slot() }
    count = 0
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: 2 * old.count)
    for slot in old where slot.digest != 0 { slots[place(slot.digest)] = slot }
  }
}
