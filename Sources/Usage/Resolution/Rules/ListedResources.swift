// Rule `listed`: the event's own `resources[]`, where the ARN is of a type that the action accepts.

/// Resources that the record lists.
struct ListedResources: ResourceRule {
  let name = "listed"

  func resources(_ query: ResourceQuery) -> [String] {
    query.call.listed.compactMap { arn in
      query.isCreated ? query.resource(arn).flatMap { _ in query.generalized(arn) } : query.resource(arn)
    }
  }
}
