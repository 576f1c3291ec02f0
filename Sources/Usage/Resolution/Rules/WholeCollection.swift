// Rule `collection`: a call that lists or describes all resources of a type names none, and IAM evaluates it against
// the pattern of them all, such as `arn:aws:rds:eu-west-1:123456789012:db:*`.

import AWSCatalog

/// All resources of a type in the call's account and region.
struct WholeCollection: ResourceRule {
  let name = "collection"

  func resources(_ query: ResourceQuery) -> [String] {
    let listing = ["describe", "list", "search", "lookup"].contains(query.operation.verb)
    let many = query.action.accessLevel == .list || query.operation.noun.hasSuffix("s")
    guard listing, many,
      query.operation.isAbout(query.type, of: query.action.service),
      let format = query.type.formats.first
    else { return [] }
    let values = [String?](repeating: nil, count: format.placeholders.count)
    return query.resource(format, values).map { [$0] } ?? []
  }
}
