// All policies on one side of the comparison, as layers of statements.

/// What has to allow a request, layer by layer, and what denies it.
struct ContainmentSide: Sendable {
  /// The Allow statements of each layer; of each layer one has to apply.
  private(set) var layers: [[StatementAtoms]] = []
  /// The Deny statements of all layers; none may apply.
  private(set) var denies: [StatementAtoms] = []

  /// Takes policies apart; the first layer is the policies compared, the others limit it.
  ///
  /// - Parameters:
  ///   - policies: The policies, those compared under `identity`.
  ///   - policyType: The kind of policies compared.
  ///   - table: Receives the atoms.
  init(_ policies: ApplicablePolicies, policyType: PolicyContainment.PolicyType, table: inout AtomTable) {
    table.hasBoundary = policies.permissionBoundary != nil
    add(policies.identity, isResourceBased: policyType == .resource, &table)
    guard policyType == .identity else { return }
    for layer in [policies.permissionBoundary, policies.session].compactMap({ $0 }) {
      add(layer, isResourceBased: false, &table)
    }
    for level in policies.serviceControlPolicies ?? [] { add(level, isResourceBased: false, &table) }
    for level in policies.resourceControlPolicies ?? [] { add(level, isResourceBased: true, &table) }
    if let vpcEndpoint = policies.vpcEndpoint { add(vpcEndpoint, isResourceBased: true, &table) }
  }

  private mutating func add(_ documents: [PolicyDocument], isResourceBased: Bool, _ table: inout AtomTable) {
    let statements = table.add(documents, isResourceBased: isResourceBased)
    layers.append(statements.filter { $0.effect == .allow })
    denies += statements.filter { $0.effect == .deny }
  }
}
