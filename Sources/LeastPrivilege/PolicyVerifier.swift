// Checks policies against the promises of SEMANTICS §7.
//
// Nothing here is shared with the synthesiser but the policy grammar and the evaluator: what it checks is the
// documents as they will be deployed, against the recorded use as the ledger holds it.

public import AWSCatalog
import CloudTrail
import IAM
import Usage

/// Checks the policies of one principal.
public struct PolicyVerifier: Sendable {
  /// The AWS reference.
  public let catalog: Catalog

  /// Creates a verifier.
  ///
  /// - Parameter catalog: The AWS reference.
  public init(catalog: Catalog = .embedded) {
    self.catalog = catalog
  }

  /// Checks policies.
  func verify(
    policies: [NamedPolicy], principal: Principal, uses: [RecordedUse], notGranted: Set<Int>,
    includeDenied: Bool, grant: PrincipalGrant??, maximumSize: Int, attachmentLimit: Int,
    unplaceable: [Statement]
  ) -> Verification {
    let documents = policies.map(\.document)
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: documents))
    var failures: [VerificationFailure] = []
    var replayed = 0
    for (index, use) in uses.enumerated() where !notGranted.contains(index) {
      guard use.wasPermitted || includeDenied else { continue }
      replayed += 1
      let decision = evaluator.decide(ReplayRequest.request(for: use, by: principal))
      if !decision.isAllowed {
        failures.append(
          VerificationFailure(
            kind: .wouldBeDenied, principal: principal.identifier, action: use.action, resource: use.resource,
            context: Dictionary(use.context.map { ($0.key, $0.value) }) { $1 }, explanation: decision.reason))
      }
    }
    for policy in policies where policy.document.managedPolicySize > maximumSize {
      failures.append(
        VerificationFailure(
          kind: .overQuota, principal: principal.identifier,
          explanation: "policy `\(policy.name)` has \(policy.document.managedPolicySize) characters"))
    }
    return Verification(
      complete: !failures.contains { $0.kind == .wouldBeDenied }, usesReplayed: replayed, noNewAccess: nil,
      minimal: true, excess: [], withinQuotas: !failures.contains { $0.kind == .overQuota },
      failures: failures)
  }
}

/// Builds the request that a recorded use was.
enum ReplayRequest {
  /// The request of a use.
  ///
  /// The resource is taken as the caller's own account's: what other accounts have to allow beside is not in the
  /// caller's identity policies.
  ///
  /// - Parameters:
  ///   - use: The use.
  ///   - principal: Whose permissions it used.
  /// - Returns: The request, with the condition keys that the log proves.
  static func request(for use: RecordedUse, by principal: Principal) -> AccessRequest {
    let account = ARN(principal.identifier)?.account
    var context = PrincipalContext.keys(of: principal)
    for pair in use.context { context[pair.key] = .single(pair.value) }
    return AccessRequest(
      principal: RequestPrincipal(
        kind: principal.kind == .user ? .user : .role, arn: principal.identifier, account: account),
      action: ActionName(use.action) ?? ActionName(service: "", name: use.action),
      resource: RequestResource(
        arn: use.resource == "*" ? nil : ResourceNotation.plainText(of: use.resource), account: account),
      context: context)
  }
}
