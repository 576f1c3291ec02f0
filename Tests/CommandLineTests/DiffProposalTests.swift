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

  @Test func `the scripts narrow, detach and delete in order, and put everything back`() throws {
    try Fixtures.withTemporaryDirectory { directory in
      _ = try Self.run("--format", "cli", "--output", "\(directory)/out")
      let tools = "\(directory)/bin"
      try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
      // A stand-in for the AWS CLI that notes what it is asked, one line a call.
      let aws = """
        #!/bin/sh
        line=
        for argument in "$@"; do line="$line$(printf '%s' "$argument" | tr '\\n' ' ')|"; done
        printf '%s\\n' "$line" >> "$WHITTLE_TEST_CALLS"
        case "$2" in
        get-caller-identity) echo 210987654321 ;;
        get-policy) case "$4" in */deploy) echo "$WHITTLE_TEST_VERSION" ;; *) echo v1 ;; esac ;;
        esac
        """
      try aws.write(toFile: "\(tools)/aws", atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(tools)/aws")
      func calls(_ script: String, version: String) throws -> (status: Int32, lines: [String]) {
        let log = "\(directory)/\(script)-\(version).log"
        let path = "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        #expect(try WhittleProcess.shell("bash -n '\(directory)/out/\(script)'").status == 0)
        let result = try WhittleProcess.shell(
          "sh '\(directory)/out/\(script)'",
          environment: ["PATH": path, "WHITTLE_TEST_CALLS": log, "WHITTLE_TEST_VERSION": version])
        let text = try String(contentsOfFile: log, encoding: .utf8)
        return (result.status, text.split(separator: "\n").map(String.init))
      }
      let apply = try calls("apply.sh", version: "v7")
      #expect(apply.status == 0)
      func position(_ beginning: String, in lines: [String]) throws -> Int {
        try #require(lines.firstIndex { $0.hasPrefix(beginning) }, "\(beginning) is not among \(lines)")
      }
      let deploy = "--policy-arn|arn:aws:iam::210987654321:policy/deploy|"
      let room = try position("iam|delete-policy-version|\(deploy)--version-id|v3|", in: apply.lines)
      let new = try position("iam|create-policy-version|\(deploy)--set-as-default|", in: apply.lines)
      #expect(room < new)
      let detach = try position("iam|detach-role-policy|--role-name=orders|", in: apply.lines)
      let delete = try position(
        "iam|delete-policy|--policy-arn|arn:aws:iam::210987654321:policy/dead|", in: apply.lines)
      #expect(detach < delete)
      _ = try position("iam|put-role-policy|--role-name=orders|--policy-name=orders|", in: apply.lines)
      _ = try position("iam|put-group-policy|--group-name=staff|--policy-name=look|", in: apply.lines)
      #expect(!apply.lines.contains { $0.contains("policy/guard") || $0.contains("OnlyWithMFA\"}") })
      // A policy that has changed since stops the script before it changes anything.
      let late = try calls("apply.sh", version: "v8")
      #expect(late.status != 0)
      #expect(
        !late.lines.contains { $0.contains("|create-") || $0.contains("|put-") || $0.contains("|delete-") })
      let back = try calls("rollback.sh", version: "v8")
      #expect(back.status == 0)
      _ = try position("iam|set-default-policy-version|\(deploy)--version-id|v7|", in: back.lines)
      _ = try position("iam|delete-policy-version|\(deploy)--version-id|v8|", in: back.lines)
      let create = try position("iam|create-policy|--policy-name=dead|--path|/|", in: back.lines)
      #expect(create < (try position("iam|attach-role-policy|--role-name=orders|", in: back.lines)))
    }
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

  @Test func `SARIF, Terraform and CloudFormation have their structure`() throws {
    let sarif = try JSONValue(parsing: Self.run("--format", "sarif").output)
    #expect(sarif["version"]?.string == "2.1.0")
    let run = try #require(sarif["runs"]?.elements.first)
    let rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
    let results = run["results"]?.elements ?? []
    #expect(results.count == 5)
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
