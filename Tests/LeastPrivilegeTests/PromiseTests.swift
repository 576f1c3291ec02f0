// The promises of synthesis over made accounts and logs, and the laws between runs.

import CloudTrail
import IAM
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite struct PromiseTests {
  private static let actions = [
    "s3:GetObject", "s3:PutObject", "s3:ListBucket", "ec2:DescribeInstances", "ec2:TerminateInstances",
    "sqs:SendMessage",
    "kms:Decrypt", "iam:PassRole",
  ]

  /// A random use of one principal.
  private static func add(_ random: inout SeededGenerator, to maker: inout LedgerMaker, account: String) {
    let app = LedgerMaker.role("app", account: account)
    let action = random.pick(actions) ?? ""
    let name = random.text(over: ["a", "b", "2", "0", "-"], lengths: 1...6)
    var context: [String: String] = [:]
    let resource: String
    switch action {
    case "s3:ListBucket": resource = "arn:aws:s3:::bucket-\(random.pick(["x", "y"]) ?? "")"
    case "ec2:DescribeInstances": resource = "*"
    case "ec2:TerminateInstances": resource = "arn:aws:ec2:eu-west-1:\(account):instance/i-\(name)"
    case "sqs:SendMessage": resource = "arn:aws:sqs:eu-west-1:\(account):queue-\(name)"
    case "kms:Decrypt":
      resource = "arn:aws:kms:eu-west-1:\(account):key/k\(random.pick(["1", "2"]) ?? "")"
      if random.chance(0.5) { context = ["kms:ViaService": "s3.eu-west-1.amazonaws.com"] }
    case "iam:PassRole":
      resource = "arn:aws:iam::\(account):role/worker"
      context = ["iam:PassedToService": random.pick(["ec2.amazonaws.com", "lambda.amazonaws.com"]) ?? ""]
    default: resource = "arn:aws:s3:::bucket-x/\(random.pick(["in", "2026/11/20"]) ?? "")/\(name)"
    }
    maker.use(
      app, action, resource, context: context, allowed: random.chance(0.9) ? 1 : 0,
      denied: random.chance(0.2) ? 1 : 0)
  }

  private static func ledger(_ random: inout SeededGenerator, account: String = LedgerMaker.account)
    -> LedgerMaker
  {
    var maker = LedgerMaker()
    for _ in 0..<Int.random(in: 1...40, using: &random) { add(&random, to: &maker, account: account) }
    return maker
  }

  private static func options(_ random: inout SeededGenerator) -> SynthesisOptions {
    SynthesisOptions(
      generalization: random.pick([.none, .safe, .budget(2)]) ?? .safe, includeDenied: random.chance(0.2),
      maximumSize: random.pick([700, 1_500, 6_144]) ?? 6_144)
  }

  private static let documents = [
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","kms:*"],"Resource":"*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"arn:aws:s3:::bucket-x/in/*"}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::bucket-x/2026/*","arn:aws:s3:::bucket-y"]},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":["ec2.amazonaws.com","ecs.amazonaws.com"]}}}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::bucket-x/in/*"},{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}"#,
  ]

  @Test(arguments: 0..<60) func `all promises hold without a grant`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let maker = Self.ledger(&random)
    let options = Self.options(&random)
    for proposal in PolicySynthesizer(options: options).proposals(for: maker.ledger) {
      let verification = proposal.verification
      #expect(verification.holds, "\(verification.failures.prefix(3))")
      if options.generalization == .none && proposal.policies.count < 10 {
        #expect(
          !verification.excess.contains { $0.kind != .actionWildcard && $0.kind != .unresolvedResource })
      }
    }
  }

  @Test(arguments: 0..<40) func `all promises hold within a grant`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let maker = Self.ledger(&random)
    let boundary = random.chance(0.3) ? Self.documents.randomElement(using: &random) : nil
    let document = random.pick(Self.documents) ?? ""
    let grants = try AccountGrants(role: "app", policy: document, boundary: boundary)
    var options = Self.options(&random)
    options.maximumSize = 6_144
    for proposal in PolicySynthesizer(options: options).proposals(for: maker.ledger, grants: grants) {
      #expect(
        proposal.verification.holds,
        "\(document) \(boundary ?? "") \(proposal.verification.failures.prefix(3))")
      #expect(proposal.verification.noNewAccess == true)
    }
  }

  @Test(arguments: 0..<40)
  func `more logs never remove a permission, and their order and parts do not matter`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let first = Self.ledger(&random)
    let second = Self.ledger(&random)
    let synthesizer = PolicySynthesizer(options: SynthesisOptions(generalization: .budget(3)))
    var both = first.ledger
    both.merge(second.ledger)
    var turned = second.ledger
    turned.merge(first.ledger)
    let more = synthesizer.proposals(for: both)
    #expect(more == synthesizer.proposals(for: turned))
    for before in synthesizer.proposals(for: first.ledger) where !before.policies.isEmpty {
      let after = more.first { $0.principal == before.principal }
      let result = PolicyContainment(existing: after?.policies.map(\.document) ?? [])
        .check(proposed: before.policies.map(\.document))
      #expect(result.holds, "\(result.explanation)")
    }
  }

  @Test(arguments: 0..<20) func `another account number changes the account number only`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var twin = random
    let here = PolicySynthesizer().proposals(for: Self.ledger(&random).ledger)
    let there = PolicySynthesizer().proposals(for: Self.ledger(&twin, account: "444455556666").ledger)
    func text(_ proposals: [PrincipalProposal]) -> [String] {
      proposals.flatMap {
        $0.policies.map { String(decoding: $0.document.json(pretty: true), as: UTF8.self) }
      }
    }
    #expect(text(here).map { $0.replacing("111122223333", with: "444455556666") } == text(there))
  }
}
