// One line of a `Condition` block, prepared for many requests.
//
// What decides, in AWS's terms (IAM User Guide, "Condition operators" and "Multivalued context keys"):
//
//   key absent or without values   ForAllValues true; else IfExists true; else ForAnyValue false; else true
//                                  exactly for negated operators
//   one value, no qualifier        it matches some value of the policy; for negated operators, none
//   several values, no qualifier   as one value, where any of them may match (none, for negated operators)
//   ForAllValues / ForAnyValue     every / some value of the request passes by itself
//
// A value that is malformed (no number, no date, no ARN), in the policy or the request, matches nothing.

/// A condition, compiled.
struct ConditionTest: Sendable {
  /// The operator.
  let conditionOperator: ConditionOperator
  /// The condition key in lower case.
  let key: String
  fileprivate let expected: [Expected]

  /// A value of the policy in the form in which it is compared.
  fileprivate enum Expected: Sendable {
    case text(String)
    case pattern(Wildcard)
    case arn(ARNPattern)
    case number(DecimalNumber)
    case date(PolicyDate)
    case network(IPNetwork)
    case bool(Bool)
    case binary([UInt8])
    /// Depends on the request's values.
    case variable(VariableText)
    /// Malformed, so that nothing matches.
    case nothing
  }

  /// Prepares a condition, or returns `nil` where its operator is unknown.
  ///
  /// - Parameters:
  ///   - condition: The condition.
  ///   - version: The `Version` of its policy.
  init?(_ condition: Condition, version: String?) {
    guard let conditionOperator = ConditionOperator(condition.operatorName) else { return nil }
    self.conditionOperator = conditionOperator
    key = condition.key.asciiLowercased
    expected = condition.values.map { value in
      let text = VariableText(value, version: version)
      guard text.isConstant else { return .variable(text) }
      return Expected(text, in: RequestContext(), for: conditionOperator.comparison)
    }
  }

  /// Whether the condition holds.
  ///
  /// - Parameter context: The request's condition keys.
  /// - Returns: Whether it holds.
  func holds(in context: RequestContext) -> Bool {
    let value = context[lowercased: key]
    let qualifier = conditionOperator.qualifier
    if conditionOperator.comparison == .null {
      let isAbsent = value?.isEmpty ?? true
      return resolvedValues(in: context).contains { if case .bool(isAbsent) = $0 { true } else { false } }
    }
    guard let value, !value.isEmpty else {
      if qualifier == .forAllValues || conditionOperator.ifExists { return true }
      return qualifier == nil && conditionOperator.comparison.isNegated
    }
    let isNegated = conditionOperator.comparison.isNegated
    switch value {
    case .single(let text):
      // With a set qualifier, an empty text is an empty set.
      if let qualifier, text.isEmpty { return qualifier == .forAllValues }
      return matches(text, in: context) != isNegated
    case .multiple(let texts):
      switch qualifier {
      case nil: return texts.contains { matches($0, in: context) } != isNegated
      case .forAllValues:
        return texts.allSatisfy(\.isEmpty) || texts.allSatisfy { matches($0, in: context) != isNegated }
      case .forAnyValue:
        return !texts.allSatisfy(\.isEmpty) && texts.contains { matches($0, in: context) != isNegated }
      }
    }
  }

  private func resolvedValues(in context: RequestContext) -> [Expected] {
    expected.map {
      guard case .variable(let text) = $0 else { return $0 }
      return Expected(text, in: context, for: conditionOperator.comparison)
    }
  }

  /// Whether a value of the request matches some value of the policy, negation aside.
  private func matches(_ text: String, in context: RequestContext) -> Bool {
    let comparison = conditionOperator.comparison
    switch comparison {
    case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
      .numericGreaterThanEquals:
      guard let number = DecimalNumber(text) else { return false }
      return anyExpected(in: context) {
        if case .number(let limit) = $0 { comparison.isSatisfied(number, limit) } else { false }
      }
    case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
      .dateGreaterThanEquals:
      guard let date = PolicyDate(text) else { return false }
      return anyExpected(in: context) {
        if case .date(let limit) = $0 { comparison.isSatisfied(date, limit) } else { false }
      }
    case .ipAddress, .notIpAddress:
      guard let address = IPNetwork(text), address.isAddress else { return false }
      return anyExpected(in: context) {
        if case .network(let network) = $0 { network.contains(address) } else { false }
      }
    case .binaryEquals:
      let decoded = Base64.decode(text)
      return anyExpected(in: context) {
        if case .binary(let bytes) = $0 { decoded == bytes || text.utf8.elementsEqual(bytes) } else { false }
      }
    case .bool:
      guard let truth = Bool(policyText: text) else { return false }
      return anyExpected(in: context) { if case .bool(truth) = $0 { true } else { false } }
    case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase:
      return anyExpected(in: context) {
        guard case .text(let value) = $0 else { return false }
        return value.sameBytes(as: text) || value.lowercased().sameBytes(as: text.lowercased())
      }
    case .stringEquals, .stringNotEquals, .stringLike, .stringNotLike, .arnEquals, .arnLike, .arnNotEquals,
      .arnNotLike, .null:
      return anyExpected(in: context) {
        switch $0 {
        case .text(let value): value.sameBytes(as: text)
        case .pattern(let pattern): pattern.matches(text)
        case .arn(let pattern): pattern.matches(text)
        default: false
        }
      }
    }
  }

  private func anyExpected(in context: RequestContext, _ isMatch: (Expected) -> Bool) -> Bool {
    for value in expected {
      if case .variable(let text) = value {
        if isMatch(Expected(text, in: context, for: conditionOperator.comparison)) { return true }
      } else if isMatch(value) {
        return true
      }
    }
    return false
  }
}

extension ConditionTest.Expected {
  /// Resolves and parses a value of the policy.
  fileprivate init(
    _ text: VariableText, in context: RequestContext, for comparison: ConditionOperator.Comparison
  ) {
    switch comparison {
    case .stringLike, .stringNotLike:
      self = text.resolved(in: context, wildcards: true).map { .pattern(Wildcard(tokens: $0)) } ?? .nothing
    case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
      self =
        text.resolved(in: context, wildcards: true).flatMap { ARNPattern($0) }.map { .arn($0) } ?? .nothing
    default:
      guard let value = text.resolvedText(in: context) else {
        self = .nothing
        return
      }
      switch comparison {
      case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
        .numericGreaterThanEquals:
        self = DecimalNumber(value).map { .number($0) } ?? .nothing
      case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
        .dateGreaterThanEquals:
        self = PolicyDate(value).map { .date($0) } ?? .nothing
      case .ipAddress, .notIpAddress: self = IPNetwork(value).map { .network($0) } ?? .nothing
      case .bool, .null: self = Bool(policyText: value).map { .bool($0) } ?? .nothing
      case .binaryEquals: self = Base64.decode(value).map { .binary($0) } ?? .nothing
      default: self = .text(value)
      }
    }
  }
}

extension ConditionOperator.Comparison {
  /// Whether a value of the request stands in this relation to a value of the policy, negation aside.
  fileprivate func isSatisfied<Value: Comparable>(_ value: Value, _ limit: Value) -> Bool {
    switch self {
    case .numericLessThan, .dateLessThan: value < limit
    case .numericLessThanEquals, .dateLessThanEquals: value <= limit
    case .numericGreaterThan, .dateGreaterThan: value > limit
    case .numericGreaterThanEquals, .dateGreaterThanEquals: value >= limit
    default: value == limit
    }
  }
}

extension RequestContext.Value {
  /// Whether this is a multivalued key without values, which counts as absent.
  fileprivate var isEmpty: Bool { if case .multiple(let values) = self { values.isEmpty } else { false } }
}

extension Bool {
  /// Parses `true` or `false` in any case.
  fileprivate init?(policyText: String) {
    switch policyText.asciiLowercased {
    case "true": self = true
    case "false": self = false
    default: return nil
    }
  }
}
