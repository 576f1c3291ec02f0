// `whittle explain` on the fixture account.

import JSONStream
import TestSupport
import Testing
import whittle

@Suite("Explain")
struct ExplainTests {
  private static let logs = "testdata/photos/logs"

  private func lines(_ arguments: [String]) throws -> [JSONValue] {
    let result = try WhittleProcess.run(["explain", Self.logs, "--format", "ndjson"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try result.lines.map { try JSONValue(parsing: $0) }
  }

  @Test("every use that `usage` lists is explained by a rule and by events of its own")
  func complete() throws {
    let usage = try WhittleProcess.run(["usage", Self.logs, "--format", "ndjson"]).lines
      .map { try JSONValue(parsing: $0) }
    let explained = try lines(["--principal", "*"])
    func key(_ value: JSONValue) -> [String] {
      ["principal", "action", "resource"].map { value[$0]?.string ?? "" }
    }
    #expect(Set(usage.map(key)) == Set(explained.map(key)))
    #expect(!explained.isEmpty)
    for use in explained {
      #expect(use["rules"]?.elements.isEmpty == false)
      #expect(use["events"]?.elements.isEmpty == false)
      #expect((use["events"]?.elements.count ?? 9) <= 3)
    }
  }

  /// A use as `explain` tells it, with all of its events.
  private struct Explained {
    var use: NaiveReplay.Use
    var calls: Int
    var firstSeen: String
    var lastSeen: String
    var events: [String]
    var line: String
  }

  private func explained(_ logs: String, _ arguments: [String]) throws -> [String: [Explained]] {
    let result = try WhittleProcess.run(
      ["explain", logs, "--format", "ndjson", "--quiet", "--events", "1000"] + arguments)
    #expect(result.status == 0 || result.status == 3, "\(result.errors)")
    var uses: [String: [Explained]] = [:]
    for line in result.lines {
      let json = try JSONValue(parsing: line)
      func text(_ name: String) -> String { json[name]?.scalarText ?? "" }
      let calls = ["allowed", "failed", "denied"].reduce(0) { $0 + (Int(text($1)) ?? 0) }
      let use = NaiveReplay.Use(
        action: text("action"), resource: text("resource"),
        context: Dictionary((json["context"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }) { $1 },
        outcome: text("outcome"))
      uses[text("principal"), default: []].append(
        Explained(
          use: use, calls: calls, firstSeen: text("firstSeen"), lastSeen: text("lastSeen"),
          events: json["events"]?.elements.compactMap { $0["eventID"]?.string } ?? [], line: line))
    }
    return uses
  }

  /// Holds the evidence of every statement to what `explain` says of its principal, actions and resources.
  ///
  /// - Parameters:
  ///   - logs: The logs.
  ///   - generalize: The value of `--generalize`.
  /// - Returns: The number of statements.
  /// - Throws: What reading and running throw.
  private func expectEvidence(_ logs: String, generalize: String) throws -> Int {
    func list(_ value: JSONValue?) -> [String] {
      value?.string.map { [$0] } ?? value?.elements.compactMap(\.string) ?? []
    }
    let all = try explained(logs, ["--principal", "*"])
    let written = try WhittleProcess.run(
      ["policy", logs, "--format", "json", "--quiet", "--generalize", generalize])
    var number = 0
    for proposal in try JSONValue(parsing: written.output)["principals"]?.elements ?? [] {
      let principal = proposal["principal"]?.string ?? ""
      let policies = proposal["policies"]?.elements ?? []
      let replay = try NaiveReplay(
        documents: policies.map { policy in
          var writer = JSONWriter()
          policy["document"].map { writer.write($0) }
          return writer.bytes
        })
      var uses: [Int: [Explained]] = [:]
      for explained in all[principal] ?? [] where explained.use.outcome != "denied" {
        for statement in try replay.statements(for: explained.use) {
          uses[statement, default: []].append(explained)
        }
      }
      var index = 0
      for policy in policies {
        let statements = policy["document"]?["Statement"]?.elements ?? []
        let evidence = policy["evidence"]?.elements ?? []
        #expect(statements.map { $0["Sid"]?.string } == evidence.map { $0["sid"]?.string })
        for (statement, evidence) in zip(statements, evidence) {
          number += 1
          let place = Comment(rawValue: "\(principal) \(statement["Sid"]?.string ?? "")")
          let behind = uses[index] ?? []
          index += 1
          func value(_ name: String) -> String? { evidence[name]?.scalarText }
          #expect(value("uses") == String(behind.count), place)
          #expect(value("calls") == String(behind.reduce(0) { $0 + $1.calls }), place)
          #expect(value("firstSeen") == behind.map(\.firstSeen).min(), place)
          #expect(value("lastSeen") == behind.map(\.lastSeen).max(), place)
          let events = Set(behind.flatMap(\.events)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
          #expect(behind.allSatisfy { $0.events.count == min($0.calls, 1_000) || $0.events.count < $0.calls })
          #expect(list(evidence["exampleEvents"]) == Array(events.prefix(3)), place)
          // What a reader would ask, for some of them: this principal, these actions, these resources.
          guard number % 40 == 1 else { continue }
          let options =
            list(statement["Action"]).flatMap { ["--action", $0] }
            + list(statement["Resource"]).flatMap { ["--resource", $0] }
          let asked = try explained(logs, ["--principal", principal] + options)
          let lines = Set((asked[principal] ?? []).map(\.line))
          #expect(lines.isSuperset(of: behind.map(\.line)), place)
        }
      }
    }
    return number
  }

  @Test(
    "every statement leads to its events, with the same counts and times", arguments: ["none", "safe", "2"])
  func evidence(generalize: String) throws {
    #expect(try expectEvidence(Self.logs, generalize: generalize) > 5)
  }

  @Test(
    "every statement for real logs leads to its events, with the same counts and times",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: TruthTests.sources)
  func realEvidence(source: String) throws {
    _ = try expectEvidence(Fixtures.shared("logs/\(source)"), generalize: "none")
    _ = try expectEvidence(Fixtures.shared("logs/\(source)"), generalize: "safe")
  }

  @Test("events come earliest first, as many as asked for")
  func order() throws {
    for use in try lines(["--principal", "*", "--events", "1000"]) {
      let times = use["events"]?.elements.compactMap { $0["eventTime"]?.string } ?? []
      #expect(times == times.sorted())
      let counts = ["allowed", "failed", "denied"].compactMap { use[$0]?.scalarText }.compactMap { Int($0) }
      #expect(times.count == counts.reduce(0, +))
    }
  }

  @Test("actions and resources narrow the answer; a resource finds the pattern that covers it")
  func narrowing() throws {
    let all = try lines(["-p", "*"])
    let actions = Set(all.compactMap { $0["action"]?.string })
    let action = try #require(actions.sorted().first)
    let some = try lines(["-p", "*", "--action", action.uppercased()])
    #expect(some == all.filter { $0["action"]?.string == action })
    let resource = try #require(all.compactMap { $0["resource"]?.string }.first { $0 != "*" })
    let found = try lines(["-p", "*", "--resource", resource])
    #expect(found.contains { $0["resource"]?.string == resource })
    #expect(found.count < all.count)
  }

  @Test("the answer is the same for any number of threads")
  func determinism() throws {
    let one = try WhittleProcess.run(["explain", Self.logs, "-p", "*", "--jobs", "1"])
    let three = try WhittleProcess.run(["explain", Self.logs, "-p", "*", "--jobs", "3"])
    #expect(one.status == 0)
    #expect(one.output == three.output)
    #expect(one.text.contains("rule"))
  }

  @Test("without a principal it says what it needs")
  func needsPrincipal() throws {
    let result = try WhittleProcess.run(["explain", Self.logs])
    #expect(result.status == ExitStatus.wrongUsage.rawValue)
    #expect(result.errors.contains("needs `--principal PATTERN`"))
  }
}
