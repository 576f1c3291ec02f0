// The order in which new policies take the place of attached ones where the limit leaves no room for both.
//
// Attaching what is new before anything old goes would leave no moment without permissions, but IAM's limit of attached
// policies may not allow it. Then an old policy goes at each step without which every recorded use is still allowed, by
// what stays and by what is attached by then: each such state is replayed. Where there is no such policy, the one goes
// that costs the fewest uses until the last new policy is attached, and the plan says how many. A policy that nobody knows
// the content of stays, and so does one that denies something, until a new policy denies the same.

import IAM

/// An attached policy that has to be detached to make room.
public struct Detachment: Hashable, Sendable {
  /// The index of the new policy that takes its place.
  public var replacement: Int
  /// The ARN of the policy to detach.
  public var policy: String
  /// How many recorded uses are not allowed from here until further policies are attached.
  public var uncoveredUses: Int

  /// Creates a detachment.
  ///
  /// - Parameters:
  ///   - replacement: The index of the new policy that takes its place.
  ///   - policy: The ARN of the policy to detach.
  ///   - uncoveredUses: How many recorded uses are not allowed from here until further policies are attached.
  public init(replacement: Int, policy: String, uncoveredUses: Int) {
    self.replacement = replacement
    self.policy = policy
    self.uncoveredUses = uncoveredUses
  }
}

/// Finds which attached policies have to go, and when.
struct AttachmentPlan {
  /// What is detached, each right before its replacement is attached, in order.
  private(set) var detachments: [Detachment] = []

  /// Finds an order.
  ///
  /// - Parameters:
  ///   - subject: The new policies, the uses that they have to allow, and the current grant.
  ///   - limit: How many managed policies may be attached in all.
  init(_ subject: PolicyVerifier.Subject, limit: Int) {
    guard let grant = subject.grant else { return }
    var attached = grant.identity.attachedPolicies
    guard subject.policies.count + attached.count > limit, subject.policies.count <= limit else { return }
    for index in subject.policies.indices where attached.count + index >= limit {
      var best: (arn: String, uncovered: Int)?
      // The last one attached is the first to go: what came first is more often what a role is made for.
      for arn in attached.reversed() where Self.mayGo(arn, grant, subject.policies.prefix(index)) {
        let rest = attached.filter { $0 != arn }
        let uncovered = Self.uncovered(subject, grant, keeping: rest, new: index)
        if uncovered < best?.uncovered ?? .max { best = (arn, uncovered) }
        if uncovered == 0 { break }
      }
      guard let best else { return }
      attached.removeAll { $0 == best.arn }
      detachments.append(
        Detachment(replacement: index, policy: best.arn, uncoveredUses: best.uncovered))
    }
  }

  /// Whether an attached policy is known, and denies nothing that the new policies so far do not deny.
  private static func mayGo(_ arn: String, _ grant: PrincipalGrant, _ new: some Sequence<NamedPolicy>) -> Bool
  {
    func denies(_ document: PolicyDocument) -> [Statement] {
      document.statements.filter { $0.effect == .deny }.map { statement in
        var statement = statement
        statement.sid = nil
        return statement
      }
    }
    guard let policy = grant.policies.first(where: { $0.source.arn == arn && $0.source.group == nil }) else {
      return false
    }
    return Set(denies(policy.document)).isSubset(of: new.flatMap { denies($0.document) })
  }

  /// How many uses are not allowed while some of the old and the first few of the new policies are attached.
  private static func uncovered(
    _ subject: PolicyVerifier.Subject, _ grant: PrincipalGrant, keeping attached: [String], new: Int
  ) -> Int {
    let own: Set<PolicySource.Kind> = [.managed, .awsManaged]
    let old = grant.policies.filter { policy in
      !own.contains(policy.source.kind) || policy.source.arn.map(attached.contains) ?? true
    }
    var state = subject
    state.policies =
      old.map { NamedPolicy(name: $0.source.name, document: $0.document, size: 0, evidence: []) }
      + subject.policies.prefix(new)
    return Replay(state).failures.count
  }
}
