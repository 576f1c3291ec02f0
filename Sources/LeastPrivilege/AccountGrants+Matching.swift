// From a principal of the logs to the policies that apply to it.

public import AWSCatalog
public import CloudTrail
public import IAM

/// The policies that apply to one principal today.
public struct PrincipalGrant: Hashable, Sendable {
  /// The identity in the grants.
  public var identity: GrantedIdentity
  /// Whether it was found by its name, because the log did not tell the path.
  public var matchedByName: Bool
  /// The policies with where they stand: inline, attached, then those of each group.
  public var policies: [SourcedPolicy]
  /// The permissions boundary, where the identity has one and the document is known.
  public var boundary: PolicyDocument?
  /// ARNs of attached policies and boundaries, and names of groups, whose content is not known, sorted.
  public var missing: [String]
  /// The control policies above the identity's account.
  public var controls = ControlPolicies()

  /// Whether the identity has a boundary whose document is not known.
  public var boundaryIsUnknown: Bool { identity.boundary != nil && boundary == nil }

  /// The account's own policies as the evaluator takes them; ``governed`` has the organisation's besides.
  ///
  /// A boundary that is not known applies and allows nothing.
  public var applicable: ApplicablePolicies {
    ApplicablePolicies(
      identity: policies.map(\.document),
      permissionBoundary: identity.boundary == nil ? nil : boundary.map { [$0] } ?? [])
  }

  /// All policies that bear on the identity's requests: its own, its boundary, and those of the organisation.
  ///
  /// Resource control policies are those of the identity's own account.
  public var governed: ApplicablePolicies {
    var policies = applicable
    policies.serviceControlPolicies = controls.service
    policies.resourceControlPolicies = controls.resource
    return policies
  }
}

/// A policy with where it stands.
public struct SourcedPolicy: Hashable, Sendable {
  /// Where it stands.
  public var source: PolicySource
  /// The policy.
  public var document: PolicyDocument

  /// Creates a sourced policy.
  ///
  /// - Parameters:
  ///   - source: Where it stands.
  ///   - document: The policy.
  public init(source: PolicySource, document: PolicyDocument) {
    self.source = source
    self.document = document
  }
}

extension AccountGrants {
  /// The policies that apply to a principal, or `nil` where the grants do not have it.
  ///
  /// A role whose path the log does not tell (SEMANTICS §2.1) is matched by account and name, which IAM keeps
  /// unique without regard to case and path.
  ///
  /// - Parameters:
  ///   - principal: A user or role.
  ///   - catalog: Where AWS managed policies are looked up that the grants refer to and do not hold.
  /// - Returns: The policies with their sources.
  public func grant(of principal: Principal, catalog: Catalog = .embedded) -> PrincipalGrant? {
    guard let (identity, byName) = identity(of: principal) else { return nil }
    var grant = grant(of: identity, matchedByName: byName, catalog: catalog)
    if identity.account.isEmpty, let account = ARN(principal.identifier)?.account {
      grant.controls = organization?.controls(of: account) ?? ControlPolicies()
    }
    return grant
  }

  /// The policies that apply to a principal, as the evaluator takes them, or `nil` where the grants do not have it.
  ///
  /// - Parameters:
  ///   - principal: A user or role.
  ///   - catalog: Where AWS managed policies are looked up that the grants do not hold.
  /// - Returns: The policies.
  public func policies(of principal: Principal, catalog: Catalog = .embedded) -> ApplicablePolicies? {
    grant(of: principal, catalog: catalog)?.applicable
  }

  /// The policies that apply to an identity of the grants.
  ///
  /// - Parameters:
  ///   - identity: The identity.
  ///   - matchedByName: Whether it was found by its name.
  ///   - catalog: Where AWS managed policies are looked up that the grants do not hold.
  /// - Returns: The policies with their sources.
  public func grant(
    of identity: GrantedIdentity, matchedByName: Bool = false, catalog: Catalog = .embedded
  ) -> PrincipalGrant {
    var grant = PrincipalGrant(
      identity: identity, matchedByName: matchedByName, policies: [], boundary: nil, missing: [])
    collect(from: identity, group: nil, into: &grant, catalog: catalog)
    for name in identity.groups {
      if let group = group(named: name, account: identity.account) ?? group(named: name, account: "") {
        collect(from: group, group: group.name, into: &grant, catalog: catalog)
      } else {
        grant.missing.append(name)
      }
    }
    if let boundary = identity.boundary {
      grant.boundary = policy(arn: boundary, catalog: catalog)?.document
      if grant.boundary == nil { grant.missing.append(boundary) }
    }
    grant.missing = Array(Set(grant.missing)).sorted()
    grant.controls = organization?.controls(of: identity.account) ?? ControlPolicies()
    return grant
  }

  /// A managed policy of the grants, or else of the catalog.
  ///
  /// - Parameters:
  ///   - arn: The policy's ARN.
  ///   - catalog: Where AWS managed policies are looked up that the grants do not hold.
  /// - Returns: The policy, or `nil` where neither has it.
  public func policy(arn: String, catalog: Catalog = .embedded) -> GrantedPolicy? {
    if let policy = managedPolicies[arn] { return policy }
    guard let parsed = ARN(arn), parsed.account == "aws", parsed.resource.hasPrefix("policy/"),
      let known = catalog.managedPolicy(arn),
      let document = try? PolicyDocument(json: Array(known.document.utf8))
    else { return nil }
    return GrantedPolicy(
      arn: arn, name: known.name, defaultVersion: known.version, document: document)
  }

  /// The group of an account by its name.
  func group(named name: String, account: String) -> GrantedIdentity? {
    arnsByName[NameKey(kind: .group, account: account, name: name.lowercased())].flatMap { identities[$0] }
  }

  private func identity(of principal: Principal) -> (GrantedIdentity, byName: Bool)? {
    guard principal.kind == .role || principal.kind == .user else { return nil }
    if let identity = identities[principal.identifier] { return (identity, false) }
    let kind: GrantedIdentity.Kind = principal.kind == .role ? .role : .user
    guard let arn = ARN(principal.identifier), arn.service == "iam" else { return nil }
    let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
    func named(in account: String) -> GrantedIdentity? {
      arnsByName[NameKey(kind: kind, account: account, name: parts[parts.count - 1].lowercased())]
        .flatMap { identities[$0] }
    }
    if parts.count == 2, let identity = named(in: arn.account) { return (identity, true) }
    // What infrastructure code declares without an account stands in whatever account has an identity of its name.
    if let identity = named(in: "") { return (identity, true) }
    if let role = permissionSetRole(arn, identifier: principal.identifier) { return (role, false) }
    guard principal.canCarryPolicy, !barePolicies.isEmpty else { return nil }
    var identity = GrantedIdentity(kind: kind, arn: principal.identifier, name: principal.resourceName)
    identity.inlinePolicies = barePolicies
    return (identity, false)
  }

  private func collect(
    from identity: GrantedIdentity, group: String?, into grant: inout PrincipalGrant, catalog: Catalog
  ) {
    for inline in identity.inlinePolicies {
      grant.policies.append(
        SourcedPolicy(
          source: PolicySource(kind: group == nil ? .inline : .groupInline, name: inline.name, group: group),
          document: inline.document))
    }
    for arn in identity.attachedPolicies {
      guard let policy = policy(arn: arn, catalog: catalog) else {
        grant.missing.append(arn)
        continue
      }
      let kind: PolicySource.Kind =
        switch (policy.isAWSManaged, group == nil) {
        case (true, true): .awsManaged
        case (true, false): .groupAWSManaged
        case (false, true): .managed
        case (false, false): .groupManaged
        }
      grant.policies.append(
        SourcedPolicy(
          source: PolicySource(kind: kind, name: policy.name, arn: arn, group: group),
          document: policy.document))
    }
  }
}
