// The four laws of trimming, over made accounts and over real ones:
//
//   never widens      the old document contains the new one
//   never breaks      every recorded use that the old policies allow, the new ones allow
//   once is enough    trimming what was trimmed changes nothing
//   denies stay       every deny stands in the new document as it stood in the old one

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
    let trims = trims(ledger, grants)
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
    for trim in Self.trims(ledger, after) {
      #expect(!trim.isChange, "\(trim.subject.arn) \(trim.subject.name) changes once more")
    }
    return changes.count
  }

  private static func trims(_ ledger: UsageLedger, _ grants: AccountGrants) -> [PolicyTrim] {
    AccountTrimmer(
      records: GrantedRecord.all(of: ledger, grants: grants, catalog: .embedded), grants: grants,
      options: SynthesisOptions(), maker: DiffMaker(ledger: ledger, catalog: .embedded), catalog: .embedded
    ).proposals { _ in true }.trims
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
    for (kind, names) in [("User", ["alice", "bob"]), ("Group", ["staff"]), ("Role", ["app", "ci"])] {
      let entries = names.map { name -> String in
        let inline = (0..<Int.random(in: 0...2, using: &random)).map { number in
          let text = document(&random)
          return
            "{\"PolicyName\":\"p\(number)\",\"PolicyDocument\":\(random.chance(0.5) ? text : encoded(text))}"
        }
        let attached = ["shared", "other"].filter { _ in random.chance(0.5) }.map {
          "{\"PolicyArn\":\"arn:aws:iam::\(account):policy/\($0)\"}"
        }
        let groups = kind == "User" ? "\"GroupList\":[\"staff\"]," : ""
        return """
          {"\(kind)Name":"\(name)","Path":"/","Arn":"arn:aws:iam::\(account):\(kind.lowercased())/\(name)",\(groups)
           "\(kind)PolicyList":[\(inline.joined(separator: ","))],
           "AttachedManagedPolicies":[\(attached.joined(separator: ","))]}
          """
      }
      holders.append("\"\(kind)DetailList\":[\(entries.joined(separator: ","))]")
    }
    let policies = ["shared", "other"].map { name in
      """
      {"PolicyName":"\(name)","Arn":"arn:aws:iam::\(account):policy/\(name)","DefaultVersionId":"v1",
       "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":\(encoded(document(&random)))}]}
      """
    }
    return "{\(holders.joined(separator: ",")),\"Policies\":[\(policies.joined(separator: ","))]}"
  }

  static func ledger(_ random: inout SeededGenerator) -> UsageLedger {
    var maker = LedgerMaker()
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
    for (arn, identity) in grants.identities.sorted(by: { $0.key < $1.key }) where identity.kind != .group {
      let kind: Principal.Kind = identity.kind == .user ? .user : .role
      let principal = Principal(kind: kind, identifier: arn, account: identity.account)
      maker.ledger.coverage.record(
        CoverageKey(account: identity.account, region: "eu-west-1", category: "Management"),
        at: Timestamp(secondsSinceEpoch: 1_790_000_000))
      let table = ActionTable(catalog: .embedded)
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
