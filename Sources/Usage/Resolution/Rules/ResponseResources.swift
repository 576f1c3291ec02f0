// Rule `response`: what the response tells of the resources, where the request does not.

/// Resources that the response names.
///
/// Of resources that the call created, whatever the service assigned is written as `*`.
struct ResponseResources: ResourceRule {
  let name = "response"

  func resources(_ query: ResourceQuery) -> [String] {
    guard !query.call.response.isEmpty else { return [] }
    let arns = ParameterARNs.found(in: query.call.response, query)
    if !arns.isEmpty {
      return arns.compactMap { query.isCreated ? query.generalized($0) : query.resource($0) }
    }
    if query.isCreated || ServiceRules.owned(query.type.name, of: query.action.service) { return [] }
    return FilledFormats.filled(
      PlaceholderValues(
        query: query, indexes: [query.call.request, query.call.response], allowsPlainNames: false))
  }
}
