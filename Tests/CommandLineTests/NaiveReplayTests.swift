// The files that `policy --output` writes, held to the uses that `usage` tells by code that shares nothing with either.

import Foundation
import TestSupport
import Testing

@Suite struct NaiveReplayTests {
  private func uses(_ logs: String) throws -> [String: [NaiveReplay.Use]] {
    let result = try WhittleProcess.run(["usage", logs, "--format", "ndjson", "--quiet"])
    var uses: [String: [NaiveReplay.Use]] = [:]
    for line in result.lines {
      let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let principal = try #require(json["principal"] as? String)
      let use = NaiveReplay.Use(
        action: try #require(json["action"] as? String), resource: try #require(json["resource"] as? String),
        context: try #require(json["context"] as? [String: String]),
        outcome: try #require(json["outcome"] as? String))
      uses[principal, default: []].append(use)
    }
    return uses
  }

  /// Writes policies and holds them to the uses.
  ///
  /// - Parameters:
  ///   - logs: The logs.
  ///   - generalize: The value of `--generalize`.
  ///   - options: Further options of `policy`.
  /// - Returns: The number of principals with policies.
  /// - Throws: What reading and running throw.
  func prove(_ logs: String, generalize: String, _ options: [String] = []) throws -> Int {
    let uses = try uses(logs)
    return try Fixtures.withTemporaryDirectory { directory in
      let out = "\(directory)/out"
      let written = try WhittleProcess.run(
        ["policy", logs, "--output", out, "--quiet", "--generalize", generalize] + options)
      #expect(written.status == 0 || written.status == 3, "\(written.errors)")
      let manifest = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(out)/manifest.json")))
          as? [String: Any])
      var files: [String: [String]] = [:]
      for entry in try #require(manifest["principals"] as? [[String: Any]]) {
        let policies = try #require(entry["policies"] as? [[String: Any]])
        files[try #require(entry["principal"] as? String)] = try policies.map {
          "\(out)/\(try #require($0["file"] as? String))"
        }
      }
      for (principal, all) in uses.sorted(by: { $0.key < $1.key }) {
        let permitted = all.filter { $0.outcome != "denied" }
        let parts = principal.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "iam", parts[5].hasPrefix("role/") || parts[5].hasPrefix("user/"),
          !parts[5].hasPrefix("role/aws-service-role/")
        else {
          #expect(files[principal] == nil, "\(principal) cannot carry a policy")
          continue
        }
        let policies = try #require(files[principal], "\(principal) has no entry")
        #expect(permitted.isEmpty == policies.isEmpty, "\(principal)")
        let faults = try NaiveReplay(files: policies)
          .faults(on: permitted, isMinimal: generalize == "none")
        #expect(faults.isEmpty, "\(principal): \(faults.prefix(5))")
      }
      return files.values.count { !$0.isEmpty }
    }
  }

  @Test("the files allow what was used, and nothing can be taken out", arguments: ["none", "safe", "2"])
  func sample(generalize: String) throws {
    #expect(try prove("testdata/photos/logs", generalize: generalize) == 3)
  }

  @Test(
    "the files for real logs allow what was used, and nothing can be taken out",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: TruthTests.sources)
  func real(source: String) throws {
    _ = try prove(Fixtures.shared("logs/\(source)"), generalize: "none")
  }

  @Test("a use that no statement is for, and a statement that no use is for, are told")
  func faults() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let file = "\(directory)/policy.json"
      try """
      {"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],
       "Resource":["arn:aws:s3:::a/${*}","arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"k":"v"}}}]}
      """.write(toFile: file, atomically: false, encoding: .utf8)
      let replay = try NaiveReplay(files: [file])
      func use(_ resource: String, _ context: [String: String] = ["k": "v"]) -> NaiveReplay.Use {
        NaiveReplay.Use(action: "S3:GetObject", resource: resource, context: context, outcome: "allowed")
      }
      let uses = [use("arn:aws:s3:::a/${*}"), use("arn:aws:s3:::b/x")]
      #expect(try replay.faults(on: uses, isMinimal: false).isEmpty)
      #expect(
        try replay.faults(on: uses, isMinimal: true) == [
          "statement 0 has an action that nothing needs, number 1"
        ])
      let others = [
        use("arn:aws:s3:::a/x"), use("arn:aws:s3:::b/x", [:]), use("arn:aws:s3:::b/x", ["k": "w"]),
      ]
      #expect(try replay.faults(on: others, isMinimal: false).count == 3)
    }
  }
}
