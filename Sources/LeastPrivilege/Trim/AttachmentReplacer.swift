// Chooses what takes the place of AWS managed policies, attachment by attachment, and proves it.
//
// What may take a place depends on what the other policies of the account will say. So the order is fixed:
//
//   1. the policies that can be edited are trimmed, before any of this begins
//   2. the attachments of groups, each held to the use of all members
//   3. the attachments of users and roles, which may join a group or get a policy as the first two steps leave them
//
// Within a step holders do not depend on each other; the attachments of one holder are taken one after the other,
// each with the ones before it in place. At the end of a step every principal's uses are replayed against all that it
// holds by then; where one would break, the attachments of the step that reach the principal stay as they are. That
// grants more than was planned, and so breaks nobody else.

import IAM

/// Makes the proposals for the AWS managed policies of accounts.
struct AttachmentReplacer {
  private let trimmer: AccountTrimmer
  /// What each policy of the reach says as proposed so far; for an attachment, what takes its place.
  private var after: [[PolicyDocument]]
  private var ladder: ReplacementLadder
  private var result: [Int: ManagedReplacement] = [:]
  /// The names of policies that are taken, by account and in lower case.
  private var names: Set<String> = []
  /// The indices of the attachments of each holder.
  private var attachments: [String: [Int]] = [:]

  /// How many groups IAM lets a user be in ("IAM and AWS STS quotas" in the IAM User Guide).
  private static let groupQuota = 10

  /// Prepares the work.
  ///
  /// - Parameters:
  ///   - trimmer: What knows the accounts.
  ///   - after: What each policy of the reach says once it is trimmed; nothing where it is removed.
  init(_ trimmer: AccountTrimmer, after: [[PolicyDocument]]) {
    self.trimmer = trimmer
    self.after = after
    ladder = ReplacementLadder(trimmer, after: after)
    for policy in trimmer.grants.managedPolicies.values where !policy.isAWSManaged {
      names.insert("\(ARN(policy.arn)?.account ?? "") \(policy.name.lowercased())")
    }
    for (index, policy) in trimmer.reach.policies.enumerated() {
      if let holder = policy.subject.holder { attachments[holder, default: []].append(index) }
    }
  }

  /// Works out the replacements.
  ///
  /// - Returns: One for each attachment, by its index in the reach.
  mutating func replacements() -> [Int: ManagedReplacement] {
    let holders = attachments.sorted { $0.key < $1.key }
    for isGroup in [true, false] {
      let step = holders.filter { (kind(of: $0.key) == .group) == isGroup }.flatMap(\.value)
      for index in step { replace(index) }
      check(step)
    }
    for (holder, own) in holders {
      let policies = policiesAfter(of: holder)
      for index in own { result[index]?.policiesOfHolder = policies }
    }
    return result
  }

  /// The managed policies that a holder has attached with the proposals so far.
  private func policiesAfter(of holder: String) -> [String] {
    var policies = Set(trimmer.grants.identities[holder]?.attachedPolicies ?? [])
    for (policy, documents) in zip(trimmer.reach.policies, after)
    where policy.subject.kind == .managed && documents.isEmpty && policies.contains(policy.subject.arn) {
      policies.remove(policy.subject.arn)
    }
    for index in attachments[holder] ?? [] {
      guard let option = result[index]?.proposal else { continue }
      policies.remove(trimmer.reach.policies[index].subject.arn)
      if option.isAttached, let arn = option.arn { policies.insert(arn) }
    }
    return policies.sorted()
  }

  private func kind(of holder: String) -> GrantedIdentity.Kind? { trimmer.grants.identities[holder]?.kind }

  /// Works out the ladder of one attachment and takes the first rung that can be carried out.
  private mutating func replace(_ index: Int) {
    let policy = trimmer.reach.policies[index]
    let holder = policy.subject.holder ?? ""
    let group = trimmer.reach.groups.first { $0.arn == holder }
    let own = group?.policies ?? policy.records.first.map { trimmer.reach.policiesOfRecord[$0] } ?? []
    let identity = trimmer.grants.identities[holder]
    let mayJoin = identity?.kind == .user && (identity?.groups.count ?? 0) < Self.groupQuota
    var replacement = ladder.replacement(
      of: policy, beside: own.filter { $0 != index }.flatMap { after[$0] },
      present: own.map { trimmer.reach.policies[$0].document },
      groups: mayJoin ? groups(in: policy.subject.account, without: identity?.groups ?? []) : [])
    defer { result[index] = replacement }
    guard !replacement.options.isEmpty else { return }
    for position in replacement.options.indices where replacement.options[position].kind == .newPolicy {
      name(&replacement.options[position], for: policy.subject)
    }
    if let obstacle = policy.obstacle {
      replacement.outcome = .leftAlone(obstacle)
    } else if let option = replacement.options.first(where: \.isWithinQuota) {
      replacement.isHolderFull = policiesAfter(of: holder).count >= trimmer.options.attachmentLimit
      replacement.outcome = .replaced(option)
      after[index] = option.documents
    } else {
      replacement.outcome = .leftAlone("no policy within IAM's quota holds what is used of it")
      replacement.verification.withinQuotas = false
    }
  }

  /// The groups that a user could join, with what they grant as it is proposed.
  private func groups(in account: String, without own: [String]) -> [ReplacementLadder.Candidate] {
    trimmer.reach.groups.filter { group in
      ARN(group.arn)?.account == account
        && !own.contains { trimmer.grants.group(named: $0, account: account)?.arn == group.arn }
    }.map { ReplacementLadder.Candidate(arn: $0.arn, documents: $0.policies.flatMap { after[$0] }) }
  }

  /// Gives a new policy a name that the account does not have.
  private mutating func name(_ option: inout ReplacementOption, for subject: PolicySubject) {
    guard let holder = subject.holder.flatMap({ ARN($0) }) else { return }
    let kind = holder.resource.prefix { $0 != "/" }
    let short = holder.resource.split(separator: "/").last ?? ""
    let wanted = "whittle-\(kind)-\(short)-\(subject.name)".prefix(124)
    var name = String(wanted)
    var number = 2
    while !names.insert("\(subject.account) \(name.lowercased())").inserted {
      name = "\(wanted)-\(number)"
      number += 1
    }
    option.name = name
    option.arn = "arn:\(holder.partition):iam::\(holder.account):policy/\(name)"
  }

  /// Replays the uses of everyone whom a step reaches, and takes back what would break one.
  private mutating func check(_ step: [Int]) {
    let touched = step.filter { result[$0]?.proposal != nil }
    var attachmentsOfRecord: [Int: [Int]] = [:]
    for index in touched {
      for record in trimmer.reach.policies[index].records {
        attachmentsOfRecord[record, default: []].append(index)
      }
    }
    for (record, own) in attachmentsOfRecord.sorted(by: { $0.key < $1.key }) {
      guard own.contains(where: { result[$0]?.proposal != nil }) else { continue }
      let outcome = TrimCheck.replay(
        trimmer.records[record], against: trimmer.reach.policiesOfRecord[record].flatMap { after[$0] })
      for index in own where result[index]?.proposal != nil {
        if let failure = outcome.failures.first {
          result[index]?.outcome = .leftAlone("a recorded use would break")
          result[index]?.verification.failures.append(failure)
          after[index] = [trimmer.reach.policies[index].document]
        } else {
          result[index]?.verification.usesReplayed += outcome.uses
        }
      }
    }
  }
}
