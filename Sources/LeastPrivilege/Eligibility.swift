// Which principals can carry a policy.

public import CloudTrail
import IAM

extension Principal {
  /// Whether the principal is an IAM user or role whose policies a customer can change.
  ///
  /// Services, service-linked roles, other accounts, root users, sign-in identities and unknown callers are
  /// reported and never given a policy (SEMANTICS §2).
  public var canCarryPolicy: Bool {
    guard kind == .role || kind == .user, let arn = ARN(identifier), arn.service == "iam" else {
      return false
    }
    return !arn.resource.hasPrefix("role/aws-service-role/")
  }

  /// The name of a user or role, without its path.
  var resourceName: String {
    guard let arn = ARN(identifier) else { return identifier }
    return arn.resource.split(separator: "/").last.map(String.init) ?? arn.resource
  }
}
