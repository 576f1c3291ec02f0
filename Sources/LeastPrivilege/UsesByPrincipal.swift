// The uses of a ledger, principal by principal.
//
// A ledger of an organisation holds millions of uses, and whoever asks looks at one principal at a time. So nothing is
// copied but where each use stands; the uses of a principal are taken out when they are asked for.

package import CloudTrail
import Usage

/// The uses of every principal of a ledger, sorted by principal; each element is made when it is asked for.
package struct UsesByPrincipal: RandomAccessCollection, Sendable {
  private let uses: UseTable
  private let places: [[Int]]
  /// The principals, sorted.
  package let principals: [Principal]

  /// Finds the uses of each principal.
  ///
  /// - Parameter ledger: The recorded use.
  init(_ ledger: UsageLedger) {
    uses = ledger.uses
    let ordered = ledger.usesInOrder()
    principals = ordered.map(\.principal)
    places = ordered.map(\.places)
  }

  /// The position of the first principal.
  package var startIndex: Int { 0 }
  /// The position behind the last principal.
  package var endIndex: Int { principals.count }

  /// The uses of one principal.
  package subscript(position: Int) -> PrincipalUses {
    let reader = UseReader(uses)
    return PrincipalUses(
      principal: principals[position],
      uses: places[position].map { place in
        let (key, facts) = reader.use(at: place)
        return RecordedUse(
          action: key.action, resource: ResourceNotation.policyText(of: key.resource), recorded: key.resource,
          context: key.context, facts: facts)
      })
  }

  /// How many uses a principal has.
  ///
  /// - Parameter position: The principal's position.
  /// - Returns: The number.
  func count(at position: Int) -> Int { places[position].count }

  /// Whether a call of a principal got past authorization.
  ///
  /// - Parameter position: The principal's position.
  /// - Returns: Whether there is such a call.
  func hasPermittedUse(_ position: Int) -> Bool {
    let reader = UseReader(uses)
    return places[position].contains { place in
      let facts = reader.facts(at: place)
      return facts.allowed.count > 0 || facts.failed.count > 0
    }
  }
}
