// Narrows the `Action` or `NotAction` element of a statement to the actions that are kept.

import AWSCatalog
import IAM

/// Writes the list of the actions that a statement keeps, as close to the old list as it goes.
struct ActionNarrowing {
  /// The statement as it stands.
  let statement: Statement
  /// The actions of the catalog.
  let table: ActionTable
  /// The AWS reference.
  let catalog: Catalog
  /// How closely to follow what is kept.
  let detail: TrimDetail

  /// The values of an `Action` element for some of the actions of the old element.
  ///
  /// A pattern of which everything is kept stays as it is written, in its place. Any other one gives way to what is
  /// kept of it.
  ///
  /// - Parameters:
  ///   - kept: The actions to keep, by number.
  ///   - foreign: Used actions that the catalog does not have.
  ///   - keepsUnknown: Whether patterns stay that match nothing in the catalog.
  /// - Returns: The values; none where nothing is kept.
  func values(keeping kept: Set<Int>, foreign: [String], keepsUnknown: Bool) -> [String] {
    let element = statement.actions
    switch element {
    case .action(let patterns) where detail.isCoarse && detail != .oldActions:
      // Without regard to the old order, so that the list depends on nothing but what it stands for.
      let limits = patterns.map { Wildcard($0, caseInsensitive: true) }
      let all = table.expansion(of: element).actions.filter(kept.contains)
      let unknown = keepsUnknown ? table.expansion(of: element).unknown : []
      return shortened(all) { pattern in limits.contains { $0.contains(pattern) } } + unknown + foreign
    case .action(let patterns):
      return values(of: patterns, keeping: kept, foreign: foreign, keepsUnknown: keepsUnknown)
    case .notAction(let patterns):
      let excluded = patterns.map { Wildcard($0, caseInsensitive: true) }
      let all = table.expansion(of: element).actions.filter(kept.contains)
      return shortened(all) { pattern in !excluded.contains { $0.intersects(pattern) } } + foreign
    }
  }

  private func values(
    of patterns: [String], keeping kept: Set<Int>, foreign: [String], keepsUnknown: Bool
  ) -> [String] {
    let matches = patterns.map { table.actions(matching: $0) }
    // What matches and is granted nowhere, because it cannot be on the statement's resources, makes no difference.
    let granted = Set(table.granted(by: statement).actions)
    let isWhole = matches.map { matching in
      matching.contains(where: kept.contains)
        && matching.allSatisfy { kept.contains($0) || !granted.contains($0) }
    }
    var covered = Set(zip(matches, isWhole).flatMap { $1 ? $0 : [] })
    var result: [String] = []
    for (pattern, (matching, isWhole)) in zip(patterns, zip(matches, isWhole)) {
      if isWhole || matching.isEmpty && keepsUnknown {
        result.append(pattern)
        continue
      }
      let own = matching.filter { kept.contains($0) && covered.insert($0).inserted }
      guard !own.isEmpty else { continue }
      let limit = Wildcard(pattern, caseInsensitive: true)
      for value in shortened(own, within: { limit.contains($0) }) where !result.contains(value) {
        result.append(value)
      }
    }
    let known = result.map { Wildcard($0, caseInsensitive: true) }
    return result + foreign.filter { action in !known.contains { $0.matches(action) } }
  }

  /// Names, or patterns for them that lie within the old grant.
  private func shortened(_ actions: [Int], within isAllowed: (Wildcard) -> Bool) -> [String] {
    let names = actions.map { table.entries[$0].action }
    func mayWrite(_ pattern: String) -> Bool { isAllowed(Wildcard(pattern, caseInsensitive: true)) }
    switch detail {
    case .names, .oldActions: return names
    case .exactWildcards, .oldResources:
      return StatementShortener(catalog: catalog).exactWildcards(for: names).flatMap { value in
        if !value.hasSuffix("*") || mayWrite(value) { return [value] }
        let prefix = value.dropLast()
        return names.filter { $0.hasPrefix(prefix) }
      }
    case .words, .services:
      var groups: [String: [String]] = [:]
      for name in names {
        let pattern = detail == .words ? Self.wordPattern(of: name) : Self.servicePattern(of: name)
        groups[pattern, default: []].append(name)
      }
      return groups.sorted { $0.key < $1.key }.flatMap { pattern, members in
        members.count > 1 && mayWrite(pattern) ? [pattern] : members
      }
    }
  }

  /// `service:*` for `service:Name`.
  private static func servicePattern(of action: String) -> String {
    "\(action.prefix { $0 != ":" }):*"
  }

  /// `service:Describe*` for `service:DescribeThings`.
  private static func wordPattern(of action: String) -> String {
    let service = action.prefix { $0 != ":" }
    let name = action.dropFirst(service.count + 1)
    let word = name.prefix(1) + name.dropFirst().prefix { !$0.isUppercase }
    return "\(service):\(word)*"
  }
}
