// Proposes a trim for every policy of the accounts, and holds all of them together to their promises.
//
//   grants ──▶ policies with everyone they reach ──▶ trimmed documents ──▶ checks ──▶ replacements ──▶ proposals
//              (PolicyReach)                          (PolicyTrimmer)      (TrimCheck)  (AttachmentReplacer)
//
// A policy is trimmed to the use of all that it reaches. Then each principal's uses are replayed against all its new
// policies at once; where one would break, the policies that reach the principal stay as they are, and say so. What
// takes the place of AWS managed policies is worked out last, because it may be one of the trimmed policies.

import AWSCatalog
import CloudTrail
import IAM
import Usage

/// Makes the proposals for the policies of accounts.
struct AccountTrimmer {
  /// Every principal of the accounts.
  let records: [GrantedRecord]
  /// What is granted.
  let grants: AccountGrants
  /// What the proposals of synthesis are made with.
  let options: SynthesisOptions
  /// Compares documents with use.
  let maker: DiffMaker
  /// The AWS reference.
  let catalog: Catalog
  /// The policies and what they reach.
  let reach: PolicyReach

  /// A policy on its way to a proposal.
  private struct Draft {
    var policy: ReachedPolicy
    var text: GrantedText
    var new: PolicyText?
    var detail = TrimDetail.names
    var verification = TrimVerification()

    /// Whether the policy is changed or removed.
    var isChange: Bool { policy.obstacle == nil && new?.text != text.bytes }
    /// What the policy says as proposed; `nil` where nothing is left.
    var document: PolicyDocument? { isChange ? new?.document : policy.document }

    /// Leaves the policy as it is.
    mutating func leave(because reason: String, _ failure: VerificationFailure?) {
      policy.obstacle = reason
      if let failure { verification.failures.append(failure) }
    }
  }

  init(
    records: [GrantedRecord], grants: AccountGrants, options: SynthesisOptions, maker: DiffMaker,
    catalog: Catalog
  ) {
    self.records = records
    self.grants = grants
    self.options = options
    self.maker = maker
    self.catalog = catalog
    reach = PolicyReach(records, grants: grants, catalog: catalog)
  }

  /// The trimmer that all proposals are made with.
  var trimmer: PolicyTrimmer {
    PolicyTrimmer(generalization: options.generalization, table: maker.table, catalog: catalog)
  }

  /// The uses of everyone that a policy reaches.
  func uses(of policy: ReachedPolicy) -> [PrincipalUses] { policy.records.map { records[$0].uses } }

  /// The proposals for all policies, sorted by subject.
  ///
  /// - Parameter isWanted: Which principals the answer is about; a policy is left out where it reaches none of them.
  ///   What is proposed for the others is worked out all the same, because policies are trimmed to the use of all.
  /// - Returns: One trim for each policy that can be edited, and one replacement for each AWS managed policy that
  ///   something has attached.
  func proposals(
    for isWanted: (Int) -> Bool
  ) -> (trims: [PolicyTrim], replacements: [ManagedReplacement]) {
    var drafts: [Int: Draft] = [:]
    // Documents that share a quota are neighbours in the order of the subjects.
    var index = reach.policies.startIndex
    while index < reach.policies.endIndex {
      let first = reach.policies[index]
      let begin = index
      index += 1
      while !first.subject.isManaged, index < reach.policies.endIndex,
        reach.policies[index].subject.arn == first.subject.arn, !reach.policies[index].subject.isManaged
      {
        index += 1
      }
      guard first.subject.kind != .awsManaged else { continue }
      let range = begin..<index
      for (number, draft) in zip(range, trimmed(Array(reach.policies[range]))) { drafts[number] = draft }
    }
    check(&drafts)
    func isAsked(_ policy: ReachedPolicy) -> Bool { policy.records.contains(where: isWanted) }
    var replacer = AttachmentReplacer(
      self, after: reach.policies.indices.map { documents(of: $0, drafts) })
    let replacements = replacer.replacements()
    return (
      drafts.sorted { $0.key < $1.key }.map(\.value).filter { isAsked($0.policy) }.map(proposal),
      replacements.filter { isAsked(reach.policies[$0.key]) }.sorted { $0.key < $1.key }.map(\.value)
    )
  }

  /// What a policy says with the drafts in place; nothing where it is removed.
  private func documents(of index: Int, _ drafts: [Int: Draft]) -> [PolicyDocument] {
    guard let draft = drafts[index] else { return [reach.policies[index].document] }
    return draft.document.map { [$0] } ?? []
  }

  /// Trims policies that share a quota.
  private func trimmed(_ policies: [ReachedPolicy]) -> [Draft] {
    let uses = self.uses(of: policies[0])
    let evidence = TrimEvidence(of: uses, account: policies[0].subject.account, coverage: maker.coverage)
    var drafts: [Draft] = []
    var texts: [PolicyText] = []
    for policy in policies {
      var policy = policy
      let text = grants.text(of: policy.document, subject: policy.key)
      let parsed = try? PolicyText(json: text.bytes)
      if parsed == nil { policy.obstacle = "its text cannot be read back" }
      if let parsed, policy.obstacle == nil { texts.append(parsed) }
      drafts.append(Draft(policy: policy, text: text, new: parsed))
    }
    guard !texts.isEmpty else { return drafts }
    let result = trimmer.trim(texts, evidence: evidence, quota: Self.quota(of: policies[0].subject))
    var next = result.texts.makeIterator()
    for index in drafts.indices where drafts[index].policy.obstacle == nil {
      drafts[index].new = next.next() ?? nil
      drafts[index].detail = result.detail
      drafts[index].verification.withinQuotas = result.isWithinQuota
      drafts[index].verification.idempotent = result.isStable
      if drafts[index].new == nil,
        drafts[index].policy.subject.attachments.contains(where: PolicySubject.isProtected)
      {
        drafts[index].policy.obstacle =
          "nothing of it is used, but a permission set of IAM Identity Center refers to it"
      }
    }
    return drafts
  }

  /// IAM's quotas in characters ("IAM and AWS STS quotas" in the IAM User Guide); for inline policies, of all together.
  private static func quota(of subject: PolicySubject) -> Int {
    guard !subject.isManaged else { return Deployability.managedPolicyQuota }
    let resource = ARN(subject.arn)?.resource ?? ""
    if resource.hasPrefix("user/") { return 2_048 }
    return resource.hasPrefix("group/") ? 5_120 : 10_240
  }

  /// Holds the drafts to their promises, and leaves alone what does not keep them.
  private func check(_ drafts: inout [Int: Draft]) {
    for (index, draft) in drafts {
      if let new = draft.new?.document, draft.isChange,
        let breach = TrimCheck.newAccess(new, beyond: draft.policy.document)
      {
        drafts[index]?.leave(because: "the trimmed policy could not be proved to allow nothing new", breach)
      }
    }
    for (number, own) in reach.policiesOfRecord.enumerated() {
      guard own.contains(where: { drafts[$0]?.isChange ?? false }) else { continue }
      let outcome = TrimCheck.replay(
        records[number], against: own.flatMap { documents(of: $0, drafts) })
      for index in own where drafts[index]?.isChange ?? false {
        if let failure = outcome.failures.first {
          drafts[index]?.leave(because: "a recorded use would break", failure)
        } else {
          drafts[index]?.verification.usesReplayed += outcome.uses
        }
      }
    }
  }

  private func proposal(_ draft: Draft) -> PolicyTrim {
    let uses = self.uses(of: draft.policy)
    let account = draft.policy.subject.account
    let outcome: PolicyTrim.Outcome =
      if let obstacle = draft.policy.obstacle {
        .leftAlone(obstacle)
      } else if !draft.isChange {
        .unchanged
      } else {
        draft.new == nil ? .removed : .narrowed
      }
    var trim = PolicyTrim(
      subject: draft.policy.subject, outcome: outcome,
      sharing: maker.sharing(of: [draft.policy.document], by: uses, account: account),
      before: draft.text.bytes, after: draft.isChange ? draft.new?.text : draft.text.bytes,
      isReformatted: draft.text.isReformatted, detail: draft.detail, excess: [],
      verification: draft.verification)
    if draft.isChange, draft.detail.isCoarse, let new = draft.new?.document {
      trim.excess = maker.unusedActions(of: new, UseIndex(uses), account: account)
    }
    return trim
  }
}
