// Leads a statement back to the uses behind it.

import IAM
import Usage

extension StatementEvidence {
  /// The evidence of a statement.
  ///
  /// - Parameters:
  ///   - draft: The statement.
  ///   - uses: All uses of the principal.
  init(of draft: StatementDraft, uses: [RecordedUse]) {
    let actions = PatternIndex(
      draft.actions.map { Wildcard($0, caseInsensitive: true) }, caseInsensitive: true)
    let patterns = draft.resources.map { ResourceNotation.pattern($0) }
    let resources = PatternIndex(patterns)
    var tally = (count: 0, first: Timestamp?.none, last: Timestamp?.none)
    /// The first few, sorted.
    var examples: [String] = []
    var behind: [String: ResourcesBehind] = [:]
    var number = 0
    for index in draft.uses {
      let use = uses[index]
      guard !actions.matches(use.action).isEmpty else { continue }
      let matching: [Int]
      if use.isWithinPattern {
        let recorded = ResourceNotation.pattern(use.resource)
        matching = patterns.indices.filter { patterns[$0].intersects(recorded) }
      } else if use.resource == "*" {
        matching = resources.matchingEverything
      } else {
        matching = resources.matches(ResourceNotation.plainText(of: use.resource))
      }
      guard !matching.isEmpty else { continue }
      number += 1
      let calls = use.facts.total
      tally.count += calls.count
      if let first = calls.firstSeen { tally.first = min(tally.first ?? first, first) }
      if let last = calls.lastSeen { tally.last = max(tally.last ?? last, last) }
      for event in use.facts.exampleEvents.elements { Self.insert(event, into: &examples) }
      for position in matching where !patterns[position].isLiteral {
        behind[draft.resources[position], default: ResourcesBehind()].insert(use)
      }
    }
    self.init(
      sid: draft.sid, uses: number, calls: tally.count, firstSeen: tally.first, lastSeen: tally.last,
      exampleEvents: examples,
      patterns: behind.sorted { $0.key < $1.key }.map {
        PatternEvidence(pattern: $0.key, distinctResources: $0.value.count)
      })
  }

  /// Inserts an event's id into sorted ones, of which the first three are kept.
  private static func insert(_ event: String, into examples: inout [String]) {
    let most = 3
    if examples.count == most, examples[most - 1] <= event { return }
    guard let place = examples.firstIndex(where: { event <= $0 }) else {
      examples.append(event)
      return
    }
    guard examples[place] != event else { return }
    examples.insert(event, at: place)
    if examples.count > most { examples.removeLast() }
  }
}
