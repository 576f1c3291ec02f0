// What is granted, held against what was used: values for the renderers.

public import AWSCatalog
public import CloudTrail
public import IAM

/// The comparison of an account's grants with the recorded use.
public struct PolicyDiff: Hashable, Sendable {
  /// Every granted principal and every principal that used something, sorted.
  public var principals: [PrincipalDiff]
  /// What could not be read of the grants, sorted.
  public var problems: [GrantProblem]

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - principals: The principals.
  ///   - problems: What could not be read of the grants.
  public init(principals: [PrincipalDiff], problems: [GrantProblem]) {
    self.principals = principals
    self.problems = problems
  }
}

/// What became of one granted action.
public enum GrantStatus: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Every resource pattern granted for it was used.
  case used
  /// Used, on fewer resources than are granted.
  case partlyUsed
  /// Not seen, though the logs could have shown it.
  case unused
  /// Not seen, and the logs could not have shown it (SEMANTICS §8).
  case notObservable

  /// Orders statuses from used to not observable.
  public static func < (left: GrantStatus, right: GrantStatus) -> Bool {
    func rank(_ status: GrantStatus) -> Int { allCases.firstIndex(of: status) ?? 0 }
    return rank(left) < rank(right)
  }
}

/// Where a granted statement stands.
public struct PolicySource: Hashable, Sendable {
  /// What sort of policy it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An inline policy of the principal.
    case inline
    /// An inline policy of a group that the user is in.
    case groupInline
    /// A customer managed policy attached to the principal.
    case managed
    /// A managed policy attached to a group that the user is in.
    case groupManaged
    /// An AWS managed policy attached to the principal.
    case awsManaged
    /// An AWS managed policy attached to a group that the user is in.
    case groupAWSManaged
  }

  /// What sort of policy it is.
  public var kind: Kind
  /// The policy's name.
  public var name: String
  /// The ARN of a managed policy.
  public var arn: String?
  /// The name of the group through which it comes.
  public var group: String?

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - kind: What sort of policy it is.
  ///   - name: The policy's name.
  ///   - arn: The ARN of a managed policy.
  ///   - group: The group through which it comes.
  public init(kind: Kind, name: String, arn: String? = nil, group: String? = nil) {
    self.kind = kind
    self.name = name
    self.arn = arn
    self.group = group
  }
}

/// One principal's grant against its use.
public struct PrincipalDiff: Hashable, Sendable {
  /// The principal.
  public var principal: Principal
  /// The ARN of the granted identity; `nil` where the account has none.
  public var identity: String?
  /// Whether the identity was found by name, because the log did not tell the path.
  public var matchedByName: Bool
  /// How many calls the logs hold.
  public var calls: Int
  /// The allowing statements, policy by policy, in the order of the documents.
  public var statements: [StatementDiff]
  /// The denying statements are never removed; how many there are.
  public var denyStatements: Int
  /// The ARN of the permissions boundary.
  public var boundary: String?
  /// Uses that no identity policy allows, sorted.
  public var usedWithoutGrant: [UngrantedUse]
  /// Attempts that were refused, sorted.
  public var denied: [DeniedAttempt]
  /// Granted actions over all statements, each counted once, by access level.
  public var counts: [LevelCounts]

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - principal: The principal.
  ///   - identity: The ARN of the granted identity.
  ///   - matchedByName: Whether the identity was found by name.
  ///   - calls: How many calls the logs hold.
  ///   - statements: The allowing statements.
  ///   - denyStatements: How many denying statements there are.
  ///   - boundary: The ARN of the permissions boundary.
  ///   - usedWithoutGrant: Uses that no identity policy allows.
  ///   - denied: Attempts that were refused.
  ///   - counts: Granted actions by access level.
  public init(
    principal: Principal, identity: String?, matchedByName: Bool, calls: Int, statements: [StatementDiff],
    denyStatements: Int, boundary: String?, usedWithoutGrant: [UngrantedUse], denied: [DeniedAttempt],
    counts: [LevelCounts]
  ) {
    self.principal = principal
    self.identity = identity
    self.matchedByName = matchedByName
    self.calls = calls
    self.statements = statements
    self.denyStatements = denyStatements
    self.boundary = boundary
    self.usedWithoutGrant = usedWithoutGrant
    self.denied = denied
    self.counts = counts
  }
}

/// How many granted actions of one access level were used.
public struct LevelCounts: Hashable, Sendable {
  /// The access level.
  public var level: AccessLevel
  /// Actions granted.
  public var granted: Int
  /// Of those, used on every pattern granted.
  public var used: Int
  /// Of those, used on some.
  public var partlyUsed: Int
  /// Of those, unused.
  public var unused: Int
  /// Of those, not observable.
  public var notObservable: Int

  /// Creates counts.
  ///
  /// - Parameters:
  ///   - level: The access level.
  ///   - granted: Actions granted.
  ///   - used: Of those, used.
  ///   - partlyUsed: Of those, partly used.
  ///   - unused: Of those, unused.
  ///   - notObservable: Of those, not observable.
  public init(
    level: AccessLevel, granted: Int, used: Int, partlyUsed: Int, unused: Int, notObservable: Int
  ) {
    self.level = level
    self.granted = granted
    self.used = used
    self.partlyUsed = partlyUsed
    self.unused = unused
    self.notObservable = notObservable
  }
}

/// One allowing statement against the use.
public struct StatementDiff: Hashable, Sendable {
  /// The policy that it stands in.
  public var source: PolicySource
  /// Its position in the document, from 0.
  public var index: Int
  /// The statement as it stands.
  public var statement: Statement
  /// Every action of the catalog that it grants, sorted.
  public var actions: [ActionDiff]
  /// Action patterns that match nothing in the catalog, as written: retired or mistyped.
  public var unknownActions: [String]

  /// The status of the statement as a whole: used only where all of it was, unused where nothing of it was.
  public var status: GrantStatus {
    let statuses = Set(actions.map(\.status))
    if statuses.isEmpty { return .unused }
    if statuses.count == 1, let only = statuses.first { return only }
    return statuses.isDisjoint(with: [.used, .partlyUsed]) ? .unused : .partlyUsed
  }

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - source: The policy that it stands in.
  ///   - index: Its position in the document.
  ///   - statement: The statement.
  ///   - actions: Every action that it grants.
  ///   - unknownActions: Action patterns that match nothing.
  public init(
    source: PolicySource, index: Int, statement: Statement, actions: [ActionDiff], unknownActions: [String]
  ) {
    self.source = source
    self.index = index
    self.statement = statement
    self.actions = actions
    self.unknownActions = unknownActions
  }
}

/// One granted action against the use.
public struct ActionDiff: Hashable, Sendable {
  /// The action, as AWS spells it.
  public var action: String
  /// What became of it.
  public var status: GrantStatus
  /// How many calls used it through this grant.
  public var calls: Int
  /// The last of them.
  public var lastSeen: Timestamp?
  /// The granted resource patterns that were used, in the statement's order.
  public var resourcesUsed: [String]
  /// The granted resource patterns that were not, in the statement's order.
  public var resourcesUnused: [String]

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - status: What became of it.
  ///   - calls: How many calls used it.
  ///   - lastSeen: The last of them.
  ///   - resourcesUsed: The granted patterns that were used.
  ///   - resourcesUnused: The granted patterns that were not.
  public init(
    action: String, status: GrantStatus, calls: Int, lastSeen: Timestamp?, resourcesUsed: [String],
    resourcesUnused: [String]
  ) {
    self.action = action
    self.status = status
    self.calls = calls
    self.lastSeen = lastSeen
    self.resourcesUsed = resourcesUsed
    self.resourcesUnused = resourcesUnused
  }
}
