// Finds numbered things by their hashes.

import JSONStream

/// An index of things that stand in an array elsewhere, by hash: open addressing, with half of each hash kept beside the
/// number so that few wrong places are looked at.
///
/// Whoever asks compares the things themselves, so that equal hashes do no harm.
struct HashIndex: Sendable {
  /// The upper half of a hash, with the number and one in the lower half; 0 is a free place.
  private var slots = [UInt64](repeating: 0, count: 64)
  private var count = 0

  /// Creates an empty index.
  init() {}

  /// The number of a thing.
  ///
  /// - Parameters:
  ///   - hash: Its hash.
  ///   - isEqual: Whether the thing of a number is the one.
  /// - Returns: Its number, or `nil` where it is not there.
  @inline(__always)
  func find(_ hash: UInt64, _ isEqual: (Int) -> Bool) -> Int? {
    let mask = slots.count &- 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while true {
      let slot = slots[place]
      if slot == 0 { return nil }
      if slot >> 32 == hash >> 32 {
        let number = Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) &- 1
        if isEqual(number) { return number }
      }
      place = (place &+ 1) & mask
    }
  }

  /// Asks for the memory where a hash stands.
  ///
  /// - Parameter hash: The hash.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    slots.prefetch(at: Int(truncatingIfNeeded: hash >> 32) & (slots.count &- 1))
  }

  /// The number of the first thing that may be the one: that whose half of the hash is the same.
  ///
  /// - Parameter hash: The hash.
  /// - Returns: The number, or `nil` where the thing is not there.
  @inline(__always)
  func likely(_ hash: UInt64) -> Int? {
    var number: Int?
    _ = find(hash) {
      number = $0
      return true
    }
    return number
  }

  /// Adds a thing that is not there.
  ///
  /// - Parameters:
  ///   - number: Its number.
  ///   - hash: Its hash.
  mutating func insert(_ number: Int, _ hash: UInt64) {
    if !hasRoom(count + 1) { grow(2 * slots.count) }
    count += 1
    place((hash >> 32) << 32 | UInt64(UInt32(number + 1)))
  }

  /// Whether a quarter of the places stays free.
  private func hasRoom(_ count: Int) -> Bool { count * 4 <= slots.count * 3 }

  private mutating func place(_ slot: UInt64) {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: slot >> 32) & mask
    while slots[place] != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }

  /// Makes room.
  ///
  /// - Parameter count: How many things there will be, at least.
  mutating func reserve(_ count: Int) {
    var size = slots.count
    while count * 4 > size * 3 { size *= 2 }
    if size > slots.count { grow(size) }
  }

  private mutating func grow(_ size: Int) {
    let old = slots
    slots = [UInt64](repeating: 0, count: size)
    for slot in old where slot != 0 { place(slot) }
  }
}
