// What a comparison finds of accounts as a whole: grants without effect, dead weight, much the same use.

import AWSCatalog
import CloudTrail
import Foundation
import IAM
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite struct FindingsTests {
  private static let account = LedgerMaker.account
  private static func arn(_ resource: String) -> String { "arn:aws:iam::\(account):\(resource)" }

  private func findings(
    _ ledger: UsageLedger, _ grants: AccountGrants, credentials: CredentialReport = CredentialReport(),
    now: Timestamp? = nil
  ) -> AccountFindings {
    let diff = PolicyDiff(ledger: ledger, grants: grants)
    return AccountFindings(of: diff, ledger: ledger, grants: grants, credentials: credentials, now: now)
  }

  // MARK: Grants without effect

  @Test func `what a boundary or an organisation blocks is told with its reason`() throws {
    let service = "arn:aws:s3:::photos/*"
    var grants = try AccountGrants(
      role: "app",
      policy: """
        {"Version":"2012-10-17","Statement":[
          {"Sid":"Own","Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage","ec2:RunInstances"],"Resource":"*"},
          {"Sid":"Named","Effect":"Allow","Action":["s3:PutObject","lambda:InvokeFunction"],"Resource":["\(service)","arn:aws:lambda:*:*:function:*"]},
          {"Sid":"Never","Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::*"},
          {"Sid":"Sometimes","Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
        """,
      boundary: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"ec2:*","Resource":"*"}}"#
    )
    func reasons() -> [String: String] {
      var reasons: [String: String] = [:]
      for grant in findings(UsageLedger(), grants).ineffective.flatMap(\.grants) {
        for action in grant.actions { reasons[action] = grant.reason }
      }
      return reasons
    }
    // Of `Named`, only the pictures are resources of S3, and the Deny covers those.
    #expect(
      reasons() == [
        "ec2:RunInstances": "the permissions boundary does not allow it",
        "s3:PutObject": "policy `inline` denies it explicitly",
      ])
    grants.govern(by: try Organization(fixture: "tree.json"))
    #expect(
      reasons() == [
        "ec2:RunInstances": "the permissions boundary does not allow it",
        "s3:PutObject": "policy `inline` denies it explicitly",
        "sqs:SendMessage": "the service control policies of level 1 do not allow it",
        "lambda:InvokeFunction": "the service control policies of level 1 do not allow it",
      ])
  }

  @Test func `nothing that is called ineffective is ever allowed`() throws {
    let actions = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "lambda:InvokeFunction"]
    let patterns = [
      "*", "arn:aws:s3:::*", "arn:aws:s3:::a/*", "arn:aws:s3:::${aws:username}/*", "arn:aws:sqs:*:*:q",
    ]
    let targets = [
      "arn:aws:s3:::a/x", "arn:aws:s3:::b/x", "arn:aws:sqs:eu-west-1:\(Self.account):q", "arn:aws:s3:::ann/x",
    ]
    var claims = 0
    for seed in 0..<60 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      func pick(_ texts: [String]) -> String { texts[Int(generator.next() % UInt64(texts.count))] }
      func document(denies: Bool) -> PolicyDocument {
        let statements = (0..<3).map { _ -> Statement in
          // Inverted elements stand for nearly all of the catalog, which takes its time.
          let isInverted = generator.next() % 60 == 0
          let action = pick(actions + ["s3:*", "sqs:*"])
          let resource = pick(patterns)
          return Statement(
            effect: denies && generator.next() % 3 == 0 ? .deny : .allow,
            actions: isInverted ? .notAction([action]) : .action([action]),
            resources: generator.next() % 6 == 0 ? .notResource([resource]) : .resource([resource]),
            conditions: generator.next() % 5 == 0
              ? [Condition(operatorName: "Bool", key: "aws:SecureTransport", values: ["true"])] : [])
        }
        return PolicyDocument(statements: statements)
      }
      let own = document(denies: true)
      let boundary = document(denies: true)
      let grants = try AccountGrants(
        role: "app", policy: String(decoding: own.json(pretty: false), as: UTF8.self),
        boundary: String(decoding: boundary.json(pretty: false), as: UTF8.self))
      let role = LedgerMaker.role("app")
      for grant in findings(UsageLedger(), grants).ineffective.flatMap(\.grants) {
        // The statement alone, under everything that limits it.
        var alone = own
        alone.statements = own.statements.enumerated().filter {
          $0.offset == grant.index || $0.element.effect == .deny
        }
        .map(\.element)
        let evaluator = PolicyEvaluator(ApplicablePolicies(identity: [alone], permissionBoundary: [boundary]))
        for action in actions where grant.actions.contains(action) {
          claims += 1
          for target in targets {
            for secure in ["true", "false"] {
              let request = AccessRequest(
                principal: RequestPrincipal(kind: .role, arn: role.identifier, account: Self.account),
                action: try #require(ActionName(action)),
                resource: RequestResource(arn: target, account: Self.account),
                context: ["aws:SecureTransport": .single(secure), "aws:username": .single("ann")])
              // An action is only ever called on resources of its own service.
              guard target.split(separator: ":")[2] == action.split(separator: ":")[0] else { continue }
              #expect(!evaluator.allows(request), "seed \(seed): \(action) on \(target)")
            }
          }
        }
      }
    }
    #expect(claims > 20)
  }

  // MARK: Dead weight

  private static let people = """
    {"UserDetailList":[
      {"Path":"/","UserName":"ann","Arn":"\(arn("user/ann"))","GroupList":["used","idle"],"CreateDate":"2025-01-01T00:00:00Z"},
      {"Path":"/","UserName":"bob","Arn":"\(arn("user/bob"))","GroupList":["idle"],"CreateDate":"2025-01-01T00:00:00Z"},
      {"Path":"/","UserName":"data","Arn":"\(arn("user/data"))","GroupList":[],"CreateDate":"2025-01-01T00:00:00Z",
       "UserPolicyList":[{"PolicyName":"d","PolicyDocument":{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}}]}],
     "GroupDetailList":[
      {"Path":"/","GroupName":"used","Arn":"\(arn("group/used"))","GroupPolicyList":[
        {"PolicyName":"p","PolicyDocument":{"Statement":{"Effect":"Allow","Action":["sqs:DeleteQueue","sqs:CreateQueue"],"Resource":"*"}}}]},
      {"Path":"/","GroupName":"idle","Arn":"\(arn("group/idle"))","GroupPolicyList":[
        {"PolicyName":"p","PolicyDocument":{"Statement":{"Effect":"Allow","Action":"sns:CreateTopic","Resource":"*"}}}]},
      {"Path":"/","GroupName":"empty","Arn":"\(arn("group/empty"))","GroupPolicyList":[]}],
     "RoleDetailList":[
      {"Path":"/","RoleName":"idle","Arn":"\(arn("role/idle"))","CreateDate":"2025-01-01T00:00:00Z"},
      {"Path":"/","RoleName":"assumed","Arn":"\(arn("role/assumed"))","CreateDate":"2025-01-01T00:00:00Z"},
      {"Path":"/","RoleName":"young","Arn":"\(arn("role/young"))","CreateDate":"2026-09-21T14:00:00Z"},
      {"Path":"/","RoleName":"elsewhere","Arn":"\(arn("role/elsewhere"))","CreateDate":"2025-01-01T00:00:00Z",
       "RoleLastUsed":{"LastUsedDate":"2026-09-21T14:10:00Z","Region":"ap-south-1"}},
      {"Path":"/aws-service-role/x.amazonaws.com/","RoleName":"AWSServiceRoleForX",
       "Arn":"\(arn("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"))"},
      {"Path":"/","RoleName":"far","Arn":"arn:aws:iam::444455556666:role/far","CreateDate":"2025-01-01T00:00:00Z"}],
     "Policies":[
      {"PolicyName":"loose","Arn":"\(arn("policy/loose"))","DefaultVersionId":"v1","AttachmentCount":0,"PermissionsBoundaryUsageCount":0,
       "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}]},
      {"PolicyName":"held","Arn":"\(arn("policy/held"))","DefaultVersionId":"v1","AttachmentCount":3,
       "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}]}]}
    """

  @Test func `what nobody needs is told, and what the logs cannot prove is told as that`() throws {
    var maker = LedgerMaker()
    // 1_790_000_000 is 2026-09-21T14:13:20Z.
    maker.use(LedgerMaker.user("ann"), "sqs:DeleteQueue", "*")
    maker.use(
      Principal(kind: .awsService, identifier: "lambda.amazonaws.com", account: nil), "sts:AssumeRole",
      Self.arn("role/assumed"))
    maker.ledger.principals[LedgerMaker.user("ann"), default: PrincipalFacts()].events.add(
      at: Timestamp(secondsSinceEpoch: 1_790_000_000))
    let found = findings(maker.ledger, try AccountGrants(Self.people)).deadWeight
    let told = found.map {
      "\($0.kind.rawValue) \($0.subject.split(separator: ":").last ?? "") \($0.isProven)"
    }
    #expect(
      told == [
        "unusedRole role/idle true", "unusedRole role/young false", "unusedUser user/bob true",
        "unusedUser user/data false", "emptyGroup group/empty true", "unusedGroup group/idle true",
        "unattachedPolicy policy/loose true",
      ])
  }

  @Test func `without logs of an account nothing of it is called unused`() throws {
    let found = findings(UsageLedger(), try AccountGrants(Self.people)).deadWeight
    #expect(Set(found.map(\.kind)) == [.emptyGroup, .unattachedPolicy])
  }

  @Test func `a boundary that takes something away is not told`() throws {
    let own = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
    func kinds(_ boundary: String) throws -> [DeadWeight.Kind] {
      let grants = try AccountGrants(
        role: "app", policy: own,
        boundary:
          #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"\#(boundary)","Resource":"*"}}"#)
      return findings(UsageLedger(), grants).deadWeight.map(\.kind)
    }
    #expect(try kinds("*") == [.idleBoundary])
    #expect(try kinds("s3:*") == [.idleBoundary])
    #expect(try kinds("s3:Get*").isEmpty)
  }

  // MARK: Credentials

  private static let report = """
    user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date
    <root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,2026-09-01T00:00:00+00:00,not_supported,false,N/A,N/A,false,N/A,N/A
    ann,arn:aws:iam::111122223333:user/ann,2020-01-01T00:00:00+00:00,true,no_information,2026-09-01T00:00:00+00:00,true,2026-01-01T00:00:00+00:00,2026-09-20T00:00:00+00:00,true,2026-09-01T00:00:00+00:00,N/A
    bob,arn:aws:iam::111122223333:user/bob,2020-01-01T00:00:00+00:00,true,2025-01-01T00:00:00+00:00,2025-01-01T00:00:00+00:00,true,2025-01-01T00:00:00+00:00,N/A,false,2020-01-01T00:00:00+00:00,N/A

    """

  @Test func `passwords and keys are old or unused from 90 days on`() throws {
    let now = Timestamp(secondsSinceEpoch: 1_790_000_000)
    for text in [
      Self.report, Self.report.replacing("\n", with: "\r\n"), "\u{FEFF}" + Self.report,
      "{\"Content\":\"\(Data(Self.report.utf8).base64EncodedString())\",\"ReportFormat\":\"text/csv\"}",
    ] {
      let report = try CredentialReport(parsing: Array(text.utf8), file: "report")
      #expect(report.problems.isEmpty)
      let found = findings(UsageLedger(), AccountGrants(), credentials: report, now: now).deadWeight
      let told = found.map {
        "\($0.kind.rawValue) \($0.subject.split(separator: "/").last ?? "") \($0.detail ?? "-")"
      }
      #expect(
        told == [
          "unusedPassword bob -", "oldPassword bob -", "unusedAccessKey bob key 1", "oldAccessKey ann key 1",
          "oldAccessKey bob key 1",
        ])
    }
  }

  @Test func `a user whom AWS saw at work is not called unused`() throws {
    var maker = LedgerMaker()
    maker.use(LedgerMaker.user("cid"), "sqs:DeleteQueue", "*")
    let users = try AccountGrants(Self.people)
    let text = Self.report.replacing(
      "2025-01-01T00:00:00+00:00,2025-01-01", with: "2026-09-21T14:10:00+00:00,2025-01-01")
    let report = try CredentialReport(parsing: Array(text.utf8), file: "report")
    let found = findings(maker.ledger, users, credentials: report).deadWeight.filter {
      $0.kind == .unusedUser
    }
    #expect(!found.contains { $0.subject.hasSuffix("user/bob") })
  }

  @Test(arguments: ["", "a,b\n1,2\n", "{", "{}", "{\"Content\":7}", "user;arn\n", "\"user,arn\n"])
  func `what is no credential report is an error that names the file`(text: String) {
    #expect { try CredentialReport(parsing: Array(text.utf8), file: "report") } throws: {
      ($0 as? GrantsError)?.file == "report"
    }
  }

  @Test func `rows that are cut are told and the rest is kept`() throws {
    let report = try CredentialReport(
      parsing: Array((Self.report + "cut,arn:aws:iam::111122223333:user/cut,2020\n\"open").utf8),
      file: "report")
    #expect(report.users.count == 3)
    #expect(report.problems.count == 2)
  }

  @Test(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func `real reports in both forms have the same users`() throws {
    func report(_ name: String) throws -> CredentialReport {
      let path = try Fixtures.shared("iam/credential-report/\(name)")
      return try CredentialReport(parsing: [UInt8](Data(contentsOf: URL(filePath: path))), file: name)
    }
    let csv = try report("cloudmapper.csv")
    #expect(csv.users.count == 3)
    #expect(csv.users == (try report("cloudmapper-api.json")).users)
  }

  // MARK: Much the same use

  @Test func `principals of much the same use are found, and nobody else`() throws {
    let actions = (0..<12).map { "s3:Action\($0)" }
    for seed in 0..<25 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var maker = LedgerMaker()
      var sets: [String: Set<String>] = [:]
      let bases = (0..<3).map { _ in Set(actions.filter { _ in Bool.random(using: &generator) }) }
      for number in 0..<14 {
        var set = bases[Int(generator.next() % 3)]
        if generator.next() % 2 == 0 { set.formSymmetricDifference([actions[Int(generator.next() % 12)]]) }
        let role = LedgerMaker.role("r\(number)")
        for action in set { maker.use(role, action, "*") }
        if !set.isEmpty { sets[role.identifier] = set }
      }
      let grants = try AccountGrants(#"{"RoleDetailList":[]}"#)
      let found = findings(maker.ledger, grants).sharedShapes
      // The same by comparing everybody with everybody before.
      var clusters: [[String]] = []
      for role in sets.keys.sorted(by: { (sets[$1]?.count ?? 0, $0) < (sets[$0]?.count ?? 0, $1) }) {
        let set = sets[role] ?? []
        let place = clusters.firstIndex { cluster in
          let leader = sets[cluster[0]] ?? []
          return set.intersection(leader).count * 5 >= set.union(leader).count * 4
        }
        if let place { clusters[place].append(role) } else { clusters.append([role]) }
      }
      let expected = clusters.filter { $0.count > 1 }.map { Set($0) }
      #expect(Set(found.map { Set($0.members.map(\.principal)) }) == Set(expected), "seed \(seed)")
      for shape in found {
        for member in shape.members {
          let own = sets[member.principal] ?? []
          #expect(Set(member.excess) == Set(shape.actions).subtracting(own), "seed \(seed)")
        }
      }
    }
  }
  @Test func `every sort of proposal that fails its checks hits the threshold`() throws {
    let arn = "arn:aws:iam::111122223333:role/app"
    let subject = PolicySubject(
      kind: .awsManaged, name: "IAMReadOnlyAccess", arn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
      account: "111122223333", holder: arn)
    let failure = VerificationFailure(
      kind: .wouldBeDenied, principal: arn, action: "iam:ListUsers", resource: "*",
      explanation: "it would break")
    var diff = PolicyDiff(principals: [], problems: [])
    let threshold = try #require(DiffThreshold("unproved"))
    var replacement = ManagedReplacement(
      subject: subject, sharing: GrantSharing(principals: [], counts: [], soleUses: []), options: [])
    diff.replacements = [replacement]
    #expect(diff.hits(of: threshold).isEmpty)
    replacement.verification.failures = [failure]
    diff.replacements = [replacement]
    #expect(diff.hits(of: threshold) == ["\(arn) IAMReadOnlyAccess: it would break"])
    var maker = LedgerMaker()
    maker.use(LedgerMaker.role("app"), "iam:ListUsers", "*")
    var proposal = try #require(
      PolicySynthesizer(options: SynthesisOptions()).proposals(for: maker.ledger).first)
    diff.replacements = []
    diff.rebuilds = [RebuildProposal(proposal, beside: nil)]
    #expect(diff.hits(of: threshold).isEmpty)
    proposal.verification.failures = [failure]
    diff.rebuilds = [RebuildProposal(proposal, beside: nil)]
    #expect(diff.hits(of: threshold) == ["\(arn), written afresh: it would break"])
  }
}
