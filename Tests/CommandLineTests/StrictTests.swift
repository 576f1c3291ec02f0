// Damage: one line for each file, with the byte; with `--strict`, the end of the run before anything is written.

import Foundation
import TestSupport
import Testing
import whittle

@Suite("Damaged input")
struct StrictTests {
  private static let account = "testdata/photos/account.json"
  private static let logs = "testdata/photos/logs"

  /// A policy that allows everything, so that nothing but damage can be wrong.
  private static let everything = "testdata/policies/everything.json"

  /// Every command that reads logs, with what it needs besides.
  private static let commands = [
    ["usage"], ["policy"], ["diff", "--granted", account], ["explain", "--principal", "*"],
    ["check", everything],
  ]

  /// Runs a command on three damaged files beside whole ones.
  private func run(_ command: [String], _ options: [String] = []) throws -> (ProcessResult, scratch: String) {
    try Fixtures.withTemporaryDirectory { scratch in
      let event = try Fixtures.bytes("fuzz/logs/records.json")
      try FileManager.default.createDirectory(atPath: "\(scratch)/logs", withIntermediateDirectories: true)
      for (name, bytes) in [
        ("cut.json", Array(event.dropLast(30))), ("page.json", Array("<html>".utf8)),
        ("torn.json.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1, 2, 3]),
      ] { try Data(bytes).write(to: URL(filePath: "\(scratch)/logs/\(name)")) }
      let result = try WhittleProcess.run(command + [Self.logs, "\(scratch)/logs"] + options)
      return (result, scratch)
    }
  }

  @Test("each damaged file has one line, with the byte, and the status is 3", arguments: commands.indices)
  func lines(index: Int) throws {
    let (result, scratch) = try run(Self.commands[index])
    #expect(result.status == ExitStatus.damagedInput.rawValue, "\(result.errors)")
    #expect(!result.output.isEmpty)
    for name in ["cut.json", "page.json", "torn.json.gz"] {
      let lines = result.errors.split(separator: "\n").filter {
        $0.contains("`\(scratch)/logs/\(name)` at byte ")
      }
      #expect(lines.count == 1, "\(name): \(result.errors)")
    }
  }

  @Test("`--strict` makes it 4, and nothing is written to standard output", arguments: commands.indices)
  func strict(index: Int) throws {
    let (result, _) = try run(Self.commands[index], ["--strict"])
    #expect(result.status == ExitStatus.cannotBeDone.rawValue)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("nothing was written"))
    #expect(result.errors.split(separator: "\n").filter { $0.contains(" at byte ") }.count == 3)
  }

  @Test("`--strict` leaves an output of before as it was, and makes none", arguments: commands.indices)
  func strictOutput(index: Int) throws {
    let command = Self.commands[index]
    try Fixtures.withTemporaryDirectory { scratch in
      let output = "\(scratch)/answer"
      let missing = try run(command, ["--strict", "--output", output]).0
      #expect(missing.status == ExitStatus.cannotBeDone.rawValue)
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
      // The answer of before: a file, or the directory that `policy` makes.
      let before = try WhittleProcess.run(command + [Self.logs, "--output", output])
      #expect([0, 1].contains(before.status), "\(before.errors)")
      let kept = try contents(below: scratch)
      #expect(!kept.isEmpty)
      #expect(
        try run(command, ["--strict", "--output", output]).0.status == ExitStatus.cannotBeDone.rawValue)
      #expect(try contents(below: scratch) == kept)
    }
  }

  private func contents(below folder: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
      contents[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
    }
    return contents
  }
}
