// Lines of usage are put together of ready pieces by several threads; whole values written one by one give the same.

import IAM
import JSONStream
import TestSupport
import Testing

@testable import CloudTrail
@testable import Reporting
@testable import Usage

/// A ledger of uses with every sort of text, and with whatever rows have no room for.
private struct RandomUses {
  var random: SeededGenerator
  var table = UseTable()

  /// Texts of which some are no UTF-8.
  static let texts: [[UInt8]] = {
    let plain = ["", "arn:aws:s3:::logs/2026", "us-east-1", "*", "text of some length"]
    let odd: [[UInt8]] = [[0xFF], [0x61, 0xC2], [0xE2, 0x80], [0x80] + Array("abcdefgh".utf8)]
    return (EscapingTests.hostile + plain).map { Array($0.utf8) } + odd
  }()

  /// Creates a ledger of one seed.
  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for _ in 0..<Int.random(in: 0...1_500, using: &random) { record() }
    if Bool.random(using: &random) {
      var ledger = UsageLedger()
      ledger.uses = table
      ledger.generalize(limit: Int.random(in: 1...20, using: &random))
      table = ledger.uses
    }
  }

  private mutating func number() -> UInt32 {
    if Int.random(in: 0...20, using: &random) == 0 { return TextTable.none }
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) { bytes += random.pick(Self.texts) ?? [] }
    return table.number(bytes.span)
  }

  private mutating func text() -> String { String(decoding: random.pick(Self.texts) ?? [], as: UTF8.self) }

  private mutating func pairs() -> UInt32 {
    let pairs = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      ContextPair(key: text(), value: text())
    }
    return table.number(of: pairs.sorted())
  }

  private mutating func time() -> Timestamp {
    // Some are so far from the others that a row has no room for what lies between.
    let isFar = Int.random(in: 0...30, using: &random) == 0
    return Timestamp(
      secondsSinceEpoch: Int64.random(in: isFar ? -70_000_000_000...300_000_000_000 : 0...9, using: &random))
  }

  private mutating func record() {
    let name = random.pick(EscapingTests.hostile.prefix(8)) ?? ""
    let principal = Principal(kind: .role, identifier: name, account: nil)
    let isObject = Bool.random(using: &random)
    let action = isObject ? table.number("s3:GetObject") : number()
    let resource =
      isObject ? table.number("arn:aws:s3:::logs/\(Int.random(in: 0...99, using: &random))") : number()
    let need = UseTable.Need(
      action: action, resource: resource, context: pairs(), rule: number(), reason: number())
    let outcome = random.pick(Outcome.allCases) ?? .allowed
    let place = table.place(of: need, by: table.number(of: principal), outcome)
    var counts = EventCounts()
    var ids = SmallestIDs()
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      counts.add(time())
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &random) | 1 << 63, radix: 16)
      let id = Array("\(digits.prefix(8))-d9cb-469f-\(digits.suffix(4))-9b1c0f8fad5b".utf8)
      let number = unsafe id.withUnsafeBytes { unsafe ExampleID($0, at: 0) }
      let isOdd = Int.random(in: 0...9, using: &random) == 0
      if let number, !isOdd { ids.insert(number) } else { table.note(oddID: text(), at: place) }
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      table.note(
        UseTable.Circumstances(
          region: number(), via: number(), rule: need.rule, reason: need.reason, surroundings: pairs(),
          observed: pairs()), at: place)
    }
    table.record(counts, outcome, ids, at: place)
  }
}

/// What a use says in lines of a format, from whole values.
private typealias SlowLine = (UseKey, UseFacts, Outcome, Tally, inout [UInt8]) -> Void

@Suite("Lines of usage")
struct UsageLineTests {
  private static func writeObject(
    _ key: UseKey, _ facts: UseFacts, _ outcome: Outcome, _ tally: Tally, _ text: inout [UInt8]
  ) {
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
    text += writer.bytes
  }

  private static func writeRow(
    _ key: UseKey, _ facts: UseFacts, _ outcome: Outcome, _ tally: Tally, _ text: inout [UInt8]
  ) {
    CSVWriter.write(
      [
        key.principal.identifier, key.action, key.resource, outcome.rawValue, String(tally.count),
        tally.firstSeen?.description ?? "", tally.lastSeen?.description ?? "",
        String(facts.distinctResources),
        facts.regions.elements.joined(separator: " "), facts.via.elements.joined(separator: " "),
        facts.exampleEvents.elements.joined(separator: " "),
        key.context.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
      ], to: &text)
  }

  private static func slow(_ ledger: UsageLedger, _ write: SlowLine) -> [UInt8] {
    var text: [UInt8] = []
    let reader = UseReader(ledger.uses)
    for place in ledger.usesInOrder().flatMap(\.places) {
      let (key, facts) = reader.use(at: place)
      facts.forEachOutcome { outcome, tally in write(key, facts, outcome, tally, &text) }
    }
    return text
  }

  @Test(
    "Lines are what whole values give, for any number of threads", arguments: 1...12 as ClosedRange<UInt64>)
  func lines(seed: UInt64) {
    var ledger = UsageLedger()
    ledger.uses = RandomUses(seed: seed).table
    let objects = UsageLineTests.slow(ledger, UsageLineTests.writeObject)
    let rows = UsageLineTests.slow(ledger, UsageLineTests.writeRow)
    for jobs in 1...3 {
      let report = UsageReport(ledger: ledger, summary: LogSummary(), jobs: jobs)
      var text: [UInt8] = []
      report.writeNDJSON(to: &text)
      let isSame = text == objects
      #expect(isSame, "seed \(seed), \(jobs) threads")
      var table: [UInt8] = []
      report.writeCSV(to: &table)
      let header = table.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let hasSameRows = Array(table[header...]) == rows
      #expect(hasSameRows, "seed \(seed), \(jobs) threads")
    }
  }

  /// Takes some bytes, and then no more.
  private struct ShortOutput: ByteOutput {
    var writes = 0
    var isOpen: Bool { writes < 3 }
    mutating func write(_ bytes: some Sequence<UInt8>) { writes += 1 }
  }

  @Test("Lines that nobody reads are not written", arguments: 1...3)
  func stopping(jobs: Int) {
    var ledger = UsageLedger()
    for number in 0..<20_000 {
      let key = UseKey(
        principal: Principal(kind: .role, identifier: "r", account: nil), action: "a", resource: "\(number)")
      ledger.uses[key, default: UseFacts()].allowed.add(at: nil)
    }
    var output = ShortOutput()
    UsageReport(ledger: ledger, summary: LogSummary(), jobs: jobs).writeNDJSON(to: &output)
    #expect(output.writes >= 3 && output.writes < 3 + jobs)
  }
}
