// The actions of the catalog that grants name, under numbers: comparing thousands of principals then needs no more
// look-ups by text than there are different policies.

import AWSCatalog
import IAM
import Usage

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
  private var grants: [Grant: Expansion] = [:]
  /// The ARN formats of resource types, and those of each action by number.
  private var formats: [(text: String, pattern: Wildcard)] = []
  private var formatNumbers: [String: Int] = [:]
  private var formatsOfActions: [Int: [Int]] = [:]
  private var formatsOfServices: [String: [Int]] = [:]

  /// What decides the actions that a statement grants.
  private struct Grant: Hashable {
    var actions: Statement.ActionElement
    var resources: Statement.ResourceElement?
  }

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

  /// The actions that a statement grants: of those that its element stands for the ones that can be on a resource which it
  /// names, and all that it names without wildcards.
  ///
  /// "NotAction" in the IAM User Guide: all actions but some on `arn:aws:s3:::*` are those of S3 that can be on a resource of
  /// S3, and neither `s3:ListAllMyBuckets`, which takes no resource, nor any of other services.
  func granted(by statement: Statement) -> Expansion {
    let all = expansion(of: statement.actions)
    guard case .resource(let patterns)? = statement.resources else { return all }
    let grant = Grant(actions: statement.actions, resources: statement.resources)
    if let known = grants[grant] { return known }
    let resources = patterns.map { ($0, ResourceNotation.pattern($0)) }
    var result = all
    if !resources.contains(where: \.1.matchesEverything) {
      var named: Set<Int> = []
      if case .action(let texts) = statement.actions {
        for text in texts where !text.contains(where: { $0 == "*" || $0 == "?" }) {
          named.formUnion(actions(matching: text))
        }
      }
      var meets: [Int: Bool] = [:]
      func meet(_ format: Int) -> Bool {
        if let known = meets[format] { return known }
        let meeting = resources.contains { GrantedResources.meet($0, formats[format]) }
        meets[format] = meeting
        return meeting
      }
      // Most services have no such resource at all, and then their actions need not be looked up.
      var services: [Substring: Bool] = [:]
      result.actions = all.actions.filter { action in
        if named.contains(action) { return true }
        let service = entries[action].action.prefix { $0 != ":" }
        let isMet: Bool
        if let known = services[service] {
          isMet = known
        } else {
          isMet = resourceFormats(ofService: String(service)).contains(where: meet)
          services[service] = isMet
        }
        return isMet && resourceFormats(of: action).contains(where: meet)
      }
    }
    grants[grant] = result
    return result
  }

  /// The numbers of the ARN formats that an action's resources have; none of an action that takes no resource.
  private func resourceFormats(of action: Int) -> [Int] {
    if let known = formatsOfActions[action] { return known }
    let types = catalog.action(entries[action].action)?.resourceTypes ?? []
    let result = types.flatMap(\.arnFormats).map(number(ofFormat:))
    formatsOfActions[action] = result
    return result
  }

  /// The numbers of the ARN formats that resources of a service have: those of all its actions, and perhaps more.
  private func resourceFormats(ofService service: String) -> [Int] {
    if let known = formatsOfServices[service] { return known }
    let result = catalog.resourceTypes(service: service).flatMap(\.arnFormats).map(number(ofFormat:))
    formatsOfServices[service] = result
    return result
  }

  private func number(ofFormat text: String) -> Int {
    if let known = formatNumbers[text] { return known }
    formatNumbers[text] = formats.count
    formats.append((text, ResourceNotation.pattern(text)))
    return formats.count - 1
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
