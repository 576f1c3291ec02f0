// The caller of a request in the form in which principals are compared with it.

/// A caller, taken apart once a decision.
struct CallerIdentity: Sendable {
  let kind: RequestPrincipal.Kind
  /// The ARN or name; `nil` for anonymous callers.
  let arn: String?
  let account: String?

  /// Takes a principal apart.
  ///
  /// - Parameter principal: The caller.
  init(_ principal: RequestPrincipal) {
    kind = principal.kind
    arn = kind == .anonymous ? nil : principal.arn
    account = principal.account ?? principal.arn?.arnAccount
  }

  /// For role sessions the role's name, for federated sessions the user's.
  var sessionOf: String? {
    guard kind == .assumedRole || kind == .federatedUser, let resource = arn.flatMap({ ARN($0) })?.resource
    else {
      return nil
    }
    let path = resource.split(separator: "/")
    let type = kind == .assumedRole ? "assumed-role" : "federated-user"
    return path.count > 1 && path[0] == type ? String(path[1]) : nil
  }

  /// Whether identity-based policies bear on the caller.
  var hasIdentityPolicies: Bool {
    switch kind {
    case .user, .role, .assumedRole, .federatedUser, .root: true
    case .service, .anonymous, .other: false
    }
  }

  /// Whether the caller is a service-linked role, which control policies do not reach.
  var isServiceLinkedRole: Bool {
    guard let arn, kind == .role || kind == .assumedRole else { return false }
    return arn.containsBytes(of: ":role/aws-service-role/")
      || arn.containsBytes(of: ":assumed-role/AWSServiceRoleFor")
  }
}
