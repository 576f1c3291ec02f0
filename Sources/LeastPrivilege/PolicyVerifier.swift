// Checks policies against the promises of SEMANTICS §7.
//
// Nothing here is shared with the synthesiser but the policy grammar, the evaluator and the catalog: what is checked
// is the documents as they will be deployed, against the recorded use as the ledger holds it. Four checks:
//
//   complete       every use is put through `PolicyEvaluator` (`Replay`)
//   no new access  `PolicyContainment` in the current grant, boundary and all
//   minimal        each action and each resource of each statement is the only one that lets some use through
//                  (`Minimality`); what is allowed beyond the use is listed
//   deployable     the documents parse, and keep IAM's quotas (`Deployability`)

import AWSCatalog
import CloudTrail
import IAM

/// Checks the policies of one principal.
struct PolicyVerifier {
  /// What is checked, and against what.
  struct Subject {
    /// The policies.
    var policies: [NamedPolicy]
    /// Whose they are.
    var principal: Principal
    /// The uses that they have to allow.
    var uses: [RecordedUse]
    /// The current grant, which limits what may be allowed; `nil` where none is known.
    var grant: PrincipalGrant?
    /// The most characters of a policy.
    var maximumSize = 6_144
    /// The most policies.
    var attachmentLimit = 10
    /// The control policies above the principal's account, within which the uses have to be allowed; `nil` where that is
    /// not asked.
    var controls: ControlPolicies?
  }

  /// The AWS reference.
  let catalog: Catalog

  /// Checks policies.
  ///
  /// - Parameter subject: What to check.
  /// - Returns: The outcome with a reason for each promise that does not hold.
  func verify(_ subject: Subject) -> Verification {
    verify(subject, UseWays(of: subject.uses, by: subject.principal, grant: subject.grant))
  }

  /// Checks policies against uses whose ways are known, as when other policies were checked against the same uses.
  ///
  /// - Parameters:
  ///   - subject: What to check.
  ///   - ways: The ways in which its uses may have been made.
  /// - Returns: The outcome with a reason for each promise that does not hold.
  func verify(_ subject: Subject, _ ways: UseWays) -> Verification {
    let identifier = subject.principal.identifier
    let replay = Replay(subject, ways)
    var failures = replay.failures
    let minimality = Minimality(subject, scenarios: replay.scenarios, catalog: catalog)
    failures += minimality.failures
    let breach: VerificationFailure? = subject.grant.flatMap { self.newAccess(subject, grant: $0) }
    if let breach { failures.append(breach) }
    let deployability = Deployability.failures(of: subject)
    failures += deployability
    return Verification(
      complete: replay.failures.isEmpty, usesReplayed: subject.uses.count,
      noNewAccess: subject.grant.map { _ in breach == nil }, minimal: minimality.failures.isEmpty,
      excess: minimality.excess, withinQuotas: deployability.isEmpty,
      failures: failures.map { failure in
        var failure = failure
        failure.principal = identifier
        return failure
      })
  }
}
