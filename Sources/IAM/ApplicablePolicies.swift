// The policies that bear on a request, by the part that they play in the decision.

/// All policies that apply to a principal's requests, by type.
///
/// `nil` means that no policy of the type applies; an empty list means that the type applies and allows nothing.
/// See "Policy evaluation logic" in the IAM User Guide.
public struct ApplicablePolicies: Hashable, Sendable {
  /// Identity-based policies: managed, inline and those of the user's groups.
  public var identity: [PolicyDocument]
  /// The permissions boundary.
  public var permissionBoundary: [PolicyDocument]?
  /// The session policies of an assumed role or federated session.
  public var session: [PolicyDocument]?
  /// Service control policies by level, from the root to the principal's account; each level must allow.
  public var serviceControlPolicies: [[PolicyDocument]]?
  /// Resource control policies by level, from the root to the resource's account; each level must allow.
  public var resourceControlPolicies: [[PolicyDocument]]?
  /// The policy of the resource, such as a bucket policy, key policy or trust policy.
  public var resourcePolicy: PolicyDocument?
  /// The policies of the VPC endpoint through which the request comes.
  public var vpcEndpoint: [PolicyDocument]?

  /// Creates a set of policies; every type but identity-based policies is absent by default.
  ///
  /// - Parameters:
  ///   - identity: Identity-based policies.
  ///   - permissionBoundary: The permissions boundary.
  ///   - session: The session policies.
  ///   - serviceControlPolicies: Service control policies by level.
  ///   - resourceControlPolicies: Resource control policies by level.
  ///   - resourcePolicy: The policy of the resource.
  ///   - vpcEndpoint: The policies of the VPC endpoint.
  public init(
    identity: [PolicyDocument], permissionBoundary: [PolicyDocument]? = nil,
    session: [PolicyDocument]? = nil, serviceControlPolicies: [[PolicyDocument]]? = nil,
    resourceControlPolicies: [[PolicyDocument]]? = nil, resourcePolicy: PolicyDocument? = nil,
    vpcEndpoint: [PolicyDocument]? = nil
  ) {
    self.identity = identity
    self.permissionBoundary = permissionBoundary
    self.session = session
    self.serviceControlPolicies = serviceControlPolicies
    self.resourceControlPolicies = resourceControlPolicies
    self.resourcePolicy = resourcePolicy
    self.vpcEndpoint = vpcEndpoint
  }
}
