// Uses that differ in nothing but the resource.

extension UseTable {
  /// The uses of which one principal has more than a number of resources under one action and context.
  ///
  /// - Parameters:
  ///   - limit: The number.
  ///   - lifted: What is counted in whatever its number.
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
    var groups = Numbering<Group>()
    let groupsOfUses = uses.map { groups.number(of: Group(rows[$0])) }
    var sizes = [Int](repeating: 0, count: groups.count)
    for group in groupsOfUses { sizes[Int(group)] += 1 }
    let isCrowd = zip(groups.elements, sizes).map { $1 > limit || lifted.contains($0) }
    return zip(uses, groupsOfUses).filter { isCrowd[Int($1)] }.map(\.0)
  }
}

extension UseTable.Group {
  /// The group of a use.
  fileprivate init(_ row: UseRow) {
    self.init(principal: row.principal, action: row.action, context: row.context)
  }

  /// Hashes the numbers.
  func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(action) << 32 | UInt64(principal))
    hasher.combine(context)
  }
}
