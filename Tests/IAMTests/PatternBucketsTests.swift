// What is quick about comparing patterns, against the search that is always right.

import TestSupport
import Testing

@testable import IAM

@Suite struct PatternBucketsTests {
  /// A pattern over few characters, of which colons, wildcards and a variable are some.
  private static func pattern(_ random: inout SeededGenerator, foldsCase: Bool) -> UnitPattern {
    var pattern = UnitPattern(foldsCase: foldsCase)
    let units: [UInt32] = [
      0x61, 0x61, 0x62, 0x41, PatternUnit.colon, PatternUnit.colon, PatternUnit.any, PatternUnit.one,
      PatternUnit.firstVariable, PatternUnit.anyInSegment, PatternUnit.oneInSegment,
    ]
    // Most patterns are plain ones: what follows the wildcards is rare.
    let kinds = random.chance(0.6) ? 7 : random.chance(0.5) ? 8 : units.count
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      pattern.append(units[Int.random(in: 0..<kinds, using: &random)])
    }
    return pattern
  }

  private static func searched(_ large: UnitPattern, contains small: UnitPattern) -> Bool? {
    var budget = 1 << 20
    switch PatternSearch(wanted: [small], unwanted: [large]).run(budget: &budget) {
    case .none: return true
    case .found: return false
    case .exhausted: return nil
    }
  }

  @Test(arguments: 0..<40) func `one pattern contains another exactly if the search says so`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<250 {
      let large = Self.pattern(&random, foldsCase: random.chance(0.3))
      let small = Self.pattern(&random, foldsCase: large.foldsCase || random.chance(0.1))
      var budget = 1 << 20
      #expect(
        large.contains(small, budget: &budget) == Self.searched(large, contains: small),
        "seed \(seed): \(large.units) contains \(small.units), \(large.foldsCase) \(small.foldsCase)")
    }
  }

  @Test(arguments: 0..<40) func `an arranged list answers as its patterns one by one`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let folds = random.chance(0.3)
      let list = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Self.pattern(&random, foldsCase: folds)
      }
      let pattern = Self.pattern(&random, foldsCase: folds)
      var budget = 1 << 20
      let answer = PatternBuckets(list, colons: 1).relation(of: pattern, budget: &budget)
      let isInside = list.contains { Self.searched($0, contains: pattern) == true }
      #expect(answer.isInside == isInside, "seed \(seed): \(list.map(\.units)) \(pattern.units)")
      // Apart means that no text is matched by both.
      guard !answer.isTouched, !pattern.hasVariables else { continue }
      for other in list where !other.hasVariables {
        var query = LanguageQuery()
        query.require([pattern])
        query.require([other])
        #expect(query.solve(budget: &budget) == .none, "seed \(seed): \(other.units) \(pattern.units)")
      }
    }
  }
}
