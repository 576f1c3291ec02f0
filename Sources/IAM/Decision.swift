// The answer to a request, with its reasons.

/// What the policies say to a request, and why.
public struct Decision: Hashable, Sendable {
  /// The answer; raw values are those of machine output.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// Everything that has to allow the request allows it, and nothing denies it.
    case allowed
    /// A matching statement denies the request.
    case explicitDeny
    /// Nothing denies the request, but something that has to allow it does not.
    case implicitDeny
  }

  /// The answer.
  public let outcome: Outcome
  /// Why, in one sentence.
  public let reason: String
  /// The statements that matched the request, in the order of evaluation; denies stand first.
  public let matched: [MatchedStatement]

  /// Creates a decision.
  ///
  /// - Parameters:
  ///   - outcome: The answer.
  ///   - reason: Why, in one sentence.
  ///   - matched: The statements that matched the request.
  public init(outcome: Outcome, reason: String, matched: [MatchedStatement]) {
    self.outcome = outcome
    self.reason = reason
    self.matched = matched
  }

  /// Whether the request is allowed.
  public var isAllowed: Bool { outcome == .allowed }
}

/// The part that a policy plays in a decision.
public enum PolicyLayer: String, Hashable, Sendable, CaseIterable {
  /// An identity-based policy.
  case identity = "identityPolicies"
  /// A permissions boundary.
  case permissionBoundary
  /// A session policy.
  case session = "sessionPolicies"
  /// A service control policy.
  case serviceControlPolicy = "scps"
  /// A resource control policy.
  case resourceControlPolicy = "rcps"
  /// The resource's own policy.
  case resource = "resourcePolicy"
  /// A VPC endpoint policy.
  case vpcEndpoint = "vpcEndpointPolicies"
}

/// A statement that matched a request.
public struct MatchedStatement: Hashable, Sendable {
  /// The part that its policy plays.
  public let layer: PolicyLayer
  /// The level of the organisation, for control policies only.
  public let level: Int?
  /// The index of the policy in its layer, or in its level.
  public let policy: Int
  /// The index of the statement in its policy.
  public let statement: Int
  /// The statement's `Sid`.
  public let sid: String?
  /// Whether the statement allows or denies.
  public let effect: Statement.Effect

  /// Creates a reference to a statement.
  ///
  /// - Parameters:
  ///   - layer: The part that its policy plays.
  ///   - level: The level of the organisation, for control policies.
  ///   - policy: The index of the policy in its layer or level.
  ///   - statement: The index of the statement.
  ///   - sid: The statement's `Sid`.
  ///   - effect: Whether the statement allows or denies.
  public init(
    layer: PolicyLayer, level: Int?, policy: Int, statement: Int, sid: String?,
    effect: Statement.Effect
  ) {
    self.layer = layer
    self.level = level
    self.policy = policy
    self.statement = statement
    self.sid = sid
    self.effect = effect
  }

  /// The policy as a path into `simulate`'s input line: `identityPolicies[0]`, `scps[1][0]`, `resourcePolicy`.
  public var policyPath: String {
    if let level { return "\(layer.rawValue)[\(level)][\(policy)]" }
    return layer == .resource ? layer.rawValue : "\(layer.rawValue)[\(policy)]"
  }
}
