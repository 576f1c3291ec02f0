// Proposes a trim for every policy of the accounts, and holds all of them together to their promises.
//
//   grants ──▶ policies with everyone they reach ──▶ trimmed documents ──▶ checks ──▶ proposals
//              (PolicyReach)                          (PolicyTrimmer)      (TrimCheck)
//
// A policy is trimmed to the use of all that it reaches. Then each principal's uses are replayed against all its new
// policies at once; where one would break, the policies that reach the principal stay as they are, and say so.

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
    reach = PolicyReach(records, grants: grants)
  }

  /// The trimmer that all proposals are made with.
  var trimmer: PolicyTrimmer {
    PolicyTrimmer(generalization: options.generalization, table: maker.table, catalog: catalog)
  }

  /// The uses of everyone that a policy reaches.
  func uses(of policy: ReachedPolicy) -> [PrincipalUses] { policy.records.map { records[$0].uses } }

  /// The proposals for all policies that can be edited, sorted by subject.
  ///
  /// - Parameter isWanted: Which principals the answer is about; a policy is left out where it reaches none of them.
  /// - Returns: One proposal a policy.
  func trims(for isWanted: (Int) -> Bool) -> [PolicyTrim] {
    var drafts: [Draft] = []
    // Documents that share a quota are neighbours in the order of the subjects.
    var index = reach.policies.startIndex
    while index < reach.policies.endIndex {
      let first = reach.policies[index]
      var group = [first]
      index += 1
      while !first.subject.isManaged, index < reach.policies.endIndex,
        reach.policies[index].subject.arn == first.subject.arn, !reach.policies[index].subject.isManaged
      {
        group.append(reach.policies[index])
        index += 1
      }
      if first.subject.kind != .awsManaged { drafts += trimmed(group) }
    }
    check(&drafts)
    return drafts.filter { $0.policy.records.contains(where: isWanted) }.map(proposal)
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
  private func check(_ drafts: inout [Draft]) {
    var draftsOfRecord: [Int: [Int]] = [:]
    for (index, draft) in drafts.enumerated() {
      if let new = draft.new?.document, draft.isChange,
        let breach = TrimCheck.newAccess(new, beyond: draft.policy.document)
      {
        drafts[index].leave(because: "the trimmed policy could not be proved to allow nothing new", breach)
      }
      for record in draft.policy.records { draftsOfRecord[record, default: []].append(index) }
    }
    for (number, own) in draftsOfRecord.sorted(by: { $0.key < $1.key }) {
      guard own.contains(where: { drafts[$0].isChange }) else { continue }
      let outcome = TrimCheck.replay(records[number], against: documents(of: number, drafts, own))
      for index in own where drafts[index].isChange {
        if let failure = outcome.failures.first {
          drafts[index].leave(because: "a recorded use would break", failure)
        } else {
          drafts[index].verification.usesReplayed += outcome.uses
        }
      }
    }
  }

  /// The policies of a principal with the drafts in place.
  private func documents(of number: Int, _ drafts: [Draft], _ own: [Int]) -> [PolicyDocument] {
    let kept = (records[number].grant?.policies ?? []).filter {
      $0.source.arn.map(Self.isAWSManaged) ?? false
    }
    return kept.map(\.document) + own.compactMap { drafts[$0].document }
  }

  private static func isAWSManaged(_ arn: String) -> Bool { ARN(arn)?.account == "aws" }

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
