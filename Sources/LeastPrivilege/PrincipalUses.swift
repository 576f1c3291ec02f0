// The uses of one principal, in order.

package import CloudTrail
import IAM
package import Usage

/// One recorded use of a principal.
package struct RecordedUse: Hashable, Sendable {
  /// The action, as AWS spells it.
  package var action: String
  /// The resource as a policy may name it, or `*`.
  package var resource: String
  /// The resource as the ledger has it.
  package var recorded: String
  /// The essential context.
  package var context: [ContextPair]
  /// What is known of it.
  package var facts: UseFacts

  /// Whether any call got past authorization.
  package var wasPermitted: Bool { facts.allowed.count > 0 || facts.failed.count > 0 }
  /// Whether the calls were on some of the resources that the recorded pattern matches, and nobody knows on which.
  ///
  /// So it is where no rule derives the resource, and where the ledger has generalised a large family. What the
  /// account grants on a part of the pattern may then have been what let the calls through.
  package var isWithinPattern: Bool { facts.unresolvedReason != nil || facts.resources.value > 0 }
  /// The calls that got past authorization.
  package var permitted: Tally { facts.allowed.merged(with: facts.failed) }
}

/// The uses of one principal, sorted by action, resource and context.
package struct PrincipalUses: Sendable {
  /// The principal.
  package var principal: Principal
  /// Its uses.
  package var uses: [RecordedUse]
  /// What AWS saw it try that the logs do not show.
  var accessed = AccessedActions()

  /// The uses of every principal of a ledger, sorted by principal.
  ///
  /// - Parameter ledger: The recorded use.
  /// - Returns: One element a principal.
  /// - Complexity: O(*n*) in the number of uses, and O(*m* log *m*) in that of a principal's for each element.
  package static func all(of ledger: UsageLedger) -> UsesByPrincipal { UsesByPrincipal(ledger) }

  /// The refused attempts, sorted.
  var deniedAttempts: [DeniedAttempt] {
    var tallies: [[String]: Tally] = [:]
    for use in uses where use.facts.denied.count > 0 {
      tallies[[use.action, use.resource], default: Tally()].merge(use.facts.denied)
    }
    return tallies.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, tally in
      DeniedAttempt(
        action: key[0], resource: key[1], attempts: tally.count, firstSeen: tally.firstSeen,
        lastSeen: tally.lastSeen)
    }
  }
}
