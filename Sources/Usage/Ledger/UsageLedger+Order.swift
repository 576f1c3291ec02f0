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
    /// How many distinct actions it used.
    package let actions: Int
    /// How many distinct resources it used.
    package let resources: Int
  }

  /// The places of all uses, sorted by principal, action, resource and context.
  ///
  /// - Parameter jobs: How many threads sort.
  /// - Returns: The principals that used anything, each with its uses.
  /// - Complexity: O(*n* log *n*) in the number of uses.
  package func usesInOrder(jobs: Int = 1) -> [PrincipalPlaces] {
    var places = [[Int]](repeating: [], count: uses.principals.count)
    for place in uses.places { places[Int(uses.rows[place].principal)].append(place) }
    let used = uses.principals.indices.filter { !places[$0].isEmpty }
      .sorted { uses.principals[$0] < uses.principals[$1] }
      .map { (principal: uses.principals[$0], places: places[$0]) }
    return used.map(jobs: jobs) { used in
      let rows = used.places.map { uses.rows[$0] }
      return PrincipalPlaces(
        principal: used.principal, places: used.places.sorted(by: uses.precedes),
        actions: Set(rows.lazy.map(\.action)).count, resources: Set(rows.lazy.map(\.resource)).count)
    }
  }
}

extension UseTable {
  /// Whether the use at one place stands before that at another one, both of one principal.
  fileprivate func precedes(_ left: Int, _ right: Int) -> Bool {
    let left = rows[left]
    let right = rows[right]
    if left.action != right.action { return texts.precedes(left.action, right.action) }
    if left.resource != right.resource { return texts.precedes(left.resource, right.resource) }
    return list(left.context).lexicographicallyPrecedes(list(right.context))
  }
}
