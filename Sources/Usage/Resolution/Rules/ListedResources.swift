// Rule `listed`: the event's own `resources[]`, where the ARN is of a type that the action accepts.

/// Resources that the record lists.
struct ListedResources: ResourceRule {
  let name = "listed"

  func resources(_ query: ResourceQuery) -> [String] {
    if query.call.listed.isEmpty { return [] }
    // A copy lists both its sides, a transaction all its tables, a query of an index the table.
    let request = query.call.request
    if request.value(named: "x-amz-copy-source") != nil { return [] }
    if query.action.service == "dynamodb", request.value(named: "indexName") != nil { return [] }
    if query.operation.verb == "transact", !request.isEmpty { return [] }
    return query.call.listed.compactMap { arn in
      query.isCreated ? query.resource(arn).flatMap { _ in query.generalized(arn) } : query.resource(arn)
    }
  }
}
