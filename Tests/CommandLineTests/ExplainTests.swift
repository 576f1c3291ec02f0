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
