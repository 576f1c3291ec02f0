// Decides requests against policies, in AWS's documented order of evaluation.
//
//   1. An explicit Deny in any policy ends it.
//   2. Every level of resource control policies, every level of service control policies, and the VPC endpoint's
//      policy have to allow, where they apply.
//   3. Same account: the resource's policy or the identity-based policies have to allow. What a resource policy grants
//      to the caller itself, or to everyone, needs nothing else; what it grants to the caller's role needs boundary
//      and session policies too; what it grants to the account needs the identity-based policies anyhow.
//      Trust policies and key policies have to allow in any case.
//      Other account: the resource's policy and the identity-based policies both have to allow.
//   4. Identity-based policies count only within permissions boundary and session policies.
//
// See "Policy evaluation logic" and "Cross-account policy evaluation logic" in the IAM User Guide, and "SCP
// evaluation" and "RCP evaluation" in the AWS Organizations User Guide.

/// Decides requests against a fixed set of policies.
///
/// Policies are compiled once; deciding is then cheap. Organisation policies do not apply to service-linked roles;
/// that they do not apply to an organisation's management account either is for the caller to know.
public struct PolicyEvaluator: Sendable {
  private let identity: CompiledLayer
  private let permissionBoundary: CompiledLayer?
  private let session: CompiledLayer?
  private let serviceControlPolicies: [CompiledLayer]
  private let resourceControlPolicies: [CompiledLayer]
  private let resourcePolicy: CompiledLayer?
  private let vpcEndpoint: CompiledLayer?
  /// The policies as given, for explanations.
  let policies: ApplicablePolicies

  /// Prepares policies for deciding.
  ///
  /// - Parameter policies: The policies that apply.
  /// - Complexity: O(*n*) in the size of the policies.
  public init(_ policies: ApplicablePolicies) {
    self.policies = policies
    identity = CompiledLayer(policies.identity, layer: .identity)
    permissionBoundary = policies.permissionBoundary.map { CompiledLayer($0, layer: .permissionBoundary) }
    session = policies.session.map { CompiledLayer($0, layer: .session) }
    serviceControlPolicies = (policies.serviceControlPolicies ?? []).enumerated().map {
      CompiledLayer($1, layer: .serviceControlPolicy, level: $0)
    }
    resourceControlPolicies = (policies.resourceControlPolicies ?? []).enumerated().map {
      CompiledLayer($1, layer: .resourceControlPolicy, level: $0)
    }
    resourcePolicy = policies.resourcePolicy.map { CompiledLayer([$0], layer: .resource) }
    vpcEndpoint = policies.vpcEndpoint.map { CompiledLayer($0, layer: .vpcEndpoint) }
  }

  /// Decides a request.
  ///
  /// - Parameter request: The request.
  /// - Returns: The outcome with its reason, the statements that matched and what was missing.
  /// - Complexity: O(*n*) in the number of patterns and conditions of the statements that name the action's service.
  public func decide(_ request: AccessRequest) -> Decision {
    var matched: [MatchedStatement]? = []
    let basis = evaluate(request, matched: &matched)
    let denies = (matched ?? []).filter { $0.effect == .deny }
    let allows = (matched ?? []).filter { $0.effect == .allow }
    return Decision(basis: basis, action: request.action, matched: denies + allows)
  }

  /// Whether a request is allowed: what `decide` answers, without the reasons.
  ///
  /// - Parameter request: The request.
  /// - Returns: Whether the outcome is `allowed`.
  public func allows(_ request: AccessRequest) -> Bool {
    var matched: [MatchedStatement]?
    if case .allowed = evaluate(request, matched: &matched) { return true }
    return false
  }

  /// What one layer says.
  private struct LayerVerdict {
    /// The strongest form in which an Allow names the caller.
    var allow = PrincipalMatch.none
    var isDenied = false
    var allows: Bool { allow != .none }
  }

  /// All layers in order of evaluation.
  var layers: [CompiledLayer] {
    resourceControlPolicies + serviceControlPolicies
      + [vpcEndpoint, resourcePolicy, identity, permissionBoundary, session].compactMap { $0 }
  }

  private func evaluate(_ request: AccessRequest, matched: inout [MatchedStatement]?) -> Decision.Basis {
    let prepared = PreparedRequest(request, hasBoundary: permissionBoundary != nil)
    let caller = prepared.caller
    let hasIdentity = caller.hasIdentityPolicies || !identity.statements.isEmpty && caller.kind == .other
    var isDenied = false
    func verdict(_ layer: CompiledLayer) -> LayerVerdict {
      let verdict = self.verdict(of: layer, on: prepared, matched: &matched)
      isDenied = isDenied || verdict.isDenied
      return verdict
    }
    var missing: [Decision.MissingAllow] = []
    let hasControls = !resourceControlPolicies.isEmpty || !serviceControlPolicies.isEmpty
    if hasControls, !caller.isServiceLinkedRole {
      for layer in resourceControlPolicies where !verdict(layer).allows { missing.append(.init(layer)) }
      if hasIdentity {
        for layer in serviceControlPolicies where !verdict(layer).allows { missing.append(.init(layer)) }
      }
    }
    if let vpcEndpoint, !verdict(vpcEndpoint).allows { missing.append(.init(vpcEndpoint)) }
    let grant = resourcePolicy.map { verdict($0).allow } ?? .none
    let isRoot = caller.kind == .root
    let identityAllows = verdict(identity).allows || isRoot
    let boundaryAllows = permissionBoundary.map { verdict($0).allows } ?? true
    // A federated session without session policies has no permissions of its own ("GetFederationToken", STS API).
    let sessionAllows = session.map { verdict($0).allows } ?? (caller.kind != .federatedUser)
    if isDenied { return .explicitDeny }

    func limits() -> [Decision.MissingAllow] {
      var missing: [Decision.MissingAllow] = []
      if !boundaryAllows, !isRoot { missing.append(.init(layer: .permissionBoundary)) }
      if !sessionAllows { missing.append(.init(layer: .session, isAbsent: session == nil)) }
      return missing
    }
    func identitySide() -> [Decision.MissingAllow] {
      (identityAllows ? [] : [.init(layer: .identity)]) + limits()
    }
    let resourceMissing = Decision.MissingAllow(layer: .resource, isAbsent: resourcePolicy == nil)
    let source: Decision.Source
    if !hasIdentity {
      source = .resourcePolicy
      if grant <= .account { missing.append(resourceMissing) }
    } else if let accounts = crossAccount(request, caller) {
      source = .bothAccounts
      if grant == .none {
        missing.append(.init(layer: .resource, isAbsent: resourcePolicy == nil, accounts: accounts))
      }
      missing += identitySide()
    } else if grant >= .itself {
      source = .resourcePolicy
    } else if grant > .account, limits().isEmpty {
      source = .resourcePolicy
    } else if resourcePolicy != nil, grant == .none, PolicyEvaluator.needsResourcePolicy(prepared) {
      source = .identity
      missing.append(resourceMissing)
      missing += identitySide()
    } else {
      source = isRoot ? .rootUser : .identity
      missing += identitySide()
    }
    return missing.isEmpty ? .allowed(source) : .implicitDeny(missing)
  }

  private func verdict(
    of layer: CompiledLayer, on request: PreparedRequest, matched: inout [MatchedStatement]?
  ) -> LayerVerdict {
    var verdict = LayerVerdict()
    for index in layer.candidates(for: request.service) {
      let statement = layer.statements[index]
      guard case .applies(let match) = statement.verdict(on: request) else { continue }
      if statement.effect == .deny {
        verdict.isDenied = true
      } else {
        verdict.allow = max(verdict.allow, match)
      }
      matched?.append(layer.reference(index))
    }
    return verdict
  }

  /// The accounts of caller and resource where they differ; `nil` in the same account or where one is unknown.
  private func crossAccount(
    _ request: AccessRequest, _ caller: CallerIdentity
  ) -> Decision.MissingAllow.Accounts? {
    guard let callerAccount = caller.account else { return nil }
    let owner = request.resource.account ?? request.resource.arn?.arnAccount
    // Resources that AWS owns, such as its managed policies, have no account number, and no policy to ask for.
    guard let owner, owner != callerAccount, !owner.isEmpty, owner.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      return nil
    }
    return .init(caller: callerAccount, resource: owner)
  }

  /// Whether the resource's policy has to allow the action even in the same account.
  ///
  /// See "IAM role trust policies" and "KMS key policies" under "Determining whether a request is allowed or denied
  /// within an account".
  private static func needsResourcePolicy(_ request: PreparedRequest) -> Bool {
    switch request.service {
    case "kms": request.resource.containsBytes(of: ":key/")
    case "sts": request.resource.containsBytes(of: ":role/")
    default: false
    }
  }
}

extension PolicyLayer {
  /// Whether policies of this type name principals.
  var isResourceBased: Bool {
    switch self {
    case .resource, .resourceControlPolicy, .vpcEndpoint: true
    case .identity, .permissionBoundary, .session, .serviceControlPolicy: false
    }
  }
}
