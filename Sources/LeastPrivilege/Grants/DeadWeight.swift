// Identities, policies and credentials that nobody needs any more.
//
// Each finding says what it rests on. Where the logs alone cannot prove it (the identity is younger than the logs, or could
// have done things that the logs do not show), it is told all the same, as not proven.

import AWSCatalog
import CloudTrail
public import IAM
import Usage

/// One thing that nobody needs any more.
public struct DeadWeight: Hashable, Sendable, Comparable {
  /// What sort of thing it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Comparable {
    /// A role that made no call and that nobody assumed.
    case unusedRole
    /// A user who made no call and did not sign in.
    case unusedUser
    /// A group without members.
    case emptyGroup
    /// A group that gives its members nothing that they used.
    case unusedGroup
    /// A customer managed policy that is attached to nothing and bounds nobody.
    case unattachedPolicy
    /// A permissions boundary that takes nothing from what the identity policies grant.
    case idleBoundary
    /// A password that was not used for 90 days.
    case unusedPassword
    /// A password that was not changed for 90 days.
    case oldPassword
    /// An active access key that was not used for 90 days.
    case unusedAccessKey
    /// An active access key that was not rotated for 90 days.
    case oldAccessKey

    /// Orders kinds as they stand here.
    public static func < (left: Kind, right: Kind) -> Bool {
      func rank(_ kind: Kind) -> Int { allCases.firstIndex(of: kind) ?? 0 }
      return rank(left) < rank(right)
    }
  }

  /// What sort of thing it is.
  public var kind: Kind
  /// The ARN of the identity or policy.
  public var subject: String
  /// Which of several it is: the number of an access key, or the ARN of a boundary.
  public var detail: String?
  /// Whether the logs and reports prove it.
  public var isProven: Bool
  /// What it rests on, and what speaks against it.
  public var reason: String
  /// When it was last used, where a report of AWS tells.
  public var lastUsed: Timestamp?
  /// When it was made, where that is known.
  public var created: Timestamp?

  /// Orders findings by kind, subject and detail.
  public static func < (left: DeadWeight, right: DeadWeight) -> Bool {
    (left.kind, left.subject, left.detail ?? "") < (right.kind, right.subject, right.detail ?? "")
  }
}

/// Finds what nobody needs any more.
struct DeadWeightFinder {
  private(set) var found: [DeadWeight] = []
  private let diff: PolicyDiff
  private let ledger: UsageLedger
  private let grants: AccountGrants
  private let now: Timestamp?
  private let readsAll: Bool
  private let coverage: [String: AccountCoverage]
  private let catalog: Catalog
  /// The roles that the logs show to be assumed, as ARNs.
  private let assumed: Set<String>
  /// The users and roles that the logs show to be made, as ARNs.
  private let made: Set<String>

  /// How old a credential may be, or unused, in seconds: 90 days.
  private static let ageLimit: Int64 = 90 * 86_400

  init(
    diff: PolicyDiff, ledger: UsageLedger, grants: AccountGrants, readsAll: Bool, now: Timestamp?,
    coverage: [AccountCoverage], catalog: Catalog
  ) {
    self.diff = diff
    self.ledger = ledger
    self.grants = grants
    self.now = now
    self.readsAll = readsAll
    self.coverage = Dictionary(coverage.map { ($0.account, $0) }) { first, _ in first }
    self.catalog = catalog
    var assumed: Set<String> = []
    var made: Set<String> = []
    for (key, facts) in ledger.uses where facts.allowed.count > 0 {
      if key.action.hasPrefix("sts:AssumeRole") { assumed.insert(key.resource) }
      if key.action == "iam:CreateRole" || key.action == "iam:CreateUser" { made.insert(key.resource) }
    }
    self.assumed = assumed
    self.made = made
  }

  // MARK: Identities

  /// Finds users and roles that did nothing.
  ///
  /// - Parameters:
  ///   - credentials: What AWS says of the users' credentials.
  ///   - accesses: What AWS says of attempts.
  mutating func findIdentities(_ credentials: CredentialReport, _ accesses: LastAccessedReport) {
    let attempts = accesses.lastAttempts
    for principal in diff.principals where principal.calls == 0 {
      guard let arn = principal.identity, let identity = grants.identities[arn],
        let window = coverage[identity.account]?.window, !assumed.contains(arn)
      else { continue }
      let user = credentials.users[arn]
      let lastUsed = [identity.lastUsed, user?.lastUsed, attempts[arn]].compactMap(\.self).max()
      // AWS saw a use that these logs do not have.
      if let lastUsed, lastUsed >= window.lowerBound { continue }
      var doubts = readsAll ? [] : ["only the calls of some services were read"]
      let created = identity.created ?? user?.created
      if made.contains(arn) || created.map({ $0 >= window.lowerBound }) ?? false {
        doubts.append("it is younger than the logs")
      }
      let hidden = principal.counts.reduce(0) { $0 + $1.notObservable }
      // A role has to be assumed first, which is always logged; the keys of a user need nothing before them.
      if identity.kind == .user, user == nil, hidden > 0 {
        doubts.append(
          "the logs could not have shown \(hidden) of its actions, so that a credential report has to tell")
      }
      let what = identity.kind == .role ? "no call, and nobody assumed it," : "no call and no sign-in"
      add(
        identity.kind == .role ? .unusedRole : .unusedUser, arn,
        "\(what) from \(window.lowerBound) to \(window.upperBound)", doubts: doubts, lastUsed: lastUsed,
        created: created)
    }
  }

  /// Finds boundaries that take nothing away.
  mutating func findBoundaries() {
    for principal in diff.principals {
      guard let grant = grants.grant(of: principal.principal, catalog: catalog), grant.missing.isEmpty,
        let boundary = grant.identity.boundary, grant.boundary != nil
      else { continue }
      let unbounded = ApplicablePolicies(identity: grant.applicable.identity)
      guard PolicyContainment(existing: grant.applicable).check(proposed: unbounded).holds else { continue }
      add(
        .idleBoundary, grant.identity.arn, detail: boundary,
        "everything that the identity policies allow is within the boundary", doubts: [])
    }
  }

  /// Finds groups and policies that do nothing for anybody.
  mutating func findGroupsAndPolicies() {
    var members: [String: [PrincipalDiff]] = [:]
    var attached: Set<String> = []
    for identity in grants.identities.values {
      attached.formUnion(identity.attachedPolicies)
      if let boundary = identity.boundary { attached.insert(boundary) }
    }
    for principal in diff.principals {
      guard let arn = principal.identity, let identity = grants.identities[arn] else { continue }
      for name in identity.groups {
        guard let group = grants.group(named: name, account: identity.account) else { continue }
        members[group.arn, default: []].append(principal)
      }
    }
    let withPeople = Set(grants.identities.values.filter { $0.kind != .group }.map(\.account))
    for group in grants.identities.values where group.kind == .group && withPeople.contains(group.account) {
      judge(group, members: members[group.arn] ?? [])
    }
    for policy in grants.managedPolicies.values where !policy.isAWSManaged && !attached.contains(policy.arn) {
      guard (policy.attachmentCount ?? 0) == 0, (policy.boundaryCount ?? 0) == 0 else { continue }
      add(
        .unattachedPolicy, policy.arn, "no identity has it attached or as its boundary",
        doubts: policy.attachmentCount == nil && !withPeople.contains(ARN(policy.arn)?.account ?? "")
          ? ["the grants hold no identity of its account"] : [])
    }
  }

  private mutating func judge(_ group: GrantedIdentity, members: [PrincipalDiff]) {
    if members.isEmpty {
      add(.emptyGroup, group.arn, "no user of the grants is in it", doubts: [], created: group.created)
      return
    }
    guard let window = coverage[group.account]?.window else { return }
    let given = members.flatMap(\.statements).filter {
      $0.source.group?.lowercased() == group.name.lowercased()
    }
    let statuses = given.flatMap { $0.actions.map(\.status) }
    guard !statuses.isEmpty, Set(statuses).isDisjoint(with: [.used, .partlyUsed, .accessed]) else { return }
    let hidden = statuses.count { $0 == .notObservable }
    let disuse =
      members.count == 1
      ? "its only member used nothing" : "none of its \(members.count) members used anything"
    add(
      .unusedGroup, group.arn,
      "\(disuse) that it gives, from \(window.lowerBound) to \(window.upperBound)",
      doubts: hidden > 0 ? ["the logs could not have shown \(hidden) of the actions"] : [],
      created: group.created)
  }

  // MARK: Credentials

  /// Finds passwords and access keys that are old or unused.
  ///
  /// - Parameter credentials: The credential reports.
  mutating func findCredentials(_ credentials: CredentialReport) {
    guard let now else { return }
    let limit = now.secondsSinceEpoch.subtractingReportingOverflow(Self.ageLimit)
    let oldest = Timestamp(secondsSinceEpoch: limit.overflow ? .min : limit.partialValue)
    let calls = Dictionary(
      ledger.principals.map { ($0.key.identifier, $0.value.events.lastSeen) }
    ) { first, _ in first }
    for user in credentials.users.values.sorted(by: { $0.arn < $1.arn }) {
      // The logs may be newer than the report; by which of several credentials a call was made they do not tell.
      let recent = calls[user.arn].flatMap { $0 }.map { $0 > oldest } ?? false
      let doubts = recent ? ["the logs have calls of this user since, by which credential is not told"] : []
      if let password = user.password {
        judge(password, of: user, nil, (.unusedPassword, .oldPassword), oldest: oldest, doubts: doubts)
      }
      for (number, key) in user.keys.sorted(by: { $0.key < $1.key }) {
        judge(
          key, of: user, "key \(number)", (.unusedAccessKey, .oldAccessKey), oldest: oldest, doubts: doubts)
      }
    }
  }

  private mutating func judge(
    _ credential: CredentialReport.Credential, of user: CredentialReport.User, _ detail: String?,
    _ kinds: (unused: DeadWeight.Kind, old: DeadWeight.Kind), oldest: Timestamp, doubts: [String]
  ) {
    let made = credential.changed ?? user.created
    if let used = credential.lastUsed {
      if used <= oldest {
        add(
          kinds.unused, user.arn, detail: detail, "last used \(used), more than 90 days ago", doubts: doubts,
          lastUsed: used, created: made)
      }
    } else if let made, made <= oldest {
      add(
        kinds.unused, user.arn, detail: detail, "never used since \(made), more than 90 days ago",
        doubts: doubts,
        created: made)
    }
    if let changed = credential.changed, changed <= oldest {
      add(
        kinds.old, user.arn, detail: detail, "not changed since \(changed), more than 90 days ago",
        doubts: [],
        lastUsed: credential.lastUsed, created: changed)
    }
  }

  private mutating func add(
    _ kind: DeadWeight.Kind, _ subject: String, detail: String? = nil, _ reason: String, doubts: [String],
    lastUsed: Timestamp? = nil, created: Timestamp? = nil
  ) {
    found.append(
      DeadWeight(
        kind: kind, subject: subject, detail: detail, isProven: doubts.isEmpty,
        reason: ([reason] + doubts).joined(separator: "; but "), lastUsed: lastUsed, created: created))
  }
}

extension CredentialReport.User {
  /// The last use of any of the user's credentials.
  fileprivate var lastUsed: Timestamp? {
    ([password].compactMap(\.self) + keys.values).compactMap(\.lastUsed).max()
  }
}
