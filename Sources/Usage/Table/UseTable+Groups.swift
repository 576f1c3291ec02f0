// Uses that differ in nothing but the resource.

import JSONStream

extension UseTable {
  /// Uses with one stem of resources (`SplitName`), by the digest of the stem.
  private struct Family: Hashable, Sendable {
    let group: Group
    let stem: JSONDigest
  }

  /// The uses in families that have more than a number of resources.
  ///
  /// - Parameters:
  ///   - limit: The number.
  ///   - lifted: The uses of which families are counted in whatever their number.
  /// - Returns: Their places; none of principals of which they are known to be few enough.
  /// - Complexity: O(*n*) in the number of uses.
  func crowded(limit: Int, _ lifted: Set<Group>) -> [Int] {
    var counts = [Int](repeating: 0, count: principals.count)
    for place in places { counts[Int(rows[place].principal)] += 1 }
    // Most principals have fewer uses than a family may have resources.
    var mayHaveCrowd = counts.map { $0 > limit }
    for group in lifted { mayHaveCrowd[Int(group.principal)] = true }
    for number in mayHaveCrowd.indices where !mayBeLarge(UInt32(number), limit: limit) {
      mayHaveCrowd[number] = false
    }
    let uses = places.filter { mayHaveCrowd[Int(rows[$0].principal)] }
    // Names are cut only where there are enough of them, whatever their stems.
    let grouped = UseTable.crowds(uses, limit, lifted.contains) { Group(rows[$0]) }
    return UseTable.crowds(grouped, limit, { lifted.contains($0.group) }) { place in
      texts.withText(rows[place].resource) { SplitName.stemDigest($0) }
        .map { Family(group: Group(rows[place]), stem: $0) }
    }
  }

  /// Those of some places that have a part in common with more than a number of them, or a part that is wanted.
  private static func crowds<Part: Hashable & Sendable>(
    _ places: [Int], _ limit: Int, _ isWanted: (Part) -> Bool, _ part: (Int) -> Part?
  ) -> [Int] {
    var parts = Numbering<Part>()
    let numbers = places.map { part($0).map { Int(parts.number(of: $0)) } }
    var sizes = [Int](repeating: 0, count: parts.count)
    for case let number? in numbers { sizes[number] += 1 }
    let isKept = zip(parts.elements, sizes).map { $1 > limit || isWanted($0) }
    return zip(places, numbers).filter { $1.map { isKept[$0] } ?? false }.map(\.0)
  }
}

extension UseTable.Group {
  /// The group of a use.
  fileprivate init(_ row: UseRow) {
    self.init(principal: row.principal, action: row.action, context: row.context)
  }
}
