// Takes out of packed statements what shortening has made superfluous.
//
// Statements that did not fit were shortened by patterns, and a pattern of one statement may have come to allow all that an
// entry of another is there for: of two statements
//
//     Decrypt            on key/1*           (shortened)
//     Decrypt, Encrypt   on key/1ab, key/2cd
//
// `Decrypt` on `key/1ab` is allowed twice. An entry is superfluous where every permission that it serves is allowed without
// it. Entries are tried one after another, exact resources before patterns, and each answer holds for what is left: so
// nothing more can be taken out at the end, and no permission is lost.

import IAM
import Usage

/// Which entries of statements serve which permissions.
struct PermissionCover {
  /// One permission of one use.
  private struct Item {
    let use: Int
    /// For each statement that allows it, its place, and the actions and resources of it that do.
    var hits: [(statement: Int, actions: [Int], resources: [Int])] = []
  }

  /// One statement with what is left of it.
  private struct Entry {
    let draft: StatementDraft
    let actionPatterns: [Wildcard]
    let resourcePatterns: [Wildcard]
    let exactResources: [String: Int]
    let openResources: [Int]
    /// Those of the open resources that hold no variable.
    let constantResources: [Int]
    var hasAction: [Bool]
    var hasResource: [Bool]
    /// The permissions that the statement allows.
    var items: [Int] = []

    init(_ draft: StatementDraft) {
      self.draft = draft
      actionPatterns = draft.actions.map { Wildcard($0, caseInsensitive: true) }
      resourcePatterns = draft.resources.map { ResourceNotation.pattern($0) }
      exactResources = Dictionary(
        zip(draft.resources, draft.resources.indices), uniquingKeysWith: { first, _ in first })
      openResources = draft.resources.indices.filter { ResourceNotation.hasWildcard(draft.resources[$0]) }
      constantResources = openResources.filter { !ResourceNotation.hasVariable(draft.resources[$0]) }
      hasAction = draft.actions.map { _ in true }
      hasResource = draft.resources.map { _ in true }
    }

    /// The resources that contain one.
    func resources(_ resource: String, _ pattern: Wildcard, hasVariable: Bool) -> [Int] {
      var found = exactResources[resource].map { [$0] } ?? []
      if hasVariable { return found }
      for index in constantResources
      where index != found.first && resourcePatterns[index].contains(pattern) {
        found.append(index)
      }
      return found
    }
  }

  /// A statement that names an action, and the places of the action and its patterns in it.
  private typealias Naming = (statement: Int, actions: [Int])

  private var entries: [Entry] = []
  private var items: [Item] = []

  /// Finds which statements allow what.
  ///
  /// - Parameters:
  ///   - policies: The statements of each policy.
  ///   - permissions: The permissions, sorted.
  ///   - uses: The uses of the principal.
  /// - Complexity: O(*a* · *s*) for *a* actions and *s* statements, and for each use of a permission one comparison with
  ///   each pattern of the statements that name its action.
  init(_ policies: [[StatementDraft]], _ permissions: [UsedPermission], _ uses: [RecordedUse]) {
    entries = policies.joined().map(Entry.init)
    var action: String?
    var naming: [Naming] = []
    for used in permissions {
      let permission = used.permission
      // Permissions of one action stand together.
      if action != permission.action {
        action = permission.action
        naming = self.naming(permission.action)
      }
      let candidates = naming.filter {
        entries[$0.statement].draft.conditions.allSatisfy(permission.conditions.contains)
      }
      let whole = ResourceNotation.pattern(permission.resource)
      let hasVariable = ResourceNotation.hasVariable(permission.resource)
      for number in used.uses {
        // What the use was on, where the permission stands for more than that.
        let resource = uses[number].resource
        if !hasVariable, resource != permission.resource {
          let pattern = ResourceNotation.pattern(resource)
          if whole.contains(pattern) {
            add(candidates, resource, pattern, ResourceNotation.hasVariable(resource), number)
            continue
          }
        }
        add(candidates, permission.resource, whole, hasVariable, number)
      }
    }
  }

  /// The statements that name an action.
  private func naming(_ action: String) -> [Naming] {
    entries.indices.compactMap { index in
      guard entries[index].draft.verbatim == nil else { return nil }
      let patterns = entries[index].actionPatterns
      let actions = patterns.indices.filter { patterns[$0].matches(action) }
      return actions.isEmpty ? nil : (index, actions)
    }
  }

  private mutating func add(
    _ candidates: [Naming], _ resource: String, _ pattern: Wildcard, _ hasVariable: Bool, _ use: Int
  ) {
    var item = Item(use: use)
    for (index, actions) in candidates {
      let resources = entries[index].resources(resource, pattern, hasVariable: hasVariable)
      guard !resources.isEmpty else { continue }
      item.hits.append((index, actions, resources))
      entries[index].items.append(items.count)
    }
    items.append(item)
  }

  private func isAllowed(_ item: Int) -> Bool {
    items[item].hits.contains { hit in
      hit.actions.contains { entries[hit.statement].hasAction[$0] }
        && hit.resources.contains { entries[hit.statement].hasResource[$0] }
    }
  }

  /// Takes out every entry that no permission needs.
  ///
  /// - Parameter policies: The statements that the cover was made of.
  /// - Returns: The same statements without superfluous entries; statements and policies that are left with nothing are
  ///   gone.
  func pruned(_ policies: [[StatementDraft]]) -> [[StatementDraft]] {
    var cover = self
    for index in entries.indices where entries[index].draft.verbatim == nil {
      let exact = entries[index].draft.resources.indices.filter { !entries[index].openResources.contains($0) }
      for resource in exact { cover.drop(index, \.hasResource, resource) }
    }
    for index in entries.indices where entries[index].draft.verbatim == nil {
      for resource in entries[index].openResources { cover.drop(index, \.hasResource, resource) }
      for action in entries[index].draft.actions.indices { cover.drop(index, \.hasAction, action) }
    }
    return cover.left(policies)
  }

  private mutating func drop(_ index: Int, _ list: WritableKeyPath<Entry, [Bool]>, _ place: Int) {
    let wasAllowed = entries[index].items.filter(isAllowed)
    entries[index][keyPath: list][place] = false
    if !wasAllowed.allSatisfy(isAllowed) { entries[index][keyPath: list][place] = true }
  }

  private func left(_ policies: [[StatementDraft]]) -> [[StatementDraft]] {
    var drafts = entries.map { entry in
      var draft = entry.draft
      guard draft.verbatim == nil else { return draft }
      draft.actions = zip(draft.actions, entry.hasAction).filter(\.1).map(\.0)
      draft.resources = zip(draft.resources, entry.hasResource).filter(\.1).map(\.0)
      return draft
    }
    // A use that another statement allows now is evidence for that one.
    for item in items {
      let hits = item.hits.filter { hit in
        hit.actions.contains { entries[hit.statement].hasAction[$0] }
          && hit.resources.contains { entries[hit.statement].hasResource[$0] }
      }
      guard let first = hits.first, !hits.contains(where: { drafts[$0.statement].uses.contains(item.use) })
      else {
        continue
      }
      drafts[first.statement].uses = (drafts[first.statement].uses + [item.use]).sorted()
    }
    var rest = drafts[...]
    return policies.map { policy in
      defer { rest = rest.dropFirst(policy.count) }
      return rest.prefix(policy.count).filter { draft in
        draft.verbatim != nil || !draft.actions.isEmpty && !draft.resources.isEmpty
      }
    }.filter { !$0.isEmpty }
  }
}
