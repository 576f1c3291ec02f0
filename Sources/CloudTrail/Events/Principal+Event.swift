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
      self.init(arn: issuer)
    } else if let arn = identity.arn {
      self.init(arn: Principal.role(ofSession: arn) ?? arn)
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
    let text = arn.utf8.span
    guard let session = SessionARN(text) else { return nil }
    func part(_ range: Range<Int>) -> String { String(bytes: text.extracting(range)) }
    let (partition, account) = (part(session.segments.partition), part(session.segments.account))
    return "arn:\(partition):iam::\(account):role/\(part(session.role))"
  }

  /// Kind and account follow from the ARN alone, so that one identifier is one principal.
  private init(arn identifier: String) {
    let text = identifier.utf8.span
    guard let arn = ARNSegments(text) else {
      self.init(kind: .unknown, identifier: identifier, account: nil)
      return
    }
    // The type is what stands before the first slash that has anything before it.
    let start = arn.resource.first { text[$0] != UInt8(ascii: "/") } ?? text.count
    let end = text.offset(of: UInt8(ascii: "/"), from: start) ?? text.count
    let kind: Kind =
      switch (String(bytes: text.extracting(arn.service)), String(bytes: text.extracting(start..<end))) {
      case ("iam", "root"): .root
      case ("iam", "role"): .role
      case ("iam", "user"): .user
      case ("iam", "saml-provider"): .samlUser
      case ("iam", "oidc-provider"): .webIdentityUser
      case ("sts", "federated-user"): .federatedUser
      case ("identitystore", _): .identityCenterUser
      default: .unknown
      }
    self.init(
      kind: kind, identifier: identifier,
      account: arn.account.isEmpty ? nil : String(bytes: text.extracting(arn.account)))
  }

  private init(withoutARN identity: UserIdentity) {
    let account = identity.accountID
    func joined(_ parts: String?...) -> String { parts.map { $0 ?? "" }.joined(separator: ":") }
    switch identity.type {
    case "AWSService",
      .none where identity.invokedBy != nil:
      self.init(kind: .awsService, identifier: joined("service", identity.invokedBy), account: nil)
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
        account: nil)
    case _ where identity.type == "IdentityCenterUser" || identity.onBehalfOfUserID != nil:
      self.init(
        kind: .identityCenterUser, identifier: joined("identitycenter", identity.onBehalfOfUserID),
        account: nil)
    case .none where account == nil && identity.principalID == nil && identity.userName == nil:
      self.init(kind: .unknown, identifier: "missing", account: nil)
    default:
      self.init(
        kind: .unknown, identifier: joined(identity.type, account, identity.principalID ?? identity.userName),
        account: account)
    }
  }
}
