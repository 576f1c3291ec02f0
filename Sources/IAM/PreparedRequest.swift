// A request in the form in which statements are held against it.

/// A request, taken apart once a decision.
struct PreparedRequest: Sendable {
  let caller: CallerIdentity
  /// The action in lower case.
  let action: String
  /// The action's service prefix in lower case.
  let service: String
  /// The resource's ARN, or `*` for actions without resource.
  let resource: String
  let isActionASCII: Bool
  let isResourceASCII: Bool
  let context: RequestContext
  /// Whether the caller has a permissions boundary.
  let hasBoundary: Bool

  init(_ request: AccessRequest, hasBoundary: Bool) {
    caller = CallerIdentity(request.principal)
    service = request.action.service.asciiLowercased
    action = service + ":" + request.action.name.asciiLowercased
    resource = request.resource.arn ?? "*"
    isActionASCII = action.isASCII
    isResourceASCII = resource.isASCII
    context = request.context
    self.hasBoundary = hasBoundary
  }
}
