// The bound for the number of policies, against every way of grouping few permissions.

import IAM
import TestSupport
import Testing

@testable import LeastPrivilege

@Suite struct PackingBoundTests {
  private struct Permission: Hashable {
    var action: String
    var resource: String
  }

  /// The fewest characters of statements that allow some permissions and nothing else, by trying all of them.
  private static func fewestCharacters(
    for open: Set<Permission>, within all: Set<Permission>, _ conditions: [Condition]
  ) -> Int {
    guard let first = open.min(by: { ($0.action, $0.resource) < ($1.action, $1.resource) }) else { return 0 }
    var best = Int.max
    for actions in subsets(of: Set(all.map(\.action))) where actions.contains(first.action) {
      for resources in subsets(of: Set(all.map(\.resource))) where resources.contains(first.resource) {
        let product = actions.flatMap { action in
          resources.map { Permission(action: action, resource: $0) }
        }
        guard all.isSuperset(of: product) else { continue }
        let draft = StatementDraft(actions: actions, resources: resources, conditions: conditions)
        var statement = draft.statement
        statement.sid = nil
        let size =
          PolicyDocument(statements: [statement]).managedPolicySize - StatementDraft.emptyPolicySize + 1
        best = min(best, size + fewestCharacters(for: open.subtracting(product), within: all, conditions))
      }
    }
    return best
  }

  private static func subsets(of texts: Set<String>) -> [[String]] {
    texts.sorted().reduce([[]]) { sets, text in sets + sets.map { $0 + [text] } }
  }

  @Test(arguments: 0..<40) func `no grouping takes fewer characters than the bound`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var all: Set<Permission> = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      all.insert(
        Permission(
          action: random.pick(["a:X", "a:LongerName", "b:Z"]) ?? "",
          resource: random.pick(["*", "arn:aws:a:::longer", "arn:aws:a:::p"]) ?? ""))
    }
    let conditions =
      random.chance(0.3) ? [Condition(operatorName: "Bool", key: "k", values: ["true"])] : []
    // One statement for each permission, which is as far from the best grouping as can be.
    let drafts = all.map {
      StatementDraft(actions: [$0.action], resources: [$0.resource], conditions: conditions)
    }
    let bound = PackingBound(drafts)
    let fewest = Self.fewestCharacters(for: all, within: all, conditions)
    #expect(bound.characters <= fewest, "seed \(seed): \(all)")
    // And it is no empty promise.
    #expect(bound.characters * 2 > fewest, "seed \(seed): \(all)")
  }

  @Test func `statements that can share nothing are counted with their frames`() {
    let drafts = (0..<100).map { number in
      StatementDraft(actions: ["a:X\(number)"], resources: ["arn:aws:a:::r\(number)"])
    }
    let sizes = drafts.reduce(0) { $0 + $1.size + 1 }
    // What is missing is the ids, which IAM does not ask for.
    #expect(PackingBound(drafts).characters == sizes - 100 * #""Sid":"","#.utf8.count)
    #expect(PackingBound([]).policies(capacity: 6_000) == 0)
  }
}
