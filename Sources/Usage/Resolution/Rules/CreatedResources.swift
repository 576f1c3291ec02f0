// Rule `created`: a resource that the call makes. Its id is the service's choice, so a policy can only name `*` in
// that place: IAM itself evaluates `arn:aws:ec2:eu-west-1:123456789012:instance/*` for RunInstances.

/// A new resource: what the request states of its ARN, `*` for what the service assigns.
struct CreatedResources: ResourceRule {
  let name = "created"

  func resources(_ query: ResourceQuery) -> [String] {
    guard query.isCreated else { return [] }
    return PartialFormats.partly(filled: query, allowsNothing: true)
  }
}

/// Rule `partial`: a resource of which the request states a part, such as a stack's name without its id.
struct PartialFormats: ResourceRule {
  let name = "partial"

  func resources(_ query: ResourceQuery) -> [String] {
    PartialFormats.partly(filled: query, allowsNothing: false)
  }

  /// The type's formats with the placeholders that the request has values for; the format with the most of them.
  ///
  /// - Parameters:
  ///   - query: The question.
  ///   - allowsNothing: Whether `*` in every place will do.
  /// - Returns: The resources; none where nothing is known of them.
  static func partly(filled query: ResourceQuery, allowsNothing: Bool) -> [String] {
    let lookup = PlaceholderValues(
      query: query, indexes: [query.call.request],
      allowsPlainNames: query.action.types.count == 1
        || query.operation.isAbout(query.type, of: query.action.service))
    var best: (known: Int, resources: [String]) = (allowsNothing ? -1 : 0, [])
    for format in query.type.formats {
      // Where a service's own rule found nothing, names and formats do not know better.
      let columns =
        ServiceRules.owned(query.type.name, of: query.action.service)
        ? format.placeholders.map { _ in [] } : lookup.columns(of: format)
      let known = columns.filter { !$0.isEmpty }.count
      guard known > best.known else { continue }
      let unknown = Parameter(path: [], positions: [], value: "")
      let rows = FilledFormats.rows(columns.map { $0.isEmpty ? [unknown] : $0 })
      let resources = rows.compactMap { row in query.resource(format, row.map { $0 == "" ? nil : $0 }) }
      if !resources.isEmpty { best = (known, resources) }
    }
    return best.resources
  }
}

/// Rule `fixed`: a type whose ARN has no part to fill, such as the account itself or the one hub of an account.
struct FixedFormats: ResourceRule {
  let name = "fixed"

  func resources(_ query: ResourceQuery) -> [String] {
    guard let format = query.type.formats.first, format.placeholders.isEmpty else { return [] }
    return query.resource(format, []).map { [$0] } ?? []
  }
}
