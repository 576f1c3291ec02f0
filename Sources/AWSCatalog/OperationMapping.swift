// What authorises one API operation: the answer of `Catalog.operation(source:name:)`.

/// A sign in an event's request that proves that an action was needed.
///
/// See `RequestPath` for how the paths are written and compared.
public struct RequestProof: Hashable, Sendable {
  /// The path of the parameter whose presence is the proof.
  public let path: RequestPath
  /// The value that the parameter must have, or `nil` where its presence alone is proof.
  ///
  /// Compared without regard to case; `*` stands for any characters: `SELECT*`.
  public let value: String?

  /// Creates a proof.
  ///
  /// - Parameters:
  ///   - path: The parameter whose presence is the proof.
  ///   - value: The value that it must have, or `nil`.
  public init(path: RequestPath, value: String? = nil) {
    self.path = path
    self.value = value
  }

  /// Parses `path` or `path=value`.
  ///
  /// - Parameter text: The proof as the tables write it.
  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1)
    self.init(
      path: RequestPath(String(parts.first ?? "")), value: parts.count == 2 ? String(parts[1]) : nil)
  }
}

/// The path of a parameter inside `requestParameters` of an event.
///
/// Written `targets[].roleArn`: names joined by dots, `[]` behind a name that holds a list. Names are compared
/// without regard to case, since CloudTrail lowers first letters at will. A name that ends in `*` stands for all
/// names with that beginning: `x-amz-grant-*`. Dots do not occur in parameter names.
public struct RequestPath: Hashable, Sendable, CustomStringConvertible {
  /// The names from the outside in, without their `[]`; empty for the request itself.
  public let names: [String]
  /// The path as the tables write it.
  public let description: String

  /// Parses a path.
  ///
  /// - Parameter text: The path as the tables write it.
  public init(_ text: String) {
    description = text
    names = text.split(separator: ".").map { name in
      name.hasSuffix("[]") ? String(name.dropLast(2)) : String(name)
    }
  }
}

/// One action that authorises an operation.
public struct OperationAction: Hashable, Sendable {
  /// The action as AWS spells it.
  public let action: String
  /// What in the request proves that the action was needed.
  ///
  /// Any one of them is enough. Empty where the operation always needs the action.
  public let proofs: [RequestProof]
  /// The action whose place this one takes where it is proved, as `s3:GetObjectVersion` that of `s3:GetObject`.
  public let replaces: String?
  /// The parameter that holds the resource, where that is another than the operation's own, as
  /// `x-amz-copy-source` for the read side of CopyObject.
  public let resourceFrom: RequestPath?
  /// The ARN format of the resource with `{parameter}` placeholders, where the table states one, as
  /// `/restapis/{restapi_id}/stages` for API Gateway.
  public let resourcePath: String?

  /// Whether the operation always needs the action.
  public var always: Bool { proofs.isEmpty }

  /// Creates the action of an operation.
  ///
  /// - Parameters:
  ///   - action: The action as AWS spells it.
  ///   - proofs: What proves that it was needed; empty where it always is.
  ///   - replaces: The action whose place it takes.
  ///   - resourceFrom: The parameter that holds its resource.
  ///   - resourcePath: Its resource as a path.
  public init(
    action: String, proofs: [RequestProof] = [], replaces: String? = nil, resourceFrom: RequestPath? = nil,
    resourcePath: String? = nil
  ) {
    self.action = action
    self.proofs = proofs
    self.replaces = replaces
    self.resourceFrom = resourceFrom
    self.resourcePath = resourcePath
  }
}

/// What authorises an API operation, and by which rule that is known.
public struct OperationMapping: Hashable, Sendable {
  /// What kind of thing an event name is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A call that one or more actions authorise.
    case action
    /// A call that needs no permission of an identity policy.
    case noPermissionNeeded
    /// Not a call at all: a sign-in, or something that a service did.
    case notACall
    /// No rule knows.
    case unresolved
  }

  /// What kind of thing the event name is.
  public let kind: Kind
  /// What authorises the operation: what it always needs first, then what only some requests need.
  public let requirements: [OperationAction]
  /// The parameters by which the operation passes roles, so that it needs `iam:PassRole` as well.
  public let passRole: [PassRoleRule]
  /// The tagging action that the operation needs as well where it tags what it creates.
  public let tagOnCreate: TagOnCreateRule?
  /// The names of the rules that gave the answer, joined by ` + ` in the order in which they applied.
  public let rule: String
  /// Why the mapping is what it is, where there is more to say than the rule: for people.
  public let note: String?
  /// The IAM service prefix that the event source stands for.
  public let service: String

  /// The actions that the operation always needs, sorted, each once; `iam:PassRole` among them where every call passes
  /// a role.
  public var actions: [String] {
    var actions = Set(requirements.filter(\.always).map(\.action))
    if passRole.contains(where: \.always) { actions.insert(OperationMapping.passRoleAction) }
    return actions.sortedByBytes()
  }

  /// The actions that only some requests need, sorted, each once.
  public var conditionalActions: [String] {
    var actions = Set(requirements.filter { !$0.always }.map(\.action))
    if !passRole.isEmpty { actions.insert(OperationMapping.passRoleAction) }
    if let tagOnCreate { actions.insert(tagOnCreate.action) }
    return actions.subtracting(self.actions).sortedByBytes()
  }

  private static let passRoleAction = "iam:PassRole"

  /// Creates a mapping.
  ///
  /// - Parameters:
  ///   - kind: What kind of thing the event name is.
  ///   - requirements: What authorises the operation.
  ///   - passRole: The parameters by which it passes roles.
  ///   - tagOnCreate: The tagging action that it may need.
  ///   - rule: The names of the rules that gave the answer.
  ///   - note: What else there is to say.
  ///   - service: The IAM service prefix.
  public init(
    kind: Kind, requirements: [OperationAction] = [], passRole: [PassRoleRule] = [],
    tagOnCreate: TagOnCreateRule? = nil, rule: String, note: String? = nil, service: String
  ) {
    self.kind = kind
    self.requirements = requirements
    self.passRole = passRole
    self.tagOnCreate = tagOnCreate
    self.rule = rule
    self.note = note
    self.service = service
  }
}
