// Organisations in the forms that real files have, and the levels of control policies that they lead to.

import Foundation
import IAM
import LeastPrivilege
import TestSupport
import Testing

extension Organization {
  /// Reads an organisation from text.
  init(_ text: String) throws { try self.init(parsing: Array(text.utf8), file: "test") }

  /// Reads an organisation from a file of `testdata/organization`.
  init(fixture name: String) throws {
    try self.init(parsing: Fixtures.bytes("organization/\(name)"), file: name)
  }
}

@Suite struct OrganizationTests {
  @Test func `the tree and what the CLI prints lead to the same levels`() throws {
    let tree = try Organization(fixture: "tree.json")
    let answers = try Organization(fixture: "cli.json")
    for organization in [tree, answers] {
      #expect(organization.problems.isEmpty)
      #expect(organization.managementAccount == "999900001111")
      #expect(organization.accounts == ["111122223333", "444455556666", "999900001111"])
      #expect(
        organization.path(to: "111122223333")?.map(\.id) == ["r-ab12", "ou-ab12-production", "111122223333"])
      #expect(organization.problems(for: organization.accounts).isEmpty)
    }
    for account in tree.accounts + ["123456789012"] {
      #expect(tree.controls(of: account) == answers.controls(of: account))
    }
    let photos = tree.controls(of: "111122223333")
    #expect(photos.service?.map(\.count) == [2, 1, 1])
    #expect(photos.resource?.map(\.count) == [2, 1, 1])
    #expect(tree.controls(of: "444455556666").service?.map(\.count) == [2, 1])
  }

  @Test func `the order of files and of pages does not matter`() throws {
    let text = try String(decoding: Fixtures.bytes("organization/cli.json"), as: UTF8.self)
    // Lists follow what was described before them, so that pairs stay together.
    var parts: [String] = []
    for line in text.replacing("\n  ", with: " ").replacing("\n]}", with: "]}").split(separator: "\n") {
      if line.hasPrefix("{\"Targets\"") || line.hasPrefix("{\"Parents\"") {
        parts[parts.count - 1] += line
      } else {
        parts.append(String(line))
      }
    }
    let expected = try Organization(fixture: "cli.json")
    for seed in 0..<20 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var merged = Organization()
      for part in parts.shuffled(using: &generator) { merged.merge(try Organization(part)) }
      #expect(merged == expected, "seed \(seed)")
      #expect(
        try Organization(parts.shuffled(using: &generator).joined(separator: "\n")) == expected,
        "seed \(seed)")
    }
  }

  @Test func `control policies reach neither the management account nor accounts of which nothing is known`()
    throws
  {
    let organization = try Organization(fixture: "tree.json")
    #expect(organization.controls(of: "999900001111") == ControlPolicies())
    #expect(organization.controls(of: "123456789012") == ControlPolicies())
    #expect(organization.problems(for: ["123456789012", "999900001111"]).map(\.subject) == ["123456789012"])
  }

  @Test func `policies that are not enabled at the root are not in force`() throws {
    var text = try String(decoding: Fixtures.bytes("organization/cli.json"), as: UTF8.self)
    text = text.replacing(
      #""RESOURCE_CONTROL_POLICY", "Status": "ENABLED""#,
      with: #""RESOURCE_CONTROL_POLICY", "Status": "PENDING_DISABLE""#)
    let controls = try Organization(text).controls(of: "111122223333")
    #expect(controls.resource == nil)
    #expect(controls.service?.count == 3)
  }

  @Test func `a level without policy and a policy without content allow nothing, and that is said`() throws {
    let organization = try Organization(
      """
      {"Id":"r-1","Policies":[{"Id":"p-FullAWSAccess"}],"Children":[
        {"Id":"111122223333","Policies":[]},
        {"Id":"444455556666","Policies":[{"Id":"p-lost","Type":"SERVICE_CONTROL_POLICY"}]}]}
      """)
    #expect(organization.controls(of: "111122223333").service?.map(\.count) == [1, 0])
    #expect(organization.controls(of: "444455556666").service?.map(\.count) == [1, 0])
    #expect(
      organization.problems(for: ["111122223333", "444455556666"]).map(\.subject) == [
        "111122223333", "p-lost",
      ])
  }

  @Test(arguments: [
    "", "null", "[]", "{}", "{\"Id\":7}", "{\"Id\":\"r-1\",\"Children\":[", "{\"Policies\":{}}",
    "{\"Roots\":\"r-1\"}",
  ])
  func `what describes no organisation is an error that names the file`(text: String) {
    #expect { try Organization(text) } throws: { ($0 as? GrantsError)?.file == "test" }
  }

  @Test func `a circle of units is no tree`() throws {
    let organization = try Organization(
      #"{"ParentId":"ou-1-a","Children":[{"Id":"ou-1-b"}]}{"ParentId":"ou-1-b","Children":[{"Id":"ou-1-a"},{"Id":"111122223333"}]}"#
    )
    #expect(organization.path(to: "111122223333") == nil)
  }

  @Test func `cutting a file anywhere never traps`() throws {
    let bytes = try Fixtures.bytes("organization/cli.json")
    for length in stride(from: 0, to: bytes.count, by: 37) {
      _ = try? Organization(parsing: Array(bytes.prefix(length)), file: "cut")
    }
  }

  @Test func `an organisation never lets through what the account's own policies do not`() throws {
    let organization = try Organization(fixture: "tree.json")
    let actions = [
      "s3:GetObject", "lambda:InvokeFunction", "sqs:SendMessage", "organizations:LeaveOrganization",
      "ec2:RunInstances",
    ]
    for seed in 0..<200 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let policy = PolicyDocument(statements: [
        Statement(
          effect: .allow,
          actions: .action(actions.filter { _ in Bool.random(using: &generator) } + ["iam:GetUser"]),
          resources: .resource(["*"]))
      ])
      for account in organization.accounts {
        let controls = organization.controls(of: account)
        let own = PolicyEvaluator(ApplicablePolicies(identity: [policy]))
        let governed = PolicyEvaluator(
          ApplicablePolicies(
            identity: [policy], serviceControlPolicies: controls.service,
            resourceControlPolicies: controls.resource))
        for action in actions {
          let request = AccessRequest(
            principal: RequestPrincipal(
              kind: .role, arn: "arn:aws:iam::\(account):role/app", account: account),
            action: try #require(ActionName(action)), resource: RequestResource(arn: nil, account: account))
          #expect(!governed.allows(request) || own.allows(request), "seed \(seed)")
          if account == organization.managementAccount {
            #expect(governed.allows(request) == own.allows(request))
          }
        }
      }
    }
  }

  @Test(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func `a real tree denies what it denies in the member account only`() throws {
    let path = try Fixtures.shared("iam/gaad/iamspy-scp-deny-lambda.json")
    let organization = try Organization(parsing: [UInt8](Data(contentsOf: URL(filePath: path))), file: path)
    #expect(organization.managementAccount == "023456789012")
    #expect(organization.controls(of: "123456789012").service?.map(\.count) == [2, 1])
    #expect(organization.controls(of: "123456789012").resource == nil)
    #expect(organization.controls(of: "023456789012") == ControlPolicies())
  }
}
