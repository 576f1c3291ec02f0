// Who used a role for which actions: the detail that tells whether people use one role in different ways.
//
// A role has as many sessions as one likes; most are of machines, whose names say nothing of people: the id of an instance,
// a number that an SDK made up. They would push people out of a bounded record, so that it takes people only. The rule for
// that looks at one event alone, and the record keeps the smallest users by order and of each the smallest actions: it is a
// join-semilattice like the rest of the ledger (invariant ORDER-FREE).

import CloudTrail
import IAM
import JSONStream

/// A person behind the sessions of a role.
public struct RoleUser: Hashable, Comparable, Sendable {
  /// What names the person.
  public enum Evidence: String, Hashable, Sendable, CaseIterable {
    /// The source identity, which whoever assumes a role sets and nobody can change afterwards ("Monitor and control
    /// actions taken with assumed roles" in the IAM User Guide).
    case sourceIdentity
    /// The session's name.
    case session
    /// The Identity Center user on whose behalf the call was made.
    case identityCenterUser
  }

  /// What names the person.
  public var evidence: Evidence
  /// The name.
  public var name: String

  /// Names a person.
  ///
  /// - Parameters:
  ///   - evidence: What names the person.
  ///   - name: The name.
  public init(evidence: Evidence, name: String) {
    self.evidence = evidence
    self.name = name
  }

  /// Orders people by what names them, then by bytes.
  public static func < (left: RoleUser, right: RoleUser) -> Bool {
    let ranks = (rank(left.evidence), rank(right.evidence))
    return ranks.0 == ranks.1 ? left.name.precedes(right.name) : ranks.0 < ranks.1
  }

  private static func rank(_ evidence: Evidence) -> Int {
    switch evidence {
    case .sourceIdentity: 0
    case .session: 1
    case .identityCenterUser: 2
    }
  }

  /// Whether two people have the same name by bytes, of the same sort.
  public static func == (left: RoleUser, right: RoleUser) -> Bool {
    left.evidence == right.evidence && left.name.sameBytes(as: right.name)
  }

  /// Hashes the bytes of the name, and what sort it is.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(evidence)
    name.hashBytes(into: &hasher)
  }
}

extension RoleUser {
  /// The person behind a session of a role; `nil` where the caller has no session, or a machine's.
  ///
  /// - Parameter identity: The identity of an event.
  init?(_ identity: some SessionTexts) {
    var user: RoleUser?
    RoleUser.find(identity) { user = RoleUser(evidence: $0, name: String(bytes: $1)) }
    guard let user else { return nil }
    self = user
  }

  /// The digest of the person behind a session of a role; `nil` where there is none.
  ///
  /// - Parameter identity: The identity of an event.
  /// - Returns: The digest.
  static func digest(of identity: some SessionTexts) -> JSONDigest? {
    var digest: JSONDigest?
    RoleUser.find(identity) { digest = JSONDigest($1).tagged(UInt64(RoleUser.rank($0))) }
    return digest
  }

  /// Calls a function with what names the person behind a session, and the name, if there is one.
  private static func find(_ identity: some SessionTexts, _ body: (Evidence, Span<UInt8>) -> Void) {
    identity.withSessionName { session in
      var isFound = false
      identity.withText(.sourceIdentity) { source in
        if source.isEmpty { return }
        isFound = true
        body(.sourceIdentity, source)
      }
      if isFound { return }
      if SessionName.isPersons(session, isIdentityCenter: identity.isIdentityCenterRole) {
        return body(.session, session)
      }
      identity.withText(.onBehalfOfUserID) { body(.identityCenterUser, $0) }
    }
  }
}

/// People and the actions that they used a role for.
///
/// At most ``userLimit`` people with ``actionLimit`` actions each: 16,384 references to names of actions a role, and far
/// fewer where people do not do everything.
public struct RoleUsers: Hashable, Sendable {
  /// How many people are kept of a role.
  public static let userLimit = 64
  /// How many actions are kept of a person.
  public static let actionLimit = 256

  /// One person's actions.
  public struct Entry: Hashable, Sendable {
    /// The person.
    public let user: RoleUser
    /// The actions, denied attempts left out.
    public fileprivate(set) var actions = BoundedSet(limit: RoleUsers.actionLimit)
  }

  /// The people kept, sorted.
  public private(set) var entries: [Entry] = []
  /// Whether more people used the role than are kept.
  public private(set) var overflowed = false

  /// Creates a record of nobody.
  public init() {}

  /// Records that a person used an action.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - user: The person.
  /// - Complexity: O(log *n*) comparisons where both are there already.
  public mutating func insert(_ action: String, by user: RoleUser) {
    update(user) { $0.insert(action) }
  }

  /// Joins another record into this one.
  ///
  /// - Parameter other: The other record.
  public mutating func formUnion(_ other: RoleUsers) {
    for entry in other.entries { update(entry.user) { $0.formUnion(entry.actions) } }
    overflowed = overflowed || other.overflowed
  }

  /// Changes the actions of a person, dropping the last person where there are too many.
  ///
  /// Who is among the first few people in the end was so whenever met, so that nothing of theirs is lost on the way.
  private mutating func update(_ user: RoleUser, _ body: (inout BoundedSet) -> Void) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].user < user { low = middle + 1 } else { high = middle }
    }
    if low == entries.count || entries[low].user != user {
      if entries.count >= RoleUsers.userLimit {
        overflowed = true
        guard low < entries.count else { return }
        entries.removeLast()
      }
      entries.insert(Entry(user: user), at: low)
    }
    body(&entries[low].actions)
  }
}
