// The identity whose permissions a call used (SEMANTICS §2).

import IAM

/// An identity as the answers name it.
public struct Principal: Hashable, Sendable, Comparable {
  /// What sort of identity it is; raw values are those of the `type` field in machine output.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An IAM role.
    case role = "Role"
    /// An IAM user.
    case user = "User"
    /// An account's root user.
    case root = "Root"
    /// A federated user whose IAM user is unknown.
    case federatedUser = "FederatedUser"
    /// A user of IAM Identity Center.
    case identityCenterUser = "IdentityCenterUser"
    /// A web identity that calls AssumeRoleWithWebIdentity.
    case webIdentityUser = "WebIdentityUser"
    /// A SAML identity that calls AssumeRoleWithSAML.
    case samlUser = "SAMLUser"
    /// An AWS service acting under its own policies.
    case awsService = "AWSService"
    /// A caller of another account that this trail cannot resolve.
    case awsAccount = "AWSAccount"
    /// An unauthenticated caller.
    case anonymous = "Anonymous"
    /// An identity that the record does not tell.
    case unknown = "Unknown"
  }

  /// What sort of identity it is.
  public let kind: Kind
  /// The ARN where the identity has one; otherwise a prefixed text such as `service:ec2.amazonaws.com`.
  public let identifier: String
  /// The account that owns the identity, where the record tells.
  public let account: String?

  /// Creates a principal.
  ///
  /// - Parameters:
  ///   - kind: What sort of identity it is.
  ///   - identifier: Its ARN or prefixed text.
  ///   - account: The account that owns it.
  public init(kind: Kind, identifier: String, account: String?) {
    self.kind = kind
    self.identifier = identifier
    self.account = account
  }

  /// Orders principals by identifier, then kind, then account, by bytes; no account comes first.
  public static func < (left: Principal, right: Principal) -> Bool {
    if !left.identifier.sameBytes(as: right.identifier) { return left.identifier.precedes(right.identifier) }
    if left.kind != right.kind { return left.kind.rawValue.precedes(right.kind.rawValue) }
    guard let account = left.account, let other = right.account else {
      return left.account == nil && right.account != nil
    }
    return account.precedes(other)
  }

  /// Whether two principals have the same bytes.
  public static func == (left: Principal, right: Principal) -> Bool {
    guard left.kind == right.kind, left.identifier.sameBytes(as: right.identifier) else { return false }
    guard let account = left.account, let other = right.account else { return left.account == right.account }
    return account.sameBytes(as: other)
  }

  /// Hashes the bytes of what tells principals apart in nearly all cases.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    identifier.hashBytes(into: &hasher)
  }
}
