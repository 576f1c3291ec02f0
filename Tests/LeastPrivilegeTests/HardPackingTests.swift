// The cases in which policies do not simply fit: nothing is ever oversize, and every excess has a name.

import AWSCatalog
import IAM
import LeastPrivilege
import TestSupport
import Testing

@Suite struct HardPackingTests {
  private let app = LedgerMaker.role("app")

  private func check(
    _ maker: LedgerMaker, _ options: SynthesisOptions = SynthesisOptions(), limit: Int = 10
  ) throws -> PrincipalProposal {
    let proposals = PolicySynthesizer(options: options).proposals(for: maker.ledger)
    let proposal = try #require(proposals.first)
    #expect(proposal.verification.holds, "\(proposal.verification.failures.prefix(5))")
    #expect(proposal.policies.count <= limit)
    for policy in proposal.policies {
      #expect(policy.size <= options.maximumSize)
      #expect(policy.size == policy.document.managedPolicySize)
    }
    #expect(proposal.packing.lowerBound <= proposal.policies.count)
    return proposal
  }

  @Test func `one action on five hundred buckets is cut into as few policies as the sum allows`() throws {
    var maker = LedgerMaker()
    for number in 0..<500 { maker.use(app, "s3:ListBucket", "arn:aws:s3:::bucket-of-team-\(number)-x") }
    let proposal = try check(maker)
    #expect(proposal.verification.excess.isEmpty)
    #expect(proposal.packing.isOptimal)
    #expect(proposal.policies.count > 1)
  }

  @Test func `three thousand actions on everything fit ten policies with the excess listed`() throws {
    var maker = LedgerMaker()
    var random = SeededGenerator(seed: 3_000)
    let names = Catalog.embedded.actionNames(matching: "*").shuffled(using: &random).prefix(3_000)
    for name in names { maker.use(app, name, "*") }
    let proposal = try check(maker)
    let used = Set(names)
    for excess in proposal.verification.excess where excess.kind == .actionWildcard {
      #expect(
        Set(excess.extraActions)
          == Set(Catalog.embedded.actionNames(matching: excess.pattern)).subtracting(used))
    }
    #expect(proposal.verification.excess.contains { $0.kind == .actionWildcard })
  }

  /// A pattern that a long list became allows what another statement names one by one and under a condition.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `entries that a pattern has made superfluous are gone`(seed: UInt64) throws {
    var maker = LedgerMaker()
    var random = SeededGenerator(seed: seed)
    func hexadecimal(_ count: Int) -> String {
      String((0..<count).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" })
    }
    for number in 0..<360 {
      let region = ["eu-west-1", "us-east-1"][number % 2]
      let id = "\(hexadecimal(8))-\(hexadecimal(4))-4000-8000-\(hexadecimal(12))"
      let key = "arn:aws:kms:\(region):111122223333:key/\(id)"
      // Some keys are decrypted with through another service alone, which the statement of the others does not ask for.
      let isDirect = Int.random(in: 0..<5, using: &random) > 0
      maker.use(
        app, "kms:Decrypt", key,
        context: isDirect ? [:] : ["kms:ViaService": "s3.\(region).amazonaws.com"])
    }
    let proposal = try check(maker, SynthesisOptions(attachmentLimit: 3), limit: 3)
    #expect(proposal.verification.excess.contains { $0.kind == .resourcePattern })
  }

  @Test func `all actions of a service need one wildcard and no excess`() throws {
    var maker = LedgerMaker()
    for name in Catalog.embedded.actionNames(matching: "ec2:*") { maker.use(app, name, "*") }
    let options = SynthesisOptions(attachmentLimit: 1)
    let proposal = try check(maker, options, limit: 1)
    #expect(proposal.policies[0].document.statements.count == 1)
    #expect(proposal.policies[0].document.statements[0].actions == .action(["ec2:*"]))
    #expect(proposal.verification.excess.allSatisfy { $0.extraActions.isEmpty })
  }

  @Test func `a list of resources larger than all policies together becomes patterns within its account`()
    throws
  {
    var maker = LedgerMaker()
    for number in 0..<2_500 {
      maker.use(
        app, "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:111122223333:orders-for-the-warehouse-\(["north", "south", "east"][number % 3])-x\(number)y"
      )
    }
    let proposal = try check(maker)
    for excess in proposal.verification.excess {
      #expect(excess.pattern.hasPrefix("arn:aws:sqs:eu-west-1:111122223333:orders"), "\(excess)")
      #expect(excess.distinctUsed > 1)
    }
  }

  @Test func `a single resource that no policy can hold is a failure and never an oversize policy`() {
    var maker = LedgerMaker()
    maker.use(app, "s3:GetObject", "arn:aws:s3:::photos/" + String(repeating: "x", count: 900))
    let options = SynthesisOptions(generalization: .none, maximumSize: 300)
    let proposals = PolicySynthesizer(options: options).proposals(for: maker.ledger)
    #expect(proposals.count == 1)
    #expect(proposals.allSatisfy { $0.policies.allSatisfy { $0.size <= 300 } })
    #expect(proposals.allSatisfy { !$0.verification.complete && !$0.verification.holds })
  }

  @Test func `forty statements that fit two policies only one way do`() throws {
    // What a policy holds is a multiple of 20. In one half each statement's size is too, in the other it leaves 1: so
    // a policy is full only with all of a half, or with none of it.
    let options = SynthesisOptions(generalization: .none, maximumSize: 6_138)
    let capacity = options.maximumSize - PolicyDocument(statements: []).managedPolicySize + 1
    #expect(capacity % 20 == 0)
    var random = SeededGenerator(seed: 40)
    var sizes: [Int] = []
    for remainder in 0...1 {
      // Twenty sizes of one remainder, which add up to what a policy holds.
      var rest = capacity / 20 - remainder
      for left in stride(from: 20, to: 1, by: -1) {
        let size = rest / left + Int.random(in: -3...3, using: &random)
        sizes.append(size * 20 + remainder)
        rest -= size
      }
      sizes.append(rest * 20 + remainder)
    }
    sizes.shuffle(using: &random)
    let actions = Catalog.embedded.actionNames(matching: "s3:*").prefix(40)
    func proposal(_ padding: [Int]) throws -> PrincipalProposal {
      var maker = LedgerMaker()
      for (action, length) in zip(actions, padding) {
        maker.use(app, action, "arn:aws:s3:::bucket/" + String(repeating: "x", count: length) + action)
      }
      return try check(maker, options)
    }
    // The first proposal tells how much of each size is not the name of the object.
    let probe = try proposal([Int](repeating: 9, count: 40))
    var frames: [String: Int] = [:]
    for statement in probe.policies.flatMap(\.document.statements) {
      guard case .action(let names) = statement.actions else { continue }
      let alone = PolicyDocument(statements: [statement]).managedPolicySize
      frames[names[0]] = alone - PolicyDocument(statements: []).managedPolicySize + 1 - 9
    }
    let packed = try proposal(zip(actions, sizes).map { $1 - frames[$0, default: 0] })
    #expect(packed.policies.map(\.size) == [options.maximumSize, options.maximumSize])
    #expect(packed.policies.map(\.document.statements.count) == [20, 20])
    #expect(packed.packing.lowerBound == 2 && packed.packing.isOptimal)
    #expect(packed.packing.proof == "no grouping of these permissions fits fewer policies")
    #expect(packed.verification.excess.isEmpty)
  }

  @Test func `many actions on many resources share the smaller form`() throws {
    var maker = LedgerMaker()
    // Each action misses another bucket, so that no two have equal resource sets.
    let actions = Catalog.embedded.actionNames(matching: "s3:Get*").prefix(40)
    for (number, action) in actions.enumerated() {
      for bucket in 0..<60 where bucket != number {
        maker.use(app, action, "arn:aws:s3:::bucket-\(bucket)-of-the-team")
      }
    }
    let proposal = try check(maker)
    #expect(proposal.verification.excess.isEmpty)
    #expect(proposal.policies.count < 20)
  }
}
