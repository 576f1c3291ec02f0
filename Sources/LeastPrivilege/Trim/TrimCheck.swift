// Checks trimmed policies, by code that is not the trimmer's: every recorded use that the old policies allow is
// replayed against the new ones, and each new document is held against the old one.

import CloudTrail
import IAM

/// Checks the trimmed policies of principals.
enum TrimCheck {
  /// What the replay of one principal's uses showed.
  struct Outcome {
    /// How many uses were replayed.
    var uses: Int
    /// The uses that the old policies allow and the new ones do not.
    var failures: [VerificationFailure]
  }

  /// Replays the uses of a principal that its old policies allow.
  ///
  /// - Parameters:
  ///   - record: The principal with its old policies.
  ///   - documents: Its new policies.
  /// - Returns: What would break.
  static func replay(_ record: GrantedRecord, against documents: [PolicyDocument]) -> Outcome {
    let uses = record.uses.uses.filter(\.wasPermitted)
    guard let grant = record.grant, !uses.isEmpty else { return Outcome(uses: 0, failures: []) }
    func replay(_ documents: [PolicyDocument], _ uses: [RecordedUse]) -> Replay {
      let policies = documents.map { NamedPolicy(name: "", document: $0, size: 0, evidence: []) }
      return Replay(
        PolicyVerifier.Subject(
          policies: policies, principal: record.uses.principal, uses: uses, grant: grant))
    }
    let new = replay(documents, uses)
    guard !new.failures.isEmpty else { return Outcome(uses: uses.count, failures: []) }
    // What the old policies do not allow either was allowed by something else, such as a resource policy.
    let old = replay(grant.policies.map(\.document), uses)
    let excused = Set(old.failures.map(Failure.init))
    return Outcome(
      uses: uses.count - old.failures.count,
      failures: new.failures.filter { !excused.contains(Failure($0)) })
  }

  /// Whether an old document allows all that a new one does.
  ///
  /// - Parameters:
  ///   - new: The new document.
  ///   - old: The old document.
  /// - Returns: The breach, or `nil` where there is none.
  static func newAccess(_ new: PolicyDocument, beyond old: PolicyDocument) -> VerificationFailure? {
    let result = PolicyContainment(existing: ApplicablePolicies(identity: [old]))
      .check(proposed: ApplicablePolicies(identity: [new]))
    if result.holds { return nil }
    return VerificationFailure(
      kind: .newAccess, principal: "", action: result.witness?.request.action.description,
      resource: result.witness?.request.resource.arn, explanation: result.explanation)
  }

  private struct Failure: Hashable {
    var action: String?
    var resource: String?
    var context: [String: String]

    init(_ failure: VerificationFailure) {
      action = failure.action
      resource = failure.resource
      context = failure.context
    }
  }
}
