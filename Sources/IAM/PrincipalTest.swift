// Comparing the caller with the principals that a `Principal` or `NotPrincipal` element names.

/// The principals of an element, prepared for comparison.
struct PrincipalTest: Sendable {
  private var everyone = false
  /// `{"AWS": "*"}`: all but AWS services.
  private var allAWS = false
  private var accounts: [String] = []
  /// Users, roles and sessions by ARN; users and roles with account and name, paths dropped.
  private var named: [(arn: String, account: String, type: Substring, name: Substring)] = []
  private var services: [String] = []
  private var others: [String] = []
  /// `{"Federated": "*"}`: whoever an identity provider vouches for.
  private var allFederated = false

  /// Prepares a set of principals.
  ///
  /// - Parameter set: The principals as written.
  init(_ set: PrincipalSet) {
    guard case .typed(let types) = set else {
      everyone = true
      return
    }
    for principals in types {
      for value in principals.values {
        switch principals.type {
        case "AWS": addAWS(value)
        case "Service": services.append(value)
        case "Federated" where value == "*": allFederated = true
        default: others.append(value)
        }
      }
    }
  }

  private mutating func addAWS(_ value: String) {
    if value == "*" {
      allAWS = true
    } else if value.utf8.count == 12, value.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
      accounts.append(value)
    } else if let arn = ARN(value) {
      if arn.resource == "root" {
        accounts.append(arn.account)
      } else {
        let path = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        named.append((value, arn.account, path[0], path[path.count - 1]))
      }
    }
    // What remains is the unique id of a principal that was deleted, and matches nobody.
  }

  /// How the set names a caller: the strongest of all forms.
  ///
  /// - Parameter caller: The caller.
  /// - Returns: The strongest match.
  func match(_ caller: CallerIdentity) -> PrincipalMatch {
    if everyone || allAWS && caller.kind != .service { return .everyone }
    guard let arn = caller.arn else { return .none }
    switch caller.kind {
    case .service: return services.contains { $0.sameBytes(as: arn) } ? .itself : .none
    case .other where allFederated || others.contains { $0.sameBytes(as: arn) }: return .itself
    default: break
    }
    var best = PrincipalMatch.none
    let sessionOf = named.isEmpty ? nil : caller.sessionOf
    for principal in named {
      if principal.arn.sameBytes(as: arn) { return caller.kind == .role ? .role : .itself }
      // Names of users and roles are unique in an account, whatever their paths.
      guard let sessionOf, principal.account == caller.account, principal.name == sessionOf else {
        continue
      }
      if caller.kind == .assumedRole, principal.type == "role" { best = max(best, .role) }
      if caller.kind == .federatedUser, principal.type == "user" { best = max(best, .federatedUser) }
    }
    if best == .none, let account = caller.account, accounts.contains(account) {
      return caller.kind == .root ? .itself : .account
    }
    return best
  }

  /// Whether a set exempts a caller from a statement that denies everyone but the set.
  ///
  /// AWS may check account, role and session in turn, so each has to be listed. See "NotPrincipal with Deny" in
  /// "AWS JSON policy elements: NotPrincipal" in the IAM User Guide.
  ///
  /// - Parameter caller: The caller.
  /// - Returns: Whether the statement passes the caller by.
  func exempts(_ caller: CallerIdentity) -> Bool {
    switch match(caller) {
    case .everyone: return true
    case .none, .account, .federatedUser: return false
    case .role where caller.kind == .assumedRole: return false
    case .role, .itself: break
    }
    guard caller.hasIdentityPolicies else { return true }
    guard let account = caller.account, accounts.contains(account) else { return false }
    guard caller.kind == .assumedRole else { return true }
    let role = caller.sessionOf ?? ""
    return named.contains { $0.account == account && $0.type == "role" && $0.name == role }
  }
}
