// Packing: never too full, nothing lost, bounds that hold, and the cases that first fit gets wrong.

import TestSupport
import Testing

@testable import LeastPrivilege

@Suite struct BinPackingTests {
  /// The fewest bins, by trying everything.
  private func fewest(_ sizes: [Int], _ capacity: Int) -> Int {
    func place(_ index: Int, _ loads: [Int]) -> Int {
      guard index < sizes.count else { return loads.count }
      var best = place(index + 1, loads + [sizes[index]])
      for bin in loads.indices where loads[bin] + sizes[index] <= capacity {
        var next = loads
        next[bin] += sizes[index]
        best = min(best, place(index + 1, next))
      }
      return best
    }
    return place(0, [])
  }

  @Test(arguments: 0..<300) func `small packings are optimal and the bound holds`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let capacity = Int.random(in: 5...40, using: &random)
    let sizes = (0..<Int.random(in: 0...7, using: &random)).map { _ in
      Int.random(in: 1...capacity, using: &random)
    }
    let packing = BinPacking(sizes: sizes, capacity: capacity)
    #expect(packing.bins.flatMap(\.self).sorted() == Array(sizes.indices))
    for bin in packing.bins { #expect(bin.reduce(0) { $0 + sizes[$1] } <= capacity) }
    let best = fewest(sizes, capacity)
    #expect(packing.bins.count == best, "sizes \(sizes), capacity \(capacity)")
    #expect(packing.lowerBound <= best)
  }

  @Test func `forty items that fit two bins only without any room left do`() {
    var random = SeededGenerator(seed: 40)
    // Two halves of equal sums whose sizes share no structure that first fit could find.
    var sizes: [Int] = []
    for _ in 0..<2 {
      var rest = 6_104
      for left in stride(from: 20, to: 1, by: -1) {
        let size = Int.random(in: max(1, rest / left - 90)...(rest / left + 90), using: &random)
        sizes.append(size)
        rest -= size
      }
      sizes.append(rest)
    }
    sizes.shuffle(using: &random)
    let packing = BinPacking(sizes: sizes, capacity: 6_104)
    #expect(packing.bins.count == 2)
    #expect(packing.lowerBound == 2)
  }
}
