// The evaluator, asked for what policies allow by themselves.

/// Decides requests by one side of a comparison.
struct ContainmentEvaluator: Sendable {
  /// Identity policies in one evaluator, policies of a resource in one each.
  private let evaluators: [PolicyEvaluator]
  /// Policies of a resource for callers whose own policies play no part, such as services.
  private let evaluatorsWithoutIdentity: [PolicyEvaluator]

  /// Prepares policies for deciding.
  ///
  /// - Parameters:
  ///   - policies: The policies, those compared under `identity`.
  ///   - policyType: The kind of policies compared.
  init(_ policies: ApplicablePolicies, policyType: PolicyContainment.PolicyType) {
    guard policyType == .resource else {
      evaluators = [PolicyEvaluator(policies)]
      evaluatorsWithoutIdentity = evaluators
      return
    }
    let everything = PolicyDocument(
      statements: [Statement(effect: .allow, actions: .action(["*"]), resources: .resource(["*"]))])
    evaluators = policies.identity.map {
      PolicyEvaluator(
        ApplicablePolicies(identity: [everything], session: [everything], resourcePolicy: $0))
    }
    evaluatorsWithoutIdentity = policies.identity.map {
      PolicyEvaluator(ApplicablePolicies(identity: [], resourcePolicy: $0))
    }
  }

  /// Whether the policies allow a request: one of them does, and none denies it.
  ///
  /// - Parameter request: The request; for policies of a resource, the caller is of another account.
  /// - Returns: Whether it is allowed.
  func allows(_ request: AccessRequest) -> Bool {
    let outcomes = decisions(on: request).map(\.outcome)
    return outcomes.contains(.allowed) && !outcomes.contains(.explicitDeny)
  }

  /// Why a request is not allowed.
  ///
  /// - Parameter request: The request.
  /// - Returns: The reason, in words.
  func reason(for request: AccessRequest) -> String {
    let decisions = decisions(on: request)
    let decision = decisions.first { $0.outcome == .explicitDeny } ?? decisions.first
    return decision?.reason ?? "none allows it"
  }

  private func decisions(on request: AccessRequest) -> [Decision] {
    switch request.principal.kind {
    case .user, .role, .assumedRole, .federatedUser, .root: evaluators.map { $0.decide(request) }
    case .service, .anonymous, .other: evaluatorsWithoutIdentity.map { $0.decide(request) }
    }
  }
}
