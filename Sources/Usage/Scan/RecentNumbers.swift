// What was met lately, by digest.

import JSONStream

/// A bounded number of slots on which digests fall; they take memory when the first one is written.
///
/// A table that grows and probes waits for memory, which costs more than to find out once more what was forgotten.
private struct RecentSlots<Slot: Sendable>: Sendable {
  private var slots: [Slot] = []
  private let free: Slot
  private let places: Int

  /// Creates free slots, as many as a power of two says.
  init(places: Int, free: Slot) {
    precondition(places.nonzeroBitCount == 1)
    self.places = places
    self.free = free
  }

  @inline(__always)
  private func place(_ digest: JSONDigest) -> Int {
    Int(truncatingIfNeeded: digest.value >> 20) & (places &- 1)
  }

  /// The slot on which a digest falls.
  subscript(digest: JSONDigest) -> Slot {
    @inline(__always) get { slots.isEmpty ? free : slots[place(digest)] }
    @inline(__always) set {
      if slots.isEmpty { slots = [Slot](repeating: free, count: places) }
      slots[place(digest)] = newValue
    }
  }

  /// Asks for the memory of the slot on which a digest falls.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) { slots.prefetch(at: place(digest)) }

  /// Frees all slots.
  mutating func removeAll() { slots = [] }
}

/// Numbers by the digest of what they stand for; what falls on a place displaces what stood there.
struct RecentNumbers: Sendable {
  /// A digest with its number, side by side so that both are read at once; the digest 0 marks free places.
  private struct Slot: Sendable {
    var digest: UInt64 = 0
    var number: UInt32 = 0
  }

  private var slots: RecentSlots<Slot>

  /// Creates an empty table.
  ///
  /// - Parameter places: How many numbers are kept at most, a power of two.
  init(places: Int) { slots = RecentSlots(places: places, free: Slot()) }

  @inline(__always)
  private func marked(_ digest: JSONDigest) -> UInt64 { digest.value == 0 ? 1 : digest.value }

  /// The number of a digest; `nil` removes nothing and is what absent ones have.
  ///
  /// - Parameter digest: The digest.
  subscript(digest: JSONDigest) -> UInt32? {
    @inline(__always) get {
      let slot = slots[digest]
      return slot.digest == marked(digest) ? slot.number : nil
    }
    set {
      if let newValue { slots[digest] = Slot(digest: marked(digest), number: newValue) }
    }
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) { slots.prefetch(digest) }

  /// Removes all numbers.
  mutating func removeAll() { slots.removeAll() }
}

/// Digests that were met lately; what falls on a place displaces what stood there.
///
/// For what may be done twice, and is not worth being done again each time.
struct RecentDigests: Sendable {
  private var slots: RecentSlots<UInt64>

  /// Creates an empty set.
  ///
  /// - Parameter places: How many digests are kept at most, a power of two.
  init(places: Int) { slots = RecentSlots(places: places, free: 0) }

  /// Takes in a digest.
  ///
  /// - Parameter digest: The digest.
  /// - Returns: Whether it is not known to have been met before; the digest 0 never is.
  @inline(__always)
  mutating func insert(_ digest: JSONDigest) -> Bool {
    if slots[digest] == digest.value { return digest.value == 0 }
    slots[digest] = digest.value
    return true
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) { slots.prefetch(digest) }

  /// Removes all digests.
  mutating func removeAll() { slots.removeAll() }
}
