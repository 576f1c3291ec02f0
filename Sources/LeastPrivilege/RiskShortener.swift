// The last resort: action wildcards that allow unused actions, with the least risk for the room they make.

import AWSCatalog
import IAM

/// Replaces actions by wildcards, cheapest first.
struct RiskShortener {
  /// The AWS reference.
  let catalog: Catalog

  /// What one unused action of an access level costs.
  ///
  /// - Parameter level: The access level.
  /// - Returns: A weight; granting permissions weighs more than anything else together in most services.
  static func risk(of level: AccessLevel) -> Int {
    switch level {
    case .list: 1
    case .read: 2
    case .tagging: 4
    case .write: 8
    case .permissionsManagement: 64
    }
  }

  private struct Candidate {
    var draft: Int
    var pattern: String
    var saved: Int
    var risk: Int
  }

  /// Shortens statements until they fit or nothing is left to shorten.
  ///
  /// - Parameters:
  ///   - drafts: The statements.
  ///   - budget: The sum of sizes above which they cannot fit, so that there is no need to ask.
  ///   - fits: Whether statements fit.
  /// - Returns: The statements.
  func shorten(
    _ drafts: [StatementDraft], budget: Int, until fits: ([StatementDraft]) -> Bool
  ) -> [StatementDraft] {
    var drafts = drafts
    var total = drafts.reduce(0) { $0 + $1.size + 1 }
    var candidates = drafts.indices.flatMap { self.candidates(for: drafts[$0], $0) }
    // Patterns of one service are nested or disjoint, so that one order serves: the least risk for the room, and of
    // equals the shorter pattern, which holds the longer ones.
    candidates.sort {
      let left = $0.risk * $1.saved
      let right = $1.risk * $0.saved
      return left != right ? left < right : ($0.draft, $0.pattern) < ($1.draft, $1.pattern)
    }
    for candidate in candidates {
      if total <= budget, fits(drafts) { break }
      let prefix = String(candidate.pattern.dropLast())
      let actions = drafts[candidate.draft].actions
      if actions.contains(where: { $0.hasSuffix("*") && prefix.hasPrefix($0.dropLast()) }) { continue }
      let replaced = actions.filter { $0.hasPrefix(prefix) }
      let saved =
        replaced.reduce(0) { $0 + StatementDraft.listSize(of: $1) }
        - StatementDraft.listSize(of: candidate.pattern)
      // Another wildcard may have taken the room that this one would have made.
      guard saved > 0 else { continue }
      total -= saved
      drafts[candidate.draft].actions = (actions.filter { !$0.hasPrefix(prefix) } + [candidate.pattern])
        .sorted()
    }
    return drafts
  }

  /// `service:Word*`, `service:WordWord*` and `service:*` for the actions of a statement.
  private func candidates(for draft: StatementDraft, _ index: Int) -> [Candidate] {
    guard draft.verbatim == nil else { return [] }
    var groups: [String: Set<String>] = [:]
    for action in draft.actions {
      guard let name = ActionName(action) else { continue }
      groups["\(name.service):*", default: []].insert(action)
      let words = Self.words(of: name.name)
      for count in 1...2 where count < words.count {
        groups["\(name.service):\(words.prefix(count).joined())*", default: []].insert(action)
      }
    }
    return groups.compactMap { pattern, actions in
      let saved =
        actions.reduce(0) { $0 + StatementDraft.listSize(of: $1) } - StatementDraft.listSize(of: pattern)
      guard saved > 0 else { return nil }
      let covered = PatternIndex(
        actions.map { Wildcard($0, caseInsensitive: true) }, caseInsensitive: true)
      let risk = catalog.actionTraits(matching: pattern).reduce(0) { sum, entry in
        covered.matches(entry.action).isEmpty ? sum + Self.risk(of: entry.accessLevel) : sum
      }
      return Candidate(draft: index, pattern: pattern, saved: saved, risk: risk)
    }
  }

  /// The words of a name in camel case, each with its capital.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    for character in name {
      if character.isUppercase || words.isEmpty {
        words.append(String(character))
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words
  }
}
