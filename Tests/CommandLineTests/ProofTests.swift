// The promises of SEMANTICS §7, checked through the built program on the files that it wrote.

import Foundation
import JSONStream
import TestSupport
import Testing

@Suite struct ProofTests {
  /// Writes the policies for logs and replays the logs against what was written.
  ///
  /// - Parameters:
  ///   - logs: The logs.
  ///   - options: Further options of `policy`.
  /// - Throws: What reading and running throw.
  func prove(_ logs: String, _ options: [String] = []) throws {
    try Fixtures.withTemporaryDirectory { directory in
      let out = "\(directory)/out"
      let written = try WhittleProcess.run(
        ["policy", logs, "--output", out, "--format", "json", "--quiet"] + options)
      #expect(written.status == 0 || written.status == 3, "\(written.errors)")
      for proposal in try JSONValue(parsing: written.output)["principals"]?.elements ?? [] {
        let name = proposal["principal"]?.string ?? ""
        let proof = try #require(proposal["verification"], "\(name)")
        #expect(proof["complete"]?.bool == true, "\(name)")
        #expect(proof["minimal"]?.bool == true, "\(name)")
        #expect(proof["withinQuotas"]?.bool == true, "\(name)")
        #expect(proof["noNewAccess"]?.bool != false, "\(name)")
        for policy in proposal["policies"]?.elements ?? [] {
          #expect((Int(policy["size"]?.scalarText ?? "") ?? .max) <= 6_144, "\(name)")
        }
      }
      // Conditions of the current grant are checked against the grant.
      let grants = options.firstIndex(of: "--granted").map { Array(options[$0...($0 + 1)]) } ?? []
      let checked = try WhittleProcess.run(["check", out, logs, "--quiet"] + grants)
      #expect(checked.status == written.status, "\(checked.text)\(checked.errors)")
    }
  }

  @Test("every policy written for the sample account keeps its promises", arguments: ["none", "safe", "2"])
  func sample(generalize: String) throws {
    try prove("testdata/photos/logs", ["--generalize", generalize])
    try prove(
      "testdata/photos/logs", ["--generalize", generalize, "--granted", "testdata/photos/account.json"])
  }

  @Test(
    "every policy written for real logs keeps its promises",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: TruthTests.sources)
  func real(source: String) throws {
    try prove(Fixtures.shared("logs/\(source)"), ["--generalize", "none"])
    try prove(Fixtures.shared("logs/\(source)"))
  }

  @Test(
    "with the account that belongs to the logs, nothing new is allowed",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: ["invictus", "stratus"])
  func granted(source: String) throws {
    try prove(
      Fixtures.shared("logs/\(source)"),
      ["--granted", Fixtures.shared("iam/gaad/reconstructed-\(source).json")])
  }

  @Test("a directory without policies holds against logs without calls that need one")
  func empty() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let log = "\(directory)/log.json"
      try #"{"Records":[]}"#.write(toFile: log, atomically: false, encoding: .utf8)
      try prove(log)
    }
  }
}
