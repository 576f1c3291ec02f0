// Rule `dynamodb`: tables, indexes, streams; batch requests name their tables as keys of an object.

import IAM
import JSONStream

/// DynamoDB tables and what belongs to them.
struct Tables: ServiceRule {
  let name = "dynamodb"
  let services: Set<String> = ["dynamodb"]

  func found(_ query: ResourceQuery) -> [String] {
    let tables = tables(query)
    switch query.type.name {
    case "table": return tables
    case "index":
      return query.call.request.values(named: "indexName").map(\.value).filter(WellFormed.isValue)
        .flatMap { index in tables.map { "\($0)/index/\(ResourcePattern.escaped(index))" } }
    default: return []
    }
  }

  private func tables(_ query: ResourceQuery) -> [String] {
    var names =
      ["tableName", "globalTableName", "sourceTableName"].lazy
      .map { query.call.request.values(named: $0).map(\.value) }.first { !$0.isEmpty } ?? []
    if case .object(let members)? = query.call.requestValue["requestItems"] { names += members.map(\.name) }
    guard let format = query.type.formats.first else { return [] }
    var tables: [String] = []
    for name in names where WellFormed.isValue(name) {
      let table: String?
      if let arn = WellFormed.arn(name) {
        guard arn.service == "dynamodb", arn.resource.hasPrefix("table/") else { continue }
        table =
          "arn:\(arn.partition):dynamodb:\(arn.region):\(arn.account):"
          + arn.resource.split(separator: "/").prefix(2).joined(separator: "/")
      } else {
        let text = format.filled(
          query.call.place, [name] + [String?](repeating: nil, count: format.placeholders.count - 1))
        table = text.map { text in
          guard let end = text.firstRange(of: "/index/") else { return text }
          return String(text[..<end.lowerBound])
        }
      }
      if let table, !tables.contains(table) { tables.append(table) }
    }
    return tables
  }
}
