// The main job on the fixture account: logs in, usage, policies and a comparison out.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("Main job")
struct MainJobTests {
  private static let logs = "testdata/photos/logs"
  private static let account = "testdata/photos/account.json"

  private func json(_ arguments: [String]) throws -> JSONValue {
    let result = try WhittleProcess.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONValue(parsing: result.output)
  }

  @Test("the summary counts what testdata/photos/README.md says")
  func summary() throws {
    let summary = try json(["usage", Self.logs, "--format", "json"])["summary"]
    let counts = ["events", "duplicates", "apiCalls", "denied", "files", "damagedFiles"]
      .map { summary?[$0]?.scalarText }
    #expect(counts == ["41", "3", "39", "6", "4", "0"])
    #expect(summary?["firstEvent"]?.string == "2026-11-20T02:00:00Z")
    #expect(summary?["lastEvent"]?.string == "2026-11-20T10:03:00Z")
    #expect(summary?["notCalls"]?.members.map(\.name) == ["digest", "serviceEvent", "signIn"])
  }

  @Test(
    "output is the same for any order of files, any number of threads, and standard input",
    arguments: [
      "usage --format ndjson", "usage --format json", "policy --format json",
    ])
  func determinism(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let below = try FileManager.default.subpathsOfDirectory(
      atPath: Fixtures.packageRoot.appending(path: Self.logs).path
    ).filter { $0.contains(".json") || $0.contains(".ndjson") }.map { "\(Self.logs)/\($0)" }.sorted()
    let expected = try WhittleProcess.run(words + ["--jobs", "1"] + below)
    #expect(expected.status == 0)
    for jobs in ["2", "3"] {
      #expect(try WhittleProcess.run(words + ["--jobs", jobs] + below.reversed()).output == expected.output)
    }
    #expect(try WhittleProcess.run(words + [Self.logs]).output == expected.output)
  }

  @Test("standard input gives the uses that the files give")
  func standardInput() throws {
    let files = try WhittleProcess.run(["usage", Self.logs, "--format", "ndjson"])
    let piped = try WhittleProcess.shell(
      """
      { find \(Self.logs) -type f -name '*.json' -exec cat {} +; find \(Self.logs) -name '*.ndjson' -exec cat {} +
        find \(Self.logs) -name '*.gz' -exec gzip -dc {} +; } | $whittle usage - --format ndjson
      """)
    #expect(piped.status == 0, "\(piped.errors)")
    #expect(piped.output == files.output)
  }

  @Test("a role whose every call was denied gets no policy, and its attempts are listed")
  func deniedRole() throws {
    let document = try json(["policy", Self.logs, "--format", "json"])
    let reporting = document["principals"]?.elements.first {
      $0["principal"]?.string == "arn:aws:iam::111122223333:role/reporting"
    }
    #expect(reporting?["policies"]?.elements.isEmpty == true)
    #expect(reporting?["denied"]?.elements.first?["action"]?.string == "athena:StartQueryExecution")
    #expect(reporting?["denied"]?.elements.first?["count"]?.scalarText == "3")
  }

  @Test("services, service-linked roles, other accounts, root and sign-in identities get no policy")
  func neverGranted() throws {
    let document = try json(["policy", Self.logs, "--format", "json"])
    let principals = document["principals"]?.elements.compactMap { $0["principal"]?.string }
    #expect(
      principals == [
        "arn:aws:iam::111122223333:role/app/photo-service", "arn:aws:iam::111122223333:role/ci/deployer",
        "arn:aws:iam::111122223333:role/reporting", "arn:aws:iam::111122223333:user/people/alice",
      ])
  }

  @Test("a directory of policies holds each document, and a manifest that lists every file")
  func directory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let out = "\(scratch)/out"
      let result = try WhittleProcess.run(
        ["policy", Self.logs, "--granted", Self.account, "--format", "json", "--output", out])
      let manifest = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: out + "/manifest.json"))))
      let listed = manifest["files"]?.elements.compactMap(\.string) ?? []
      let found = try FileManager.default.subpathsOfDirectory(atPath: out).filter { $0.hasSuffix(".json") }
      #expect(Set(found) == Set(listed + ["manifest.json"]))
      #expect(listed.contains { $0.hasPrefix("111122223333/role/photo-service/") })
      #expect(listed.contains { $0.hasPrefix("111122223333/user/alice/") })
      let answer = try JSONValue(parsing: result.output)
      for (entry, principal) in zip(
        manifest["principals"]?.elements ?? [], answer["principals"]?.elements ?? [])
      {
        for (file, policy) in zip(entry["policies"]?.elements ?? [], principal["policies"]?.elements ?? []) {
          let path = try #require(file["file"]?.string)
          let text = try [UInt8](Data(contentsOf: URL(filePath: "\(out)/\(path)")))
          #expect(try JSONValue(parsing: text) == policy["document"])
        }
      }
      // The second run replaces the first, with the same bytes.
      let before = try Data(contentsOf: URL(filePath: out + "/manifest.json"))
      _ = try WhittleProcess.run(["policy", Self.logs, "--granted", Self.account, "--output", out + "/"])
      #expect(try Data(contentsOf: URL(filePath: out + "/manifest.json")) == before)
    }
  }

  @Test(
    "formats for deployment come out on standard output, or as files",
    arguments: [
      ("terraform", "aws_iam_policy", ["111122223333/policies.tf"]),
      ("cloudformation", "AWS::IAM::ManagedPolicy", ["111122223333/policies.yaml"]),
      ("cli", "aws iam create-policy", ["apply.sh", "rollback.sh"]),
    ])
  func deployment(format: String, word: String, files: [String]) throws {
    try Fixtures.withTemporaryDirectory { scratch in
      #expect(try WhittleProcess.run(["policy", Self.logs, "--format", format]).text.contains(word))
      let out = "\(scratch)/out"
      _ = try WhittleProcess.run(["policy", Self.logs, "--format", format, "--output", out])
      for file in files {
        let isScript = file.hasSuffix(".sh")
        #expect(FileManager.default.isExecutableFile(atPath: "\(out)/\(file)") == isScript, "\(file)")
        #expect(FileManager.default.fileExists(atPath: "\(out)/\(file)"))
      }
    }
  }

  @Test("the comparison names used, partly used and unused grants, and what group and boundary add")
  func diff() throws {
    let document = try json(["diff", Self.logs, "--granted", Self.account, "--format", "json"])
    func principal(_ suffix: String) -> JSONValue? {
      document["principals"]?.elements.first { $0["principal"]?.string?.hasSuffix(suffix) == true }
    }
    func status(_ principal: JSONValue?, _ sid: String) -> String? {
      principal?["statements"]?.elements.first { $0["sid"]?.string == sid }?["status"]?.string
    }
    #expect(status(principal("photo-service"), "Photos") == "partlyUsed")
    #expect(status(principal("photo-service"), "Secrets") == "used")
    #expect(status(principal("deployer"), "Stacks") == "partlyUsed")
    #expect(principal("deployer")?["boundary"]?.string == "arn:aws:iam::111122223333:policy/boundaries/ci")
    #expect(principal("deployer")?["denyStatements"]?.scalarText == "1")
    #expect(status(principal("alice"), "Look") == "partlyUsed")
    #expect(status(principal("bob"), "StartAndStop") == "unused")
    #expect(principal("bob")?["calls"]?.scalarText == "0")
  }

  @Test("filters narrow what is reported")
  func filters() throws {
    func principals(_ options: [String]) throws -> [String] {
      let result = try WhittleProcess.run(["usage", Self.logs, "--format", "ndjson"] + options)
      return Set(try result.lines.map { try JSONValue(parsing: $0)["principal"]?.string ?? "" }).sorted()
    }
    let alice = "arn:aws:iam::111122223333:user/people/alice"
    #expect(try principals(["--principal", "alice"]) == [alice])
    #expect(try principals(["--principal", "*:user/*"]) == [alice])
    #expect(try principals(["--service", "athena"]) == ["arn:aws:iam::111122223333:role/reporting"])
    #expect(
      try principals(["--until", "2026-11-20T03:00:00Z"]) == ["arn:aws:iam::111122223333:role/reporting"])
    #expect(try principals(["--since", "90m", "--principal", "*alice*"]).isEmpty)
    #expect(try principals(["--since", "90m", "--principal", "deployer"]).count == 1)
    #expect(try principals(["--region", "eu-*", "--principal", "alice"]) == [alice])
    #expect(try principals(["--account", "999999999999"]).isEmpty)
  }

  @Test(
    "every format of a command is written, and says the same principals",
    arguments: [
      "usage --format text", "usage --format csv", "usage --format markdown", "policy --format text",
      "policy --format ndjson", "policy --format markdown", "diff --granted \(account) --format text",
      "diff --granted \(account) --format ndjson", "diff --granted \(account) --format csv",
      "diff --granted \(account) --format markdown",
    ])
  func formats(command: String) throws {
    let result = try WhittleProcess.run(command.split(separator: " ").map(String.init) + [Self.logs])
    #expect(result.status == 0)
    for name in ["role/app/photo-service", "role/ci/deployer", "role/reporting", "user/people/alice"] {
      #expect(result.text.contains("arn:aws:iam::111122223333:\(name)"))
    }
    #expect(!result.text.contains("\u{1B}"))
  }

  @Test("an answer goes to a file as it would go to standard output")
  func outputFile() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let direct = try WhittleProcess.run(["usage", Self.logs, "--format", "csv"])
      let filed = try WhittleProcess.run(["usage", Self.logs, "--format", "csv", "-o", scratch + "/a.csv"])
      #expect(filed.output.isEmpty)
      #expect(try [UInt8](Data(contentsOf: URL(filePath: scratch + "/a.csv"))) == direct.output)
    }
  }
}
