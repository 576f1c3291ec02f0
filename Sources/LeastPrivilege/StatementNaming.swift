// Statement ids that say what a statement is for.

import AWSCatalog
import IAM
import Usage

/// Sorts statements and gives each a `Sid` of letters and digits, such as `S3ReadWrite2`.
enum StatementNaming {
  /// The statements sorted and with ids that are unique among them.
  ///
  /// - Parameters:
  ///   - drafts: The statements.
  ///   - catalog: The AWS reference, for access levels.
  /// - Returns: The statements in order.
  static func named(_ drafts: [StatementDraft], catalog: Catalog) -> [StatementDraft] {
    var result = drafts.sorted { key(of: $0).lexicographicallyPrecedes(key(of: $1)) }
    var counts: [String: Int] = [:]
    for index in result.indices {
      let name = name(of: result[index], catalog: catalog)
      let number = counts[name, default: 0] + 1
      counts[name] = number
      result[index].sid = number == 1 ? name : "\(name)\(number)"
    }
    return result
  }

  private static func key(of draft: StatementDraft) -> [String] {
    draft.actions + ["\u{0}"] + draft.resources + ["\u{0}"]
      + draft.conditions.flatMap { [$0.operatorName, $0.key] + $0.values }
  }

  /// The name without number: the service, then the access levels of its actions.
  static func name(of draft: StatementDraft, catalog: Catalog) -> String {
    let services = Set(draft.actions.compactMap { $0.split(separator: ":").first.map(String.init) })
    var name = "Several"
    if services.count == 1, let service = services.first {
      let letters = service.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
      name = letters.prefix(1).uppercased() + letters.dropFirst()
    }
    let levels = Set(draft.actions.flatMap { accessLevels(of: $0, catalog: catalog) })
    for level in AccessLevel.allCases where levels.contains(level) {
      name += level == .permissionsManagement ? "Permissions" : level.rawValue
    }
    return name
  }

  private static func accessLevels(of action: String, catalog: Catalog) -> [AccessLevel] {
    action.contains("*")
      ? catalog.actions(matching: action).map(\.accessLevel)
      : (catalog.action(action)?.accessLevel).map { [$0] } ?? []
  }
}

extension StatementEvidence {
  /// The evidence of a statement.
  ///
  /// - Parameters:
  ///   - draft: The statement.
  ///   - uses: All uses of the principal.
  init(of draft: StatementDraft, uses: [RecordedUse]) {
    let actions = draft.actions.map { Wildcard($0, caseInsensitive: true) }
    let resources = draft.resources.map { (text: $0, pattern: ResourceNotation.pattern($0)) }
    var tally = (count: 0, first: Timestamp?.none, last: Timestamp?.none)
    var examples: Set<String> = []
    var behind: [String: Set<String>] = [:]
    var number = 0
    for index in draft.uses {
      let use = uses[index]
      guard actions.contains(where: { $0.matches(use.action) }) else { continue }
      let target = ResourceNotation.pattern(use.resource)
      let matching = resources.filter {
        $0.text == use.resource || $0.pattern.contains(target) || use.facts.unresolvedReason != nil
      }
      guard !matching.isEmpty else { continue }
      number += 1
      let calls = use.facts.total
      tally.count += calls.count
      if let first = calls.firstSeen { tally.first = min(tally.first ?? first, first) }
      if let last = calls.lastSeen { tally.last = max(tally.last ?? last, last) }
      examples.formUnion(use.facts.exampleEvents.elements)
      for resource in matching where ResourceNotation.hasWildcard(resource.text) {
        behind[resource.text, default: []].insert(use.resource)
      }
    }
    self.init(
      sid: draft.sid, uses: number, calls: tally.count, firstSeen: tally.first, lastSeen: tally.last,
      exampleEvents: Array(examples.sorted().prefix(3)),
      patterns: behind.sorted { $0.key < $1.key }.map {
        PatternEvidence(pattern: $0.key, distinctResources: $0.value.count)
      })
  }
}
