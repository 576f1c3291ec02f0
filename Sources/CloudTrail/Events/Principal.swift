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

  /// What a principal holds, shared by all its copies: ledgers name each of them in thousands of keys.
  private final class Storage: Sendable {
    let kind: Kind
    let identifier: String
    let account: String?
    /// A hash of all three, so that a key with a principal in it is hashed without a look at its texts.
    let digest: Int

    init(kind: Kind, identifier: String, account: String?) {
      self.kind = kind
      self.identifier = identifier
      self.account = account
      var hasher = Hasher()
      hasher.combine(kind)
      identifier.hashBytes(into: &hasher)
      (account ?? "").hashBytes(into: &hasher)
      hasher.combine(account == nil)
      digest = hasher.finalize()
    }
  }

  private let storage: Storage

  /// What sort of identity it is.
  public var kind: Kind { storage.kind }
  /// The ARN where the identity has one; otherwise a prefixed text such as `service:ec2.amazonaws.com`.
  public var identifier: String { storage.identifier }
  /// The account that owns the identity, where the record tells.
  public var account: String? { storage.account }

  /// Creates a principal.
  ///
  /// - Parameters:
  ///   - kind: What sort of identity it is.
  ///   - identifier: Its ARN or prefixed text.
  ///   - account: The account that owns it.
  public init(kind: Kind, identifier: String, account: String?) {
    storage = Storage(kind: kind, identifier: identifier, account: account)
  }

  /// Whether two principals have the same bytes: names that merely look alike are those of different identities.
  public static func == (left: Principal, right: Principal) -> Bool {
    if left.storage === right.storage { return true }
    return left.storage.digest == right.storage.digest && left.kind == right.kind
      && left.identifier.sameBytes(as: right.identifier)
      && (left.account == nil) == (right.account == nil)
      && (left.account ?? "").sameBytes(as: right.account ?? "")
  }

  /// Hashes kind, identifier and account.
  public func hash(into hasher: inout Hasher) { hasher.combine(storage.digest) }

  /// Orders principals by identifier, then kind, then account, by bytes; no account comes first.
  public static func < (left: Principal, right: Principal) -> Bool {
    if left.storage === right.storage { return false }
    if !left.identifier.sameBytes(as: right.identifier) { return left.identifier.precedes(right.identifier) }
    if left.kind != right.kind { return left.kind.rawValue.precedes(right.kind.rawValue) }
    guard let account = left.account, let other = right.account else {
      return left.account == nil && right.account != nil
    }
    return account.precedes(other)
  }
}

extension Principal: CustomStringConvertible {
  /// The identifier, for messages of tests and debuggers.
  public var description: String { identifier }
}
