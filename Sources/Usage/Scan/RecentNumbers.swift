// What was met lately, by digest.

import JSONStream

/// Numbers by the digest of what they stand for; what falls on a place displaces what stood there.
///
/// A table that grows and probes waits for memory, which costs more than to find out once more what was forgotten.
struct RecentNumbers: Sendable {
  /// A digest with its number, side by side so that both are read at once; the digest 0 marks free places.
  private struct Slot: Sendable {
    var digest: UInt64 = 0
    var number: UInt32 = 0
  }

  private var slots: [Slot] = []
  private let places: Int

  /// Creates an empty table; it takes memory from the first number on.
  ///
  /// - Parameter places: How many numbers are kept at most, a power of two.
  init(places: Int) {
    precondition(places.nonzeroBitCount == 1)
    self.places = places
  }

  @inline(__always)
  private func place(_ digest: UInt64) -> Int { Int(truncatingIfNeeded: digest >> 20) & (places &- 1) }

  @inline(__always)
  private func marked(_ digest: JSONDigest) -> UInt64 { digest.value == 0 ? 1 : digest.value }

  /// The number of a digest; `nil` removes nothing and is what absent ones have.
  ///
  /// - Parameter digest: The digest.
  subscript(digest: JSONDigest) -> UInt32? {
    @inline(__always) get {
      if slots.isEmpty { return nil }
      let digest = marked(digest)
      let slot = slots[place(digest)]
      return slot.digest == digest ? slot.number : nil
    }
    set {
      guard let newValue else { return }
      if slots.isEmpty { slots = [Slot](repeating: Slot(), count: places) }
      let digest = marked(digest)
      slots[place(digest)] = Slot(digest: digest, number: newValue)
    }
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) {
    // A place of the array, unless that is empty; nothing is read there.
    unsafe slots.withUnsafeBufferPointer { slots in
      guard let start = slots.baseAddress else { return }
      unsafe JSONStream.prefetch(start + place(digest.value))
    }
  }

  /// Removes all numbers.
  mutating func removeAll() { slots = [] }
}

/// Digests that were met lately; what falls on a place displaces what stood there.
///
/// For what may be done twice, and is not worth being done again each time.
struct RecentDigests: Sendable {
  private var slots: [UInt64] = []
  private let places: Int

  /// Creates an empty set; it takes memory from the first digest on.
  ///
  /// - Parameter places: How many digests are kept at most, a power of two.
  init(places: Int) {
    precondition(places.nonzeroBitCount == 1)
    self.places = places
  }

  @inline(__always)
  private func place(_ digest: UInt64) -> Int { Int(truncatingIfNeeded: digest >> 20) & (places &- 1) }

  /// Takes in a digest.
  ///
  /// - Parameter digest: The digest.
  /// - Returns: Whether it is not known to have been met before; the digest 0 never is.
  @inline(__always)
  mutating func insert(_ digest: JSONDigest) -> Bool {
    if slots.isEmpty { slots = [UInt64](repeating: 0, count: places) }
    let place = place(digest.value)
    if slots[place] == digest.value { return digest.value == 0 }
    slots[place] = digest.value
    return true
  }

  /// Asks for the memory where a digest stands.
  ///
  /// - Parameter digest: The digest.
  @inline(__always)
  func prefetch(_ digest: JSONDigest) {
    // A place of the array, unless that is empty; nothing is read there.
    unsafe slots.withUnsafeBufferPointer { slots in
      guard let start = slots.baseAddress else { return }
      unsafe JSONStream.prefetch(start + place(digest.value))
    }
  }

  /// Removes all digests.
  mutating func removeAll() { slots = [] }
}
