// A request as IAM's evaluation sees it: who calls which action on which resource, and in which context.

/// One request to decide: principal, action, resource and context.
public struct AccessRequest: Hashable, Sendable {
  /// Who calls.
  public var principal: RequestPrincipal
  /// The action called.
  public var action: ActionName
  /// What it is called on.
  public var resource: RequestResource
  /// The condition keys of the request.
  ///
  /// Nothing is added: an absent key is absent.
  public var context: RequestContext

  /// Creates a request.
  ///
  /// - Parameters:
  ///   - principal: Who calls.
  ///   - action: The action called.
  ///   - resource: What it is called on.
  ///   - context: The condition keys of the request.
  public init(
    principal: RequestPrincipal, action: ActionName, resource: RequestResource,
    context: RequestContext = RequestContext()
  ) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context
  }
}

/// The caller of a request, as `Principal` elements are compared with it.
public struct RequestPrincipal: Hashable, Sendable {
  /// What sort of principal it is; raw values are those of `simulate`'s input.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An IAM user.
    case user
    /// An IAM role, named by its `iam` ARN.
    case role
    /// A role session, named by its `sts` ARN `assumed-role/NAME/SESSION`.
    case assumedRole = "assumed-role"
    /// A session of GetFederationToken, named by its `sts` ARN `federated-user/NAME`.
    case federatedUser = "federated-user"
    /// An account's root user.
    case root
    /// An AWS service, named by its service principal such as `ec2.amazonaws.com`.
    case service
    /// A caller without credentials.
    case anonymous
    /// Anything else, such as a web identity, SAML provider or canonical user, named by what policies call it.
    case other
  }

  /// What sort of principal it is.
  public var kind: Kind
  /// The ARN, or service principal, or provider name; `nil` for an anonymous caller.
  public var arn: String?
  /// The account that the principal belongs to; `nil` where it belongs to none.
  public var account: String?

  /// Creates a principal.
  ///
  /// - Parameters:
  ///   - kind: What sort of principal it is.
  ///   - arn: Its ARN or name.
  ///   - account: Its account.
  public init(kind: Kind, arn: String?, account: String?) {
    self.kind = kind
    self.arn = arn
    self.account = account
  }
}

/// The target of a request.
public struct RequestResource: Hashable, Sendable {
  /// The resource's ARN; `nil` where the action takes no resource, which only the resource `*` matches.
  public var arn: String?
  /// The account that owns the resource; `nil` where it is unknown, and then the one in the ARN or the caller's.
  public var account: String?

  /// Creates a target.
  ///
  /// - Parameters:
  ///   - arn: The ARN, or `nil` for an action without resource.
  ///   - account: The account that owns the resource.
  public init(arn: String?, account: String? = nil) {
    self.arn = arn
    self.account = account
  }
}
