// Why a decision came out as it did, statement by statement.

/// What one statement is to a request.
public struct StatementExplanation: Hashable, Sendable {
  /// The first thing about a statement that keeps it from applying.
  public enum Obstacle: Hashable, Sendable {
    /// The statement covers other actions.
    case action
    /// The statement covers other resources.
    case resource
    /// The statement names other principals.
    case principal
    /// A condition does not hold.
    case condition(Condition)
    /// The statement cannot be understood, or lacks an element that its policy type requires.
    case invalid
  }

  /// The statement.
  public let statement: MatchedStatement
  /// What keeps it from applying; `nil` where it applies.
  public let obstacle: Obstacle?
  /// What the request has for the key of the condition that does not hold; empty where the key is absent.
  public let values: [String]

  /// Whether the statement applies to the request.
  public var applies: Bool { obstacle == nil }

  /// In words, what the statement is to the request.
  public var description: String {
    let verb = statement.effect == .allow ? "allows" : "denies"
    switch obstacle {
    case nil: return "\(verb) the request"
    case .action: return "covers other actions"
    case .resource: return "covers the action on other resources"
    case .principal: return "names other principals"
    case .invalid: return "lacks an element or has an unknown operator, so that it allows nothing"
    case .condition(let condition):
      let has = values.map { "`\($0)`" }.joined(separator: ", ")
      return "has the condition `\(condition.operatorName)` on `\(condition.key)`, and the request has "
        + (values.isEmpty ? "no such key" : has)
    }
  }
}

extension PolicyEvaluator {
  /// What each statement of each policy is to a request, in the order of evaluation.
  ///
  /// Denies of the same layer are not moved forward, so that the list follows the policies.
  ///
  /// - Parameter request: The request.
  /// - Returns: One explanation for each statement.
  /// - Complexity: O(*n*) in the size of the policies.
  public func explain(_ request: AccessRequest) -> [StatementExplanation] {
    let prepared = PreparedRequest(request, hasBoundary: policies.permissionBoundary != nil)
    return layers.flatMap { layer in
      layer.statements.indices.map { index in
        let reference = layer.reference(index)
        var values: [String] = []
        let obstacle: StatementExplanation.Obstacle?
        switch layer.statements[index].verdict(on: prepared) {
        case .applies: obstacle = nil
        case .otherAction: obstacle = .action
        case .otherResource: obstacle = .resource
        case .otherPrincipal: obstacle = .principal
        case .invalid: obstacle = .invalid
        case .conditionFails(let number):
          let condition = statement(reference).conditions[number]
          values = request.context[condition.key]?.all ?? []
          obstacle = .condition(condition)
        }
        return StatementExplanation(statement: reference, obstacle: obstacle, values: values)
      }
    }
  }

  /// The statement that a reference stands for.
  private func statement(_ reference: MatchedStatement) -> Statement {
    let level = reference.level ?? 0
    let documents: [PolicyDocument] =
      switch reference.layer {
      case .identity: policies.identity
      case .permissionBoundary: policies.permissionBoundary ?? []
      case .session: policies.session ?? []
      case .serviceControlPolicy: policies.serviceControlPolicies?[level] ?? []
      case .resourceControlPolicy: policies.resourceControlPolicies?[level] ?? []
      case .resource: policies.resourcePolicy.map { [$0] } ?? []
      case .vpcEndpoint: policies.vpcEndpoint ?? []
      }
    return documents[reference.policy].statements[reference.statement]
  }
}
