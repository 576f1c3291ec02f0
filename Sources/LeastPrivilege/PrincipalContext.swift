// What is known of every request of a principal.

import CloudTrail
import IAM

/// The condition keys that a principal's identity alone determines.
enum PrincipalContext {
  /// The keys of a user or role ("AWS global condition context keys" in the IAM User Guide).
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Its ARN, account, type and, for users, name.
  static func keys(of principal: Principal) -> RequestContext {
    var context: RequestContext = ["aws:PrincipalArn": .single(principal.identifier)]
    if let account = ARN(principal.identifier)?.account, !account.isEmpty {
      context["aws:PrincipalAccount"] = .single(account)
    }
    if principal.kind == .user {
      context["aws:PrincipalType"] = .single("User")
      context["aws:username"] = .single(principal.resourceName)
    } else if principal.kind == .role {
      context["aws:PrincipalType"] = .single("AssumedRole")
    }
    return context
  }
}
