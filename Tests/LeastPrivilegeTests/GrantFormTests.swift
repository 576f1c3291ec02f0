// Every form in which grants come leads to the same policies, and what a form does not tell is said.

import CloudTrail
import Foundation
import IAM
import LeastPrivilege
import TestSupport
import Testing

extension AccountGrants {
  /// Reads grants from files of `testdata/grants`.
  init(fixtures names: String..., place: GrantPlace = GrantPlace()) throws {
    self.init()
    for name in names {
      merge(
        try AccountGrants(parsing: Fixtures.bytes("grants/\(name)"), file: "grants/\(name)", place: place))
    }
  }
}

@Suite struct GrantFormTests {
  private let app = Principal(
    kind: .role, identifier: "arn:aws:iam::111122223333:role/team/app", account: "111122223333")
  private let ann = Principal(
    kind: .user, identifier: "arn:aws:iam::111122223333:user/people/ann", account: "111122223333")

  @Test(arguments: ["details.json", "plan.json", "state.json", "stack.json"])
  func `every form leads to the same policies`(file: String) throws {
    let expected = try AccountGrants(fixtures: "details.json")
    let grants = try AccountGrants(fixtures: file)
    #expect(grants.problems.isEmpty)
    #expect(Set(grants.identities.keys) == Set(expected.identities.keys))
    for principal in [app, ann] {
      let grant = try #require(grants.grant(of: principal))
      let wanted = try #require(expected.grant(of: principal))
      #expect(grant.policies == wanted.policies)
      #expect(grant.boundary == wanted.boundary)
      #expect(grant.missing == wanted.missing)
      #expect(grant.identity.trustPolicy == wanted.identity.trustPolicy || file == "stack.json")
    }
  }

  @Test func `a permission set is what its roles grant in every account`() throws {
    let grants = try AccountGrants(fixtures: "permission-sets.json", "details.json")
    func role(_ name: String, account: String) -> Principal {
      LedgerMaker.role("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_\(name)", account: account)
    }
    let grant = try #require(grants.grant(of: role("Developer_0123456789abcdef", account: "111122223333")))
    #expect(grant.policies.map(\.source.kind) == [.inline, .awsManaged, .managed])
    #expect(grant.boundary != nil)
    #expect(grant.missing.isEmpty)
    // The policies that a permission set refers to are those of the role's own account.
    #expect(
      grants.grant(of: role("Developer_0123456789abcdef", account: "444455556666"))?.missing
        == ["arn:aws:iam::444455556666:policy/limit", "arn:aws:iam::444455556666:policy/queue"])
    #expect(grants.grant(of: role("Developers_0123456789abcdef", account: "111122223333")) == nil)
  }

  @Test func `bare policies are those of every principal that nothing else describes`() throws {
    let grants = try AccountGrants(fixtures: "policy.json", "details.json")
    let other = LedgerMaker.role("other")
    #expect(grants.grant(of: other)?.policies.map(\.source) == [PolicySource(kind: .inline, name: "policy")])
    #expect(grants.grant(of: app)?.policies.count == 2)
    let trust = try AccountGrants(
      #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}"#)
    #expect(trust.barePolicies.isEmpty)
    #expect(trust.problems.count == 1)
  }

  @Test func `a template alone is matched by name, and names what it does not tell`() throws {
    let grants = try AccountGrants(fixtures: "template.json")
    let grant = try #require(grants.grant(of: app))
    #expect(grant.matchedByName)
    #expect(grant.policies.map(\.source.name) == ["own"])
    #expect(
      grants.problems.map(\.subject) == ["App Policies[1]", "Circle", "Nameless", "Sometimes"])
    let placed = try AccountGrants(
      fixtures: "template.json", place: GrantPlace(account: "111122223333", region: "eu-west-1"))
    #expect(placed.grant(of: LedgerMaker.role("app"))?.policies.map(\.source.name) == ["own", "lost"])
  }

  @Test func `what a plan does not know yet is told`() throws {
    let grants = try AccountGrants(
      """
      {"planned_values":{"root_module":{"resources":[
        {"address":"aws_iam_role.a","mode":"managed","type":"aws_iam_role","values":{"name":"a","path":"/"}},
        {"address":"aws_iam_role.b","mode":"managed","type":"aws_iam_role","values":{"path":"/"}},
        {"address":"aws_iam_role_policy.c","mode":"managed","type":"aws_iam_role_policy","values":{"name":"c","role":"a"}},
        {"address":"aws_iam_role_policy_attachment.d","mode":"managed","type":"aws_iam_role_policy_attachment","values":{"role":"a"}},
        {"address":"aws_iam_role_policy.e","mode":"managed","type":"aws_iam_role_policy",
         "values":{"name":"e","role":"elsewhere","policy":"{\\"Statement\\":{\\"Effect\\":\\"Allow\\",\\"Action\\":\\"s3:*\\",\\"Resource\\":\\"*\\"}}"}}]}}}
      """)
    #expect(
      grants.problems.map(\.subject) == [
        "aws_iam_role.b", "aws_iam_role_policy.c", "aws_iam_role_policy.e",
        "aws_iam_role_policy_attachment.d",
      ])
    #expect(grants.identities.keys.sorted() == ["arn:aws:iam:::role/a"])
  }

  @Test func `a template in YAML says how to convert it`() {
    #expect { try AccountGrants("AWSTemplateFormatVersion: 2010-09-09\nResources:\n  A: {}\n") } throws: {
      ($0 as? GrantsError)?.message.contains("cfn-flip") == true
    }
  }

  @Test func `the order of files does not matter`() throws {
    let names = ["permission-sets.json", "policy.json", "plan.json", "template.json", "details.json"]
    func pieces(_ order: [String]) throws -> AccountGrants {
      var merged = AccountGrants()
      for name in order { merged.merge(try AccountGrants(fixtures: name)) }
      return merged
    }
    let expected = try pieces(names)
    for seed in 0..<12 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let merged = try pieces(names.shuffled(using: &generator))
      #expect(merged.identities == expected.identities, "seed \(seed)")
      #expect(merged.managedPolicies == expected.managedPolicies, "seed \(seed)")
      #expect(merged.permissionSets == expected.permissionSets, "seed \(seed)")
      #expect(merged.barePolicies == expected.barePolicies, "seed \(seed)")
      #expect(merged.problems == expected.problems, "seed \(seed)")
    }
  }

  @Test func `no cut and no wrong type of any form traps`() throws {
    for name in [
      "details.json", "plan.json", "state.json", "stack.json", "template.json", "permission-sets.json",
    ] {
      let bytes = try Fixtures.bytes("grants/\(name)")
      for length in stride(from: 0, to: bytes.count, by: 211) {
        _ = try? AccountGrants(parsing: Array(bytes.prefix(length)), file: "cut")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      for (old, new) in [
        ("{", "["), ("\"name\"", "\"nome\""), (": \"", ": 7, \"x\": \""), ("[", "{\"a\":["),
        ("111122223333", ""),
      ] {
        _ = try? AccountGrants(text.replacing(old, with: new))
      }
    }
  }

  @Test(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func `real files, alone and behind one another, keep every identity`() throws {
    let folder = URL(filePath: try Fixtures.shared("iam/gaad"))
    var all = AccountGrants()
    var texts: [UInt8] = []
    var count = 0
    for url in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted(by: {
        $0.path < $1.path
      })
    {
      let bytes = [UInt8](try Data(contentsOf: url))
      guard let grants = try? AccountGrants(parsing: bytes, file: url.lastPathComponent) else { continue }
      count += 1
      all.merge(grants)
      texts += bytes
    }
    #expect(count >= 14)
    let joined = try AccountGrants(parsing: texts, file: "joined")
    #expect(joined.identities == all.identities)
    #expect(joined.managedPolicies == all.managedPolicies)
  }

  @Test(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func `real policies are grants as they stand, or say why not`() throws {
    let folder = URL(filePath: try Fixtures.shared("iam/policy-docs"))
    var bare = 0
    var told = 0
    for url in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    where url.pathExtension == "json" {
      guard
        let grants = try? AccountGrants(
          parsing: [UInt8](try Data(contentsOf: url)), file: url.lastPathComponent)
      else { continue }
      bare += grants.barePolicies.count
      told += grants.problems.count
    }
    #expect(bare > 100)
    #expect(told > 0)
  }
}
