// From permissions to statements: actions with equal resource sets and equal conditions share one.
//
// Each (action, resource, conditions) stands in exactly one statement, and a statement is the full product of its
// two lists; so taking any action or resource out takes away a permission that some use needs (invariant EXACT).

import AWSCatalog
import IAM

/// Groups permissions into statements.
struct StatementGrouping {
  /// The statements, sorted, with their ids.
  let drafts: [StatementDraft]
  private let permissions: [Permission: Set<Int>]
  private let catalog: Catalog

  private struct Row: Hashable {
    var actions: [String]
    var resources: [String]
    var conditions: [Condition]
    var uses: Set<Int>
  }

  /// Groups permissions.
  ///
  /// - Parameters:
  ///   - permissions: The permissions with the uses behind each; none contains another.
  ///   - catalog: The AWS reference, for the statements' names.
  init(_ permissions: [Permission: Set<Int>], catalog: Catalog) {
    self.permissions = permissions
    self.catalog = catalog
    struct ActionKey: Hashable {
      var action: String
      var conditions: [Condition]
    }
    var byAction: [ActionKey: (resources: [String], uses: Set<Int>)] = [:]
    for (permission, uses) in permissions {
      let key = ActionKey(action: permission.action, conditions: permission.conditions)
      byAction[key, default: ([], [])].resources.append(permission.resource)
      byAction[key, default: ([], [])].uses.formUnion(uses)
    }
    let rows = byAction.map { key, value in
      Row(
        actions: [key.action], resources: value.resources.sorted(), conditions: key.conditions,
        uses: value.uses)
    }
    let merged = Self.groupActions(Self.mergeValues(rows))
    drafts = StatementNaming.named(
      merged.map {
        StatementDraft(
          actions: $0.actions, resources: $0.resources, conditions: $0.conditions, uses: $0.uses.sorted())
      }, catalog: catalog)
  }

  /// Joins rows of one action that differ in the value of one `StringEquals` only: values of a list are alternatives.
  private static func mergeValues(_ rows: [Row]) -> [Row] {
    let most = rows.map(\.conditions.count).max() ?? 0
    var rows = rows
    for position in 0..<most {
      var merged: [Row: Row] = [:]
      var order: [Row] = []
      for row in rows {
        var key = row
        key.uses = []
        if position < row.conditions.count, row.conditions[position].operatorName == "StringEquals" {
          key.conditions[position].values = []
        }
        if var other = merged[key] {
          other.uses.formUnion(row.uses)
          if position < row.conditions.count {
            let values = Set(other.conditions[position].values).union(row.conditions[position].values)
            other.conditions[position].values = values.sorted()
          }
          merged[key] = other
        } else {
          merged[key] = row
          order.append(key)
        }
      }
      rows = order.compactMap { merged[$0] }
    }
    return rows
  }

  /// Joins rows with equal resources and conditions.
  private static func groupActions(_ rows: [Row]) -> [Row] {
    var merged: [Row: Row] = [:]
    for row in rows {
      var key = row
      key.actions = []
      key.uses = []
      if var other = merged[key] {
        other.actions = (other.actions + row.actions).sorted()
        other.uses.formUnion(row.uses)
        merged[key] = other
      } else {
        merged[key] = row
      }
    }
    return Array(merged.values)
  }

  /// The same permissions with the lists exchanged: resources with equal action sets share a statement.
  ///
  /// It is the smaller form where most actions were used on most of many resources.
  ///
  /// - Returns: Statements that allow the same, sorted, with their ids.
  func transposed() -> [StatementDraft] {
    struct ResourceKey: Hashable {
      var resource: String
      var conditions: [Condition]
    }
    struct GroupKey: Hashable {
      var actions: [String]
      var conditions: [Condition]
    }
    let rows = permissions.map { permission, uses in
      Row(
        actions: [permission.action], resources: [permission.resource], conditions: permission.conditions,
        uses: uses)
    }
    var byResource: [ResourceKey: (actions: [String], uses: Set<Int>)] = [:]
    for row in Self.mergeValues(rows) {
      let key = ResourceKey(resource: row.resources[0], conditions: row.conditions)
      byResource[key, default: ([], [])].actions += row.actions
      byResource[key, default: ([], [])].uses.formUnion(row.uses)
    }
    var groups: [GroupKey: (resources: [String], uses: Set<Int>)] = [:]
    for (key, value) in byResource {
      let group = GroupKey(actions: value.actions.sorted(), conditions: key.conditions)
      groups[group, default: ([], [])].resources.append(key.resource)
      groups[group, default: ([], [])].uses.formUnion(value.uses)
    }
    return StatementNaming.named(
      groups.map { key, value in
        StatementDraft(
          actions: key.actions, resources: value.resources.sorted(), conditions: key.conditions,
          uses: value.uses.sorted())
      }, catalog: catalog)
  }
}
