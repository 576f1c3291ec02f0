// What the README shows is what the program does.

import Foundation
import TestSupport
import Testing
import whittle

@Suite("README")
struct ReadmeTests {
  private static let file = Fixtures.packageRoot.appending(path: "README.md")

  @Test("the output under each console line is the output of that line")
  func console() throws {
    let readme = try String(contentsOf: Self.file, encoding: .utf8)
    var recorded = readme
    let blocks = readme.components(separatedBy: "```console\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0] + "\n"
    }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let line = try #require(block.split(separator: "\n").first)
      #expect(line.hasPrefix("$ whittle "))
      let shown = block.dropFirst(line.count + 1)
      let result = try WhittleProcess.run(
        line.dropFirst("$ whittle ".count).split(separator: " ").map(String.init))
      if result.text != shown {
        Issue.record("README.md shows another output of `\(line.dropFirst(2))`")
        recorded = recorded.replacingOccurrences(of: block, with: "\(line)\n\(result.text)")
      }
    }
    if recorded != readme, ProcessInfo.processInfo.environment["WHITTLE_RECORD_GOLDENS"] != nil {
      try recorded.write(to: Self.file, atomically: true, encoding: .utf8)
    }
  }

  @Test("the exit statuses and commands are those of the program")
  func tables() throws {
    let readme = try String(contentsOf: Self.file, encoding: .utf8)
    for command in CommandTable.commands {
      #expect(readme.contains("\nwhittle \(command.name) "), "\(command.name)")
    }
    for status in ExitStatus.allCases { #expect(readme.contains("\n| \(status.rawValue) | ")) }
  }
}

@Suite("Golden files")
struct GoldenTests {
  private static let logs = "testdata/photos/logs"
  private static let account = "testdata/photos/account.json"

  @Test(
    "the main job gives the bytes that were looked at",
    arguments: [
      ("usage.txt", ["usage"]), ("usage.ndjson", ["usage", "--format", "ndjson"]),
      ("usage.json", ["usage", "--format", "json"]),
      ("policy.json", ["policy", "--granted", account, "--format", "json"]),
      ("policy-none.txt", ["policy", "--generalize", "none"]), ("diff.txt", ["diff", "--granted", account]),
    ])
  func golden(name: String, arguments: [String]) throws {
    let result = try WhittleProcess.run(arguments + [Self.logs])
    #expect(result.status == 0)
    try expectGolden(result.output, "photos/\(name)")
  }
}
