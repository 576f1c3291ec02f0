// Checks that policies allow nothing that the current grant does not.
//
// `PolicyContainment` compares patterns of actions and resources. An action that takes no resource is only ever
// requested on `*`, and a `NotResource` of the grant allows that without allowing every ARN; so where the comparison
// fails, those actions are compared apart, in a world whose only resource is `*`.

import AWSCatalog
import CloudTrail
import IAM

extension PolicyVerifier {
  /// What the policies allow outside of the current grant, boundary taken into account on both sides.
  ///
  /// - Parameters:
  ///   - subject: The policies.
  ///   - grant: The current grant.
  /// - Returns: The first breach, or `nil` where it is proved that there is none.
  func newAccess(_ subject: Subject, grant: PrincipalGrant) -> VerificationFailure? {
    if subject.policies.isEmpty { return nil }
    let existing = grant.applicable
    let documents = subject.policies.map(\.document)
    let result = compare(documents, with: existing)
    if result.holds { return nil }
    let onARNs = compare(documents.map { keeping(in: $0) { !self.takesNoResource($0) } }, with: existing)
    guard onARNs.holds else { return failure(onARNs, subject) }
    var withoutARNs = ApplicablePolicies(identity: existing.identity.map(Self.withoutARNs))
    withoutARNs.permissionBoundary = existing.permissionBoundary?.map(Self.withoutARNs)
    let apart = compare(documents.map { keeping(in: $0, takesNoResource) }, with: withoutARNs)
    return apart.holds ? nil : failure(apart, subject)
  }

  private func compare(_ documents: [PolicyDocument], with existing: ApplicablePolicies) -> ContainmentResult
  {
    PolicyContainment(existing: existing).check(
      proposed: ApplicablePolicies(identity: documents, permissionBoundary: existing.permissionBoundary))
  }

  private func failure(_ result: ContainmentResult, _ subject: Subject) -> VerificationFailure {
    var failure = VerificationFailure(
      kind: .newAccess, principal: subject.principal.identifier, explanation: result.explanation)
    if let request = result.witness?.request {
      failure.action = request.action.description
      failure.resource = request.resource.arn ?? "*"
      for key in request.context.keys {
        failure.context[key] = request.context[key]?.all.joined(separator: ", ")
      }
    }
    return failure
  }

  /// Whether an action, written without wildcards, can only be requested on `*`.
  private func takesNoResource(_ action: String) -> Bool {
    catalog.action(action)?.resourceTypes.isEmpty ?? false
  }

  /// A document of whose allowing statements only some actions stay; denies stay whole.
  private func keeping(in document: PolicyDocument, _ isKept: (String) -> Bool) -> PolicyDocument {
    var result = document
    result.statements = document.statements.compactMap { statement in
      guard statement.effect == .allow, case .action(let actions) = statement.actions else {
        return statement
      }
      var statement = statement
      let kept = actions.filter(isKept)
      statement.actions = .action(kept)
      return kept.isEmpty ? nil : statement
    }
    return result
  }

  /// A document as requests on `*` alone see it: each statement is for every resource, or for none.
  private static func withoutARNs(_ document: PolicyDocument) -> PolicyDocument {
    var result = document
    result.statements = document.statements.compactMap { statement in
      let matches =
        switch statement.resources {
        case .resource(let patterns): patterns.contains("*")
        case .notResource(let patterns): !patterns.contains("*")
        case nil: false
        }
      var statement = statement
      statement.resources = .resource(["*"])
      return matches ? statement : nil
    }
    return result
  }
}
