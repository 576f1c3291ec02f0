// The outcome of the checks on a proposal, as values with reasons.

/// What the verifier found of one principal's policies (SEMANTICS §7).
public struct Verification: Hashable, Sendable {
  /// Whether the policies allow every recorded use that was to be granted.
  public var complete: Bool
  /// How many uses were put through the evaluator.
  public var usesReplayed: Int
  /// Whether nothing outside the current grant is allowed; `nil` where no grant was given.
  public var noNewAccess: Bool?
  /// Whether taking any action or resource out of any statement makes some recorded use fail, the listed excess
  /// aside.
  public var minimal: Bool
  /// What the policies allow beyond the recorded use, sorted.
  public var excess: [Excess]
  /// Whether every policy keeps IAM's grammar and quotas.
  public var withinQuotas: Bool
  /// Each promise that does not hold, with its reason, sorted; empty where all hold.
  public var failures: [VerificationFailure]

  /// Whether every promise that was checked holds.
  public var holds: Bool { failures.isEmpty }

  /// Creates an outcome.
  ///
  /// - Parameters:
  ///   - complete: Whether every use is allowed.
  ///   - usesReplayed: How many uses were replayed.
  ///   - noNewAccess: Whether nothing new is allowed.
  ///   - minimal: Whether nothing can be taken out.
  ///   - excess: What is allowed beyond the use.
  ///   - withinQuotas: Whether grammar and quotas are kept.
  ///   - failures: Each promise that does not hold.
  public init(
    complete: Bool, usesReplayed: Int, noNewAccess: Bool?, minimal: Bool, excess: [Excess],
    withinQuotas: Bool, failures: [VerificationFailure]
  ) {
    self.complete = complete
    self.usesReplayed = usesReplayed
    self.noNewAccess = noNewAccess
    self.minimal = minimal
    self.excess = excess
    self.withinQuotas = withinQuotas
    self.failures = failures
  }
}

/// One thing that a policy allows beyond the recorded use, on purpose and by name.
public struct Excess: Hashable, Sendable {
  /// Where the excess comes from.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A pattern stands for resources of one family.
    case resourcePattern
    /// A resource is allowed in every region.
    case regionWildcard
    /// The calls themselves name no more than a pattern, of which AWS adds the rest.
    case recordedPattern
    /// The resource could not be derived, so that `*` stands for it.
    case unresolvedResource
    /// A wildcard in an action matches actions that were not used.
    case actionWildcard
    /// Actions share a statement with resources that not all of them were used on, because of a quota.
    case mergedStatement
  }

  /// Where the excess comes from.
  public var kind: Kind
  /// The policy's name.
  public var policy: String
  /// The statement's `Sid`.
  public var sid: String
  /// The pattern, in the action or the resource, that allows more than was used.
  public var pattern: String
  /// How many distinct used resources (or actions, or regions) the pattern stands for.
  public var distinctUsed: Int
  /// The actions of the catalog that are allowed though not used, sorted; empty for resource patterns.
  public var extraActions: [String]
  /// Why the excess was accepted.
  public var reason: String

  /// Creates an excess.
  ///
  /// - Parameters:
  ///   - kind: Where it comes from.
  ///   - policy: The policy's name.
  ///   - sid: The statement's `Sid`.
  ///   - pattern: The pattern that allows more.
  ///   - distinctUsed: How many used resources or actions it stands for.
  ///   - extraActions: The actions allowed though not used.
  ///   - reason: Why it was accepted.
  public init(
    kind: Kind, policy: String, sid: String, pattern: String, distinctUsed: Int, extraActions: [String],
    reason: String
  ) {
    self.kind = kind
    self.policy = policy
    self.sid = sid
    self.pattern = pattern
    self.distinctUsed = distinctUsed
    self.extraActions = extraActions
    self.reason = reason
  }
}

/// A promise that does not hold, or a check that failed.
public struct VerificationFailure: Hashable, Sendable {
  /// What is wrong; the raw values are those of `check --format json`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A recorded use would be denied.
    case wouldBeDenied
    /// Something outside the current grant would be allowed.
    case newAccess
    /// An action or a resource of a statement is needed by no recorded use.
    case notMinimal
    /// A policy is larger than IAM accepts, or there are more than may be attached.
    case overQuota
    /// A document breaks IAM's grammar.
    case badGrammar
  }

  /// What is wrong.
  public var kind: Kind
  /// The principal's identifier.
  public var principal: String
  /// The action concerned, where there is one.
  public var action: String?
  /// The resource concerned, where there is one.
  public var resource: String?
  /// The request context concerned; writers sort it by key.
  public var context: [String: String]
  /// What is wrong, in words.
  public var explanation: String

  /// Creates a failure.
  ///
  /// - Parameters:
  ///   - kind: What is wrong.
  ///   - principal: The principal's identifier.
  ///   - action: The action concerned.
  ///   - resource: The resource concerned.
  ///   - context: The request context concerned.
  ///   - explanation: What is wrong, in words.
  public init(
    kind: Kind, principal: String, action: String? = nil, resource: String? = nil,
    context: [String: String] = [:], explanation: String
  ) {
    self.kind = kind
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context
    self.explanation = explanation
  }
}
