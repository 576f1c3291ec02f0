// The four laws of trimming, over made accounts and over real ones:
//
//   never widens      the old document contains the new one
//   never breaks      every recorded use that the old policies allow, the new ones allow
//   once is enough    trimming what was trimmed changes nothing
//   denies stay       every deny stands in the new document as it stood in the old one
//
// and a fifth over policies that are minimal: there is nothing to trim. `ReplacementLaws` has those of replacing AWS managed
// policies, which are held to the same accounts.

import AWSCatalog
import CloudTrail
import Foundation
import IAM
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

@Suite struct TrimLawTests {
  /// Holds the proposals for an account to the laws.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - grants: The account.
  /// - Returns: How many policies are changed.
  /// - Throws: Where a proposed document does not parse.
  @discardableResult
  static func hold(_ ledger: UsageLedger, _ grants: AccountGrants) throws -> Int {
    // Both rounds ask the same ledger, and share what is known of its actions.
    let maker = DiffMaker(ledger: ledger, catalog: .embedded)
    let (trims, replacements) = proposals(ledger, grants, maker)
    for trim in trims {
      let place = "\(trim.subject.arn) \(trim.subject.name)"
      #expect(trim.verification.holds, "\(place) \(trim.verification)")
      if case .leftAlone(let reason) = trim.outcome {
        #expect(trim.verification.failures.isEmpty, "\(place): \(reason) \(trim.verification.failures)")
        continue
      }
      let old = try PolicyDocument(json: trim.before)
      guard trim.isChange else {
        #expect(trim.after == trim.before)
        continue
      }
      let new = try trim.after.map { try PolicyDocument(json: $0) } ?? PolicyDocument(statements: [])
      let contained = PolicyContainment(existing: [old]).check(proposed: [new])
      #expect(contained.holds, "\(place) \(contained.explanation)")
      #expect(old.statements.filter { $0.effect == .deny } == new.statements.filter { $0.effect == .deny })
    }
    let changes = trims.filter(\.isChange)
    let after = grants.applying(changes)
    for record in PrincipalUses.all(of: ledger) where record.principal.canCarryPolicy {
      guard let old = grants.grant(of: record.principal), let new = after.grant(of: record.principal) else {
        continue
      }
      let before = PolicyEvaluator(ApplicablePolicies(identity: old.policies.map(\.document)))
      let now = PolicyEvaluator(ApplicablePolicies(identity: new.policies.map(\.document)))
      for use in record.uses where use.wasPermitted {
        let request = Replay.request(for: use, by: record.principal)
        if before.allows(request) {
          #expect(now.allows(request), "\(record.principal.identifier) \(use.action) on \(use.resource)")
        }
      }
    }
    var replaced = try ReplacementLaws.hold(replacements, from: grants, trimmed: after, ledger, maker)
    // New policies are among those that are trimmed once more; what is AWS's is not trimmed.
    for arn in replaced.identities.keys {
      replaced.identities[arn]?.attachedPolicies.removeAll { ARN($0)?.account == "aws" }
    }
    for trim in Self.proposals(ledger, replaced, maker).trims {
      #expect(!trim.isChange, "\(trim.subject.arn) \(trim.subject.name) changes once more")
    }
    return changes.count
  }

  private static func proposals(
    _ ledger: UsageLedger, _ grants: AccountGrants, _ maker: DiffMaker
  ) -> (trims: [PolicyTrim], replacements: [ManagedReplacement]) {
    AccountTrimmer(
      records: GrantedRecord.all(of: ledger, grants: grants, catalog: .embedded), grants: grants,
      options: SynthesisOptions(), maker: maker, catalog: .embedded
    ).proposals { _ in true }
  }

  // MARK: Made accounts

  private static let actions = [
    "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "ec2:DescribeInstances",
    "ec2:StopInstances", "sqs:SendMessage", "kms:Decrypt", "iam:PassRole", "iam:ListUsers",
    "dynamodb:GetItem",
    "lambda:GetFunction",
  ]
  private static let patterns =
    actions + [
      "*", "s3:*", "s3:Get*", "S3:get*", "ec2:*", "ec2:Describe*", "sqs:?end*", "iam:*", "*:List*", "kms:*",
      "dynamodb:*", "logs:PutLogEvents", "lambda:*", "retired:Action",
    ]
  private static let resources = [
    "*", "arn:aws:s3:::*", "arn:aws:s3:::bucket-x/*", "arn:aws:s3:::bucket-x", "arn:aws:s3:::bucket-*/in/*",
    "arn:aws:sqs:*:*:*", "arn:aws:ec2:eu-west-1:111122223333:instance/*", "arn:aws:iam::111122223333:role/*",
    "arn:aws:dynamodb:*:111122223333:table/orders", "arn:aws:s3:::home/${aws:username}/*",
    "arn:aws:lambda:eu-west-1:111122223333:function:*",
  ]

  /// Policies of AWS of which the made uses need some: small ones, one by `NotAction`, and one that others cover.
  private static let managed = [
    "IAMReadOnlyAccess", "AmazonSQSReadOnlyAccess", "AmazonSQSFullAccess", "AmazonS3ReadOnlyAccess",
    "AmazonDynamoDBReadOnlyAccess", "AWSLambda_ReadOnlyAccess", "AmazonEC2ReadOnlyAccess", "PowerUserAccess",
  ]

  static func document(_ random: inout SeededGenerator) -> String {
    func list(_ values: [String], _ count: ClosedRange<Int>) -> String {
      let picked = (0..<Int.random(in: count, using: &random)).compactMap { _ in random.pick(values) }
      let quoted = Set(picked).sorted().map { "\"\($0)\"" }
      return quoted.count == 1 && random.chance(0.5) ? quoted[0] : "[\(quoted.joined(separator: ", "))]"
    }
    let version = random.chance(0.9) ? "2012-10-17" : "2008-10-17"
    let statements = (0..<Int.random(in: 1...4, using: &random)).map { number in
      let sid = random.chance(0.6) ? "\"Sid\": \"S\(number)\", " : ""
      let effect = random.chance(0.85) ? "Allow" : "Deny"
      let action =
        random.chance(0.85)
        ? "\"Action\": \(list(patterns, 1...4))"
        : "\"NotAction\": \(list(patterns.filter { $0 != "*" }, 1...3))"
      let resource = "\"\(random.chance(0.9) ? "Resource" : "NotResource")\": \(list(resources, 1...3))"
      let condition =
        random.chance(0.2)
        ? ", \"Condition\": {\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}}"
        : random.chance(0.1)
          ? ", \"Condition\": {\"StringEquals\": {\"aws:RequestedRegion\": \"eu-west-1\"}}" : ""
      let separator = random.chance(0.5) ? ",\n      " : ", "
      return "{\(sid)\"Effect\": \"\(effect)\"\(separator)\(action)\(separator)\(resource)\(condition)}"
    }
    return "{\"Version\": \"\(version)\", \"Statement\": [\(statements.joined(separator: ",\n    "))]}"
  }

  private static func encoded(_ document: String) -> String {
    "\"" + document.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      + "\""
  }

  static func account(_ random: inout SeededGenerator) -> String {
    let account = LedgerMaker.account
    var holders: [String] = []
    let people = [("User", ["alice", "bob"]), ("Group", ["staff", "readers"]), ("Role", ["app", "ci"])]
    for (kind, names) in people {
      let entries = names.map { name -> String in
        let inline = (0..<Int.random(in: 0...2, using: &random)).map { number in
          let text = document(&random)
          return
            "{\"PolicyName\":\"p\(number)\",\"PolicyDocument\":\(random.chance(0.5) ? text : encoded(text))}"
        }
        let customers = ["shared", "other"].filter { _ in random.chance(0.5) }.map {
          "\(account):policy/\($0)"
        }
        let ofAWS = managed.filter { _ in random.chance(0.15) }.map {
          "aws:policy/\($0)"
        }
        let attached = (customers + ofAWS).map { "{\"PolicyArn\":\"arn:aws:iam::\($0)\"}" }
        let boundary =
          kind != "Group" && random.chance(0.1)
          ? "\"PermissionsBoundary\":{\"PermissionsBoundaryArn\":\"arn:aws:iam::\(account):policy/other\"},"
          : ""
        let group = name == "alice" ? "staff" : random.pick(["staff", "readers"]) ?? ""
        let groups = kind == "User" ? "\"GroupList\":[\"\(group)\"]," : ""
        return """
          {"\(kind)Name":"\(name)","Path":"/","Arn":"arn:aws:iam::\(account):\(kind.lowercased())/\(name)",\(groups)\(boundary)
           "\(kind)PolicyList":[\(inline.joined(separator: ","))],
           "AttachedManagedPolicies":[\(attached.joined(separator: ","))]}
          """
      }
      holders.append("\"\(kind)DetailList\":[\(entries.joined(separator: ","))]")
    }
    // May take the place of IAMReadOnlyAccess, but for what it denies.
    let denial = random.chance(0.5) ? #",{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}"# : ""
    let lister =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}\#(denial)]}"#
    let policies = ["shared", "other", "lister"].map { name in
      """
      {"PolicyName":"\(name)","Arn":"arn:aws:iam::\(account):policy/\(name)","DefaultVersionId":"v1",
       "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":\(encoded(name == "lister" ? lister : document(&random)))}]}
      """
    }
    return "{\(holders.joined(separator: ",")),\"Policies\":[\(policies.joined(separator: ","))]}"
  }

  /// Covers the region in which CloudTrail logs IAM.
  private static func coverGlobalServices(_ maker: inout LedgerMaker) {
    maker.ledger.coverage.record(
      CoverageKey(account: LedgerMaker.account, region: "us-east-1", category: "Management"),
      at: Timestamp(secondsSinceEpoch: 1_790_000_000))
  }

  static func ledger(_ random: inout SeededGenerator) -> UsageLedger {
    var maker = LedgerMaker()
    if random.chance(0.8) { coverGlobalServices(&maker) }
    let principals = [
      LedgerMaker.user("alice"), LedgerMaker.user("bob"), LedgerMaker.role("app"), LedgerMaker.role("ci"),
    ]
    let account = LedgerMaker.account
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let action = random.pick(actions) ?? ""
      let name = random.pick(["1", "2", "in/2026-11-20", "in/a", "${*}"]) ?? ""
      let resource =
        switch action {
        case "s3:ListBucket": "arn:aws:s3:::bucket-\(random.pick(["x", "y"]) ?? "")"
        case "s3:GetObject", "s3:PutObject": "arn:aws:s3:::bucket-x/\(name)"
        case "ec2:StopInstances": "arn:aws:ec2:eu-west-1:\(account):instance/i-\(name.count)"
        case "sqs:SendMessage": "arn:aws:sqs:eu-west-1:\(account):queue-\(name.count)"
        case "kms:Decrypt": "arn:aws:kms:eu-west-1:\(account):key/k1"
        case "iam:PassRole": "arn:aws:iam::\(account):role/worker"
        case "dynamodb:GetItem": "arn:aws:dynamodb:eu-west-1:\(account):table/orders"
        case "lambda:GetFunction": "arn:aws:lambda:eu-west-1:\(account):function:f\(name.count)"
        default: "*"
        }
      let isLost = resource != "*" && random.chance(0.1)
      maker.use(
        random.pick(principals) ?? principals[0], action, isLost ? "*" : resource,
        context: action == "iam:PassRole" ? ["iam:PassedToService": "ec2.amazonaws.com"] : [:],
        allowed: random.chance(0.9) ? 1 : 0, denied: random.chance(0.1) ? 1 : 0,
        unresolved: isLost ? "the request names none" : nil)
    }
    return maker.ledger
  }

  @Test(arguments: 0..<8) func `made accounts are trimmed by the laws`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let grants = try AccountGrants(Self.account(&random))
    try Self.hold(Self.ledger(&random), grants)
  }

  @Test(arguments: 0..<6) func `a minimal policy is left as it is`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ledger = Self.ledger(&random)
    var options = SynthesisOptions()
    options.generalization = .none
    let proposals = PolicySynthesizer(options: options).proposals(for: ledger)
    let holders = proposals.map { proposal in
      let inline = proposal.policies.enumerated().map { number, policy in
        "{\"PolicyName\":\"p\(number)\",\"PolicyDocument\":\(String(decoding: policy.document.json(pretty: false), as: UTF8.self))}"
      }
      let arn = proposal.principal.identifier
      let kind = proposal.principal.kind == .role ? "Role" : "User"
      return (
        kind,
        "{\"\(kind)Name\":\"\(arn.split(separator: "/").last ?? "")\",\"Arn\":\"\(arn)\",\"\(kind)PolicyList\":[\(inline.joined(separator: ","))]}"
      )
    }
    func list(_ kind: String) -> String {
      holders.filter { $0.0 == kind }.map { $0.1 }.joined(separator: ",")
    }
    let grants = try AccountGrants(
      "{\"UserDetailList\":[\(list("User"))],\"RoleDetailList\":[\(list("Role"))]}")
    let maker = DiffMaker(ledger: ledger, catalog: .embedded)
    let trims = Self.proposals(ledger, grants, maker).trims
    #expect(trims.count == proposals.reduce(0) { $0 + $1.policies.count })
    for trim in trims {
      #expect(trim.outcome == .unchanged, "\(trim.subject.arn) \(trim.subject.name)")
      #expect(trim.sharing.total.unused == 0 && trim.sharing.total.partlyUsed == 0, "\(trim.subject.arn)")
    }
  }

  @Test(arguments: [false, true])
  func `what denies something takes the place of nothing that does not`(denies: Bool) throws {
    let account = LedgerMaker.account
    let denial = denies ? #",{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}"# : ""
    let grants = try AccountGrants(
      """
      {"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::\(account):role/app","RolePolicyList":[],
        "AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]}],
       "Policies":[{"PolicyName":"lister","Arn":"arn:aws:iam::\(account):policy/lister","DefaultVersionId":"v1",
        "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}\(denial)]}}]}]}
      """)
    var maker = LedgerMaker()
    Self.coverGlobalServices(&maker)
    maker.use(LedgerMaker.role("app"), "iam:ListUsers", "*")
    let shared = DiffMaker(ledger: maker.ledger, catalog: .embedded)
    let replacements = Self.proposals(maker.ledger, grants, shared).replacements
    #expect(replacements.map(\.proposal?.kind) == [denies ? .newPolicy : .customerManaged])
    _ = try ReplacementLaws.hold(replacements, from: grants, trimmed: grants, maker.ledger, shared)
  }

  // MARK: Real accounts

  private static let accounts: [String] = {
    guard let folder = try? Fixtures.shared("iam/gaad") else { return [] }
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }()

  @Test(
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: accounts)
  func `real accounts are trimmed by the laws`(file: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: Fixtures.shared("iam/gaad/\(file)"))))
    guard let grants = try? AccountGrants(parsing: bytes, file: file) else { return }
    let source = file.split(separator: "-").last?.split(separator: ".").first.map(String.init) ?? ""
    if file.hasPrefix("reconstructed-") {
      let ledger = try UsageScan(inputs: [.path(Fixtures.shared("logs/\(source)"))], jobs: 2).run().ledger
      // The other one was made from its logs: it grants no more than they use.
      #expect(try Self.hold(ledger, grants) > 0 || source == "stratus")
    }
    // Everyone uses the first, the middle and the last action of each statement, on its first resource.
    var maker = LedgerMaker()
    let table = ActionTable(catalog: .embedded)
    for (arn, identity) in grants.identities.sorted(by: { $0.key < $1.key }) where identity.kind != .group {
      let kind: Principal.Kind = identity.kind == .user ? .user : .role
      let principal = Principal(kind: kind, identifier: arn, account: identity.account)
      maker.ledger.coverage.record(
        CoverageKey(account: identity.account, region: "eu-west-1", category: "Management"),
        at: Timestamp(secondsSinceEpoch: 1_790_000_000))
      for policy in grants.grant(of: identity).policies {
        for statement in policy.document.statements where statement.effect == .allow {
          let actions = table.expansion(of: statement.actions).actions
          guard case .resource(let resources) = statement.resources, !actions.isEmpty else { continue }
          for position in Set([0, actions.count / 2, actions.count - 1]).sorted() {
            maker.use(
              principal, table.entries[actions[position]].action,
              resources[0].replacing("*", with: resources[0] == "*" ? "*" : "one").replacing("?", with: "1"))
          }
        }
      }
    }
    try Self.hold(maker.ledger, grants)
  }
}

extension AccountGrants {
  /// The grants once proposals are carried out.
  func applying(_ trims: [PolicyTrim]) -> AccountGrants {
    var result = self
    for trim in trims {
      let document = trim.after.flatMap { try? PolicyDocument(json: $0) }
      var key = trim.subject.arn
      if trim.subject.isManaged {
        if let document {
          result.managedPolicies[key]?.document = document
        } else {
          for arn in result.identities.keys {
            result.identities[arn]?.attachedPolicies.removeAll { $0 == trim.subject.arn }
          }
        }
      } else {
        let name = trim.subject.name
        let index = result.identities[key]?.inlinePolicies.firstIndex { $0.name == name }
        guard let index else { continue }
        if let document {
          result.identities[key]?.inlinePolicies[index].document = document
        } else {
          result.identities[key]?.inlinePolicies.remove(at: index)
        }
        key += " \(name)"
      }
      if let document, let after = trim.after {
        result.texts[TextKey(subject: key, document: document)] = GrantedText(
          bytes: after, isReformatted: trim.isReformatted)
      }
    }
    return result
  }
}
