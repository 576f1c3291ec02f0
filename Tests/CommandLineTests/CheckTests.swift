// `whittle check` without logs, seen through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("whittle check: does a proposal allow anything new?")
struct CheckTests {
  static func policy(_ action: String, _ resource: String, _ condition: String = "{}") -> String {
    """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\(action)","Resource":"\(resource)",\
    "Condition":\(condition)}]}
    """
  }

  static let wide = policy("s3:*", "arn:aws:s3:::photos/*")
  static let narrow = policy("s3:GetObject", "arn:aws:s3:::photos/2026/*")

  static func pair(_ id: String, _ existing: String, _ proposed: String) -> String {
    #"{"id":"\#(id)","policyType":"IDENTITY_POLICY","existing":\#(existing),"proposed":[\#(proposed)]}"#
  }

  /// Runs the program in a directory that holds files.
  func run(_ files: [String: String], _ arguments: String...) throws -> ProcessResult {
    try Fixtures.withTemporaryDirectory { directory in
      for (name, text) in files {
        try Data(text.utf8).write(to: URL(filePath: directory).appending(path: name))
      }
      return try WhittleProcess.run(["check"] + arguments, in: directory)
    }
  }

  @Test("a narrower policy holds, with status 0")
  func holds() throws {
    let files = ["old.json": CheckTests.wide, "new.json": CheckTests.narrow]
    let result = try run(files, "--existing", "old.json", "--proposed", "new.json", "--format", "json")
    #expect(result.status == ExitStatus.done.rawValue && result.errors.isEmpty)
    #expect(result.text == #"{"holds":true,"failures":[]}"# + "\n")
    let text = try run(files, "--existing", "old.json", "--proposed", "new.json").text
    #expect(text.hasPrefix("no new access: "))
  }

  @Test("a statement needs no id, and two may not share one")
  func statementIDs() throws {
    let statement = #""Effect":"Allow","Action":"*","Resource":"*""#
    for (first, second, holds) in [
      ("", "", true), (#""Sid":"","#, #""Sid":"","#, true), (#""Sid":"A","#, #""Sid":"A","#, false),
    ] {
      let text = "{\"Version\":\"2012-10-17\",\"Statement\":[{\(first)\(statement)},{\(second)\(statement)}]}"
      let logs = Fixtures.packageRoot.appending(path: "testdata/photos/logs").path
      let result = try run(
        ["all.json": text], "all.json", logs, "--principal", "deployer", "--format", "json")
      #expect(result.status == (holds ? 0 : 1), "\(result.text) \(result.errors)")
      #expect(result.text.contains("badGrammar") != holds)
    }
  }

  @Test("new access is shown by a request, with status 1")
  func newAccess() throws {
    let red = CheckTests.policy(
      "s3:GetObject", "arn:aws:s3:::photos/*", #"{"StringEquals":{"aws:PrincipalTag/Team":"red"}}"#)
    let files = ["old.json": CheckTests.narrow, "new.json": red]
    let result = try run(files, "--existing", "old.json", "--proposed", "new.json", "--format", "json")
    #expect(result.status == ExitStatus.answerIsNo.rawValue)
    let failure = try #require(try JSONValue(parsing: result.output)["failures"]?.elements.first)
    #expect(
      failure.members.map(\.name) == ["kind", "principal", "action", "resource", "context", "explanation"])
    #expect(failure["kind"]?.string == "newAccess" && failure["action"]?.string == "s3:GetObject")
    #expect(failure["resource"]?.string?.hasPrefix("arn:aws:s3:::photos/") == true)
    #expect(failure["context"]?["aws:PrincipalTag/Team"]?.string == "red")
    let text = try run(files, "--existing", "old.json", "--proposed", "new.json").text
    #expect(text.hasPrefix("new access: ") && text.contains("\n  context    aws:PrincipalTag/Team = red\n"))
  }

  @Test("several files on one side add up; answers of the AWS CLI are taken apart")
  func severalFiles() throws {
    let encoded =
      CheckTests.policy("s3:PutObject", "arn:aws:s3:::photos/*")
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let files = [
      "a.json": CheckTests.narrow,
      "b.json": #"{"PolicyVersion":{"Document":"\#(encoded)","VersionId":"v1"}}"#,
      "new.json": "[\(CheckTests.narrow),\(CheckTests.policy("s3:PutObject", "arn:aws:s3:::photos/x"))]",
    ]
    let both = try run(files, "--existing", "a.json", "b.json", "--proposed", "new.json")
    #expect(both.status == ExitStatus.done.rawValue, "\(both.text)\(both.errors)")
    let repeated = try run(files, "--existing", "a.json", "--proposed", "new.json", "--existing=b.json")
    #expect(repeated.status == ExitStatus.done.rawValue, "\(repeated.text)\(repeated.errors)")
    #expect(try run(files, "--existing", "a.json", "--proposed", "new.json").status == 1)
  }

  @Test("pairs are answered line by line, with the members of the interface, in order")
  func pairs() throws {
    let lines = [
      CheckTests.pair("1", CheckTests.wide, CheckTests.narrow), "",
      CheckTests.pair("2", "[\(CheckTests.narrow)]", CheckTests.wide), "{",
      #"{"id":"4","existing":{},"proposed":[]}"#, CheckTests.pair("5", CheckTests.wide, CheckTests.wide),
    ]
    let result = try WhittleProcess.run(
      ["check", "--pairs", "-"], input: Array(lines.joined(separator: "\n").utf8))
    #expect(result.status == ExitStatus.answerIsNo.rawValue)
    #expect(result.errors.contains("2 lines could not be compared"))
    let answers = try result.lines.map { try JSONValue(parsing: $0) }
    #expect(answers.map { $0["id"]?.string } == ["1", "2", nil, "4", "5"])
    #expect(answers.map { $0["holds"]?.bool } == [true, false, false, false, true])
    #expect(answers.map { $0["error"]?.string == nil } == [true, true, false, false, true])
    for answer in answers {
      #expect(
        answer.members.map(\.name) == ["id", "holds", "witness", "conservative", "explanation", "error"])
    }
    #expect(answers[1]["witness"]?.members.map(\.name) == ["principal", "action", "resource", "context"])
  }

  @Test("any number of threads gives the same answers in the same order")
  func threads() throws {
    let lines = (0..<600).map { number in
      number % 7 == 0
        ? "nonsense"
        : CheckTests.pair(
          "\(number)", CheckTests.policy("s3:*", "arn:aws:s3:::b\(number % 5)/*"),
          CheckTests.policy("s3:GetObject", "arn:aws:s3:::b\(number % 3)/x\(number)*"))
    }
    let input = Array(lines.joined(separator: "\n\n").utf8)
    let one = try WhittleProcess.run(["check", "--pairs", "-", "--jobs", "1"], input: input)
    let three = try WhittleProcess.run(["check", "--pairs", "-", "--jobs", "3"], input: input)
    #expect(one.output == three.output && one.status == three.status && one.status == 1)
    let answers = try three.lines.map { try JSONValue(parsing: $0) }
    #expect(answers.map { $0["id"]?.string } == (0..<600).map { $0 % 7 == 0 ? nil : "\($0)" })
    #expect(Set(answers.compactMap { $0["holds"]?.bool }) == [true, false])
    try Fixtures.withTemporaryDirectory { directory in
      let policy = "\(directory)/policy.json"
      try CheckTests.narrow.write(toFile: policy, atomically: false, encoding: .utf8)
      let replays = try ["1", "3"].map {
        try WhittleProcess.run(
          ["check", policy, "testdata/photos/logs", "--format", "json", "--jobs", $0])
      }
      #expect(replays[0].output == replays[1].output && replays.map(\.status) == [1, 1])
    }
  }

  @Test("a member that stands twice in a line is refused, as `simulate` refuses it")
  func repeatedMember() throws {
    let line = #"{"id":"1","existing":\#(CheckTests.narrow),"existing":\#(CheckTests.wide),"proposed":[]}"#
    let result = try WhittleProcess.run(["check", "--pairs", "-"], input: Array(line.utf8))
    #expect(
      result.status == ExitStatus.damagedInput.rawValue || result.status == ExitStatus.answerIsNo.rawValue)
    #expect(result.text.contains("`existing` stands in the line twice"))
  }

  @Test("a line that cannot be read makes the status 3 where everything else holds")
  func damagedPairs() throws {
    let input = CheckTests.pair("1", CheckTests.wide, CheckTests.narrow) + "\nnonsense\n"
    #expect(try WhittleProcess.run(["check", "--pairs", "-"], input: Array(input.utf8)).status == 3)
    let good = CheckTests.pair("1", CheckTests.wide, CheckTests.narrow)
    #expect(try WhittleProcess.run(["check", "--pairs", "-"], input: Array(good.utf8)).status == 0)
  }

  static let refusals: [([String], Int32)] = [
    (["check"], 2), (["check", "--existing", "x"], 2), (["check", "--pairs", "-", "--existing", "x"], 2),
    (["check", "--existing", "x", "--proposed", "y", "--format", "ndjson"], 2),
    (["check", "--existing", "/nowhere.json", "--proposed", "/nowhere.json"], 4),
    (["check", "--existing", "Package.swift", "--proposed", "Package.swift"], 4),
    (["check", "--pairs", "/nowhere.jsonl"], 4),
  ]

  @Test("wrong usage is status 2, missing or invalid policies status 4", arguments: refusals)
  func failures(arguments: [String], status: Int32) throws {
    let result = try WhittleProcess.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }

  @Test(
    "the conformance cases get the expected answer",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func conformance() throws {
    let data = try Data(contentsOf: URL(filePath: Fixtures.shared("conformance/noNewAccess.jsonl")))
    // The cases call the proposed policy `new`.
    let input = String(decoding: data, as: UTF8.self).replacing("\"new\": ", with: "\"proposed\": ")
    let result = try WhittleProcess.run(["check", "--pairs", "-"], input: Array(input.utf8), limit: 300)
    let expected = try input.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    let answers = try result.lines.map { try JSONValue(parsing: $0) }
    #expect(answers.count == expected.count)
    for (answer, test) in zip(answers, expected) where !(test["id"]?.string ?? "").contains("policy/0_0→ec2")
    {
      let holds = test["expected"]?.string == "pass"
      let note = "\(test["id"]?.string ?? ""): \(answer["explanation"]?.string ?? "")"
      #expect(answer["holds"]?.bool == holds && answer["conservative"]?.bool == false, "\(note)")
      #expect((answer["witness"] == .null) == holds, "\(note)")
    }
  }
}
