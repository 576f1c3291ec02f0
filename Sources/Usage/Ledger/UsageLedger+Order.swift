// The uses of a ledger in their order.

package import CloudTrail
import IAM

extension UsageLedger {
  /// Where the uses of one principal stand.
  package struct PrincipalPlaces: Sendable {
    /// The principal.
    package let principal: Principal
    /// The places of its uses in ``UsageLedger/uses``, sorted by action, resource and context.
    package let places: [Int]
  }

  /// The places of all uses, sorted by principal, action, resource and context.
  ///
  /// - Parameter jobs: How many threads sort.
  /// - Returns: The principals that used anything, each with its uses.
  /// - Complexity: O(*n* log *n*) in the number of uses.
  package func usesInOrder(jobs: Int = 1) -> [PrincipalPlaces] {
    let ranks = uses.ranksOfActions
    var entries = [[OrderedUse]](repeating: [], count: uses.principals.count)
    for place in uses.places {
      let row = uses.rows[place]
      entries[Int(row.principal)].append(
        OrderedUse(
          rank: ranks[Int(row.action)], resource: row.resource, context: row.context, place: UInt32(place)))
    }
    let used = uses.principals.indices.filter { !entries[$0].isEmpty }
      .sorted { uses.principals[$0] < uses.principals[$1] }
      .map { (principal: uses.principals[$0], entries: entries[$0]) }
    return used.map(jobs: jobs) { used in
      for entry in used.entries { uses.texts.prefetch(entry.resource) }
      return PrincipalPlaces(
        principal: used.principal, places: used.entries.sorted(by: uses.precedes).map { Int($0.place) })
    }
  }

  /// How many distinct actions and resources a principal used.
  ///
  /// - Parameter used: Where its uses stand.
  /// - Returns: The numbers.
  package func distinct(_ used: PrincipalPlaces) -> (actions: Int, resources: Int) {
    let rows = used.places.lazy.map { uses.rows[$0] }
    return (Set(rows.map(\.action)).count, Set(rows.map(\.resource)).count)
  }
}

/// What a use of a principal is sorted by.
private struct OrderedUse: Sendable {
  /// Where the action stands among all actions.
  let rank: UInt32
  /// The number of the resource.
  let resource: UInt32
  /// The number of the context.
  let context: UInt32
  /// Where the use stands.
  let place: UInt32
}

extension UseTable {
  /// Where each action stands among all of them in order of bytes, by number of its text; nothing that means anything for
  /// other texts.
  fileprivate var ranksOfActions: [UInt32] {
    var ranks = [UInt32](repeating: 0, count: texts.count + 1)
    for place in places { ranks[Int(rows[place].action)] = 1 }
    let actions = ranks.indices.filter { ranks[$0] > 0 }.map { UInt32($0) }.sorted(by: texts.precedes)
    for (rank, action) in actions.enumerated() { ranks[Int(action)] = UInt32(rank) }
    return ranks
  }

  /// Whether a use stands before another one, both of one principal.
  fileprivate func precedes(_ left: OrderedUse, _ right: OrderedUse) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    if left.resource != right.resource { return texts.precedes(left.resource, right.resource) }
    return list(left.context).lexicographicallyPrecedes(list(right.context))
  }
}
