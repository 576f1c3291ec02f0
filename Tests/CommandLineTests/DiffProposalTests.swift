// The proposals of `whittle diff`, through the built program: a fixture that was worked out by hand, files that patch
// and shell understand, thresholds.

import Foundation
import JSONStream
import TestSupport
import Testing

@Suite struct DiffProposalTests {
  private static let command = [
    "diff", "testdata/creep/log.ndjson", "--granted", "testdata/creep/account.json", "--quiet",
  ]

  private static func run(_ more: String...) throws -> ProcessResult {
    try WhittleProcess.run(command + more)
  }

  private func number(_ value: JSONValue?) -> Int? { value?.scalarText.flatMap { Int($0) } }

  @Test func `the fixture's proposals are those worked out by hand`() throws {
    let expected = try JSONValue(parsing: Fixtures.bytes("creep/expected.json"))
    let result = try Self.run("--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    let policies = report["policies"]?.elements ?? []
    let wanted = expected["policies"]?.elements ?? []
    #expect(policies.count == wanted.count)
    for want in wanted {
      let name = want["name"]?.string ?? ""
      let found = try #require(policies.first { $0["name"] == want["name"] }, "\(name)")
      #expect(found["outcome"] == want["outcome"], "\(name)")
      #expect(found["document"] == want["document"], "\(name)")
      #expect(found["principals"]?.elements.count == number(want["principals"]), "\(name)")
      for key in ["granted", "unused", "notObservable"] {
        let sum = (found["counts"]?.elements ?? []).reduce(0) { $0 + (number($1[key]) ?? 0) }
        #expect(sum == number(want[key]), "\(name) \(key)")
      }
      let sole = (found["usedByOneAlone"]?.elements ?? []).map { use in
        let user = use["principal"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        return "\(use["action"]?.string ?? "") \(user)"
      }
      #expect(sole == (want["usedByOneAlone"]?.elements ?? []).compactMap(\.string), "\(name)")
      for promise in ["complete", "noNewAccess", "idempotent", "withinQuotas"] {
        #expect(found["verification"]?[promise]?.bool == true, "\(name) \(promise)")
      }
    }
    let aws = try #require(report["awsManagedPolicies"]?.elements.first)
    #expect(aws["name"]?.string == "IAMReadOnlyAccess")
    let options = aws["replacements"]?.elements ?? []
    #expect(options.last?["kind"]?.string == "newPolicy")
    #expect(options.last?["document"]?["Statement"]?.elements.first?["Action"]?.string == "iam:ListUsers")
  }

  @Test func `the text and Markdown of the fixture`() throws {
    for (format, name) in [("text", "diff.txt"), ("markdown", "diff.md")] {
      try expectGolden(Self.run("--format", format).output, "creep/\(name)")
    }
  }

  @Test func `patches turn the old documents into the new ones`() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let result = try Self.run("--format", "cli", "--output", "\(directory)/out")
      #expect(result.status == 0, "\(result.errors)")
      let file = "210987654321/policy/deploy.json"
      let new = try String(contentsOfFile: "\(directory)/out/\(file)", encoding: .utf8)
      // The other way round: the patch reversed gives the document that the account has.
      let patch = try String(contentsOfFile: "\(directory)/out/\(file).patch", encoding: .utf8)
      let old = try #require(Self.reverse(patch, new))
      let report = try JSONValue(parsing: Fixtures.bytes("creep/account.json"))
      let policy = report["Policies"]?.elements.first { $0["PolicyName"]?.string == "deploy" }
      let version = policy?["PolicyVersionList"]?.elements.first { $0["IsDefaultVersion"]?.bool == true }
      #expect(version?["Document"]?.string?.removingPercentEncoding == old)
      #expect(!FileManager.default.fileExists(atPath: "\(directory)/out/210987654321/policy/dead.json"))
      let gone = try String(
        contentsOfFile: "\(directory)/out/210987654321/policy/dead.json.patch", encoding: .utf8)
      #expect(gone.hasPrefix("--- a/210987654321/policy/dead.json\n+++ /dev/null\n@@ -1,"))
      // What an earlier run wrote may be replaced.
      #expect(try Self.run("--format", "cli", "--output", "\(directory)/out").status == 0)
    }
  }

  /// A naive `patch --reverse`, which takes every line number at its word; `nil` where a line does not fit.
  private static func reverse(_ patch: String, _ text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    var old: [Substring] = []
    var position = 0
    for line in patch.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
    where !line.isEmpty {
      if line.hasPrefix("@@") {
        let side = line.split(separator: " ")[2].dropFirst().split(separator: ",")
        guard let start = Int(side[0]), start > 0 else { return nil }
        old += lines[position..<(start - 1)]
        position = start - 1
        continue
      }
      let content = line.dropFirst()
      if line.first != "-" {
        guard position < lines.count, lines[position] == content else { return nil }
        position += 1
      }
      if line.first != "+" { old.append(content) }
    }
    old += lines[position...]
    return old.joined(separator: "\n")
  }

  @Test func `limiting the answer to a principal does not limit the use that policies are trimmed to`() throws
  {
    let result = try Self.run("--format", "json", "--principal", "ci")
    let report = try JSONValue(parsing: result.output)
    #expect(report["principals"]?.elements.count == 1)
    let policies = report["policies"]?.elements ?? []
    #expect(policies.compactMap { $0["name"]?.string } == ["deploy"])
    let actions = policies.first?["document"]?["Statement"]?.elements.first?["Action"]?.elements ?? []
    #expect(actions.compactMap(\.string) == ["lambda:GetFunction", "lambda:GetFunctionConfiguration"])
    let narrow = try JSONValue(parsing: Self.run("--format", "json", "--service", "lambda").output)
    #expect(narrow["policies"]?.elements.isEmpty == true)
    #expect(try Self.run("--format", "cli", "--region", "eu-west-1").status == 2)
  }

  @Test func `thresholds name who hits them`() throws {
    let hit = try Self.run("--format", "csv", "--fail-on", "unused-actions=2", "--fail-on", "admin")
    #expect(hit.status == 1)
    #expect(
      hit.errors.contains("role/app/orders holds 6 unused actions, more than 2 (--fail-on unused-actions=2)"),
      "\(hit.errors)")
    #expect(!hit.errors.contains("admin"))
    #expect(
      try Self.run("--format", "csv", "--fail-on", "unused-actions=100000", "--fail-on", "unproved").status
        == 0)
    #expect(try Self.run("--format", "csv", "--fail-on", "percent=100").status == 0)
    #expect(try Self.run("--format", "csv", "--fail-on", "percent=101").status == 2)
  }

  private static let organization = ["--organization", "testdata/creep/organization.json"]

  private func strings(_ value: JSONValue?) -> [String] { (value?.elements ?? []).compactMap(\.string) }

  /// The end of an ARN that tells identities and policies of one account apart.
  private func short(_ arn: JSONValue?) -> String { String(arn?.string?.split(separator: ":").last ?? "") }

  @Test func `the fixture's findings are those worked out by hand`() throws {
    let expected = try JSONValue(parsing: Fixtures.bytes("creep/expected.json"))
    let result = try WhittleProcess.run(
      Self.command + Self.organization
        + ["--credential-report", "testdata/creep/credentials.csv", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    let principals = (report["principals"]?.elements ?? []).map { principal in
      func sum(_ key: String) -> Int {
        (principal["counts"]?.elements ?? []).reduce(0) { $0 + (number($1[key]) ?? 0) }
      }
      return "\(short(principal["principal"])) \(sum("granted")) granted \(sum("used")) used "
        + "\(sum("partlyUsed")) partly \(sum("unused")) unused \(sum("notObservable")) hidden "
        + "\(sum("ineffective")) ineffective"
    }
    #expect(principals == strings(expected["principals"]))
    let leftOut = (report["rebuilds"]?.elements ?? []).compactMap { rebuild -> String? in
      let actions = strings(rebuild["leftOut"])
      return actions.isEmpty ? nil : "\(short(rebuild["principal"])) \(actions.joined(separator: ","))"
    }
    #expect(leftOut == strings(expected["leftOutOfRebuilds"]))
    let dead = (report["deadWeight"]?.elements ?? []).map {
      "\($0["kind"]?.string ?? "") \(short($0["subject"]))"
    }
    #expect(dead == strings(expected["deadWeight"]))
    let blocked = (report["ineffective"]?.elements ?? []).flatMap { principal in
      (principal["grants"]?.elements ?? []).map { grant in
        let reason = (grant["reason"]?.string ?? "").dropFirst("the ".count)
        let limit = [
          "service control policies of level 0", "service control policies of level 1",
          "resource control policies of level 0", "permissions boundary",
        ].first { reason.hasPrefix($0) }
        return "\(short(principal["principal"])) \(grant["policy"]?.string ?? "") "
          + "\(strings(grant["actions"]).joined(separator: ",")): \(limit ?? "?")"
      }
    }
    #expect(blocked == strings(expected["ineffective"]))
    let split = try #require(report["splitCandidates"]?.elements.first)
    #expect(short(split["role"]) == "role/ops")
    func names(_ value: JSONValue?) -> String {
      (value?.elements ?? []).compactMap { $0["name"]?.string }.joined(separator: ",")
    }
    let groups = (split["groups"]?.elements ?? []).map {
      "\(names($0["members"])) needs \(strings($0["actions"]).count) not \(strings($0["notNeeded"]).count)"
    }
    #expect(groups + ["others \(names(split["others"]))"] == strings(expected["splitCandidates"]))
  }

  @Test func `what AWS saw tried stays in the trimmed policy`() throws {
    let expected = try JSONValue(parsing: Fixtures.bytes("creep/expected.json"))
    let result = try Self.run("--last-accessed", "testdata/creep/last-accessed.json", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    let deploy = report["policies"]?.elements.first { $0["name"]?.string == "deploy" }
    #expect(deploy?["document"] == expected["deployAfterLastAccessed"])
    let ci = report["principals"]?.elements.first { short($0["principal"]) == "role/ci" }
    let actions = (ci?["statements"]?.elements ?? []).flatMap { $0["actions"]?.elements ?? [] }
    let statuses = actions.map { "\($0["action"]?.string ?? "") \($0["status"]?.string ?? "")" }
    #expect(
      statuses == [
        "lambda:DeleteFunction accessed", "lambda:GetFunction used",
        "lambda:GetFunctionConfiguration accessed",
        "s3:CreateBucket ineffective",
      ])
    #expect(try Self.run("--last-accessed", "testdata/creep/account.json").status == 4)
  }

  @Test func `NDJSON and CSV carry every sort of record`() throws {
    let result = try WhittleProcess.run(
      Self.command + Self.organization
        + ["--credential-report", "testdata/creep/credentials.csv", "--format", "ndjson"])
    let lines = try result.lines.map { try JSONValue(parsing: Array($0.utf8)) }
    #expect(
      Set(lines.compactMap { $0["record"]?.string }) == [
        "principal", "policy", "awsManagedPolicy", "group", "rebuild", "ineffective", "deadWeight",
        "splitCandidate",
        "account",
      ])
    #expect(lines.count { $0["record"]?.string == "principal" } == 10)
    let csv = try WhittleProcess.run(Self.command + Self.organization + ["--format", "csv"])
    let header = csv.lines.first?.split(separator: ",").map(String.init) ?? []
    #expect(header.prefix(11).last == "resourcesUnused" && header.contains("record"))
    for record in [
      "statement", "policy", "awsManagedPolicy", "group", "rebuild", "deadWeight", "splitCandidate",
    ] {
      #expect(csv.lines.contains { $0.contains(",\(record),") }, "\(record)")
    }
    #expect(
      csv.lines.contains { $0.contains("sqs:PurgeQueue,ineffective,") && $0.contains("resource control") })
  }

  @Test func `an administrator is named, and a boundary clears it`() throws {
    let trust = #"{"Version":"2012-10-17","Statement":[]}"#
    func errors(_ statement: String, boundary: String? = nil) throws -> String {
      try Fixtures.withTemporaryDirectory { directory in
        let file = "\(directory)/account.json"
        let limit = boundary.map {
          #"{"PolicyName":"limit","Arn":"arn:aws:iam::210987654321:policy/limit","DefaultVersionId":"v1","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":\#($0)}]}"#
        }
        let bound =
          boundary == nil
          ? ""
          : #","PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::210987654321:policy/limit"}"#
        try """
        {"UserDetailList":[],"GroupDetailList":[],"Policies":[\(limit ?? "")],"RoleDetailList":[
          {"Path":"/","RoleName":"boss","Arn":"arn:aws:iam::210987654321:role/boss","AssumeRolePolicyDocument":\(trust)\(bound),
           "RolePolicyList":[{"PolicyName":"own","PolicyDocument":{"Version":"2012-10-17","Statement":[\(statement)]}}]}]}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try WhittleProcess.run([
          "diff", "testdata/creep/log.ndjson", "--granted", file, "--quiet", "--format", "csv", "--fail-on",
          "admin",
        ])
        #expect(result.status == (result.errors.isEmpty ? 0 : 1))
        return result.errors
      }
    }
    let all = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
    #expect(try errors(all).contains("role/boss is an administrator by `own`"))
    #expect(try !errors(#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#).isEmpty)
    #expect(try !errors(#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#).isEmpty)
    #expect(try errors(#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#).isEmpty)
    #expect(
      try errors(
        #"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
      )
      .isEmpty)
    let boundary =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}"#
    #expect(try errors(all, boundary: boundary).isEmpty)
  }

  @Test func `a threshold and code scanning see what is blocked`() throws {
    let result = try WhittleProcess.run(
      Self.command + Self.organization + ["--format", "sarif", "--fail-on", "ineffective"])
    #expect(result.status == 1)
    #expect(
      result.errors.contains("role/app/worker is granted 1 action that can never be allowed"),
      "\(result.errors)")
    let run = try JSONValue(parsing: result.output)["runs"]?.elements.first
    let blocked = (run?["results"]?.elements ?? []).filter { $0["ruleId"]?.string == "ineffective-grant" }
    #expect(blocked.count == 6)
  }

  @Test func `a document by itself is trimmed, and put into no account`() throws {
    let command = [
      "diff", "testdata/photos/logs", "--granted", "testdata/grants/policy.json", "--quiet",
    ]
    let text = try WhittleProcess.run(command).text
    #expect(text.contains("policy (a document by itself, for role deployer): nothing of it is used: delete"))
    for (format, change) in [
      ("cli", "put-role-policy"), ("terraform", "resource \""), ("cloudformation", "Resources:"),
    ] {
      let result = try WhittleProcess.run(command + ["--format", format])
      #expect(result.status == 0)
      #expect(result.errors.contains("`policy` is left out: it is a document by itself"), "\(result.errors)")
      #expect(!result.text.contains(change), "\(format)")
    }
  }

  @Test func `what IAM could not have is in no script, and is told`() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let file = "\(directory)/account.json"
      try """
      {"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[
        {"Path":"/","RoleName":"idle","Arn":"arn:aws:iam::210987654321:role/idle","RolePolicyList":[{"PolicyName":"own",
          "PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}]}}]},
        {"Path":"/","RoleName":"odd","Arn":"arn:aws:iam::aws:role/odd","RolePolicyList":[],
          "AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}]},
        {"Path":"/","RoleName":"b c","Arn":"arn:aws:iam::210987654321:role/b c","RolePolicyList":[{"PolicyName":"own",
          "PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}]}}]}]}
      """.write(toFile: file, atomically: true, encoding: .utf8)
      for format in ["cli", "terraform", "cloudformation"] {
        let out = "\(directory)/\(format)"
        let result = try WhittleProcess.run([
          "diff", "testdata/creep/log.ndjson", "--granted", file, "--quiet", "--format", format, "--output",
          out,
        ])
        #expect(result.status == 0)
        #expect(result.errors.contains("role/b c` is left out"), "\(result.errors)")
        let text = try FileManager.default.subpathsOfDirectory(atPath: out).filter {
          ["sh", "tf", "yaml"].contains($0.split(separator: ".").last ?? "")
        }.map { try String(contentsOfFile: "\(out)/\($0)", encoding: .utf8) }
        #expect(!text.isEmpty)
        #expect(text.allSatisfy { !$0.contains("b c") && !$0.contains("no policy of an account to change") })
      }
    }
  }

  @Test func `SARIF, Terraform and CloudFormation have their structure`() throws {
    let sarif = try JSONValue(parsing: Self.run("--format", "sarif").output)
    #expect(sarif["version"]?.string == "2.1.0")
    let run = try #require(sarif["runs"]?.elements.first)
    let rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
    let results = run["results"]?.elements ?? []
    // Six policies, one of AWS, two blocked grants, six that nobody needs, one role to split.
    #expect(results.count == 16)
    for result in results {
      let index = try #require(number(result["ruleIndex"]))
      #expect(rules[index]["id"] == result["ruleId"])
      #expect(["error", "warning", "note"].contains(result["level"]?.string))
      #expect(result["message"]?["text"]?.string?.isEmpty == false)
      let place = result["locations"]?.elements.first?["logicalLocations"]?.elements.first
      #expect(place?["fullyQualifiedName"]?.string?.hasPrefix("arn:aws:iam::") == true)
    }
    try expectGolden(Self.run("--format", "terraform").output, "creep/diff.tf")
    try expectGolden(Self.run("--format", "cloudformation").output, "creep/diff.yaml")
  }
}
