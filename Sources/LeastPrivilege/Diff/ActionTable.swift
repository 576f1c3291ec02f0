// The actions of the catalog that grants name, under numbers: comparing thousands of principals then needs no more
// look-ups by text than there are different policies.

import AWSCatalog
import IAM

/// Actions of the catalog by number, and the actions that statement elements stand for.
///
/// A class, because it is a cache: most statements of an account say what others say too.
final class ActionTable {
  /// What a statement's `Action` or `NotAction` element stands for.
  struct Expansion {
    /// The numbers of the actions, in the order of the actions' names.
    var actions: [Int] = []
    /// Patterns of an `Action` element that match nothing in the catalog, as written: retired or mistyped.
    var unknown: [String] = []
  }

  /// The actions seen so far.
  private(set) var entries: [ActionTraits] = []
  private let catalog: Catalog
  private var numbers: [String: Int] = [:]
  private var expansions: [Statement.ActionElement: Expansion] = [:]
  private var matches: [String: [Int]] = [:]

  init(catalog: Catalog) { self.catalog = catalog }

  /// The actions that an element stands for.
  func expansion(of element: Statement.ActionElement) -> Expansion {
    if let known = expansions[element] { return known }
    var result = Expansion()
    switch element {
    case .action(let patterns):
      var actions: Set<Int> = []
      for pattern in patterns {
        let matching = self.actions(matching: pattern)
        if matching.isEmpty { result.unknown.append(pattern) }
        actions.formUnion(matching)
      }
      result.actions = sorted(actions)
    case .notAction(let patterns):
      let excluded = Set(patterns.flatMap { actions(matching: $0) })
      result.actions = actions(matching: "*").filter { !excluded.contains($0) }
    }
    expansions[element] = result
    return result
  }

  /// Where an action stands in a list of actions in the order of their names, or `nil` where it does not.
  ///
  /// - Complexity: O(log *n*) in the length of the list.
  func position(of action: String, in actions: [Int]) -> Int? {
    guard let number = numbers[action.lowercased()] else { return nil }
    let name = entries[number].action
    var range = actions.startIndex..<actions.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if actions[middle] == number { return middle }
      range =
        entries[actions[middle]].action < name ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// The actions that a pattern matches, in the order of their names.
  func actions(matching pattern: String) -> [Int] {
    let key = pattern.lowercased()
    if let known = matches[key] { return known }
    let result = sorted(Set(catalog.actionTraits(matching: pattern).map(number)))
    matches[key] = result
    return result
  }

  private func sorted(_ actions: Set<Int>) -> [Int] {
    actions.sorted { entries[$0].action < entries[$1].action }
  }

  private func number(_ entry: ActionTraits) -> Int {
    let key = entry.action.lowercased()
    if let known = numbers[key] { return known }
    numbers[key] = entries.count
    entries.append(entry)
    return entries.count - 1
  }
}
