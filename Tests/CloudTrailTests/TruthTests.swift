// Every real log against a truth that an independent, literal reader has computed.
//
// The logs belong to others and stand beside the project; where they are absent, the tests say so and pass.

@testable import CloudTrail
import Foundation
import IAM
import JSONStream
import Testing

@Suite struct TruthTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/logs").standardizedFileURL

  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "truth.json").path)
  }

  /// The sources of the truth, or none where the folder is absent.
  static var sources: [String] {
    (try? truth())?["sources"]?.members.map(\.name) ?? []
  }

  static func truth() throws -> JSONValue {
    try JSONValue(parsing: Array(try Data(contentsOf: folder.appending(path: "truth.json"))))
  }

  private func scan(_ path: String, jobs: Int = 1) -> (consumer: EventCollector, summary: LogSummary) {
    LogScan(inputs: [.path(TruthTests.folder.appending(path: path).path)], jobs: jobs).run {
      EventCollector()
    }
  }

  private func number(_ value: JSONValue?) -> Int { value?.scalarText.flatMap { Int($0) } ?? -1 }

  /// How the truth spells an identity without an ARN.
  private func spelled(_ identifier: String) -> String {
    identifier.replacing("None", with: "")
  }

  @Test(.enabled(if: isPresent, "../shared/data/logs is absent"), arguments: sources)
  func everySourceGivesTheTruth(source: String) throws {
    let expected = try #require(try TruthTests.truth()["sources"]?[source])
    // Derived files are the same events over and over; `everyContainerGivesItsEvents` has them.
    if source == "derived" { return }
    var scan = LogScan(inputs: [.path(TruthTests.folder.appending(path: source).path)], jobs: 2)
    let unique = scan.run { EventCollector() }
    scan.removesDuplicates = false
    let (found, summary) = scan.run { EventCollector() }
    #expect(summary.events == number(expected["events"]), "\(summary)")
    // Only copies that say the same are duplicates; sources made by hand reuse ids for other calls.
    #expect(unique.summary.events + unique.summary.duplicates == summary.events)
    #expect(unique.summary.duplicates <= number(expected["extra_copies"]))
    #expect(Set(unique.consumer.calls.keys) == Set(found.calls.keys))
    #expect(found.events.count { $0.eventType == "AwsApiCall" } == number(expected["api_call_events"]))
    #expect(found.events.count { $0.errorCode != nil } == number(expected["events_with_errorCode"]))
    // Logstash moves the time to `@timestamp`, where the truth does not look.
    if number(expected["events_with_unparsable_eventTime"]) == 0, source != "otrf" {
      let times = found.events.compactMap(\.eventTime)
      func time(_ name: String) -> Timestamp? { (expected[name]?.string).flatMap { Timestamp(iso8601: $0) } }
      #expect(times.min() == time("first_eventTime"))
      #expect(times.max() == time("last_eventTime"))
    }
    // An identifier names one principal: the same one is not told apart by kind or account.
    #expect(
      Set(found.events.map { Principal($0) }).count
        == Set(found.events.map { Principal($0).identifier }).count)
    let principals = expected["by_principal"]?.members ?? []
    #expect(
      found.principals
        == Dictionary(principals.map { (spelled($0.name), number($0.value["events"])) }, uniquingKeysWith: +))
    var calls: [EventCollector.Call: Int] = [:]
    for call in expected["principal_source_name"]?.elements ?? [] {
      let texts = call.elements.map { $0.scalarText ?? "" }
      calls[.init(principal: spelled(texts[0]), source: texts[1], name: texts[2]), default: 0] +=
        Int(texts[3]) ?? 0
    }
    #expect(found.calls == calls)
    let arns = Set(found.events.flatMap { $0.resources.compactMap(\.arn) })
    #expect(arns == Set((expected["resource_arns"]?.elements ?? []).compactMap(\.string)))
  }

  @Test(.enabled(if: isPresent, "../shared/data/logs is absent"))
  func threadsAndOrderChangeNothing() {
    let one = scan("invictus", jobs: 1)
    let two = scan("invictus", jobs: 2)
    #expect(one.consumer.calls == two.consumer.calls)
    #expect(one.summary == two.summary)
  }

  static var containers: [String] {
    guard let text = try? String(contentsOf: folder.appending(path: "derived/EXPECT.tsv"), encoding: .utf8)
    else {
      return []
    }
    return text.split(separator: "\n").dropFirst().map(String.init)
  }

  /// The same events in every container, and what is left of them in damaged ones.
  @Test(.enabled(if: isPresent, "../shared/data/logs is absent"), arguments: containers)
  func everyContainerGivesItsEvents(line: String) throws {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    let (found, summary) = scan("derived/" + columns[0])
    let base = scan("derived/base.ndjson")
    #expect(found.events.count == Int(columns[1]), "\(columns[0]): \(summary)")
    if columns[2].contains("principal") { #expect(found.calls == base.consumer.calls, "\(columns[0])") }
    if columns[2] == "full" {
      #expect(found.calls == base.consumer.calls, "\(columns[0])")
      #expect(summary.damaged.isEmpty, "\(columns[0]): \(summary.damaged)")
    }
  }
}
