// Who used a principal: detail kept below it, bounded.

/// What the log told of one principal beside its uses (SEMANTICS §2.5).
public struct PrincipalFacts: Hashable, Sendable {
  /// All its events, calls or not.
  public var events = Tally()
  /// How many of them were refused for lack of permission.
  public var denied = 0
  /// How many of them failed for another reason.
  public var failed = 0
  /// Names of the sessions that used it.
  public var sessions = BoundedSet(limit: 16)
  /// Source identities set on its sessions.
  public var sourceIdentities = BoundedSet(limit: 16)
  /// Access key ids that signed its calls.
  public var accessKeys = BoundedSet(limit: 16)
  /// Identity Center users behind its calls.
  public var identityCenterUsers = BoundedSet(limit: 16)
  /// The people who used a role, with the actions of each.
  public var users = RoleUsers()
  /// Regions that it called.
  public var regions = BoundedSet(limit: 40)

  /// Creates facts of no event.
  public init() {}

  /// Joins the facts of another ledger.
  ///
  /// - Parameter other: The other facts of the same principal.
  public mutating func merge(_ other: PrincipalFacts) {
    events.merge(other.events)
    denied += other.denied
    failed += other.failed
    sessions.formUnion(other.sessions)
    sourceIdentities.formUnion(other.sourceIdentities)
    accessKeys.formUnion(other.accessKeys)
    identityCenterUsers.formUnion(other.identityCenterUsers)
    users.formUnion(other.users)
    regions.formUnion(other.regions)
  }
}
