// Policies written afresh for a principal of a comparison, and what they leave out that nobody could have seen.

public import CloudTrail
import IAM

/// What would be written afresh for a principal, held against what it is granted.
public struct RebuildProposal: Hashable, Sendable {
  /// The policies and their proofs.
  public var proposal: PrincipalProposal
  /// The granted actions that the policies leave out though nobody knows whether they are used, as AWS spells them, sorted.
  ///
  /// The logs could not have shown them (SEMANTICS §8), or AWS saw them tried where the logs do not reach. Trimming keeps them.
  public var leftOut: [String]

  /// The principal.
  public var principal: Principal { proposal.principal }

  /// Holds policies against a grant.
  ///
  /// - Parameters:
  ///   - proposal: The policies.
  ///   - grant: The principal's comparison; `nil` where the account has no such principal.
  public init(_ proposal: PrincipalProposal, beside grant: PrincipalDiff?) {
    self.proposal = proposal
    let patterns = proposal.policies.flatMap(\.document.statements).filter { $0.effect == .allow }.flatMap {
      if case .action(let patterns) = $0.actions { patterns } else { [String]() }
    }
    let wildcards = Set(patterns).map { Wildcard($0, caseInsensitive: true) }
    let hidden = (grant?.statements ?? []).flatMap(\.actions).filter {
      $0.status == .notObservable || $0.status == .accessed
    }
    leftOut = Set(hidden.map(\.action)).filter { action in
      !wildcards.contains { $0.matches(action) }
    }.sorted()
  }
}
