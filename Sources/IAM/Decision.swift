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
  /// The statements that matched the request, in the order of evaluation; denies stand first.
  public let matched: [MatchedStatement]
  /// What would have to allow the request and does not; empty unless the outcome is `implicitDeny`.
  public let missing: [MissingAllow]
  /// The action that was decided.
  public let action: ActionName
  private let source: Source?

  /// What an implicit deny lacks.
  public struct MissingAllow: Hashable, Sendable {
    /// The accounts of a request that crosses accounts.
    public struct Accounts: Hashable, Sendable {
      /// The caller's account.
      public let caller: String
      /// The account that owns the resource.
      public let resource: String
    }

    /// The type of policy that does not allow the request.
    public let layer: PolicyLayer
    /// The level of the organisation, for control policies.
    public let level: Int?
    /// Whether no policy of the type was given at all.
    public let isAbsent: Bool
    /// The accounts, where the policy is needed because they differ.
    public let accounts: Accounts?

    init(layer: PolicyLayer, level: Int? = nil, isAbsent: Bool = false, accounts: Accounts? = nil) {
      self.layer = layer
      self.level = level
      self.isAbsent = isAbsent
      self.accounts = accounts
    }

    init(_ layer: CompiledLayer) { self.init(layer: layer.layer, level: layer.level) }
  }

  /// Where an allowed request gets its permission from.
  enum Source: Hashable, Sendable {
    case identity, resourcePolicy, bothAccounts, rootUser
  }

  /// What evaluation found.
  enum Basis: Hashable, Sendable {
    case allowed(Source)
    case explicitDeny
    case implicitDeny([MissingAllow])
  }

  /// Words what evaluation found.
  init(basis: Basis, action: ActionName, matched: [MatchedStatement]) {
    self.matched = matched
    self.action = action
    switch basis {
    case .allowed(let source):
      outcome = .allowed
      self.source = source
      missing = []
    case .explicitDeny:
      outcome = .explicitDeny
      source = nil
      missing = []
    case .implicitDeny(let missing):
      outcome = .implicitDeny
      source = nil
      self.missing = missing
    }
  }

  /// Why, in one sentence.
  public var reason: String {
    switch outcome {
    case .explicitDeny:
      let deny = matched.first.map { "`\($0.path)`" } ?? "a statement"
      return "\(deny) denies `\(action)`"
    case .implicitDeny:
      return missing.map { $0.description(of: action) }.joined(separator: "; ")
    case .allowed:
      switch source {
      case .rootUser: return "the root user needs no policy, and nothing denies `\(action)`"
      case .resourcePolicy: return "the resource policy allows `\(action)` to the caller"
      case .bothAccounts: return "the policies of both accounts allow `\(action)`"
      case .identity, nil: return "the identity-based policies allow `\(action)`"
      }
    }
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

  /// The statement as a path into `simulate`'s input line: `identityPolicies[0].Statement[2]`.
  public var path: String { "\(policyPath).Statement[\(statement)]" }

  /// The policy as a path into `simulate`'s input line: `identityPolicies[0]`, `scps[1][0]`, `resourcePolicy`.
  public var policyPath: String {
    if let level { return "\(layer.rawValue)[\(level)][\(policy)]" }
    return layer == .resource ? layer.rawValue : "\(layer.rawValue)[\(policy)]"
  }
}

extension Decision.MissingAllow {
  /// What is missing, as a clause of a sentence.
  fileprivate func description(of action: ActionName) -> String {
    if let accounts {
      let owner = "the resource belongs to account \(accounts.resource), the caller to \(accounts.caller)"
      return isAbsent
        ? "\(owner), and there is no resource policy that could allow `\(action)`"
        : "\(owner), and the resource policy does not allow `\(action)`"
    }
    switch layer {
    case .identity: return "no identity-based policy allows `\(action)`"
    case .permissionBoundary: return "the permissions boundary does not allow `\(action)`"
    case .session:
      return isAbsent
        ? "a federated session without session policies has no permissions of its own"
        : "no session policy allows `\(action)`"
    case .serviceControlPolicy: return "no service control policy of level \(level ?? 0) allows `\(action)`"
    case .resourceControlPolicy: return "no resource control policy of level \(level ?? 0) allows `\(action)`"
    case .resource:
      return isAbsent
        ? "there is no resource policy that could allow `\(action)`"
        : "the resource policy does not allow `\(action)` to the caller"
    case .vpcEndpoint: return "no policy of the VPC endpoint allows `\(action)`"
    }
  }
}
