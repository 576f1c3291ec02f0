// Hostile strings, followed through every command to every format, and read there by other people's readers.
//
// The commands and formats are taken from the program's own table: a format that nothing here can read, or a command
// that nothing here can call, fails. There is no HTML yet.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("Hostile strings in outputs")
struct HostileOutputTests {
  /// One command with one of its formats.
  struct Case: CustomTestStringConvertible, Sendable {
    let command: String
    let arguments: [String]
    let format: String
    /// Whether the answer is a line for each line of the input.
    let isLines: Bool

    var testDescription: String { "\(command) --format \(format)" }
  }

  /// Commands whose outputs hold nothing of what they read.
  private static let quiet = ["completions", "catalog info", "catalog import"]

  /// The arguments of commands that read no logs, with the files of ``write(_:)``; several ways where there are several.
  private static let others: [String: [[String]]] = [
    "simulate": [
      ["requests.ndjson"], ["requests.ndjson", "--explain"], ["requests.ndjson", "--granted", "grants.json"],
    ],
    "catalog action": [HostileInput.strings.filter(isArgument)],
    "catalog event": [["-"]],
    "catalog managed": HostileInput.strings.filter(isArgument).prefix(5).map { [$0] },
  ]

  /// Further ways to call commands that read logs.
  private static let further: [String: [[String]]] = [
    "policy": [
      ["logs.json", "--include-denied", "--generalize", "none"],
      ["logs.json", "--granted", "grants.json", "--conditions", "secure-transport"],
    ],
    "check": [
      ["--existing", "narrow.json", "--proposed", "policy.json"], ["--pairs", "requests.ndjson"],
      ["policy.json", "logs.json"],
    ],
  ]

  private static func isArgument(_ text: String) -> Bool {
    !text.hasPrefix("-") && !text.isEmpty && !text.contains("\u{0}")
  }

  /// Every command of the table with each of its formats.
  static let cases: [Case] = cases(of: CommandTable.commands, below: [])

  private static func cases(of commands: [Command], below path: [String]) -> [Case] {
    commands.flatMap { command -> [Case] in
      if !command.subcommands.isEmpty { return cases(of: command.subcommands, below: path + [command.name]) }
      let name = (path + [command.name]).joined(separator: " ")
      if quiet.contains(name) { return [] }
      var ways = others[name] ?? further[name] ?? []
      if command.operands == .logs, name != "check" {
        var way = ["logs.json"]
        if command.options.contains(where: { $0.name == "granted" }), name != "policy" {
          way += ["--granted", "grants.json"]
        }
        if name == "explain" { way += ["--principal", "*"] }
        ways.append(way)
      }
      let formats = command.options.compactMap { option -> [String]? in
        if option.name == "format", case .choice(let words) = option.value { words } else { nil }
      }
      return ways.flatMap { way in
        (formats.first ?? []).compactMap { format in
          // Lines are answered by lines, in `json` as in `ndjson`; only they have the latter where both exist.
          let isLines = way.contains("--pairs") || way == ["-"]
          if name == "check", format == "ndjson", !isLines { return nil }
          return Case(command: name, arguments: way, format: format, isLines: isLines)
        }
      }
    }
  }

  private func write(_ scratch: String) throws {
    for (name, bytes) in [
      ("logs.json", HostileInput.logs), ("grants.json", HostileInput.grants),
      ("policy.json", HostileInput.policy),
      ("requests.ndjson", HostileInput.requests),
      ("narrow.json", Array(#"{"Version":"2012-10-17","Statement":[]}"#.utf8)),
    ] { try Data(bytes).write(to: URL(filePath: "\(scratch)/\(name)")) }
  }

  @Test("every command of the table is called, or holds nothing of its input")
  func everyCommandIsCalled() {
    func names(_ commands: [Command], _ path: [String]) -> [String] {
      commands.flatMap { command in
        command.subcommands.isEmpty
          ? [(path + [command.name]).joined(separator: " ")]
          : names(command.subcommands, path + [command.name])
      }
    }
    let called = Set(Self.cases.map(\.command)).union(Self.quiet)
    #expect(Set(names(CommandTable.commands, [])).subtracting(called) == [])
    #expect(Set(Self.cases.map(\.format)).subtracting(Self.readers.keys) == [], "formats without a reader")
  }

  /// Who reads each format beside the checks that all share.
  private static let readers: [String: Reader] = [
    "text": .none, "json": .python, "ndjson": .python, "sarif": .python, "csv": .python, "markdown": .python,
    "terraform": .python, "cloudformation": .python, "cli": .shell,
  ]

  private enum Reader {
    case none, python, shell
  }

  @Test("data stays data in every format of every command", arguments: cases)
  func dataStaysData(item: Case) throws {
    try Fixtures.withTemporaryDirectory { scratch in
      try write(scratch)
      let input = HostileInput.strings.map { "\($0)\t\($0)\n" }.joined()
      let words = item.command.split(separator: " ").map(String.init)
      let result = try WhittleProcess.run(
        words + item.arguments + ["--format", item.format], input: Array(input.utf8), in: scratch)
      #expect([0, 1, 3].contains(result.status), "\(result.errors)")
      #expect(Self.unsafeScalars(result.output, in: item.format) == [])
      #expect(Self.unsafeScalars(Array(result.errors.utf8), in: "text") == [])
      let path = "\(scratch)/output"
      try Data(result.output).write(to: URL(filePath: path))
      switch Self.readers[item.format] {
      case .python: try readWithPython(item.isLines && item.format == "json" ? "ndjson" : item.format, path)
      case .shell: try runScript(path, in: scratch)
      case .some(.none): break
      case nil: Issue.record("nothing here can read \(item.format)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: scratch)
      #expect(!left.contains("canary"), "a command of the input was executed")
      if item.format == "json", !item.isLines { _ = try JSONValue(parsing: result.output) }
      if item.format == "ndjson" { for line in result.lines { _ = try JSONValue(parsing: line) } }
    }
  }

  /// The scalars that a terminal or an editor would act on; JSON may hold some inside of strings, but no controls.
  private static func unsafeScalars(_ output: [UInt8], in format: String) -> [UInt32] {
    let isJSON = ["json", "ndjson", "sarif"].contains(format)
    return String(decoding: output, as: UTF8.self).unicodeScalars.filter { scalar in
      if scalar == "\n" || format == "csv" && scalar == "\r" { return false }
      if scalar.value < 0x20 { return true }
      if isJSON { return false }
      return switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }.map(\.value)
  }

  /// Reads a file with `.ci/inspect-output.py`; `WHITTLE_INSPECTOR` names a Python that has readers of all formats.
  private func readWithPython(_ format: String, _ path: String) throws {
    let python = ProcessInfo.processInfo.environment["WHITTLE_INSPECTOR"] ?? "python3"
    let script = Fixtures.packageRoot.appending(path: ".ci/inspect-output.py").path
    let result = try WhittleProcess.shell(
      "exec \"$python\" \"$script\" \(format) \"$file\"",
      environment: ["python": python, "script": script, "file": path])
    // Without the reader the format is not inspected here; CI has all of them, and says so by the variable.
    let isSkipped = result.status == 77 && ProcessInfo.processInfo.environment["WHITTLE_INSPECTOR"] == nil
    #expect(result.status == 0 || isSkipped, "\(result.errors)")
  }

  /// Runs a script with an `aws` that only notes how it was called.
  private func runScript(_ path: String, in scratch: String) throws {
    let aws = """
      #!/bin/bash
      printf '%s\\0' "$@" >> "$calls"; printf '\\n\\0' >> "$calls"
      case "$2" in
      get-caller-identity) echo 111122223333 ;;
      get-policy) echo 'NoSuchEntity' >&2; exit 1 ;;
      get-*-policy) printf '%s' "$wanted" ;;
      esac
      """
    // The shells export what they assign (`-a`), so that a script which asks whether a document is unchanged hears yes.
    try FileManager.default.createDirectory(atPath: "\(scratch)/bin", withIntermediateDirectories: true)
    try Data(aws.utf8).write(to: URL(filePath: "\(scratch)/bin/aws"))
    let result = try WhittleProcess.shell(
      "chmod +x bin/aws; for shell in sh bash; do $shell -n output && PATH=$PWD/bin:$PATH $shell -a output || exit 9; done",
      environment: ["calls": "\(scratch)/calls"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.isEmpty, "\(result.text)")
    let words = (FileManager.default.contents(atPath: "\(scratch)/calls") ?? Data()).split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }
    let calls = words.split(separator: "\n").map(Array.init)
    #expect(!calls.isEmpty)
    for call in calls {
      #expect(["iam", "sts"].contains(call.first ?? ""))
      #expect(!call.contains { $0.hasPrefix("--endpoint-url") })
      for (option, value) in zip(call, call.dropFirst()) where option == "--policy-document" {
        #expect((try? JSONValue(parsing: value)) != nil, "\(value)")
      }
    }
    let made = calls.filter { ["create-policy", "put-role-policy"].contains($0.dropFirst().first ?? "") }
    // Each shell ran the script once, and there is something to do for the role that IAM allows.
    #expect(!made.isEmpty && made.count.isMultiple(of: 2))
  }

  @Test("a directory of policies stays below itself, and its scripts are scripts")
  func directory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let out = "\(scratch)/below/out"
      let result = try WhittleProcess.run(
        ["policy", "-", "--format", "cli", "--output", out, "--include-denied"], input: HostileInput.logs)
      #expect([0, 1, 3].contains(result.status), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == ["below"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch + "/below") == ["out"])
      for script in ["apply.sh", "rollback.sh"] {
        #expect(try WhittleProcess.shell("bash -n '\(out)/\(script)'").status == 0)
      }
    }
  }
}
