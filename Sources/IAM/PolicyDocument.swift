// The syntax tree of an IAM policy: what a document says, in the order in which it says it.
//
// The tree is made of values and keeps order, Sids and whether a list was written as a string; parsing and
// writing stand in `PolicyDocument+Parsing.swift` and `PolicyDocument+Writing.swift`.

/// An IAM policy document, as "Grammar of the IAM JSON policy language" in the IAM User Guide defines it.
public struct PolicyDocument: Hashable, Sendable {
  /// The `Version` element; `nil` where the document has none, which means `2008-10-17`.
  public var version: String?
  /// The `Id` element.
  public var id: String?
  /// The statements, in order.
  public var statements: [Statement]

  /// Creates a document.
  ///
  /// - Parameters:
  ///   - version: The language version; the current one by default.
  ///   - id: The document's id.
  ///   - statements: The statements, in order.
  public init(version: String? = "2012-10-17", id: String? = nil, statements: [Statement]) {
    self.version = version
    self.id = id
    self.statements = statements
  }
}

/// One statement of a policy.
public struct Statement: Hashable, Sendable {
  /// What a matching statement does.
  public enum Effect: String, Hashable, Sendable {
    /// The statement allows.
    case allow = "Allow"
    /// The statement denies, whatever others allow.
    case deny = "Deny"
  }

  /// The `Action` or `NotAction` element.
  public enum ActionElement: Hashable, Sendable {
    /// Matches any action that one of the patterns matches.
    case action([String])
    /// Matches any action that none of the patterns matches.
    case notAction([String])
  }

  /// The `Resource` or `NotResource` element.
  public enum ResourceElement: Hashable, Sendable {
    /// Matches any resource that one of the patterns matches.
    case resource([String])
    /// Matches any resource that none of the patterns matches.
    case notResource([String])
  }

  /// The `Principal` or `NotPrincipal` element of a resource policy.
  public enum PrincipalElement: Hashable, Sendable {
    /// Matches the principals named.
    case principal(PrincipalSet)
    /// Matches all principals but those named.
    case notPrincipal(PrincipalSet)
  }

  /// The `Sid`, where the statement has one.
  public var sid: String?
  /// Whether the statement allows or denies.
  public var effect: Effect
  /// The principals, in resource policies only.
  public var principal: PrincipalElement?
  /// The actions.
  public var actions: ActionElement
  /// The resources; `nil` where the element is absent, as in trust policies.
  public var resources: ResourceElement?
  /// The conditions, all of which must hold.
  public var conditions: [Condition]

  /// Creates a statement.
  ///
  /// - Parameters:
  ///   - sid: The statement id.
  ///   - effect: Allow or deny.
  ///   - principal: The principals of a resource policy.
  ///   - actions: The actions.
  ///   - resources: The resources.
  ///   - conditions: The conditions, in order.
  public init(
    sid: String? = nil, effect: Effect, principal: PrincipalElement? = nil, actions: ActionElement,
    resources: ResourceElement?, conditions: [Condition] = []
  ) {
    self.sid = sid
    self.effect = effect
    self.principal = principal
    self.actions = actions
    self.resources = resources
    self.conditions = conditions
  }
}

/// The principals that a `Principal` element names, by type.
public enum PrincipalSet: Hashable, Sendable {
  /// Written as the string `"*"`.
  case everyone
  /// Written as an object: `AWS`, `Service`, `Federated`, `CanonicalUser`, each with its values in order.
  case typed([TypedPrincipals])

  /// The values under one type key of a `Principal` element.
  public struct TypedPrincipals: Hashable, Sendable {
    /// The key: `AWS`, `Service`, `Federated` or `CanonicalUser`.
    public var type: String
    /// The values, in order.
    public var values: [String]

    /// Creates the values of one type.
    ///
    /// - Parameters:
    ///   - type: The key.
    ///   - values: The values.
    public init(type: String, values: [String]) {
      self.type = type
      self.values = values
    }
  }
}

/// One operator, key and list of values of a `Condition` block.
public struct Condition: Hashable, Sendable {
  /// The operator as written, with set qualifier and `IfExists`: `ForAnyValue:StringLikeIfExists`.
  public var operatorName: String
  /// The condition key as written; keys are compared without regard to case.
  public var key: String
  /// The values, any of which may match (none, for negated operators).
  public var values: [String]

  /// Creates a condition.
  ///
  /// - Parameters:
  ///   - operatorName: The operator, with qualifier and suffix.
  ///   - key: The condition key.
  ///   - values: The values.
  public init(operatorName: String, key: String, values: [String]) {
    self.operatorName = operatorName
    self.key = key
    self.values = values
  }
}
