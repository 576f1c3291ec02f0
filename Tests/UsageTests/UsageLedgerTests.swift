// The ledger's laws: it depends on the set of events alone.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import Usage

private func ledger(_ events: [CloudTrailEvent]) -> UsageLedger {
  let resolver = ActionResolver()
  var ledger = UsageLedger()
  for event in events { ledger.record(event, resolver.resolve(event)) }
  return ledger
}

private func merged(_ ledgers: [UsageLedger]) -> UsageLedger {
  ledgers.reduce(into: UsageLedger()) { $0.merge($1) }
}

/// A ledger with all counts taken away: what must be idempotent.
private func withoutCounts(_ ledger: UsageLedger) -> UsageLedger {
  func bare(_ tally: Tally) -> Tally { Tally(count: 0, firstSeen: tally.firstSeen, lastSeen: tally.lastSeen) }
  var result = ledger
  for (key, facts) in ledger.uses {
    var facts = facts
    facts.allowed = bare(facts.allowed)
    facts.failed = bare(facts.failed)
    facts.denied = bare(facts.denied)
    result.uses[key] = facts
  }
  result.principals = ledger.principals.mapValues { facts in
    var facts = facts
    facts.events = bare(facts.events)
    facts.denied = 0
    facts.failed = 0
    return facts
  }
  result.operations = OperationTable()
  for (key, facts) in ledger.operations {
    result.operations.update(key) { $0.calls = bare(facts.calls) }
  }
  result.unresolved = ledger.unresolved.mapValues(bare)
  result.permissionless = ledger.permissionless.mapValues(bare)
  result.notCalls = ledger.notCalls.mapValues(bare)
  result.events = bare(ledger.events)
  result.coverage = Coverage(hours: ledger.coverage.hours, window: bare(ledger.coverage.window))
  result.apiCalls = 0
  result.otherCalls = 0
  result.denied = 0
  return result
}

/// Expects two ledgers to be the same without printing them: they are large.
private func expectSame(
  _ left: UsageLedger, _ right: UsageLedger, _ comment: Comment,
  at location: SourceLocation = #_sourceLocation
) {
  let same = left == right
  #expect(same, comment, sourceLocation: location)
}

@Suite("Ledger laws")
struct UsageLedgerTests {
  @Test("The ledger of a log is the same for any order of its events", arguments: UInt64(1)...12)
  func orderFree(seed: UInt64) throws {
    var random = RandomEvents(seed: seed)
    let events = try random.events(120)
    expectSame(ledger(events), ledger(random.shuffled(events)), "seed \(seed)")
  }

  @Test("Splitting a log in any way and merging gives the ledger of the whole", arguments: UInt64(1)...12)
  func partitionFree(seed: UInt64) throws {
    var random = RandomEvents(seed: seed)
    let events = try random.events(120)
    var parts = [[CloudTrailEvent]](repeating: [], count: 5)
    for event in events { parts[random.index(below: 5)].append(event) }
    expectSame(merged(parts.map(ledger)), ledger(events), "seed \(seed)")
  }

  @Test(
    "Merging is associative and commutative, with the empty ledger as its unit", arguments: UInt64(1)...12)
  func algebra(seed: UInt64) throws {
    var random = RandomEvents(seed: seed)
    let a = ledger(try random.events(40))
    let b = ledger(try random.events(40))
    let c = ledger(try random.events(40))
    expectSame(merged([merged([a, b]), c]), merged([a, merged([b, c])]), "seed \(seed)")
    expectSame(merged([a, b]), merged([b, a]), "seed \(seed)")
    expectSame(merged([a, UsageLedger()]), a, "seed \(seed)")
    expectSame(merged([UsageLedger(), a]), a, "seed \(seed)")
  }

  @Test("Merging a ledger with itself changes nothing but counts", arguments: UInt64(1)...12)
  func idempotent(seed: UInt64) throws {
    var random = RandomEvents(seed: seed)
    let a = ledger(try random.events(60))
    expectSame(withoutCounts(merged([a, a])), withoutCounts(a), "seed \(seed)")
    #expect(merged([a, a]).events.count == 2 * a.events.count)
  }

  @Test(
    "Settling twice changes nothing, and merged ledgers settle as the whole does", arguments: UInt64(1)...12)
  func settling(seed: UInt64) throws {
    var random = RandomEvents(seed: seed)
    let events = try random.events(120)
    let whole = ledger(events)
    expectSame(whole.settled().settled(), whole.settled(), "seed \(seed)")
    let parts = merged([ledger(Array(events[..<60])), ledger(Array(events[60...]))])
    expectSame(parts.settled(), whole.settled(), "seed \(seed)")
  }

  @Test("Texts that are canonically equivalent but differ in bytes stay apart")
  func normalizationForms() throws {
    let composed = "arn:aws:s3:::photos/\u{e9}.jpg"
    let decomposed = "arn:aws:s3:::photos/e\u{301}.jpg"
    #expect(composed == decomposed)
    let principal = Principal(kind: .role, identifier: "arn:aws:iam::111122223333:role/app", account: nil)
    let keys: Set<UseKey> = [
      UseKey(principal: principal, action: "s3:GetObject", resource: composed),
      UseKey(principal: principal, action: "s3:GetObject", resource: decomposed),
    ]
    #expect(keys.count == 2)
    #expect(BoundedSet([composed, decomposed]).elements.count == 2)
  }
}

@Suite("Bounded sets")
struct BoundedSetTests {
  @Test(
    "A bounded set holds the smallest of all texts ever inserted, whatever the order",
    arguments: UInt64(1)...20)
  func smallest(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Texts that differ early, late, behind many letters in common, or in how many zero bytes end them.
    let beginnings = ["", "1234567", "ASIAY34FZKBO", "session-1700000", "session-17000000", "\u{e9}"]
    let texts = (0..<40).map { _ in
      (random.pick(beginnings) ?? "") + String(Int.random(in: 0..<30, using: &random))
        + String(repeating: "\0", count: Int.random(in: 0...2, using: &random) / 2)
    }
    let expected = Array(Set(texts)).sorted { $0.precedes($1) }
    for limit in [1, 3, 30] {
      let set = BoundedSet(texts, limit: limit)
      #expect(set.elements == Array(expected.prefix(limit)), "seed \(seed)")
      #expect(set.overflowed == (expected.count > limit), "seed \(seed)")
      var left = BoundedSet(texts[..<15], limit: limit)
      left.formUnion(BoundedSet(texts[15...], limit: limit))
      #expect(left == set, "seed \(seed)")
      var bytes = BoundedSet(limit: limit)
      for text in texts { bytes.insert(text.utf8.span) }
      #expect(bytes == set, "seed \(seed)")
    }
  }
}

@Suite("Coverage")
struct CoverageTests {
  @Test("Hours that touch make one stretch, before and after the epoch")
  func stretches() {
    var hours = HourSet()
    for hour in [-2, -1, 0, 1, 5] { hours.insert(Timestamp(secondsSinceEpoch: Int64(hour) * 3600 + 17)) }
    #expect(hours.count == 5)
    #expect(
      hours.stretches.map {
        [$0.lowerBound.secondsSinceEpoch / 3600, $0.upperBound.secondsSinceEpoch / 3600]
      } == [
        [-2, 2], [5, 6],
      ])
    #expect(hours.contains(Timestamp(secondsSinceEpoch: -1)))
    #expect(!hours.contains(Timestamp(secondsSinceEpoch: 2 * 3600)))
  }

  @Test("A management event covers every service, a data event its own")
  func categories() throws {
    var ledger = UsageLedger()
    for (category, source) in [("Management", "ec2.amazonaws.com"), ("Data", "s3.amazonaws.com")] {
      ledger.recordCoverage(
        try CloudTrailEvent(
          json:
            #"{"eventTime":"2026-11-20T10:00:00Z","eventSource":"\#(source)","eventName":"X","awsRegion":"eu-west-1","recipientAccountId":"111122223333","eventCategory":"\#(category)"}"#
        ))
    }
    let coverage = ledger.coverage
    #expect(coverage.contains(category: "Management", eventSource: "iam.amazonaws.com"))
    #expect(coverage.contains(category: "Data", eventSource: "s3.amazonaws.com", account: "111122223333"))
    #expect(!coverage.contains(category: "Data", eventSource: "lambda.amazonaws.com"))
    #expect(!coverage.contains(category: "Data", eventSource: "s3.amazonaws.com", account: "444455556666"))
  }
}
