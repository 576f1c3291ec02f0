// Which policies an account has, and which principals each of them reaches.

import AWSCatalog
import IAM

/// A policy document with everyone that it reaches.
struct ReachedPolicy {
  /// The policy.
  var subject: PolicySubject
  /// What it says.
  var document: PolicyDocument
  /// The records of the principals that it reaches, ascending.
  var records: [Int]
  /// Why it must not be changed, where that is so.
  var obstacle: String?

  /// What names the policy in its account: also the subject under which its text is kept.
  var key: String { subject.isManaged ? subject.arn : "\(subject.arn) \(subject.name)" }
}

/// The policies of all identities, each once, with what they reach.
struct PolicyReach {
  /// The policies, sorted by subject; those that reach nobody are left out.
  private(set) var policies: [ReachedPolicy] = []
  /// For each group with members, its ARN, its policies (as indices) and the records of its members.
  private(set) var groups: [(arn: String, policies: [Int], records: [Int])] = []
  /// The policies of each record, as indices.
  private(set) var policiesOfRecord: [[Int]]

  /// Collects the policies of records.
  ///
  /// - Parameters:
  ///   - records: Every principal of the accounts, whatever the answer is to be limited to.
  ///   - grants: The grants that they come from.
  ///   - catalog: Where AWS managed policies are looked up that the grants do not hold.
  init(_ records: [GrantedRecord], grants: AccountGrants, catalog: Catalog) {
    var byKey: [String: ReachedPolicy] = [:]
    var members: [String: [Int]] = [:]
    var keysOfGroup: [String: Set<String>] = [:]
    for (number, record) in records.enumerated() {
      guard let grant = record.grant else { continue }
      for name in grant.identity.groups {
        guard let group = grants.group(named: name, account: grant.identity.account) else { continue }
        if members[group.arn]?.last != number { members[group.arn, default: []].append(number) }
      }
      // Nothing but documents by themselves describes an identity that is not among the grants, nor of a permission set.
      let isBare =
        grants.identities[grant.identity.arn] == nil && !PolicySubject.isProtected(grant.identity.arn)
      for policy in grant.policies {
        let group = policy.source.group.flatMap {
          grants.group(named: $0, account: grant.identity.account)
        }
        var reached = ReachedPolicy(
          subject: Self.subject(
            policy.source, holder: group?.arn ?? grant.identity.arn, grant.identity.account),
          document: policy.document, records: [number])
        reached.subject.isBare = isBare
        // One AWS managed policy is another matter in each account, and for each holder.
        let key = "\(reached.subject.account) \(reached.key) \(reached.subject.holder ?? "")"
        if let group { keysOfGroup[group.arn, default: []].insert(key) }
        if byKey[key] == nil {
          byKey[key] = reached
        } else if byKey[key]?.records.last != number {
          byKey[key]?.records.append(number)
        }
      }
    }
    let attachments = Attachments(grants, catalog: catalog)
    var positions: [String: Int] = [:]
    for (key, policy) in byKey.sorted(by: { $0.value.subject < $1.value.subject }) {
      positions[key] = policies.count
      policies.append(attachments.completed(policy))
    }
    policiesOfRecord = Array(repeating: [], count: records.count)
    for (index, policy) in policies.enumerated() {
      for record in policy.records { policiesOfRecord[record].append(index) }
    }
    groups = members.sorted { $0.key < $1.key }.map { arn, records in
      (arn, (keysOfGroup[arn] ?? []).compactMap { positions[$0] }.sorted(), records)
    }
  }

  private static func subject(_ source: PolicySource, holder: String, _ account: String) -> PolicySubject {
    let kind: PolicySource.Kind =
      switch source.kind {
      case .groupManaged: .managed
      case .groupAWSManaged: .awsManaged
      default: source.kind
      }
    return PolicySubject(
      kind: kind, name: source.name, arn: source.arn ?? holder, account: account,
      holder: kind == .awsManaged ? holder : nil)
  }
}

/// What managed policies are attached to, and what bounds whom.
private struct Attachments {
  private let grants: AccountGrants
  private let catalog: Catalog
  private var holders: [String: [String]] = [:]
  private var boundaries: Set<String> = []

  init(_ grants: AccountGrants, catalog: Catalog) {
    self.grants = grants
    self.catalog = catalog
    for (arn, identity) in grants.identities {
      for policy in identity.attachedPolicies { holders[policy, default: []].append(arn) }
      if let boundary = identity.boundary { boundaries.insert(boundary) }
    }
  }

  /// A policy with what is known of its attachments and versions, and why it must not be changed.
  func completed(_ policy: ReachedPolicy) -> ReachedPolicy {
    var policy = policy
    let changed = policy.subject.holder ?? (policy.subject.isManaged ? "" : policy.subject.arn)
    if PolicySubject.isProtected(changed) {
      policy.obstacle = "the role belongs to IAM Identity Center: change its permission set"
    }
    guard policy.subject.isManaged else { return policy }
    let account = policy.subject.account
    policy.subject.attachments = (holders[policy.subject.arn] ?? []).filter {
      ARN($0)?.account == account
    }.sorted()
    guard policy.subject.kind == .managed, let known = grants.managedPolicies[policy.subject.arn] else {
      policy.subject.defaultVersion = grants.policy(arn: policy.subject.arn, catalog: catalog)?.defaultVersion
      return policy
    }
    policy.subject.defaultVersion = known.defaultVersion
    policy.subject.otherVersions = known.otherVersions
    let unseen = (known.attachmentCount ?? 0) - policy.subject.attachments.count
    if boundaries.contains(known.arn) || (known.boundaryCount ?? 0) > 0 {
      policy.obstacle = "it is a permissions boundary too"
    } else if unseen > 0 {
      policy.obstacle = "AWS counts \(unseen) more of its attachments than the grants show"
    }
    return policy
  }
}
