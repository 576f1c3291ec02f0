// Whether IAM would accept a document: the checks that need no knowledge of any service.

import JSONStream

/// The grammar check of a policy document for one use of it.
///
/// A document that parses may still be refused by IAM: identity-based policies have no principals, a managed policy has
/// at most 6,144 characters, a `Sid` is alphanumeric. See "Grammar of the IAM JSON policy language" and "IAM and
/// AWS STS quotas" in the IAM User Guide, and "Quotas for AWS Organizations".
public struct PolicyValidation: Hashable, Sendable {
  /// What a document is to be used as.
  public enum Use: Hashable, Sendable, CaseIterable {
    /// A managed policy of users, groups and roles, or a permissions boundary.
    case managedPolicy
    /// A policy inside a user, whose inline policies together have this quota.
    case inlineUserPolicy
    /// A policy inside a group.
    case inlineGroupPolicy
    /// A policy inside a role.
    case inlineRolePolicy
    /// A role's trust policy.
    case trustPolicy
    /// A service control policy.
    case serviceControlPolicy
    /// A policy of any other resource, whose size and forms its service decides.
    case resourcePolicy

    /// The largest size in characters, or `nil` where the service decides.
    public var sizeLimit: Int? {
      switch self {
      case .managedPolicy: 6_144
      case .inlineUserPolicy, .trustPolicy: 2_048
      case .inlineGroupPolicy, .serviceControlPolicy: 5_120
      case .inlineRolePolicy: 10_240
      case .resourcePolicy: nil
      }
    }

    /// Whether statements name principals.
    var hasPrincipals: Bool { self == .trustPolicy || self == .resourcePolicy }
  }

  /// One reason why IAM would refuse a document.
  public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// What sort of fault it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
      /// The document is larger than its use allows.
      case tooLarge
      /// A character that IAM does not take.
      case invalidCharacter
      /// An element that the use requires is absent or empty.
      case missingElement
      /// An element that the use does not have.
      case unexpectedElement
      /// The `Version` is not the current one, so that variables are plain text.
      case invalidVersion
      /// A `Sid` that is not alphanumeric.
      case invalidSid
      /// A `Sid` that two statements share.
      case duplicateSid
      /// Two conditions with one operator and key, which one JSON object cannot hold.
      case duplicateCondition
      /// An unknown condition operator.
      case unknownOperator
      /// A condition value of the wrong type for its operator, or a variable where there are none.
      case invalidValue
      /// An action that is neither `*` nor `service:Name`.
      case invalidAction
      /// A resource that no ARN can match.
      case invalidARN
    }

    /// What sort of fault it is.
    public let code: Code
    /// The path to the value at fault, such as `Statement[2].Sid`; empty for the document itself.
    public let path: String
    /// What is wrong, in words.
    public let message: String

    /// The finding in one line.
    public var description: String { path.isEmpty ? message : "`\(path)`: \(message)" }
  }

  /// What the document was checked for.
  public let use: Use
  /// The reasons to refuse it, in document order; empty where IAM would accept it.
  public private(set) var findings: [Finding] = []

  /// Whether nothing was found.
  public var isValid: Bool { findings.isEmpty }

  /// Checks a document.
  ///
  /// - Parameters:
  ///   - document: The document, of which the canonical JSON counts.
  ///   - use: What it is to be used as.
  /// - Complexity: O(*n*) in the size of the document.
  public init(_ document: PolicyDocument, as use: Use) {
    self.use = use
    let json = document.json(pretty: false)
    if let limit = use.sizeLimit, document.managedPolicySize > limit {
      add(.tooLarge, "", "the document has \(document.managedPolicySize) characters, \(limit) are allowed")
    }
    if let scalar = PolicyValidation.firstForbidden(String(decoding: json, as: UTF8.self)) {
      add(
        .invalidCharacter, "",
        "the character U+\(String(scalar.value, radix: 16, uppercase: true)) is not allowed")
    }
    if document.version != "2012-10-17" {
      add(.invalidVersion, "Version", "the version has to be `2012-10-17`, or variables are plain text")
    }
    if document.id != nil, use != .resourcePolicy, use != .trustPolicy {
      add(.unexpectedElement, "Id", "only resource-based policies have an `Id`")
    }
    if document.statements.isEmpty { add(.missingElement, "Statement", "the document has no statement") }
    var sids: Set<String> = []
    for (index, statement) in document.statements.enumerated() {
      check(statement, at: "Statement[\(index)]", version: document.version)
      if let sid = statement.sid, !sid.isEmpty, !sids.insert(sid).inserted {
        add(.duplicateSid, "Statement[\(index)].Sid", "another statement has the Sid `\(sid)`")
      }
    }
  }

  private mutating func add(_ code: Finding.Code, _ path: String, _ message: String) {
    findings.append(Finding(code: code, path: path, message: message))
  }

  /// The first character outside those that IAM takes: tab, line feed, carriage return and U+0020 to U+00FF.
  private static func firstForbidden(_ text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { !(0x20...0xFF).contains($0.value) && ![0x09, 0x0A, 0x0D].contains($0.value) }
  }

  private mutating func check(_ statement: Statement, at path: String, version: String?) {
    if let sid = statement.sid, use != .resourcePolicy, !sid.utf8.allSatisfy(\.isAlphanumeric) {
      add(.invalidSid, "\(path).Sid", "`\(sid)` has characters other than letters and digits")
    }
    if use.hasPrincipals, statement.principal == nil {
      add(.missingElement, path, "the statement of a resource-based policy needs `Principal`")
    } else if !use.hasPrincipals, statement.principal != nil {
      add(.unexpectedElement, "\(path).Principal", "only resource-based policies name principals")
    }
    let (actions, actionElement) =
      switch statement.actions {
      case .action(let patterns): (patterns, "\(path).Action")
      case .notAction(let patterns): (patterns, "\(path).NotAction")
      }
    if actions.isEmpty { add(.missingElement, actionElement, "the list is empty") }
    for action in actions where action != "*" && ActionName(action) == nil {
      add(.invalidAction, actionElement, "`\(action)` is no action; write `service:Name` or `*`")
    }
    check(statement.resources, at: path, version: version)
    var seen: Set<[String]> = []
    for condition in statement.conditions {
      let place = "\(path).Condition.\(condition.operatorName).\(condition.key)"
      if !seen.insert([condition.operatorName, condition.key]).inserted {
        add(.duplicateCondition, place, "the operator has the key twice")
      }
      check(condition, at: place, version: version)
    }
  }

  private mutating func check(_ element: Statement.ResourceElement?, at path: String, version: String?) {
    let resources: [String]
    let place: String
    switch element {
    case nil:
      if use != .trustPolicy { add(.missingElement, path, "the statement needs `Resource`") }
      return
    case .resource(let patterns): (resources, place) = (patterns, "\(path).Resource")
    case .notResource(let patterns): (resources, place) = (patterns, "\(path).NotResource")
    }
    if use == .trustPolicy { add(.unexpectedElement, place, "a trust policy names no resource") }
    if resources.isEmpty { add(.missingElement, place, "the list is empty") }
    for resource in resources where !ResourceShape(resource, version: version).mayMatchAnARN {
      add(.invalidARN, place, "`\(resource)` is no resource; write an ARN or `*`")
    }
  }

  private mutating func check(_ condition: Condition, at path: String, version: String?) {
    guard let conditionOperator = ConditionOperator(condition.operatorName) else {
      add(.unknownOperator, path, "`\(condition.operatorName)` is no condition operator")
      return
    }
    for value in condition.values {
      let text = VariableText(value, version: version)
      let type = conditionOperator.comparison.valueType
      if !text.isConstant {
        if !type.allowsVariables || conditionOperator.comparison == .null {
          add(.invalidValue, path, "`\(value)`: variables have no meaning for this operator")
        }
      } else if let value = text.resolvedText(in: RequestContext()), !type.accepts(value) {
        add(.invalidValue, path, "`\(value)` is no \(type.rawValue)")
      }
    }
  }
}

extension ConditionOperator.Comparison {
  /// The type of values that an operator compares; raw values are for messages.
  fileprivate enum ValueType: String {
    case text
    case number
    case date
    case boolean
    case base64
    case network
    case arn = "ARN"

    var allowsVariables: Bool { self == .text || self == .arn || self == .boolean }

    func accepts(_ value: String) -> Bool {
      switch self {
      case .text: true
      case .number: DecimalNumber(value) != nil
      case .date: PolicyDate(value) != nil
      case .boolean: ["true", "false"].contains(value.asciiLowercased)
      case .base64: Base64.decode(value) != nil
      case .network: IPNetwork(value) != nil
      case .arn: ARNPattern(Wildcard(value).tokens) != nil
      }
    }
  }

  fileprivate var valueType: ValueType {
    switch positive {
    case .numericEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
      .numericGreaterThanEquals:
      .number
    case .dateEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan, .dateGreaterThanEquals: .date
    case .bool, .null: .boolean
    case .binaryEquals: .base64
    case .ipAddress: .network
    case .arnEquals, .arnLike: .arn
    default: .text
    }
  }
}
