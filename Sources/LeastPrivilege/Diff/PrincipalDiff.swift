// One principal's grant against its use, and the counts by access level.

public import AWSCatalog
public import CloudTrail

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
  /// Granted actions that can never be allowed, and why, in the order of the policies.
  public var ineffective: [IneffectiveGrant] = []

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
  /// Of those, not in the logs, but accessed by AWS's account.
  public var accessed = 0
  /// Of those, granted without effect.
  public var ineffective = 0

  /// The actions of which the logs could have shown the use: all but those without effect and those not observable.
  public var observable: Int { granted - notObservable - ineffective }

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

extension LevelCounts {
  /// How many actions have a status.
  ///
  /// - Parameter status: The status.
  /// - Returns: Their number.
  public func count(of status: GrantStatus) -> Int {
    switch status {
    case .used: used
    case .partlyUsed: partlyUsed
    case .unused: unused
    case .notObservable: notObservable
    case .accessed: accessed
    case .ineffective: ineffective
    }
  }

  /// The sum of counts; its level is the first one's.
  ///
  /// - Parameter counts: The counts by access level.
  public init(total counts: [LevelCounts]) {
    self.init(
      level: counts.first?.level ?? .list, granted: counts.reduce(0) { $0 + $1.granted },
      used: counts.reduce(0) { $0 + $1.used }, partlyUsed: counts.reduce(0) { $0 + $1.partlyUsed },
      unused: counts.reduce(0) { $0 + $1.unused },
      notObservable: counts.reduce(0) { $0 + $1.notObservable })
    accessed = counts.reduce(0) { $0 + $1.accessed }
    ineffective = counts.reduce(0) { $0 + $1.ineffective }
  }
}
