// Rule `dynamodb`: tables, indexes, streams; batch requests name their tables as keys of an object.

import IAM
import JSONStream

/// DynamoDB tables and what belongs to them.
struct Tables: ServiceRule {
  let name = "dynamodb"
  let services: Set<String> = ["dynamodb"]
  let owns: Set<String> = ["table", "index"]

  func found(_ query: ResourceQuery) -> [String] {
    let tables = tables(query)
    let hasIndex = query.action.types.contains { $0.name == "index" }
    switch query.type.name {
    case "table":
      // A query of an index is checked against the index alone.
      return hasIndex && query.call.request.value(named: "indexName") != nil ? [] : tables
    case "index":
      return query.call.request.values(named: "indexName").map(\.value).filter(WellFormed.isValue)
        .flatMap { index in tables.map { "\($0)/index/\(ResourcePattern.escaped(index))" } }
    default: return []
    }
  }

  private func tables(_ query: ResourceQuery) -> [String] {
    if let items = items(query) { return items.compactMap { table($0, query) } }
    var names =
      ["tableName", "globalTableName", "sourceTableName"].lazy
      .map { query.call.request.values(named: $0).map(\.value) }.first { !$0.isEmpty } ?? []
    if case .object(let members)? = query.call.requestValue["requestItems"] { names += members.map(\.name) }
    var tables: [String] = []
    for name in names {
      if let table = table(name, query), !tables.contains(table) { tables.append(table) }
    }
    return tables
  }

  /// The tables of a transaction's items that need the action that is asked for; `nil` for other calls.
  private func items(_ query: ResourceQuery) -> [String]? {
    guard query.operation.noun == "writeitems", query.operation.verb == "transact" else { return nil }
    let wanted = query.action.action.dropFirst("dynamodb:".utf8.count).lowercased()
    let items = query.call.requestValue["requestItems"] ?? query.call.requestValue["transactItems"]
    return (items?.elements ?? []).compactMap { item in
      if let operation = item["operation"]?.string {
        return wanted.hasPrefix(operation.lowercased()) ? item["tableName"]?.string : nil
      }
      return item.members.first { wanted.hasPrefix($0.name.lowercased()) }?.value["tableName"]?.string
    }
  }

  private func table(_ name: String, _ query: ResourceQuery) -> String? {
    guard WellFormed.isValue(name) else { return nil }
    if let arn = WellFormed.arn(name) {
      guard arn.service == "dynamodb", arn.resource.hasPrefix("table/") else { return nil }
      return "arn:\(arn.partition):dynamodb:\(arn.region):\(arn.account):"
        + arn.resource.split(separator: "/").prefix(2).joined(separator: "/")
    }
    guard let region = query.call.place.region, let account = query.call.place.account else { return nil }
    return
      "arn:\(query.call.place.partition):dynamodb:\(region):\(account):table/\(ResourcePattern.escaped(name))"
  }
}
