// Which identity an event belongs to (SEMANTICS §2; "CloudTrail userIdentity element" in the CloudTrail User Guide).

import IAM

extension Principal {
  /// Decides whose permissions the call used.
  ///
  /// Sessions fold to their issuer; a role session without one folds to `role/NAME`, whose path is lost. A text that
  /// is no ARN stays the identifier, as the kind `unknown`. Identities without an ARN get
  /// `service:HOST`, `account:ACCOUNT:PRINCIPAL-ID`, `anonymous`, `WebIdentityUser:PROVIDER:NAME`,
  /// `SAMLUser:PROVIDER:NAME`, `identitycenter:USER-ID`, `TYPE:ACCOUNT:NAME` or, for an empty identity, `missing`.
  ///
  /// - Parameter event: The event.
  public init(_ event: CloudTrailEvent) {
    self.init(event.userIdentity)
  }

  /// Decides whose permissions an identity uses.
  ///
  /// - Parameter identity: The `userIdentity` element of a record.
  public init(_ identity: UserIdentity) {
    if let issuer = identity.sessionIssuerARN {
      self.init(arn: issuer, identity, account: identity.sessionIssuerAccountID ?? identity.accountID)
    } else if let arn = identity.arn {
      self.init(arn: Principal.role(ofSession: arn) ?? arn, identity, account: identity.accountID)
    } else {
      self.init(withoutARN: identity)
    }
  }

  /// The role ARN that a session ARN tells, or `nil` if it is no session of a role.
  ///
  /// `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` becomes `arn:aws:iam::ACCOUNT:role/NAME`.
  ///
  /// - Parameter arn: The ARN of a session, with or without the session's name.
  /// - Returns: The ARN of the role, without its path.
  public static func role(ofSession arn: String) -> String? {
    guard let parsed = ARN(arn), parsed.service == "sts", parsed.resource.hasPrefix("assumed-role/") else {
      return nil
    }
    let parts = parsed.resource.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[1].isEmpty else { return nil }
    return "arn:\(parsed.partition):iam::\(parsed.account):role/\(parts[1])"
  }

  private init(arn text: String, _ identity: UserIdentity, account: String?) {
    guard let arn = ARN(text) else {
      self.init(kind: .unknown, identifier: text, account: account)
      return
    }
    let kind: Kind =
      switch (arn.service, arn.resource) {
      case ("iam", "root"): .root
      case ("iam", let resource) where resource.hasPrefix("role/"): .role
      case ("iam", let resource) where resource.hasPrefix("user/"): .user
      case ("sts", let resource) where resource.hasPrefix("federated-user/"): .federatedUser
      default:
        switch identity.type {
        case "IdentityCenterUser": .identityCenterUser
        case "WebIdentityUser": .webIdentityUser
        case "SAMLUser": .samlUser
        case "AWSService": .awsService
        case "AWSAccount": .awsAccount
        default: .unknown
        }
      }
    self.init(kind: kind, identifier: text, account: arn.account.isEmpty ? account : arn.account)
  }

  private init(withoutARN identity: UserIdentity) {
    let account = identity.accountID
    func joined(_ parts: String?...) -> String { parts.map { $0 ?? "" }.joined(separator: ":") }
    switch identity.type {
    case "AWSService",
      .none where identity.invokedBy != nil:
      self.init(kind: .awsService, identifier: joined("service", identity.invokedBy), account: account)
    case "AWSAccount":
      let anonymous = ["anonymous", "anonymous_principal"]
      if anonymous.contains(account?.lowercased() ?? "") || identity.principalID?.lowercased() == "anonymous"
      {
        self.init(kind: .anonymous, identifier: "anonymous", account: nil)
      } else {
        self.init(
          kind: .awsAccount, identifier: joined("account", account, identity.principalID), account: account)
      }
    case "WebIdentityUser", "SAMLUser":
      self.init(
        kind: identity.type == "SAMLUser" ? .samlUser : .webIdentityUser,
        identifier: joined(
          identity.type, identity.identityProvider, identity.userName ?? identity.principalID),
        account: account)
    case _ where identity.type == "IdentityCenterUser" || identity.onBehalfOfUserID != nil:
      self.init(
        kind: .identityCenterUser, identifier: joined("identitycenter", identity.onBehalfOfUserID),
        account: account)
    case .none where account == nil && identity.principalID == nil && identity.userName == nil:
      self.init(kind: .unknown, identifier: "missing", account: nil)
    default:
      self.init(
        kind: .unknown, identifier: joined(identity.type, account, identity.principalID ?? identity.userName),
        account: account)
    }
  }
}
