// What could stand in the place of AWS managed policies: the ladder of SEMANTICS §9.
//
// Let P be the policy and T what trimming would make of its document: the used actions on the used resources, and
// whatever the logs could not have shown. Anything C with T ⊆ C ⊆ P keeps every use and allows nothing new, which
// `PolicyContainment` proves. Where nothing is unused there is no ladder.

import AWSCatalog
import IAM

extension AccountTrimmer {
  /// How many of the smallest AWS managed policies are held against the use.
  private static let candidateLimit = 8

  /// What could replace each AWS managed policy, sorted by subject.
  ///
  /// - Parameter isWanted: Which principals the answer is about; a policy is left out where it reaches none of them.
  /// - Returns: One element for each AWS managed policy of each account.
  func replacements(for isWanted: (Int) -> Bool) -> [ManagedReplacement] {
    reach.policies.filter { $0.subject.kind == .awsManaged && $0.records.contains(where: isWanted) }.map {
      let uses = self.uses(of: $0)
      let sharing = maker.sharing(of: [$0.document], by: uses, account: $0.subject.account)
      var replacement = ManagedReplacement(subject: $0.subject, sharing: sharing, options: [])
      if sharing.total.unused > 0 || sharing.total.partlyUsed > 0 {
        replacement.options = options(for: $0, UseIndex(uses), granted: sharing.total.granted)
      }
      return replacement
    }
  }

  private func options(for policy: ReachedPolicy, _ uses: UseIndex, granted: Int) -> [ReplacementOption] {
    let account = policy.subject.account
    let text = grants.text(of: policy.document, subject: policy.key)
    guard let parsed = try? PolicyText(json: text.bytes) else { return [] }
    let evidence = TrimEvidence(
      of: self.uses(of: policy), account: account, coverage: maker.coverage)
    let trimmed = trimmer.trim([parsed], evidence: evidence, quota: Deployability.managedPolicyQuota)
    guard let needed = trimmed.texts[0]?.document else {
      return [ReplacementOption(kind: .detach, name: policy.subject.name, arn: policy.subject.arn)]
    }
    if needed == policy.document { return [] }
    func isBetween(_ documents: [PolicyDocument]) -> Bool {
      let between = ApplicablePolicies(identity: documents)
      return PolicyContainment(existing: ApplicablePolicies(identity: [policy.document])).check(
        proposed: between
      ).holds
        && PolicyContainment(existing: between).check(
          proposed: ApplicablePolicies(identity: [needed])
        ).holds
    }
    var result = awsManaged(policy, uses, needed, granted, isBetween).map { [$0] } ?? []
    result += existing(policy, uses, granted, isBetween)
    result.append(
      ReplacementOption(
        kind: .newPolicy, name: "whittle-\(policy.subject.name)",
        counts: maker.counts(of: [needed], uses, account: account), document: needed,
        isWithinQuota: trimmed.isWithinQuota))
    return result
  }

  /// The AWS managed policy with the least excess that lies between what is needed and what is granted.
  private func awsManaged(
    _ policy: ReachedPolicy, _ uses: UseIndex, _ needed: PolicyDocument, _ granted: Int,
    _ isBetween: ([PolicyDocument]) -> Bool
  ) -> ReplacementOption? {
    let actions = needed.statements.filter { $0.effect == .allow }.flatMap {
      maker.table.expansion(of: $0.actions).actions
    }
    let names = Set(actions).map { maker.table.entries[$0].action }.sorted()
    let covers = catalog.managedPolicies(covering: names).filter {
      $0.policy.name != policy.subject.name && $0.excess + names.count < granted
    }
    for cover in covers.prefix(Self.candidateLimit) {
      guard let document = try? PolicyDocument(json: Array(cover.policy.document.utf8)),
        isBetween([document])
      else { continue }
      return ReplacementOption(
        kind: .awsManaged, name: cover.policy.name, arn: cover.policy.arn,
        counts: maker.counts(of: [document], uses, account: policy.subject.account))
    }
    return nil
  }

  /// The customer managed policy and the group with the least excess that do.
  private func existing(
    _ policy: ReachedPolicy, _ uses: UseIndex, _ granted: Int, _ isBetween: ([PolicyDocument]) -> Bool
  ) -> [ReplacementOption] {
    let account = policy.subject.account
    func best(
      _ kind: ReplacementOption.Kind, _ candidates: [(arn: String, documents: [PolicyDocument])]
    ) -> ReplacementOption? {
      let counted = candidates.map { candidate in
        (candidate, maker.counts(of: candidate.documents, uses, account: account))
      }.filter { LevelCounts(total: $0.1).granted < granted }
      let sorted = counted.sorted {
        (LevelCounts(total: $0.1).granted, $0.0.arn) < (LevelCounts(total: $1.1).granted, $1.0.arn)
      }
      guard let (found, counts) = sorted.first(where: { isBetween($0.0.documents) }) else { return nil }
      let name = found.arn.split(separator: "/").last.map(String.init) ?? found.arn
      return ReplacementOption(kind: kind, name: name, arn: found.arn, counts: counts)
    }
    let policies = grants.managedPolicies.filter { !$0.value.isAWSManaged && ARN($0.key)?.account == account }
    let customer = best(.customerManaged, policies.map { ($0.key, [$0.value.document]) })
    // Only users can be put into a group.
    let holders = policy.subject.attachments.compactMap { grants.identities[$0]?.kind }
    let joins = !holders.isEmpty && holders.allSatisfy { $0 == .user }
    let groups = joins ? reach.groups.filter { ARN($0.arn)?.account == account } : []
    let group = best(
      .group, groups.map { ($0.arn, $0.policies.map { reach.policies[$0].document }) })
    return [customer, group].compactMap { $0 }
  }

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
