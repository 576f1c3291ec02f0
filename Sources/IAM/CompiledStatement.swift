// One statement, prepared for many requests.

/// A statement prepared for many requests.
///
/// Where a statement cannot be understood, or has no element that its policy type requires, an Allow never applies
/// and a Deny does not miss: it fails closed.
///
/// A class, because a decision goes through many statements and a copy of one would touch a dozen references.
final class CompiledStatement: Sendable {
  /// What a statement is to a request: the first element that does not match, or that all do.
  enum Verdict: Hashable, Sendable {
    /// The statement applies, naming the caller in this way.
    case applies(PrincipalMatch)
    /// The action is another.
    case otherAction
    /// The resource is another.
    case otherResource
    /// The caller is not among the principals.
    case otherPrincipal
    /// The condition at this index does not hold.
    case conditionFails(Int)
    /// The statement cannot be understood or lacks an element, and allows nothing.
    case invalid
  }

  private enum Resources: Sendable {
    case absent
    case matching(PatternSet)
    case notMatching(PatternSet)
  }

  private enum Principals: Sendable {
    case absent
    case matching(PrincipalTest)
    case notMatching(PrincipalTest)
  }

  /// The index of the policy in its layer.
  let policy: Int
  /// The index in the policy.
  let index: Int
  let sid: String?
  let effect: Statement.Effect
  private let actions: PatternSet
  private let isNotAction: Bool
  private let resources: Resources
  private let principals: Principals
  private let conditions: [ConditionTest?]
  private let isResourceBased: Bool

  /// Prepares a statement.
  ///
  /// - Parameters:
  ///   - statement: The statement.
  ///   - policy: The index of its policy.
  ///   - index: Its index.
  ///   - version: The `Version` of its policy.
  ///   - layer: The part that its policy plays.
  init(_ statement: Statement, policy: Int, index: Int, version: String?, layer: PolicyLayer) {
    self.policy = policy
    self.index = index
    sid = statement.sid
    effect = statement.effect
    switch statement.actions {
    case .action(let patterns):
      actions = PatternSet(actions: patterns)
      isNotAction = false
    case .notAction(let patterns):
      actions = PatternSet(actions: patterns)
      isNotAction = true
    }
    switch statement.resources {
    case nil: resources = .absent
    case .resource(let patterns): resources = .matching(PatternSet(resources: patterns, version: version))
    case .notResource(let patterns):
      resources = .notMatching(PatternSet(resources: patterns, version: version))
    }
    switch statement.principal {
    case nil: principals = .absent
    case .principal(let set): principals = .matching(PrincipalTest(set))
    case .notPrincipal(let set): principals = .notMatching(PrincipalTest(set))
    }
    conditions = statement.conditions.map { ConditionTest($0, version: version) }
    isResourceBased = layer.isResourceBased
  }

  /// What the statement is to a request.
  ///
  /// - Parameter request: The request.
  /// - Returns: The first element that does not match, or that all do.
  func verdict(on request: PreparedRequest) -> Verdict {
    if actions.matches(request.action, isASCII: request.isActionASCII, in: request.context) == isNotAction {
      return .otherAction
    }
    switch resources {
    case .absent:
      // Trust policies and the like name no resource: it is the one that they are attached to.
      if !isResourceBased, effect == .allow { return .invalid }
    case .matching(let set):
      if !set.matches(request.resource, isASCII: request.isResourceASCII, in: request.context) {
        return .otherResource
      }
    case .notMatching(let set):
      if set.matches(request.resource, isASCII: request.isResourceASCII, in: request.context) {
        return .otherResource
      }
    }
    let match = principalMatch(request)
    if match == .none {
      if case .absent = principals { return .invalid }
      return .otherPrincipal
    }
    for (index, condition) in conditions.enumerated() {
      guard let condition else {
        if effect == .allow { return .invalid }
        continue
      }
      if !condition.holds(in: request.context) { return .conditionFails(index) }
    }
    return .applies(match)
  }

  private func principalMatch(_ request: PreparedRequest) -> PrincipalMatch {
    switch principals {
    case .absent: return isResourceBased && effect == .allow ? .none : .everyone
    case .matching(let set): return set.match(request.caller)
    case .notMatching(let set):
      if effect == .allow { return set.match(request.caller) == .none ? .everyone : .none }
      // NotPrincipal with Deny reaches everyone who has a permissions boundary, whoever is listed.
      if request.hasBoundary, request.caller.hasIdentityPolicies { return .everyone }
      return set.exempts(request.caller) ? .none : .everyone
    }
  }
}
