// What `usage` prints of real logs, against a truth computed by a reader that shares nothing with this one.

import Foundation
import JSONStream
import TestSupport
import Testing

@Suite struct TruthTests {
  /// The sources of real logs; made from others in many containers, `derived` is judged file by file elsewhere.
  static let sources = truth?["sources"]?.members.map(\.name).filter { $0 != "derived" } ?? []

  static let truth: JSONValue? = {
    guard let path = try? Fixtures.shared("logs/truth.json"),
      let data = FileManager.default.contents(atPath: path)
    else { return nil }
    return try? JSONValue(parsing: [UInt8](data))
  }()

  private func number(_ value: JSONValue?) -> Int { value?.scalarText.flatMap { Int($0) } ?? -1 }

  @Test(
    "events, API calls, principals and their events equal the truth, duplicates counted exactly",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)), arguments: sources)
  func usage(source: String) throws {
    let expected = try #require(Self.truth?["sources"]?[source])
    let result = try WhittleProcess.run([
      "usage", Fixtures.shared("logs/\(source)"), "--format", "json", "--quiet",
    ])
    #expect(result.status == 0 || result.status == 3, "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    let summary = try #require(report["summary"])
    let duplicates = number(summary["duplicates"])
    #expect(number(summary["events"]) + duplicates == number(expected["events"]))
    let missingCalls = number(expected["api_call_events"]) - number(summary["apiCalls"])
    #expect((0...duplicates).contains(missingCalls), "only duplicates may be missing: \(missingCalls)")
    #expect(number(summary["principals"]) == number(expected["principals"]))
    let listed = report["principals"]?.elements ?? []
    let events = Dictionary(
      listed.map { ($0["principal"]?.string ?? "", number($0["events"])) }, uniquingKeysWith: +)
    #expect(events.count == listed.count, "a principal is listed twice")
    var missing = 0
    for principal in expected["by_principal"]?.members ?? [] {
      // The truth writes a missing part of an identity as Python does.
      let name = principal.name.replacing(":None", with: ":")
      let found = try #require(events[name], "\(name) is missing")
      let difference = number(principal.value["events"]) - found
      #expect(difference >= 0, "\(name) has more events than the log")
      missing += difference
    }
    #expect(missing == duplicates)
  }
}
