// The names of condition operators, taken apart: set qualifier, comparison, `IfExists`.

/// A condition operator such as `ForAnyValue:StringLikeIfExists`.
///
/// See "IAM JSON policy elements: Condition operators" in the IAM User Guide. Names are compared exactly.
public struct ConditionOperator: Hashable, Sendable, CustomStringConvertible {
  /// How a condition treats several values of the request's key.
  public enum Qualifier: String, Hashable, Sendable, CaseIterable {
    /// Every value of the request has to pass; none at all passes.
    case forAllValues = "ForAllValues"
    /// At least one value of the request has to pass; none at all fails.
    case forAnyValue = "ForAnyValue"
  }

  /// What is compared, and how.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    /// Equal text.
    case stringEquals = "StringEquals"
    /// Unequal text.
    case stringNotEquals = "StringNotEquals"
    /// Equal text, case aside.
    case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
    /// Unequal text, case aside.
    case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
    /// Text that matches a pattern.
    case stringLike = "StringLike"
    /// Text that matches no pattern.
    case stringNotLike = "StringNotLike"
    /// Equal numbers.
    case numericEquals = "NumericEquals"
    /// Unequal numbers.
    case numericNotEquals = "NumericNotEquals"
    /// A smaller number.
    case numericLessThan = "NumericLessThan"
    /// A smaller or equal number.
    case numericLessThanEquals = "NumericLessThanEquals"
    /// A greater number.
    case numericGreaterThan = "NumericGreaterThan"
    /// A greater or equal number.
    case numericGreaterThanEquals = "NumericGreaterThanEquals"
    /// The same instant.
    case dateEquals = "DateEquals"
    /// Another instant.
    case dateNotEquals = "DateNotEquals"
    /// An earlier instant.
    case dateLessThan = "DateLessThan"
    /// An earlier instant or the same.
    case dateLessThanEquals = "DateLessThanEquals"
    /// A later instant.
    case dateGreaterThan = "DateGreaterThan"
    /// A later instant or the same.
    case dateGreaterThanEquals = "DateGreaterThanEquals"
    /// Equal truth values.
    case bool = "Bool"
    /// Equal bytes, written in base64.
    case binaryEquals = "BinaryEquals"
    /// An address inside a network.
    case ipAddress = "IpAddress"
    /// An address outside all networks.
    case notIpAddress = "NotIpAddress"
    /// An ARN that matches a pattern segment by segment.
    case arnEquals = "ArnEquals"
    /// The same as `arnEquals`.
    case arnLike = "ArnLike"
    /// An ARN that matches no pattern.
    case arnNotEquals = "ArnNotEquals"
    /// The same as `arnNotEquals`.
    case arnNotLike = "ArnNotLike"
    /// Whether the key is absent.
    case null = "Null"

    /// Whether the comparison holds where no value of the policy matches, and so also where the key is absent.
    public var isNegated: Bool { positive != self }

    /// The comparison without negation; itself where it is not negated.
    public var positive: Comparison {
      switch self {
      case .stringNotEquals: .stringEquals
      case .stringNotEqualsIgnoreCase: .stringEqualsIgnoreCase
      case .stringNotLike: .stringLike
      case .numericNotEquals: .numericEquals
      case .dateNotEquals: .dateEquals
      case .notIpAddress: .ipAddress
      case .arnNotEquals: .arnEquals
      case .arnNotLike: .arnLike
      default: self
      }
    }
  }

  /// How several values of the request are treated.
  public var qualifier: Qualifier?
  /// What is compared, and how.
  public var comparison: Comparison
  /// Whether the condition holds where the request does not have the key.
  public var ifExists: Bool

  /// Creates an operator from its parts.
  ///
  /// - Parameters:
  ///   - comparison: What is compared, and how.
  ///   - qualifier: How several values of the request are treated.
  ///   - ifExists: Whether the condition holds where the key is absent.
  public init(_ comparison: Comparison, qualifier: Qualifier? = nil, ifExists: Bool = false) {
    self.qualifier = qualifier
    self.comparison = comparison
    self.ifExists = ifExists
  }

  /// Parses the name of an operator, or returns `nil` where IAM has no such operator.
  ///
  /// - Parameter name: The name as a `Condition` element has it.
  public init?(_ name: String) {
    var rest = name[...]
    qualifier = nil
    if let colon = rest.firstIndex(of: ":") {
      guard let qualifier = Qualifier(rawValue: String(rest[..<colon])) else { return nil }
      self.qualifier = qualifier
      rest = rest[rest.index(after: colon)...]
    }
    ifExists = rest.hasSuffix("IfExists")
    if ifExists { rest = rest.dropLast("IfExists".count) }
    guard let comparison = Comparison(rawValue: String(rest)), !(comparison == .null && ifExists) else {
      return nil
    }
    self.comparison = comparison
  }

  /// The operator's name.
  public var description: String {
    (qualifier.map { $0.rawValue + ":" } ?? "") + comparison.rawValue + (ifExists ? "IfExists" : "")
  }
}
