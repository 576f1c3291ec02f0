// Grants in the shapes that real files have, and what becomes of them in the diff.

import AWSCatalog
import Foundation
import IAM
import LeastPrivilege
import TestSupport
import Testing

@Suite struct AccountGrantsTests {
  private let user = #"""
    {"UserDetailList":[{"Path":"/","UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","GroupList":["dev"],
      "UserPolicyList":[{"PolicyName":"own","PolicyDocument":
        "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sqs%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}],
      "AttachedManagedPolicies":[]}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}
    """#
  private let group = #"""
    {"UserDetailList":[],"RoleDetailList":[],"GroupDetailList":[{"Path":"/","GroupName":"dev",
      "Arn":"arn:aws:iam::111122223333:group/dev","GroupPolicyList":[],
      "AttachedManagedPolicies":[{"PolicyName":"p","PolicyArn":"arn:aws:iam::111122223333:policy/p"}]}],
      "Policies":[{"PolicyName":"p","Arn":"arn:aws:iam::111122223333:policy/p","DefaultVersionId":"v2","PolicyVersionList":[
        {"VersionId":"v1","IsDefaultVersion":false,"Document":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}},
        {"VersionId":"v2","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}}}]}]}
    """#

  @Test func `pages come in any order, one behind another, in an array or as files`() throws {
    let ann = LedgerMaker.user("ann")
    let forms = ["\(user)\n\(group)", "[\(group),\(user)]"]
    var merged = try AccountGrants(group)
    merged.merge(try AccountGrants(user))
    for grants in try forms.map({ try AccountGrants($0) }) + [merged] {
      #expect(grants.problems.isEmpty)
      let grant = try #require(grants.grant(of: ann))
      #expect(grant.policies.map(\.source.kind) == [.inline, .groupManaged])
      #expect(grant.policies[1].document.statements[0].actions == .action(["s3:GetObject"]))
      #expect(grant.missing.isEmpty)
    }
  }

  @Test func `a role is matched by its name where the log does not tell the path`() throws {
    let grants = try AccountGrants(
      role: "team/app",
      policy: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#)
    let grant = try #require(grants.grant(of: LedgerMaker.role("APP")))
    #expect(grant.matchedByName)
    #expect(grant.identity.arn == "arn:aws:iam::111122223333:role/team/app")
    #expect(grants.grant(of: LedgerMaker.role("app", account: "444455556666")) == nil)
    #expect(grants.grant(of: LedgerMaker.role("other/app")) == nil)
  }

  @Test(arguments: ["", "null", "[]", "{\"a\":1}", "{\"UserDetailList\":[", "\u{0}", "{}{}"])
  func `what holds no grants is an error that names the file`(text: String) {
    #expect { try AccountGrants(text) } throws: { ($0 as? GrantsError)?.file == "test" }
  }

  @Test func `what cannot be read of a page is told and the rest is kept`() throws {
    let grants = try AccountGrants(
      """
      {"RoleDetailList":[{"RoleName":"x"},{"Path":"/","RoleName":"y","Arn":"arn:aws:iam::111122223333:role/y",
        "RolePolicyList":[{"PolicyName":"bad","PolicyDocument":{"Statement":7}}],
        "AttachedManagedPolicies":[{"PolicyName":"n","PolicyArn":"arn:aws:iam::111122223333:policy/none"}]}]}
      """)
    #expect(grants.problems.map(\.subject) == ["arn:aws:iam::111122223333:role/y bad", "x"])
    #expect(grants.grant(of: LedgerMaker.role("y"))?.missing == ["arn:aws:iam::111122223333:policy/none"])
  }

  @Test func `each granted action is used, partly used, unused or not observable`() throws {
    var maker = LedgerMaker()
    let ann = LedgerMaker.user("ann")
    maker.use(ann, "s3:GetObject", "arn:aws:s3:::a/x")
    maker.use(ann, "sqs:DeleteQueue", "arn:aws:sqs:eu-west-1:111122223333:q")
    maker.use(ann, "ec2:DescribeInstances", "*")
    let diff = PolicyDiff(ledger: maker.ledger, grants: try AccountGrants("\(user)\(group)"))
    let principal = try #require(diff.principals.first)
    #expect(principal.usedWithoutGrant.map(\.action) == ["ec2:DescribeInstances"])
    let statuses = Dictionary(
      principal.statements.flatMap { $0.actions.map { ($0.action, $0.status) } }
    ) { $1 }
    #expect(statuses["s3:GetObject"] == .partlyUsed)
    #expect(statuses["sqs:DeleteQueue"] == .used)
    #expect(statuses["sqs:CreateQueue"] == .unused)
    #expect(principal.statements[1].actions[0].resourcesUnused == ["arn:aws:s3:::b/*"])
    for level in principal.counts {
      #expect(level.granted == level.used + level.partlyUsed + level.unused + level.notObservable)
    }
    let granted = Catalog.embedded.actionNames(matching: "sqs:*").count + 1
    #expect(principal.counts.reduce(0) { $0 + $1.granted } == granted)
  }

  @Test(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func `every real account is read without a problem`() throws {
    let folder = try Fixtures.shared("iam/gaad")
    var read = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
      guard String(decoding: bytes, as: UTF8.self).contains("DetailList") else { continue }
      let grants = try AccountGrants(parsing: bytes, file: name)
      #expect(grants.problems.isEmpty, "\(name): \(grants.problems)")
      read += 1
    }
    #expect(read > 10)
  }
}
