// One statement and its actions against the use.

public import IAM

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
  /// Not seen in the logs, but AWS's last accessed information has an attempt since the logs begin.
  case accessed
  /// Granted, and blocked for certain by a boundary, a control policy or a Deny.
  case ineffective

  /// Orders statuses by how much speaks for the grant: used first, ineffective last.
  public static func < (left: GrantStatus, right: GrantStatus) -> Bool {
    func rank(_ status: GrantStatus) -> Int {
      switch status {
      case .used: 0
      case .partlyUsed: 1
      case .accessed: 2
      case .unused: 3
      case .notObservable: 4
      case .ineffective: 5
      }
    }
    return rank(left) < rank(right)
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

  /// The status of the statement as a whole: used only where all of it was, unused where nothing of it was and the logs
  /// could have shown some of it.
  public var status: GrantStatus {
    let statuses = Set(actions.map(\.status))
    if statuses.isEmpty { return .unused }
    if statuses.count == 1, let only = statuses.first { return only }
    guard statuses.isDisjoint(with: [.used, .partlyUsed]) else { return .partlyUsed }
    return statuses.min() ?? .unused
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
  /// When AWS last saw an attempt that the logs do not show, where that is so.
  public var lastAccessed: Timestamp?

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
