// Conditions: those that the evidence supports where the user asks, and those of the current grant.

import CloudTrail
import IAM
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite struct ConditionTests {
  private static let app = LedgerMaker.role("app")

  /// The proposal for one use with values seen, all conditions asked for.
  private func proposal(_ observed: [String: [String]], via: [String] = []) throws -> PrincipalProposal {
    var facts = UseFacts()
    facts.allowed.add(at: Timestamp(secondsSinceEpoch: 1_790_000_000))
    facts.regions = BoundedSet(observed["aws:RequestedRegion"] ?? ["eu-west-1"])
    facts.via = BoundedSet(via)
    for (key, values) in observed where key != "aws:RequestedRegion" {
      facts.observedContext[ByteString(key)] = BoundedSet(values, limit: UseFacts.contextLimit)
    }
    var ledger = UsageLedger()
    ledger.uses[UseKey(principal: Self.app, action: "sqs:ListQueues", resource: "*")] = facts
    let options = SynthesisOptions(conditions: Set(EvidenceCondition.allCases))
    let proposal = try #require(PolicySynthesizer(options: options).proposals(for: ledger).first)
    #expect(proposal.verification.holds, "\(observed) \(proposal.verification.failures)")
    return proposal
  }

  private func conditions(_ proposal: PrincipalProposal) -> [String] {
    proposal.policies.flatMap(\.document.statements).flatMap(\.conditions).map {
      "\($0.operatorName) \($0.key) \($0.values.joined(separator: " "))"
    }
  }

  @Test func `what every call shows is demanded`() throws {
    let seen = try proposal([
      "aws:SourceIp": ["203.0.113.7"], "aws:MultiFactorAuthPresent": ["true"], "aws:SourceVpce": [""],
      "aws:SecureTransport": ["true"],
    ])
    #expect(
      conditions(seen) == [
        "Bool aws:MultiFactorAuthPresent true", "Bool aws:SecureTransport true",
        "IpAddress aws:SourceIp 203.0.113.7", "StringEquals aws:RequestedRegion eu-west-1",
      ])
  }

  @Test func `a request through an endpoint has no address`() throws {
    let seen = try proposal(["aws:SourceIp": ["10.0.0.7"], "aws:SourceVpce": ["vpce-1"]])
    #expect(
      conditions(seen) == [
        "StringEquals aws:RequestedRegion eu-west-1", "StringEquals aws:SourceVpce vpce-1",
      ])
  }

  @Test(arguments: [
    ["aws:SourceIp": ["203.0.113.7", "203.0.113.8"]], ["aws:SourceIp": ["AWS Internal"]],
    ["aws:SourceIp": ["203.0.113.7"], "aws:ViaAWSService": ["true"]],
    ["aws:SourceIp": ["203.0.113.7"], "aws:SourceVpce": ["", "vpce-1"]],
    ["aws:MultiFactorAuthPresent": ["", "true"]], ["aws:MultiFactorAuthPresent": ["false"]],
    ["aws:SecureTransport": ["false", "true"]],
  ])
  func `what some call does not show is not demanded`(observed: [String: [String]]) throws {
    var observed = observed
    observed["aws:RequestedRegion"] = ["eu-west-1", "us-east-1"]
    #expect(conditions(try proposal(observed)).isEmpty)
  }

  @Test func `of what a service asks for on a principal's behalf only the region is demanded`() throws {
    let seen = try proposal(
      ["aws:SourceIp": ["203.0.113.7"], "aws:MultiFactorAuthPresent": ["true"]],
      via: ["athena.amazonaws.com"])
    #expect(conditions(seen) == ["StringEquals aws:RequestedRegion eu-west-1"])
  }

  @Test(arguments: 0..<60) func `with any conditions the policies allow what was recorded`(seed: UInt64)
    throws
  {
    var random = SeededGenerator(seed: seed)
    let values = [
      "aws:SourceIp": ["203.0.113.7", "10.0.0.1", "AWS Internal", "2001:db8::1", "${aws:x}"],
      "aws:SourceVpce": ["", "vpce-1", "vpce-2"], "aws:MultiFactorAuthPresent": ["", "true", "false"],
      "aws:SecureTransport": ["true", "false"], "aws:ViaAWSService": ["true"],
      "aws:RequestedRegion": ["eu-west-1", "us-east-1"],
    ]
    var observed: [String: [String]] = [:]
    for (key, choices) in values.sorted(by: { $0.key < $1.key }) where random.chance(0.6) {
      observed[key] = (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in random.pick(choices) }
    }
    _ = try proposal(observed)
  }

  @Test(arguments: [
    #"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
    #"{"StringLike":{"s3:prefix":["home/*","in/*"]}}"#,
    #"{"StringEquals":{"aws:PrincipalTag/team":"photos","aws:ResourceTag/team":"photos"}}"#,
    #"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#, #"{"Null":{"s3:x-amz-acl":"true"}}"#,
    #"{"StringEquals":{"s3:ResourceAccount":"${aws:PrincipalAccount}"}}"#,
  ])
  func `conditions of the current grant stay`(condition: String) throws {
    var maker = LedgerMaker()
    maker.use(Self.app, "s3:ListBucket", "arn:aws:s3:::photos")
    let policy = """
      {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":\(condition)}}
      """
    let grants = try AccountGrants(role: "app", policy: policy)
    let proposal = try #require(PolicySynthesizer().proposals(for: maker.ledger, grants: grants).first)
    #expect(proposal.verification.holds, "\(proposal.verification.failures)")
    #expect(proposal.verification.noNewAccess == true)
    let granted = try PolicyDocument(json: Array(policy.utf8)).statements[0].conditions
    let kept = proposal.policies.flatMap(\.document.statements).map { Set($0.conditions) }
    #expect(kept == [Set(granted)], "\(kept)")
  }
}
