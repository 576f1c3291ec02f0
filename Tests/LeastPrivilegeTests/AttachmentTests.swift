// New policies beside attached ones, and in their place.

import CloudTrail
import IAM
import LeastPrivilege
import TestSupport
import Testing

@Suite struct AttachmentTests {
  private static let app = LedgerMaker.role("app")

  private static func bucket(_ number: Int) -> String { "arn:aws:s3:::bucket-of-team-\(number)-x" }

  /// The grants of a role with some managed policies attached, each allowing all on some buckets.
  private static func grants(_ policies: [(name: String, statements: String)]) throws -> AccountGrants {
    let arn = "arn:aws:iam::\(LedgerMaker.account):policy/"
    let attached = policies.map { #"{"PolicyName":"\#($0.name)","PolicyArn":"\#(arn)\#($0.name)"}"# }
    let documents = policies.map { policy in
      #"{"PolicyName":"\#(policy.name)","Arn":"\#(arn)\#(policy.name)","DefaultVersionId":"v1","PolicyVersionList":"#
        + #"[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[\#(policy.statements)]}}]}"#
    }
    return try AccountGrants(
      """
      {"UserDetailList":[],"GroupDetailList":[],"Policies":[\(documents.joined(separator: ","))],"RoleDetailList":[
       {"Path":"/","RoleName":"app","Arn":"arn:aws:iam::\(LedgerMaker.account):role/app","RolePolicyList":[],
        "AttachedManagedPolicies":[\(attached.joined(separator: ","))]}]}
      """)
  }

  private static func allow(_ actions: String, _ resources: [String]) -> String {
    let list = resources.map { "\"\($0)\"" }.joined(separator: ",")
    return #"{"Effect":"Allow","Action":"\#(actions)","Resource":[\#(list)]}"#
  }

  private static func proposal(
    _ maker: LedgerMaker, _ grants: AccountGrants, _ options: SynthesisOptions
  ) throws -> PrincipalProposal {
    try #require(PolicySynthesizer(options: options).proposals(for: maker.ledger, grants: grants).first)
  }

  private static func listing(_ count: Int) -> LedgerMaker {
    var maker = LedgerMaker()
    for number in 0..<count { maker.use(app, "s3:ListBucket", bucket(number)) }
    return maker
  }

  @Test func `beside what is attached the policies fit the free slots, with the excess listed`() throws {
    let grants = try Self.grants([
      ("all", Self.allow("s3:*", ["*"])), ("queues", Self.allow("sqs:*", ["*"])),
    ])
    let maker = Self.listing(40)
    var options = SynthesisOptions(maximumSize: 700, attachmentLimit: 4)
    let replacing = try Self.proposal(maker, grants, options)
    #expect(replacing.verification.holds && replacing.verification.excess.isEmpty)
    #expect(replacing.policies.count == 3 && replacing.packing.toDetachFirst == 1)
    options.keepsAttached = true
    let beside = try Self.proposal(maker, grants, options)
    #expect(beside.verification.holds, "\(beside.verification.failures)")
    #expect(beside.policies.count <= 2 && beside.packing.toDetachFirst == 0)
    #expect(beside.packing.freeSlots == 2 && beside.packing.detachments.isEmpty)
    #expect(beside.verification.excess.contains { $0.kind == .resourcePattern && $0.distinctUsed > 1 })
  }

  @Test func `without a free slot nothing is widened, and the promise fails`() throws {
    let grants = try Self.grants([
      ("all", Self.allow("s3:*", ["*"])), ("queues", Self.allow("sqs:*", ["*"])),
    ])
    let options = SynthesisOptions(attachmentLimit: 2, keepsAttached: true)
    let full = try Self.proposal(Self.listing(3), grants, options)
    #expect(full.verification.failures.map(\.kind) == [.overQuota])
    #expect(full.verification.excess.isEmpty)
  }

  /// The policies attached after each detachment of a plan, and after each attachment.
  private static func states(
    _ proposal: PrincipalProposal, _ grants: AccountGrants, _ old: [String]
  ) -> (detached: [[PolicyDocument]], attached: [[PolicyDocument]]) {
    var kept = old
    var detached: [[PolicyDocument]] = []
    var attached: [[PolicyDocument]] = []
    for (index, _) in proposal.policies.enumerated() {
      for detachment in proposal.packing.detachments where detachment.replacement == index {
        kept.removeAll { $0 == detachment.policy }
        detached.append(documents(index))
      }
      attached.append(documents(index + 1))
    }
    func documents(_ new: Int) -> [PolicyDocument] {
      kept.compactMap { grants.policy(arn: $0)?.document }
        + proposal.policies.prefix(new).map(\.document)
    }
    return (detached, attached)
  }

  private static func allows(_ documents: [PolicyDocument], _ action: String, _ resource: String) -> Bool {
    let account = LedgerMaker.account
    guard let name = ActionName(action) else { return false }
    return PolicyEvaluator(ApplicablePolicies(identity: documents)).allows(
      AccessRequest(
        principal: RequestPrincipal(kind: .role, arn: app.identifier, account: account), action: name,
        resource: RequestResource(arn: resource, account: account), context: [:]))
  }

  /// The fewest uses that are not allowed on the way, added up over the steps, by trying every order.
  ///
  /// - Parameters:
  ///   - old: The policies attached.
  ///   - new: The policies to attach, in order.
  ///   - limit: How many may be attached.
  ///   - missing: How many uses some policies do not allow.
  /// - Returns: The sum.
  private static func fewestMissing(
    _ old: Set<String>, _ new: Int, limit: Int, missing: (Set<String>, Int) -> Int
  ) -> Int {
    func go(_ old: Set<String>, _ done: Int) -> Int {
      if done == new { return 0 }
      if old.count + done < limit { return go(old, done + 1) }
      return old.map { missing(old.subtracting([$0]), done) + go(old.subtracting([$0]), done) }.min() ?? 0
    }
    return go(old, 0)
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `no order of detaching leaves fewer uses without permission`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let buckets = 24
    let maker = Self.listing(buckets)
    // Old policies overlap at random, and together allow everything.
    var parts = (0..<5).map { _ in (0..<buckets).filter { _ in random.chance(0.4) } }
    let left = Set(0..<buckets).subtracting(parts.flatMap(\.self))
    parts[Int.random(in: 0..<5, using: &random)] += left.sorted()
    let grants = try Self.grants(
      parts.enumerated().map { number, part in
        (
          "old-\(number)",
          Self.allow("s3:List*", part.isEmpty ? ["arn:aws:s3:::none"] : part.map(Self.bucket))
        )
      })
    // More may be attached today than the limit that is asked for.
    let limit = Int.random(in: 4...6, using: &random)
    let options = SynthesisOptions(generalization: .none, maximumSize: 700, attachmentLimit: limit)
    let proposal = try Self.proposal(maker, grants, options)
    #expect(proposal.verification.holds && proposal.policies.count > 1)
    let old = (0..<5).map { "arn:aws:iam::\(LedgerMaker.account):policy/old-\($0)" }
    #expect(proposal.packing.detachments.count == proposal.packing.toDetachFirst)
    func missing(_ documents: [PolicyDocument]) -> Int {
      (0..<buckets).count { !Self.allows(documents, "s3:ListBucket", Self.bucket($0)) }
    }
    // Each step says what is missing after it, as the evaluator sees the policies that are attached then.
    let states = Self.states(proposal, grants, old)
    let uncovered = proposal.packing.detachments.map(\.uncoveredUses)
    #expect(states.detached.map(missing) == uncovered)
    #expect(states.attached.allSatisfy { $0.count <= limit })
    #expect(states.attached.last.map(missing) == 0)
    struct State: Hashable {
      var old: Set<String>
      var new: Int
    }
    var known: [State: Int] = [:]
    let fewest = Self.fewestMissing(Set(old), proposal.policies.count, limit: limit) { kept, new in
      let state = State(old: kept, new: new)
      if let known = known[state] { return known }
      let found = missing(
        kept.compactMap { grants.policy(arn: $0)?.document }
          + proposal.policies.prefix(new).map(\.document))
      known[state] = found
      return found
    }
    #expect(uncovered.reduce(0, +) == fewest, "\(uncovered)")
  }

  @Test func `the order looks ahead, so that what could go first stays where others can go after it`() throws
  {
    let all = 0..<24
    let grants = try Self.grants([
      ("even", Self.allow("s3:*", all.filter { $0 % 2 == 0 }.map(Self.bucket))),
      ("odd", Self.allow("s3:*", all.filter { $0 % 2 == 1 }.map(Self.bucket))),
      ("both", Self.allow("s3:*", all.map(Self.bucket))),
    ])
    let options = SynthesisOptions(generalization: .none, maximumSize: 700, attachmentLimit: 3)
    let proposal = try Self.proposal(Self.listing(all.count), grants, options)
    #expect(proposal.policies.count == 2)
    // Nothing is missing without `both` alone, but then each of the others is needed.
    let arn = "arn:aws:iam::\(LedgerMaker.account):policy/"
    #expect(proposal.packing.detachments.map(\.policy) == [arn + "odd", arn + "even"])
    #expect(proposal.packing.detachments.allSatisfy { $0.uncoveredUses == 0 })
  }

  @Test func `what denies goes only when a new policy denies the same, and what is unknown never`() throws {
    let deny = #"{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}"#
    let grants = try Self.grants([
      ("all", Self.allow("s3:*", ["*"])), ("copy", Self.allow("s3:*", ["*"])), ("no", deny),
    ])
    let options = SynthesisOptions(generalization: .none, maximumSize: 700, attachmentLimit: 4)
    let proposal = try Self.proposal(Self.listing(30), grants, options)
    #expect(proposal.policies.count > 1)
    let order = proposal.packing.detachments.map(\.policy)
    #expect(order.first?.hasSuffix("policy/copy") == true, "\(order)")
    #expect(proposal.packing.detachments.allSatisfy { $0.uncoveredUses == 0 })
  }
}
