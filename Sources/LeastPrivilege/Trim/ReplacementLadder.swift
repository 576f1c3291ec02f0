// What could stand in the place of AWS managed policies: the ladder of SEMANTICS §9.
//
// Let P be the policy, G all that its holder is granted today, and T what trimming would make of P's document: the used
// actions on the used resources, and whatever the logs could not have shown. Anything C with T ⊆ C ⊆ G keeps every use
// and allows nothing new, which `PolicyContainment` proves. Denies are never removed and never added: C has those of P
// and no others, for a deny bears on what other policies grant too. Where nothing is unused there is no ladder.

import AWSCatalog
import IAM

/// Works out what could replace AWS managed policies.
struct ReplacementLadder {
  /// Something that the account has.
  struct Candidate {
    /// Its ARN.
    var arn: String
    /// A policy's version.
    var version: String?
    /// What it grants as it is proposed.
    var documents: [PolicyDocument]
  }

  /// How many of the smallest AWS managed policies are held against the use.
  private static let candidateLimit = 8

  private let trimmer: AccountTrimmer
  /// The customer managed policies of each account as they are proposed.
  private var customers: [String: [Candidate]] = [:]
  /// The trimmed documents of policies that nobody behind an attachment uses: many attachments ask for them.
  private var unused: [String: Needed] = [:]
  private var covers: [CoverKey: [ManagedPolicyCover]] = [:]

  private struct CoverKey: Hashable {
    var names: [String]
    var limit: Int
  }

  private struct Needed {
    var document: PolicyDocument?
    var isWithinQuota: Bool
  }

  /// Prepares the ladders of accounts.
  ///
  /// - Parameters:
  ///   - trimmer: What knows the accounts.
  ///   - after: What each policy of the reach says once it is trimmed; nothing where it is removed.
  init(_ trimmer: AccountTrimmer, after: [[PolicyDocument]]) {
    self.trimmer = trimmer
    var documents: [String: [PolicyDocument]] = [:]
    for (policy, text) in zip(trimmer.reach.policies, after) where policy.subject.kind == .managed {
      documents[policy.subject.arn] = text
    }
    for (arn, policy) in trimmer.grants.managedPolicies.sorted(by: { $0.key < $1.key })
    where !policy.isAWSManaged {
      customers[ARN(arn)?.account ?? "", default: []].append(
        Candidate(
          arn: arn, version: policy.defaultVersion, documents: documents[arn] ?? [policy.document]))
    }
  }

  /// What could replace an attachment.
  ///
  /// - Parameters:
  ///   - policy: The policy with its holder.
  ///   - beside: What the holder's other policies say as proposed.
  ///   - present: All that the holder is granted today.
  ///   - groups: The groups that the holder could join.
  /// - Returns: The use of the policy, and the options in the order of preference.
  mutating func replacement(
    of policy: ReachedPolicy, beside: [PolicyDocument], present: [PolicyDocument], groups: [Candidate]
  ) -> ManagedReplacement {
    let account = policy.subject.account
    let uses = trimmer.uses(of: policy)
    let sharing = trimmer.maker.sharing(of: [policy.document], by: uses, account: account)
    var replacement = ManagedReplacement(subject: policy.subject, sharing: sharing, options: [])
    guard sharing.total.unused > 0 || sharing.total.partlyUsed > 0 else { return replacement }
    let needed = self.needed(of: policy, uses)
    guard let document = needed.document else {
      replacement.options = [
        ReplacementOption(kind: .detach, name: policy.subject.name, arn: policy.subject.arn)
      ]
      return replacement
    }
    if document == policy.document { return replacement }
    let search = Search(
      needed: document, denies: Self.denies([policy.document]), present: present,
      granted: sharing.total.granted, uses: UseIndex(uses), account: account)
    if search.denies.isEmpty, search.covers(beside) {
      replacement.options = [
        ReplacementOption(kind: .covered, name: policy.subject.name, arn: policy.subject.arn)
      ]
      return replacement
    }
    let aws = awsManaged(search, instead: policy.subject)
    var existing = [
      best(.customerManaged, customers[account] ?? [], search), best(.group, groups, search),
    ].compactMap(\.self)
    if let aws {
      // An AWS managed policy comes first where nothing that the account has covers the use with less excess.
      let isFirst = existing.allSatisfy { aws.total.unused <= $0.total.unused }
      existing.insert(aws, at: isFirst ? existing.startIndex : existing.endIndex)
    }
    replacement.options = existing + [newPolicy(needed, search, policy)].compactMap(\.self)
    return replacement
  }

  /// What an option is held against.
  private struct Search {
    var needed: PolicyDocument
    /// The denies of the policy.
    var denies: Set<Statement>
    var present: [PolicyDocument]
    /// How many actions the policy grants.
    var granted: Int
    var uses: UseIndex
    var account: String

    /// Whether documents allow all that is needed.
    func covers(_ documents: [PolicyDocument]) -> Bool {
      PolicyContainment(existing: ApplicablePolicies(identity: documents))
        .check(proposed: ApplicablePolicies(identity: [needed])).holds
    }

    /// Whether documents keep every use, allow nothing new, and deny what the policy denies.
    func accepts(_ documents: [PolicyDocument]) -> Bool {
      ReplacementLadder.denies(documents) == denies && covers(documents)
        && PolicyContainment(existing: ApplicablePolicies(identity: present))
          .check(proposed: ApplicablePolicies(identity: documents)).holds
    }
  }

  /// The denying statements of documents, whatever their ids.
  private static func denies(_ documents: [PolicyDocument]) -> Set<Statement> {
    Set(
      documents.flatMap(\.statements).filter { $0.effect == .deny }.map { statement in
        var statement = statement
        statement.sid = nil
        return statement
      })
  }

  /// What trimming would make of a policy.
  private mutating func needed(of policy: ReachedPolicy, _ uses: [PrincipalUses]) -> Needed {
    let account = policy.subject.account
    let isUnused = uses.allSatisfy { $0.uses.allSatisfy { !$0.wasPermitted } }
    let key = "\(account) \(policy.subject.arn)"
    if isUnused, let known = unused[key] { return known }
    let text = trimmer.grants.text(of: policy.document, subject: policy.key)
    guard let parsed = try? PolicyText(json: text.bytes) else {
      return Needed(document: policy.document, isWithinQuota: true)
    }
    let evidence = TrimEvidence(of: uses, account: account, coverage: trimmer.maker.coverage)
    let result = trimmer.trimmer.trim(
      [parsed], evidence: evidence, quota: Deployability.managedPolicyQuota)
    let needed = Needed(document: result.texts[0]?.document, isWithinQuota: result.isWithinQuota)
    if isUnused { unused[key] = needed }
    return needed
  }

  /// The AWS managed policy with the least excess.
  ///
  /// Those below `/service-role/` are written for the role of one service, and change with it: they only take the place
  /// of each other.
  private mutating func awsManaged(_ search: Search, instead subject: PolicySubject) -> ReplacementOption? {
    let ofServices = "/service-role/"
    let isOfService = subject.path.hasPrefix(ofServices)
    let names = actions(of: [search.needed]).map { trimmer.maker.table.entries[$0].action }.sorted()
    let all = covers(of: names, granted: search.granted)
    let partition = ARN(subject.arn)?.partition ?? "aws"
    func arn(_ policy: ManagedPolicy) -> String {
      "arn:\(partition):iam::aws:policy\(policy.path)\(policy.name)"
    }
    let smaller = all.filter {
      arn($0.policy) != subject.arn
        && (isOfService || !$0.policy.path.hasPrefix(ofServices))
    }
    for cover in smaller.prefix(Self.candidateLimit) {
      guard let document = try? PolicyDocument(json: Array(cover.policy.document.utf8)),
        search.accepts([document])
      else { continue }
      return option(
        .awsManaged, Candidate(arn: arn(cover.policy), version: cover.policy.version, documents: [document]),
        search)
    }
    return nil
  }

  /// The AWS managed policies that allow certain actions, and fewer in all than the policy that they may replace.
  private mutating func covers(of names: [String], granted: Int) -> [ManagedPolicyCover] {
    let key = CoverKey(names: names, limit: granted - names.count - 1)
    if let known = covers[key] { return known }
    let result = trimmer.catalog.managedPolicies(covering: names, excessAtMost: key.limit)
    covers[key] = result
    return result
  }

  /// The candidate with the least excess.
  private func best(
    _ kind: ReplacementOption.Kind, _ candidates: [Candidate], _ search: Search
  ) -> ReplacementOption? {
    let needed = actions(of: [search.needed])
    let sized = candidates.compactMap { candidate -> (candidate: Candidate, size: Int)? in
      let actions = self.actions(of: candidate.documents)
      guard actions.count < search.granted, needed.isSubset(of: actions) else { return nil }
      return (candidate, actions.count)
    }
    let sorted = sized.sorted { ($0.size, $0.candidate.arn) < ($1.size, $1.candidate.arn) }
    return sorted.first { search.accepts($0.candidate.documents) }.map {
      option(kind, $0.candidate, search)
    }
  }

  private func newPolicy(_ needed: Needed, _ search: Search, _ policy: ReachedPolicy) -> ReplacementOption? {
    // It lies within the policy itself, which is part of what is granted.
    guard TrimCheck.newAccess(search.needed, beyond: policy.document) == nil else { return nil }
    var option = option(
      .newPolicy, Candidate(arn: policy.subject.arn, documents: [search.needed]), search)
    option.document = search.needed
    option.isWithinQuota = needed.isWithinQuota
    return option
  }

  private func option(
    _ kind: ReplacementOption.Kind, _ candidate: Candidate, _ search: Search
  ) -> ReplacementOption {
    var option = ReplacementOption(
      kind: kind, name: candidate.arn.split(separator: "/").last.map(String.init) ?? candidate.arn,
      arn: candidate.arn, version: candidate.version,
      counts: trimmer.maker.counts(of: candidate.documents, search.uses, account: search.account))
    option.documents = candidate.documents
    return option
  }

  private func actions(of documents: [PolicyDocument]) -> Set<Int> {
    Set(
      documents.flatMap(\.statements).filter { $0.effect == .allow }.flatMap {
        trimmer.maker.table.expansion(of: $0.actions).actions
      })
  }
}

extension AccountTrimmer {
  /// What the members of each group use of it, sorted by ARN.
  ///
  /// - Parameter isWanted: Which principals the answer is about; a group is left out where none of them is in it.
  /// - Returns: One comparison a group with members.
  func groups(for isWanted: (Int) -> Bool) -> [GroupDiff] {
    reach.groups.filter { $0.records.contains(where: isWanted) }.map { group in
      GroupDiff(
        arn: group.arn,
        sharing: maker.sharing(
          of: group.policies.map { reach.policies[$0].document },
          by: group.records.map { records[$0].uses }, account: ARN(group.arn)?.account ?? ""))
    }
  }
}
