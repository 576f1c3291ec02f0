// A hash table of numbers by digest.

import JSONStream

/// A table that finds a number by the digest of what it stands for.
///
/// The digest is the hash already; a place is probed, and the ones behind it while they are taken.
struct DigestTable: Sendable {
  private var digests: [UInt64]
  private var numbers: [UInt32]
  /// How many digests the table has.
  private(set) var count = 0

  /// Creates an empty table.
  init() {
    digests = [UInt64](repeating: 0, count: 1024)
    numbers = [UInt32](repeating: 0, count: 1024)
  }

  /// Where a digest stands, or the free place where it would: 0 marks free places.
  private func place(_ digest: UInt64) -> Int {
    let mask = digests.count - 1
    var place = Int(truncatingIfNeeded: digest >> 7) & mask
    while digests[place] != 0, digests[place] != digest { place = (place + 1) & mask }
    return place
  }

  /// The number of a digest; `nil` removes nothing and is what absent ones have.
  ///
  /// - Parameter digest: The digest.
  subscript(digest: JSONDigest) -> UInt32? {
    get {
      let digest = digest.value == 0 ? 1 : digest.value
      let place = place(digest)
      return digests[place] == digest ? numbers[place] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= digests.count { grow() }
      let digest = digest.value == 0 ? 1 : digest.value
      let place = place(digest)
      if digests[place] == 0 { count += 1 }
      digests[place] = digest
      numbers[place] = newValue
    }
  }

  /// Removes all digests, keeping the memory.
  mutating func removeAll() {
    for place in digests.indices { digests[place] = 0 }
    count = 0
  }

  private mutating func grow() {
    let old = (digests, numbers)
    digests = [UInt64](repeating: 0, count: 2 * old.0.count)
    numbers = [UInt32](repeating: 0, count: digests.count)
    for (number, digest) in old.0.enumerated() where digest != 0 {
      let place = place(digest)
      digests[place] = digest
      numbers[place] = old.1[number]
    }
  }
}
