// Counts distinct resources behind a pattern in bounded memory.
//
// A "k minimum values" sketch (Bar-Yossef et al., "Counting Distinct Elements in a Data Stream", 2002): of the hashes of all
// texts ever inserted the smallest few are kept. That set depends on the set of texts alone, so sketches join like all else
// in a ledger. Below the limit the count is exact; above, the largest hash kept tells how dense the hashes lie.

/// How many distinct texts were inserted: exact up to a limit, estimated beyond it.
public struct DistinctCount: Hashable, Sendable {
  /// How many hashes are kept; the standard error of an estimate is one over the square root of it, about 6 %.
  static let limit = 256

  /// The smallest hashes, ascending.
  private var hashes: [UInt64] = []
  private var overflowed = false

  /// Creates the count of no text.
  public init() {}

  /// Whether the count is exact.
  public var isExact: Bool { !overflowed }

  /// How many distinct texts there were.
  public var value: Int {
    guard overflowed, let largest = hashes.last, largest > 0 else { return hashes.count }
    let estimate = Double(Self.limit - 1) / (Double(largest) / 0x1p64)
    return estimate < 0x1p62 ? max(Self.limit + 1, Int(estimate)) : Int.max
  }

  /// Inserts a text.
  ///
  /// - Parameter text: The text.
  /// - Complexity: O(*n*) in its length, and O(limit).
  package mutating func insert(_ text: String) {
    insert(hash: Self.hash(text))
  }

  /// Joins another count into this one.
  ///
  /// - Parameter other: The other count.
  public mutating func formUnion(_ other: DistinctCount) {
    for hash in other.hashes { insert(hash: hash) }
    overflowed = overflowed || other.overflowed
  }

  private mutating func insert(hash: UInt64) {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    if low < hashes.count, hashes[low] == hash { return }
    if hashes.count >= Self.limit {
      overflowed = true
      guard low < hashes.count else { return }
      hashes.removeLast()
    }
    hashes.insert(hash, at: low)
  }

  /// A hash that is the same in every process: FNV-1a, finished as SplitMix64 is.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return hash ^ (hash >> 31)
  }
}
