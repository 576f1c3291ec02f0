// The uses of a ledger in their order.

package import CloudTrail
import IAM

extension UsageLedger {
  /// Where the uses of one principal stand.
  package struct PrincipalPlaces: Sendable {
    /// The principal.
    package let principal: Principal
    /// The places of its uses in ``UsageLedger/uses``, sorted by action, resource and context.
    package let places: [Dictionary<UseKey, UseFacts>.Index]
  }

  /// The places of all uses, sorted by principal, action, resource and context.
  ///
  /// Places are sorted, not uses: a use has some thirty texts and lists, each of which would be counted anew whenever it is
  /// moved.
  ///
  /// - Returns: The principals that used anything, each with its uses.
  /// - Complexity: O(*n* log *n*) in the number of uses.
  package func usesInOrder() -> [PrincipalPlaces] {
    struct Entry {
      let action: String
      let resource: String
      let place: Dictionary<UseKey, UseFacts>.Index
    }
    var numbers: [Principal: Int] = [:]
    var entries: [[Entry]] = []
    for place in uses.indices {
      let key = uses.keys[place]
      let number = numbers[key.principal] ?? entries.count
      if number == entries.count {
        numbers[key.principal] = number
        entries.append([])
      }
      entries[number].append(Entry(action: key.action, resource: key.resource, place: place))
    }
    return numbers.sorted { $0.key < $1.key }.map { principal, number in
      let sorted = entries[number].sorted { left, right in
        if !left.action.sameBytes(as: right.action) { return left.action.precedes(right.action) }
        if !left.resource.sameBytes(as: right.resource) { return left.resource.precedes(right.resource) }
        return uses.keys[left.place].context.lexicographicallyPrecedes(uses.keys[right.place].context)
      }
      return PrincipalPlaces(principal: principal, places: sorted.map(\.place))
    }
  }
}
