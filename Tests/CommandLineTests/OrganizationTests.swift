// `--organization`, seen through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("--organization")
struct OrganizationTests {
  private static let tree = Fixtures.testdata.appending(path: "organization/tree.json").path
  private static let answers = Fixtures.testdata.appending(path: "organization/cli.json").path
  private static let account = Fixtures.testdata.appending(path: "photos/account.json").path
  private static let logs = Fixtures.testdata.appending(path: "photos/logs").path

  private static func line(_ account: String, _ action: String, _ more: String = "") -> String {
    """
    {"id":"\(account) \(action)","principal":{"arn":"arn:aws:iam::\(account):role/app"},"action":"\(action)",\
    "resource":{"arn":null},"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",\
    "Resource":"*"}}]\(more)}
    """
  }

  @Test(
    "requests without control policies of their own get those of the organisation",
    arguments: [OrganizationTests.tree, OrganizationTests.answers])
  func simulation(organization: String) throws {
    let input = [
      Self.line("111122223333", "lambda:InvokeFunction"), Self.line("111122223333", "ec2:DescribeInstances"),
      Self.line("444455556666", "lambda:InvokeFunction"),
      Self.line("444455556666", "organizations:LeaveOrganization"),
      Self.line("999900001111", "organizations:LeaveOrganization"),
      Self.line("111122223333", "lambda:InvokeFunction", #","scps":null"#),
      Self.line("111122223333", "s3:ListAllMyBuckets"),
      Self.line("111122223333", "s3:ListAllMyBuckets", #","context":{"aws:PrincipalOrgID":"o-example1234"}"#),
    ].joined(separator: "\n")
    let result = try WhittleProcess.run(
      ["simulate", "-", "--organization", organization], input: Array(input.utf8))
    #expect(result.status == ExitStatus.done.rawValue)
    let decisions = try result.lines.map { try JSONValue(parsing: $0)["decision"]?.string }
    #expect(
      decisions == [
        "implicitDeny", "allowed", "allowed", "explicitDeny", "allowed", "allowed", "explicitDeny", "allowed",
      ])
  }

  @Test("a proposal leaves out what a service control policy does not allow, and says so")
  func proposal() throws {
    let arguments = [
      "policy", Self.logs, "--granted", Self.account, "--principal", "deployer", "--format", "json",
    ]
    let free = try WhittleProcess.run(arguments)
    let bound = try WhittleProcess.run(arguments + ["--organization", Self.tree])
    #expect(String(decoding: free.output, as: UTF8.self).contains("lambda:CreateFunction"))
    #expect(bound.status == ExitStatus.done.rawValue)
    let principal = try #require(try JSONValue(parsing: bound.output)["principals"]?.elements.first)
    let reasons = (principal["notGranted"]?.elements ?? []).filter {
      $0["action"]?.string?.hasPrefix("lambda:") == true
    }
    #expect(!reasons.isEmpty)
    #expect(
      reasons.allSatisfy { $0["reason"]?.string == "the service control policies of level 1 do not allow it" }
    )
  }

  @Test("check counts policies only as far as the organisation lets them")
  func replay() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let policy = "\(directory)/all.json"
      try #"{"Version":"2012-10-17","Statement":{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}}"#
        .write(toFile: policy, atomically: true, encoding: .utf8)
      let arguments = ["check", policy, Self.logs, "--principal", "deployer", "--format", "json"]
      #expect(try WhittleProcess.run(arguments).status == ExitStatus.done.rawValue)
      let bound = try WhittleProcess.run(arguments + ["--organization", Self.tree])
      #expect(bound.status == ExitStatus.answerIsNo.rawValue)
      let failures = try JSONValue(parsing: bound.output)["failures"]?.elements ?? []
      #expect(!failures.isEmpty)
      #expect(failures.allSatisfy { $0["action"]?.string?.hasPrefix("lambda:") == true })
    }
  }

  @Test(
    "what describes no organisation ends the run with status 4",
    arguments: ["", "{", "{}", "[[[[", "{\"Id\":\"o-1\"}", "\u{FF}\u{0}"])
  func hostile(text: String) throws {
    try Fixtures.withTemporaryDirectory { directory in
      let file = "\(directory)/organization.json"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let result = try WhittleProcess.run(
        ["policy", Self.logs, "--granted", Self.account, "--organization", file])
      #expect(result.status == ExitStatus.cannotBeDone.rawValue)
      #expect(result.errors.contains("organization.json"))
      // Beside a good file in a directory it is damage.
      try FileManager.default.copyItem(atPath: Self.tree, toPath: "\(directory)/tree.json")
      let beside = try WhittleProcess.run(
        ["diff", Self.logs, "--granted", Self.account, "--organization", directory])
      #expect(beside.status == ExitStatus.damagedInput.rawValue)
    }
  }

  @Test("an account that stands nowhere is told")
  func unknownAccount() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let file = "\(directory)/organization.json"
      try #"{"Id":"r-1","Policies":["p-FullAWSAccess"]}"#.write(
        toFile: file, atomically: true, encoding: .utf8)
      let result = try WhittleProcess.run(
        ["diff", Self.logs, "--granted", Self.account, "--organization", file])
      #expect(result.status == ExitStatus.done.rawValue)
      #expect(result.errors.contains("does not say where this account stands"))
    }
  }

  @Test("only what the service control policies let through is new access")
  func containment() throws {
    try Fixtures.withTemporaryDirectory { directory in
      func write(_ name: String, _ action: String) throws -> String {
        let file = "\(directory)/\(name).json"
        try
          #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject",\#(action)],"Resource":"*"}}"#
          .write(toFile: file, atomically: true, encoding: .utf8)
        return file
      }
      let old = try write("old", #""s3:PutObject""#)
      // Level 1 allows neither Lambda nor SQS to the account of the photo service.
      let blocked = try write("blocked", #""sqs:SendMessage""#)
      let new = try write("new", #""sns:Publish""#)
      func status(_ proposed: String, _ more: String...) throws -> Int32 {
        try WhittleProcess.run(["check", "--existing", old, "--proposed", proposed] + more).status
      }
      #expect(try status(blocked) == 1)
      #expect(try status(blocked, "--organization", Self.tree, "--account", "111122223333") == 0)
      #expect(try status(blocked, "--organization", Self.tree, "--account", "444455556666") == 1)
      #expect(try status(blocked, "--organization", Self.tree, "--account", "999900001111") == 1)
      #expect(try status(new, "--organization", Self.tree, "--account", "111122223333") == 1)
      #expect(try status(blocked, "--organization", Self.tree) == 2)
      let line =
        #"{"id":"1","existing":{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}},"proposed":{"Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}}"#
      let pairs = try WhittleProcess.run(
        ["check", "--pairs", "-", "--organization", Self.tree, "--account", "111122223333"],
        input: Array(line.utf8))
      #expect(pairs.status == 0)
      #expect(try WhittleProcess.run(["check", "--pairs", "-"], input: Array(line.utf8)).status == 1)
    }
  }
}
