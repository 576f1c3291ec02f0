// What "unused" may claim (SEMANTICS §8).

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite struct ObservabilityTests {
  private static let account = LedgerMaker.account

  /// The status of each action of a policy that nobody used, under logs of some regions.
  private func statuses(
    _ actions: String, on resource: String = "*", management: [String],
    data: [(region: String, source: String)] = []
  ) throws -> [String: GrantStatus] {
    var ledger = UsageLedger()
    let time = Timestamp(secondsSinceEpoch: 1_790_000_000)
    for region in management {
      ledger.coverage.record(
        CoverageKey(account: Self.account, region: region, category: "Management"), at: time)
    }
    for (region, source) in data {
      ledger.coverage.record(
        CoverageKey(account: Self.account, region: region, category: "Data", eventSource: source), at: time)
    }
    let grants = try AccountGrants(
      role: "app",
      policy:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[\#(actions)],"Resource":"\#(resource)"}}"#
    )
    let diff = PolicyDiff(ledger: ledger, grants: grants)
    let entries = diff.principals.flatMap(\.statements).flatMap(\.actions).map { ($0.action, $0.status) }
    return Dictionary(entries) { first, _ in first }
  }

  @Test func `a global service is unused only where the logs have its home region`() throws {
    let actions = #""iam:CreateUser","route53:CreateHostedZone","ec2:RunInstances""#
    let far = try statuses(actions, management: ["eu-west-1"])
    #expect(far["iam:CreateUser"] == .notObservable)
    #expect(far["route53:CreateHostedZone"] == .notObservable)
    #expect(far["ec2:RunInstances"] == .unused)
    let home = try statuses(actions, management: ["eu-west-1", "us-east-1"])
    #expect(home["iam:CreateUser"] == .unused)
    #expect(
      try statuses(#""globalaccelerator:CreateAccelerator""#, management: ["us-east-1"]).values.first
        == .notObservable)
  }

  @Test func `a resource in a region that the logs do not have cannot be called unused`() throws {
    func status(_ resource: String, _ regions: [String]) throws -> GrantStatus? {
      try statuses(#""sqs:DeleteQueue""#, on: resource, management: regions)["sqs:DeleteQueue"]
    }
    let queue = "arn:aws:sqs:us-west-2:\(Self.account):jobs"
    #expect(try status(queue, ["eu-west-1"]) == .notObservable)
    #expect(try status(queue, ["eu-west-1", "us-west-2"]) == .unused)
    #expect(try status("arn:aws:sqs:*:\(Self.account):jobs", ["eu-west-1"]) == .unused)
    #expect(try status("*", ["eu-west-1"]) == .unused)
    #expect(try status("*", []) == .notObservable)
  }

  @Test func `data events count in their own region and for their own service`() throws {
    func status(_ resource: String, _ region: String, _ source: String) throws -> GrantStatus? {
      try statuses(
        #""dynamodb:GetItem""#, on: resource, management: ["eu-west-1", "us-west-2"],
        data: [(region, source)])["dynamodb:GetItem"]
    }
    let table = "arn:aws:dynamodb:us-west-2:\(Self.account):table/t"
    #expect(try status(table, "us-west-2", "dynamodb.amazonaws.com") == .unused)
    #expect(try status(table, "eu-west-1", "dynamodb.amazonaws.com") == .notObservable)
    #expect(try status(table, "us-west-2", "s3.amazonaws.com") == .notObservable)
    #expect(try status("*", "eu-west-1", "dynamodb.amazonaws.com") == .unused)
  }

  @Test func `more logs never make unused what was used`() throws {
    let actions = [
      "sqs:DeleteQueue", "sqs:SendMessage", "iam:CreateUser", "s3:GetObject", "ec2:RunInstances",
    ]
    let grants = try AccountGrants(
      role: "app",
      policy:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sqs:*","iam:Create*","s3:Get*","ec2:Run*"],"#
        + #""Resource":"*"}}"#)
    for seed in 0..<10 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var maker = LedgerMaker()
      var used: Set<String> = []
      for _ in 0..<6 {
        let action = actions[Int(generator.next() % UInt64(actions.count))]
        maker.use(LedgerMaker.role("app"), action, "*")
        used.insert(action)
        let diff = PolicyDiff(ledger: maker.ledger, grants: grants)
        for entry in diff.principals.flatMap(\.statements).flatMap(\.actions)
        where used.contains(entry.action) {
          #expect(entry.status == .used, "seed \(seed)")
        }
      }
    }
  }
}
