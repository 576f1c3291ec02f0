// Packs items of known size into as few bins as possible.
//
// Bin packing is NP-hard, and a principal needs one to ten bins, so the search goes from cheap to thorough and stops
// as soon as the number of bins meets a lower bound: first-fit decreasing; then bins filled as full as they can be,
// by dynamic programming over sizes (for two bins this alone decides the question); then branch and bound with a
// fixed number of steps, so that the answer never depends on the machine.

/// A packing of items into bins of one capacity.
struct BinPacking: Hashable {
  /// For each bin the indices of its items, ascending; bins in order of their first item.
  var bins: [[Int]]
  /// No packing of the same items needs fewer bins.
  var lowerBound: Int

  /// How many placements branch and bound may try.
  static let stepLimit = 200_000

  /// Packs items.
  ///
  /// - Parameters:
  ///   - sizes: The size of each item, at most the capacity.
  ///   - capacity: What one bin holds.
  init(sizes: [Int], capacity: Int) {
    lowerBound = Self.lowerBound(sizes: sizes, capacity: capacity)
    // Ties keep the order of the items, so that the packing is a function of the list.
    let order = sizes.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
    var best = Self.firstFit(order, sizes, capacity)
    if best.count > lowerBound {
      let filled = Self.fullestFirst(order, sizes, capacity)
      if filled.count < best.count { best = filled }
    }
    if best.count > lowerBound {
      var search = Search(order: order, sizes: sizes, capacity: capacity)
      for count in lowerBound..<best.count {
        if let found = search.pack(into: count) {
          best = found
          break
        }
        // A search that ended before its limit proves that so few bins are not enough.
        if search.steps < Self.stepLimit { lowerBound = count + 1 } else { break }
      }
    }
    bins = best.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  /// The bound of Martello and Toth: for each threshold, items that cannot share a bin with each other, and what
  /// the middle-sized ones need beyond the room beside them.
  ///
  /// - Parameters:
  ///   - sizes: The size of each item.
  ///   - capacity: What one bin holds.
  /// - Returns: A number of bins that every packing needs.
  static func lowerBound(sizes: [Int], capacity: Int) -> Int {
    guard capacity > 0, !sizes.isEmpty else { return 0 }
    let sum = sizes.reduce(0, +)
    var bound = (sum + capacity - 1) / capacity
    for threshold in Set(sizes.filter { $0 * 2 <= capacity }).union([0]) {
      let large = sizes.filter { $0 > capacity - threshold }
      let half = sizes.filter { $0 * 2 > capacity && $0 <= capacity - threshold }
      let small = sizes.filter { $0 >= threshold && $0 * 2 <= capacity }
      let beside = half.count * capacity - half.reduce(0, +)
      let rest = max(0, small.reduce(0, +) - beside)
      bound = max(bound, large.count + half.count + (rest + capacity - 1) / capacity)
    }
    return bound
  }

  private static func firstFit(_ order: [Int], _ sizes: [Int], _ capacity: Int) -> [[Int]] {
    var bins: [(room: Int, items: [Int])] = []
    for item in order {
      if let index = bins.firstIndex(where: { $0.room >= sizes[item] }) {
        bins[index].items.append(item)
        bins[index].room -= sizes[item]
      } else {
        bins.append((capacity - sizes[item], [item]))
      }
    }
    return bins.map(\.items)
  }

  /// Fills one bin after another as full as can be with the largest item that is left in it.
  private static func fullestFirst(_ order: [Int], _ sizes: [Int], _ capacity: Int) -> [[Int]] {
    var left = order
    var bins: [[Int]] = []
    while let largest = left.first {
      let rest = Array(left.dropFirst())
      let chosen = fullest(rest, sizes, room: capacity - sizes[largest])
      bins.append([largest] + chosen)
      let taken = Set(chosen)
      left = rest.filter { !taken.contains($0) }
    }
    return bins
  }

  /// The subset of the items with the largest sum that fits the room.
  private static func fullest(_ items: [Int], _ sizes: [Int], room: Int) -> [Int] {
    guard room > 0 else { return [] }
    // `lastItem[sum]` is the position of the item that first reached the sum; -1 where none did.
    var lastItem = [Int](repeating: -1, count: room + 1)
    var reached = [true] + [Bool](repeating: false, count: room)
    for (position, item) in items.enumerated() {
      let size = sizes[item]
      guard size <= room else { continue }
      for sum in stride(from: room, through: size, by: -1) where !reached[sum] && reached[sum - size] {
        reached[sum] = true
        lastItem[sum] = position
      }
    }
    var sum = reached.lastIndex(of: true) ?? 0
    var chosen: [Int] = []
    while sum > 0, lastItem[sum] >= 0 {
      let item = items[lastItem[sum]]
      chosen.append(item)
      sum -= sizes[item]
    }
    return chosen
  }

  /// Depth-first search for a packing into a given number of bins.
  private struct Search {
    let order: [Int]
    let sizes: [Int]
    let capacity: Int
    var steps = 0
    private var loads: [Int] = []
    private var placed: [Int] = []

    init(order: [Int], sizes: [Int], capacity: Int) {
      self.order = order
      self.sizes = sizes
      self.capacity = capacity
    }

    mutating func pack(into count: Int) -> [[Int]]? {
      steps = 0
      loads = [Int](repeating: 0, count: count)
      placed = []
      let slack = count * capacity - sizes.reduce(0, +)
      guard slack >= 0, place(0) else { return nil }
      var bins = [[Int]](repeating: [], count: count)
      for (position, bin) in placed.enumerated() { bins[bin].append(order[position]) }
      return bins.filter { !$0.isEmpty }
    }

    /// Places the items from a position on; the recursion is as deep as there are items.
    private mutating func place(_ position: Int) -> Bool {
      guard position < order.count else { return true }
      let size = sizes[order[position]]
      var tried: Set<Int> = []
      // Fullest bins first; bins with equal loads are the same bin to the search.
      for bin in loads.indices.sorted(by: { loads[$0] != loads[$1] ? loads[$0] > loads[$1] : $0 < $1 })
      where loads[bin] + size <= capacity && tried.insert(loads[bin]).inserted {
        steps += 1
        guard steps < BinPacking.stepLimit else { return false }
        loads[bin] += size
        placed.append(bin)
        if place(position + 1) { return true }
        placed.removeLast()
        loads[bin] -= size
      }
      return false
    }
  }
}
