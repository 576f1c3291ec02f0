// The table of operations is a dictionary, whatever is done to it: held to a dictionary in the same state.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import Usage

/// A table and the dictionary that it stands for.
private struct OperationModel {
  var table = OperationTable()
  var facts: [OperationKey: OperationFacts] = [:]

  init() {}

  /// Records calls of random operations.
  init(steps: Int, _ random: inout SeededGenerator) {
    for _ in 0..<steps {
      let key = OperationKey(
        principal: OperationModel.principal(random.pick(["app", "ci", "caf\u{E9}", "cafe\u{301}"]) ?? ""),
        eventSource: random.pick(["s3", "sts", ""]) ?? "",
        eventName: random.pick(["\u{E9}", "e\u{301}", "Get"]) ?? "")
      let time = Timestamp(secondsSinceEpoch: Int64.random(in: -9...9, using: &random))
      let isTimed = Bool.random(using: &random)
      let errors = Int.random(in: 0...1, using: &random)
      func add(_ facts: inout OperationFacts) {
        facts.calls.add(at: isTimed ? time : nil)
        facts.errors += errors
      }
      table.update(key, add)
      add(&facts[key, default: OperationFacts()])
    }
  }

  static func principal(_ name: String) -> Principal {
    Principal(kind: .role, identifier: "arn:aws:iam::111122223333:role/\(name)", account: "111122223333")
  }

  func expectEqual(_ comment: Comment) {
    #expect(table.count == facts.count, comment)
    #expect(Dictionary(table.map { ($0.key, $0.value) }) { first, _ in first } == facts, comment)
    for (key, value) in facts { #expect(table[key] == value, comment) }
    let stranger = OperationKey(principal: Self.principal("nobody"), eventSource: "s3", eventName: "Get")
    #expect(table[stranger] == nil, comment)
  }
}

@Suite("Operations by number")
struct OperationTableTests {
  @Test("Tables merge as dictionaries do, in any order", arguments: UInt64(1)...20)
  func merging(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var left = OperationModel(steps: Int(seed), &random)
    let right = OperationModel(steps: 15, &random)
    left.expectEqual("seed \(seed)")
    var reversed = right.table
    reversed.merge(left.table)
    left.table.merge(right.table)
    for (key, value) in right.facts { left.facts[key, default: OperationFacts()].merge(value) }
    left.expectEqual("seed \(seed)")
    #expect(left.table == reversed && left.table.hashValue == reversed.hashValue, "seed \(seed)")
    var further = reversed
    further.update(
      OperationKey(principal: OperationModel.principal("app"), eventSource: "s3", eventName: "Get")
    ) {
      $0.errors += 1
    }
    #expect(further != reversed, "seed \(seed)")
  }

  @Test(
    "Principals that get one name are joined, and those that get none are left out", arguments: UInt64(1)...10
  )
  func renaming(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let model = OperationModel(steps: 40, &random)
    let names = [("caf\u{E9}", "ci"), ("cafe\u{301}", nil)].map {
      (OperationModel.principal($0), $1.map(OperationModel.principal))
    }
    func name(_ principal: Principal) -> Principal? {
      names.first { $0.0 == principal }.map(\.1) ?? principal
    }
    var renamed = OperationModel()
    renamed.table = model.table.renamed(name)
    for (key, value) in model.facts {
      guard let principal = name(key.principal) else { continue }
      let key = OperationKey(principal: principal, eventSource: key.eventSource, eventName: key.eventName)
      renamed.facts[key, default: OperationFacts()].merge(value)
    }
    renamed.expectEqual("seed \(seed)")
  }
}
