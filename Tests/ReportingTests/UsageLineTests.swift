// Lines of usage are written from ready pieces; a writer of JSON gives the same.

import CloudTrail
import IAM
import JSONStream
import TestSupport
import Testing
import Usage

@testable import Reporting

@Suite("Lines of usage")
struct UsageLineTests {
  private static func slow(_ key: UseKey, _ facts: UseFacts, _ outcome: UseLine.Outcome, _ tally: Tally)
    -> [UInt8]
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("principal", key.principal.identifier)
    writer.member("action", key.action)
    writer.member("resource", key.resource)
    writer.member("outcome", outcome.rawValue)
    writer.member("count", tally.count)
    writer.member("firstSeen", tally.firstSeen)
    writer.member("lastSeen", tally.lastSeen)
    writer.member("distinctResources", facts.distinctResources)
    writer.member("regions", facts.regions.elements)
    writer.member("via", facts.via.elements)
    writer.member("exampleEvents", facts.exampleEvents.elements)
    writer.member("context") { writer in
      for pair in key.context { writer.member(pair.key, pair.value) }
    }
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }

  @Test("a line is what a writer writes member by member", arguments: 1...8 as ClosedRange<UInt64>)
  func lines(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func text() -> String {
      let pieces = EscapingTests.hostile + ["arn:aws:s3:::logs/2026", "us-east-1", "a", ""]
      return (0..<Int.random(in: 0...3, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
    }
    func time() -> Timestamp? {
      Bool.random(using: &random)
        ? Timestamp(secondsSinceEpoch: Int64.random(in: -70_000_000_000...300_000_000_000, using: &random))
        : nil
    }
    for _ in 0..<200 {
      let context = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        ContextPair(key: text(), value: text())
      }
      let key = UseKey(
        principal: Principal(kind: .role, identifier: text(), account: nil), action: text(), resource: text(),
        context: context)
      var facts = UseFacts()
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        facts.regions.insert(text())
        facts.via.insert(text())
        facts.exampleEvents.insert(text())
      }
      let tally = Tally(
        count: Int.random(in: 0...100_000, using: &random), firstSeen: time(), lastSeen: time())
      var line: [UInt8] = []
      UsageReport.appendLine(key, facts, .failed, tally, to: &line)
      #expect(line == UsageLineTests.slow(key, facts, .failed, tally), "seed \(seed)")
    }
  }
}
