// Which permissions another one makes superfluous, against a search through all pairs.

import IAM
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

@Suite struct SubsumptionTests {
  /// The same by comparing each permission with all others, in order.
  private static func naive(_ group: [UsedPermission]) -> [UsedPermission] {
    var result = group
    let hasConditions = group.contains { !$0.permission.conditions.isEmpty }
    for place in group.indices {
      let own = group[place].permission
      let container = group.indices.first { other in
        let candidate = group[other].permission
        guard other != place, !result[other].uses.isEmpty,
          hasConditions || ResourceNotation.hasWildcard(candidate.resource),
          candidate.conditions.allSatisfy(own.conditions.contains)
        else { return false }
        if candidate.resource == own.resource { return true }
        return !ResourceNotation.hasVariable(candidate.resource)
          && !ResourceNotation.hasVariable(own.resource)
          && ResourceNotation.pattern(candidate.resource).contains(ResourceNotation.pattern(own.resource))
      }
      guard let container else { continue }
      result[container].uses += result[place].uses
      result[place].uses = []
    }
    return result
  }

  private static func conditions(_ random: inout SeededGenerator) -> [Condition] {
    ["a", "b"].filter { _ in random.chance(0.4) }.map { key in
      Condition(operatorName: "StringEquals", key: key, values: [random.pick(["1", "2"]) ?? ""])
    }
  }

  @Test(arguments: 0..<400) func `few comparisons find what all pairs show`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let hasConditions = random.chance(0.5)
    let pieces = ["a", "b", "*", "?", "${*}", "${aws:username}", "$", "é", "/"]
    var places: Set<Permission> = []
    for _ in 0..<Int.random(in: 2...24, using: &random) {
      let text = (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(pieces) ?? "" }.joined()
      places.insert(
        Permission(
          action: "s3:GetObject", resource: "arn:aws:s3:::" + text,
          conditions: hasConditions ? Self.conditions(&random) : []))
    }
    let group = places.sorted { $0.precedes($1) }.enumerated().map { number, permission in
      UsedPermission(permission: permission, uses: [number])
    }
    var found = group[...]
    UseSelection.dropSubsumed(&found)
    let expected = Self.naive(group)
    #expect(found.map(\.uses) == expected.map(\.uses), "seed \(seed): \(group)")
  }

  @Test(arguments: 0..<200) func `numbers are sorted and joined`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let numbers = (0..<Int.random(in: 0...12, using: &random)).map { _ in
      Int.random(in: 0...9, using: &random)
    }
    var joined = numbers
    joined.sortAndJoin()
    #expect(joined == Set(numbers).sorted())
  }

  @Test(arguments: 0..<300) func `a size is that of the statement written out`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "s3:Get", "*", "\"", "\\", "\n", "\u{7F}", "\u{85}", "é", "\u{2028}", "\u{1F600}", "arn:aws:s3:::b/",
    ]
    func list() -> [String] {
      (0..<Int.random(in: 0...4, using: &random)).map { _ in
        (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(pieces) ?? "" }.joined()
      }
    }
    let draft = StatementDraft(
      sid: random.pick(["", "S3Read", "é\""]) ?? "", actions: list(), resources: list(),
      conditions: Self.conditions(&random))
    let written = PolicyDocument(statements: [draft.statement]).managedPolicySize
    #expect(draft.size == written - StatementDraft.emptyPolicySize, "seed \(seed): \(draft)")
  }
}
