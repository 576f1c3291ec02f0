// The table of uses is a dictionary, whatever is done to it: held to a dictionary in the same state.

import CloudTrail
import Foundation
import IAM
import JSONStream
import TestSupport
import Testing

@testable import CloudTrail
@testable import Usage

/// A table and the dictionary that it stands for.
private struct TableModel {
  var table = UseTable()
  var facts: [UseKey: UseFacts] = [:]
  var random: SeededGenerator

  private static let principals = ["role/app", "role/ci", "user/ana", "role/caf\u{E9}", "role/cafe\u{301}"]
    .map {
      Principal(kind: .role, identifier: "arn:aws:iam::111122223333:\($0)", account: "111122223333")
    }
  private static let texts = [
    "", "a", "b", "\u{E9}", "e\u{301}", "arn:aws:s3:::logs/x", "arn:aws:s3:::logs/y", "*", "s3:GetObject",
    "s3:PutObject", "eu-west-1", "us-east-1", "10.0.0.1", "10.0.0.2", "\u{0}", "🦝",
  ]

  mutating func text() -> String { random.pick(Self.texts) ?? "" }

  mutating func optional() -> String? { Bool.random(using: &random) ? text() : nil }

  mutating func pairs() -> [ContextPair] {
    (0..<Int.random(in: 0...2, using: &random)).map { _ in ContextPair(key: text(), value: text()) }
  }

  mutating func key() -> UseKey {
    UseKey(
      principal: random.pick(Self.principals) ?? Self.principals[0],
      action: random.pick(["s3:GetObject", "caf\u{E9}"]) ?? "",
      resource: random.pick(["*", "e\u{301}", "\u{E9}"]) ?? "",
      context: Int.random(in: 0...3, using: &random) == 0 ? pairs() : [])
  }

  /// A time; few of them are so far from the others that a row has no room for what lies between.
  mutating func time() -> Timestamp {
    let isFar = Int.random(in: 0...30, using: &random) == 0
    return Timestamp(secondsSinceEpoch: Int64.random(in: -9...9, using: &random) << (isFar ? 40 : 0))
  }

  mutating func id() -> String {
    let digits = String(Int.random(in: 0...40, using: &random), radix: 16)
    let whole = String(repeating: "0", count: 12 - digits.count) + digits
    return Int.random(in: 0...9, using: &random) == 0 ? digits : "0f8fad5b-d9cb-469f-a165-" + whole
  }

  /// Records calls by number in the table and by text in the dictionary.
  mutating func record(_ key: UseKey, addresses: Int) {
    let outcome = random.pick(Outcome.allCases) ?? .allowed
    let (region, via, rule, reason) = (optional(), optional(), text(), optional())
    let (surroundings, observed) = (pairs(), pairs())
    var counts = EventCounts()
    var tally = Tally()
    var ids = SmallestIDs()
    var known = facts[key] ?? UseFacts()
    let need = UseTable.Need(
      action: table.number(key.action), resource: table.number(key.resource),
      context: table.number(of: key.context), rule: table.number(rule), reason: table.number(reason))
    let place = table.place(of: need, by: table.number(of: key.principal), outcome)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let (time, id) = (time(), id())
      counts.add(time)
      tally.add(at: time)
      known.exampleEvents.insert(id)
      if let number = ExampleID(id) { ids.insert(number) } else { table.note(oddID: id, at: place) }
    }
    known.add(tally, outcome)
    known.note(region: region, via: via, rule: rule, reason: reason, context: surroundings + observed)
    for _ in 0..<addresses {
      let address = "10.0.\(Int.random(in: 0...200, using: &random)).1"
      known.note(addresses: BoundedSet([address], limit: UseFacts.contextLimit))
      table.note(address: table.number(address), at: place)
    }
    let found = UseTable.Circumstances(
      region: table.number(region), via: table.number(via), rule: need.rule, reason: need.reason,
      surroundings: table.number(of: surroundings), observed: table.number(of: observed))
    table.note(found, at: place)
    table.record(counts, outcome, ids, at: place)
    facts[key] = known
  }

  mutating func step() {
    let key = key()
    switch Int.random(in: 0...11, using: &random) {
    case 0:
      let removed = table.removeValue(forKey: key)
      #expect(removed == facts.removeValue(forKey: key))
    case 1:
      var set = UseFacts()
      set.denied.add(at: nil)
      set.resources.insert(text())
      table[key] = set
      facts[key] = set
    case 2:
      let reason = text()
      table.join(key) { $0.unresolvedReasons.insert(reason) }
      facts[key, default: UseFacts()].unresolvedReasons.insert(reason)
    case 3: table = table.compacted()
    case 4: record(key, addresses: 90)
    default: record(key, addresses: Int.random(in: 0...3, using: &random))
    }
  }

  func expectEqual(_ comment: Comment) {
    #expect(table.count == facts.count, comment)
    #expect(Set(table.keys) == Set(facts.keys), comment)
    for (key, value) in table { #expect(value == facts[key], comment) }
    for (key, value) in facts { #expect(table[key] == value, comment) }
    var ledger = UsageLedger()
    ledger.uses = table
    let ordered = ledger.usesInOrder()
    let reader = UseReader(table)
    #expect(ordered.flatMap { $0.places.map { reader.key(at: $0) } } == facts.keys.sorted(), comment)
    for principal in ordered {
      let keys = facts.keys.filter { $0.principal == principal.principal }
      let distinct = ledger.distinct(principal)
      #expect(distinct.actions == Set(keys.map { ByteString($0.action) }).count, comment)
      #expect(distinct.resources == Set(keys.map { ByteString($0.resource) }).count, comment)
    }
  }
}

extension ExampleID {
  /// Reads an id from a text.
  fileprivate init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == ExampleID.length else { return nil }
    let id = unsafe bytes.withUnsafeBytes { unsafe ExampleID($0, at: 0) }
    guard let id else { return nil }
    self = id
  }
}

@Suite("Uses by number")
struct UseTableTests {
  @Test("A table is the dictionary that it stands for", arguments: UInt64(1)...40)
  func dictionary(seed: UInt64) {
    var model = TableModel(random: SeededGenerator(seed: seed))
    for _ in 0..<60 { model.step() }
    model.expectEqual("seed \(seed)")
  }

  @Test("Tables merge as dictionaries do, in any order", arguments: UInt64(1)...20)
  func merging(seed: UInt64) {
    var left = TableModel(random: SeededGenerator(seed: seed))
    var right = TableModel(random: SeededGenerator(seed: seed &+ 1000))
    for _ in 0..<40 {
      left.step()
      right.step()
    }
    var reversed = right.table
    reversed.merge(left.table)
    left.table.merge(right.table)
    left.facts.merge(right.facts) { first, second in
      var joined = first
      joined.merge(second)
      return joined
    }
    left.expectEqual("seed \(seed)")
    let isSame = left.table == reversed
    #expect(isSame, "seed \(seed)")
    #expect(left.table.hashValue == reversed.hashValue)
  }

  @Test("Uses are generalised again as if they never were before", arguments: UInt64(1)...20)
  func generalizingAgain(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func key() -> UseKey {
      let principal = random.pick(["app", "ci"]) ?? ""
      return UseKey(
        principal: Principal(
          kind: .role, identifier: "arn:aws:iam::111122223333:role/\(principal)", account: "111122223333"),
        action: random.pick(["s3:GetObject", "s3:PutObject"]) ?? "",
        resource: "arn:aws:s3:::logs/day\(Int.random(in: 0...9, using: &random))"
          + "/\(Int.random(in: 0...40, using: &random))")
    }
    var often = UsageLedger()
    var once = UsageLedger()
    for step in 0..<120 {
      var other = UsageLedger()
      for _ in 0..<3 { other.uses.join(key()) { $0.allowed.add(at: nil) } }
      // Families may come lifted.
      if step % 17 == 0 { other.generalize(limit: 1) }
      often.merge(other)
      once.merge(other)
      if Int.random(in: 0...5, using: &random) == 0 { often.generalize(limit: 6) }
    }
    often.generalize(limit: 6)
    // Another table knows nothing of what was found before.
    once.uses = once.uses.compacted()
    once.generalize(limit: 6)
    let isSame = often == once
    #expect(isSame, "seed \(seed)")
    // Less may be wanted than before.
    often.generalize(limit: 2)
    once.uses = once.uses.compacted()
    once.generalize(limit: 2)
    let isStillSame = often == once
    #expect(isStillSame, "seed \(seed)")
  }

  @Test("Uses are in one order for any number of threads")
  func order() {
    var model = TableModel(random: SeededGenerator(seed: 11))
    for _ in 0..<80 { model.step() }
    var ledger = UsageLedger()
    ledger.uses = model.table
    let alone = ledger.usesInOrder().map(\.places)
    for jobs in 2...5 { #expect(ledger.usesInOrder(jobs: jobs).map(\.places) == alone) }
  }

  @Test("Uses of some principals are the others left out")
  func filtering() {
    var model = TableModel(random: SeededGenerator(seed: 7))
    for _ in 0..<80 { model.step() }
    let isWanted = { (principal: Principal) in principal.identifier.contains("role/a") }
    model.table = model.table.filter(isWanted)
    model.facts = model.facts.filter { isWanted($0.key.principal) }
    #expect(!model.facts.isEmpty)
    model.expectEqual("filtered")
  }

  @Test("A change of one fact makes two tables differ")
  func difference() {
    var model = TableModel(random: SeededGenerator(seed: 3))
    for _ in 0..<30 { model.step() }
    var other = model.table
    guard let key = model.facts.keys.sorted().first else { return #expect(Bool(false), "no uses") }
    other.join(key) { $0.via.insert("new.amazonaws.com") }
    let isSame = other == model.table
    #expect(!isSame)
  }

  @Test("Ids are ordered and written as their texts are, and others are not read", arguments: UInt64(1)...20)
  func ids(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func uuid() -> String {
      UUID(
        uuid: (
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random),
          .random(in: 0...255, using: &random), .random(in: 0...255, using: &random)
        )
      ).uuidString.lowercased()
    }
    let texts = (0..<20).map { _ in uuid() }
    #expect(texts.allSatisfy { ExampleID($0)?.text == $0 }, "seed \(seed)")
    let sorted = texts.compactMap { ExampleID($0) }.sorted().map(\.text)
    #expect(sorted == texts.sorted { $0.precedes($1) }, "seed \(seed)")
    // Any other byte in any place makes it no id, unless it is another digit or hyphen where one belongs.
    var letters = Array(texts[0].utf8)
    let place = Int.random(in: 0..<letters.count, using: &random)
    for byte in UInt8.min...UInt8.max {
      letters[place] = byte
      let isHyphen = [8, 13, 18, 23].contains(place)
      let isRight = isHyphen ? byte == UInt8(ascii: "-") : "0123456789abcdef".utf8.contains(byte)
      let id = unsafe letters.withUnsafeBytes { unsafe ExampleID($0, at: 0) }
      #expect((id != nil) == isRight, "seed \(seed): byte \(byte) at \(place)")
    }
  }
}
