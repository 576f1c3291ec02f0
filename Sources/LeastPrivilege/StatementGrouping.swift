// From permissions to statements: actions with equal resource sets and equal conditions share one.
//
// Each (action, resource, conditions) stands in exactly one statement, and a statement is the full product of its
// two lists; so taking any action or resource out takes away a permission that some use needs (invariant EXACT).

import IAM

/// Groups permissions into statements.
struct StatementGrouping {
  /// The statements, sorted, with their ids.
  let drafts: [StatementDraft]
  private let permissions: [UsedPermission]
  private let naming: StatementNaming

  private struct Row: Hashable {
    var actions: [String]
    var resources: [String]
    var conditions: [Condition]
    /// In any order, perhaps repeated.
    var uses: [Int]

    /// The row of one permission.
    init(_ used: UsedPermission) {
      actions = [used.permission.action]
      resources = [used.permission.resource]
      conditions = used.permission.conditions
      uses = used.uses
    }
  }

  /// Groups permissions.
  ///
  /// - Parameters:
  ///   - permissions: The permissions, sorted; none contains another.
  ///   - naming: Names the statements.
  init(_ permissions: [UsedPermission], naming: StatementNaming) {
    self.permissions = permissions
    self.naming = naming
    // Permissions of one action stand together, and in order of their resources.
    var rows: [Row] = []
    var places: [[Condition]: Int] = [:]
    for used in permissions {
      let permission = used.permission
      if rows.last?.actions[0] != permission.action { places = [:] }
      if let place = places[permission.conditions] {
        rows[place].resources.append(permission.resource)
        rows[place].uses += used.uses
      } else {
        places[permission.conditions] = rows.count
        rows.append(Row(used))
      }
    }
    let merged = Self.groupActions(Self.mergeValues(rows))
    drafts = naming.named(
      merged.map { StatementDraft($0.actions, $0.resources, $0.conditions, $0.uses) })
  }

  /// Joins rows of one action that differ in the value of one `StringEquals` only: values of a list are alternatives.
  private static func mergeValues(_ rows: [Row]) -> [Row] {
    let most = rows.map(\.conditions.count).max() ?? 0
    var rows = rows
    for position in 0..<most {
      var merged: [Row] = []
      var places: [Row: Int] = [:]
      for row in rows {
        guard position < row.conditions.count, row.conditions[position].operatorName == "StringEquals" else {
          // No other row is the same.
          merged.append(row)
          continue
        }
        var key = row
        key.uses = []
        key.conditions[position].values = []
        if let place = places[key] {
          merged[place].uses += row.uses
          let values = merged[place].conditions[position].values + row.conditions[position].values
          merged[place].conditions[position].values = Set(values).sorted()
        } else {
          places[key] = merged.count
          merged.append(row)
        }
      }
      rows = merged
    }
    return rows
  }

  /// Joins rows with equal resources and conditions.
  private static func groupActions(_ rows: [Row]) -> [Row] {
    struct Key: Hashable {
      var resources: [String]
      var conditions: [Condition]
    }
    var merged: [Row] = []
    var places: [Key: Int] = [:]
    for row in rows {
      let key = Key(resources: row.resources, conditions: row.conditions)
      if let place = places[key] {
        merged[place].actions += row.actions
        merged[place].uses += row.uses
      } else {
        places[key] = merged.count
        merged.append(row)
      }
    }
    return merged
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
      /// In the order of their names.
      var actions: [Int]
      var conditions: Int
    }
    // Rows stand in the order of their actions, so that numbers are in the order of the names.
    var actions: [String] = []
    var blocks: [[Condition]: Int] = [:]
    var places: [ResourceKey: Int] = [:]
    var byResource: [(key: ResourceKey, actions: [Int], uses: [Int])] = []
    for row in Self.mergeValues(permissions.map(Row.init)) {
      if actions.last != row.actions[0] { actions.append(row.actions[0]) }
      let key = ResourceKey(resource: row.resources[0], conditions: row.conditions)
      if let place = places[key] {
        byResource[place].actions.append(actions.count - 1)
        byResource[place].uses += row.uses
      } else {
        places[key] = byResource.count
        byResource.append((key, [actions.count - 1], row.uses))
      }
    }
    var groups: [GroupKey: StatementDraft] = [:]
    for (key, numbers, uses) in byResource {
      let block = blocks[key.conditions] ?? blocks.count
      blocks[key.conditions] = block
      groups[
        GroupKey(actions: numbers, conditions: block),
        default: StatementDraft(
          actions: numbers.map { actions[$0] }, resources: [], conditions: key.conditions)
      ].add(key.resource, uses)
    }
    return naming.named(
      groups.values.map { StatementDraft($0.actions, $0.resources, $0.conditions, $0.uses) })
  }
}

extension StatementDraft {
  /// Takes in a resource with its uses, which are left out of order.
  fileprivate mutating func add(_ resource: String, _ more: [Int]) {
    resources.append(resource)
    uses += more
  }

  /// A statement of lists in any order.
  fileprivate init(
    _ actions: [String], _ resources: [String], _ conditions: [Condition], _ uses: [Int]
  ) {
    self.init(actions: actions.sorted(), resources: resources.sorted(), conditions: conditions)
    self.uses = uses
    self.uses.sortAndJoin()
  }
}
