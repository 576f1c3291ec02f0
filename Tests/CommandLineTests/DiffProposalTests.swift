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
