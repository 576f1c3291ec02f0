// The slow twin of the evaluator: the documented order of evaluation, written down without index or preparation.
//
// It knows users, role sessions and services, Principal elements of the typed form, and the operators StringEquals and
// StringNotEquals with IfExists; the generator of the random tests makes nothing else.

import IAM
import TestSupport

/// Decides requests by going through every statement of every policy.
struct NaivePolicyEvaluator {
  let policies: ApplicablePolicies

  enum Answer { case allowed, explicitDeny, implicitDeny }

  func decide(_ request: AccessRequest) -> Answer {
    // Service control policies bind the principals of the account only.
    let isService = request.principal.kind == .service
    let identity = policies.identity
    let others =
      [policies.permissionBoundary, policies.session, policies.vpcEndpoint].compactMap { $0 }
      + (isService ? [] : policies.serviceControlPolicies ?? []) + (policies.resourceControlPolicies ?? [])
      + [policies.resourcePolicy.map { [$0] } ?? []]
    for documents in [identity] + others where says(.deny, documents, request) { return .explicitDeny }
    func allows(_ documents: [PolicyDocument]) -> Bool { says(.allow, documents, request) }
    for level in policies.resourceControlPolicies ?? [] where !allows(level) { return .implicitDeny }
    if !isService {
      for level in policies.serviceControlPolicies ?? [] where !allows(level) { return .implicitDeny }
    }
    if let endpoint = policies.vpcEndpoint, !allows(endpoint) { return .implicitDeny }
    let withinLimits =
      (policies.permissionBoundary.map(allows) ?? true) && (policies.session.map(allows) ?? true)
    let identityAllows = allows(identity) && withinLimits
    let grants = policies.resourcePolicy.map { self.grants(of: $0, request) } ?? []
    let isCrossAccount = request.principal.account != request.resource.account
    let isAllowed =
      isService
      ? grants.contains("itself")
      : isCrossAccount
        ? !grants.isEmpty && identityAllows
        : grants.contains("itself") || grants.contains("role") && withinLimits || identityAllows
    return isAllowed ? .allowed : .implicitDeny
  }

  private func says(_ effect: Statement.Effect, _ documents: [PolicyDocument], _ request: AccessRequest)
    -> Bool
  {
    documents.contains { document in
      document.statements.contains { $0.effect == effect && applies($0, request) && names($0, request) }
    }
  }

  private func grants(of policy: PolicyDocument, _ request: AccessRequest) -> Set<String> {
    var grants: Set<String> = []
    for statement in policy.statements where statement.effect == .allow && applies(statement, request) {
      grants.formUnion(forms(statement, request))
    }
    return grants
  }

  private func names(_ statement: Statement, _ request: AccessRequest) -> Bool {
    statement.principal == nil || !forms(statement, request).isEmpty
  }

  /// In which forms a statement names the caller.
  private func forms(_ statement: Statement, _ request: AccessRequest) -> Set<String> {
    guard case .principal(let set) = statement.principal else { return [] }
    guard case .typed(let types) = set else { return ["itself"] }
    var forms: Set<String> = []
    let arn = request.principal.arn ?? ""
    for principals in types {
      for value in principals.values {
        if principals.type == "Service" {
          if request.principal.kind == .service, value == arn { forms.insert("itself") }
          continue
        }
        if request.principal.kind == .service { continue }
        let account = request.principal.account ?? ""
        if value == "*" || value == arn { forms.insert("itself") }
        if value == "arn:aws:iam::\(account):root" || value == account { forms.insert("account") }
        let parts = arn.split(separator: "/")
        if request.principal.kind == .assumedRole, value == "arn:aws:iam::\(account):role/\(parts[1])" {
          forms.insert("role")
        }
      }
    }
    return forms
  }

  private func applies(_ statement: Statement, _ request: AccessRequest) -> Bool {
    func any(_ patterns: [String], _ text: String) -> Bool {
      patterns.contains { NaiveGlob.matches($0, text) }
    }
    let action = request.action.description.lowercased()
    let isAction =
      switch statement.actions {
      case .action(let patterns): any(patterns.map { $0.lowercased() }, action)
      case .notAction(let patterns): !any(patterns.map { $0.lowercased() }, action)
      }
    let resource = request.resource.arn ?? "*"
    let isResource =
      switch statement.resources {
      case nil: false
      case .resource(let patterns): any(patterns, resource)
      case .notResource(let patterns): !any(patterns, resource)
      }
    return isAction && isResource
      && statement.conditions.allSatisfy { condition in
        guard let value = request.context[condition.key]?.all.first else {
          return condition.operatorName != "StringEquals"
        }
        return condition.values.contains(value) == condition.operatorName.hasPrefix("StringEquals")
      }
  }
}
