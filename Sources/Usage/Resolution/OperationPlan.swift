// What the catalog says of one operation, read once and kept: rules look at it for every event of that operation.

import AWSCatalog
import IAM

/// One action that an operation needs, with its resource types ready to be matched and filled.
///
/// Plans are classes: every question to a rule carries them, and to copy all that they hold would cost more than most
/// answers.
final class ActionPlan: Sendable {
  /// The action as AWS spells it.
  let action: String
  /// Its service prefix.
  let service: String
  /// Its access level.
  let accessLevel: AccessLevel
  /// The resource types it accepts; empty where it takes `*` only.
  let types: [ResourceTypeFormats]
  /// All types of the service, to tell what an ARN is.
  let serviceTypes: ServiceTypes

  /// The types that the action requires.
  let required: [ResourceTypeFormats]

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - action: The action as AWS spells it.
  ///   - service: Its service prefix.
  ///   - accessLevel: Its access level.
  ///   - types: The resource types it accepts.
  ///   - serviceTypes: All types of the service.
  init(
    action: String, service: String, accessLevel: AccessLevel, types: [ResourceTypeFormats],
    serviceTypes: ServiceTypes
  ) {
    self.action = action
    self.service = service
    self.accessLevel = accessLevel
    self.types = types
    self.serviceTypes = serviceTypes
    required = types.filter(\.required)
  }

  /// Whether an ARN is of a type that the action accepts.
  ///
  /// - Parameter arn: The ARN.
  /// - Returns: Whether it is.
  func accepts(_ arn: ARN) -> Bool {
    let own = serviceTypes.types(of: arn)
    return types.contains { own.contains($0.name) }
  }
}

/// One operation: its actions, and the roles and tags that it may need besides.
final class OperationPlan: Sendable {
  /// The operation's name without API date.
  let operation: String
  /// The name taken apart.
  let name: OperationName
  /// What authorises it.
  let mapping: OperationMapping
  /// Whether the service assigns ids in this operation: it makes something new.
  let creates: Bool

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - operation: The operation's name without API date.
  ///   - mapping: What authorises it.
  init(operation: String, mapping: OperationMapping) {
    self.operation = operation
    self.mapping = mapping
    name = OperationName(operation)
    creates = name.creates
  }
}

/// An operation's name taken apart: `CreateNatGateway` is the verb `create` and the noun `natgateway`.
struct OperationName: Sendable, Hashable {
  /// The leading word, folded.
  let verb: String
  /// The rest, folded.
  let noun: String
  /// Whether the operation is about tags.
  let isAboutTags: Bool

  /// Takes a name apart.
  ///
  /// - Parameter name: The operation without API date.
  init(_ name: String) {
    let end = name.dropFirst().firstIndex { $0.isUppercase || $0.isNumber } ?? name.endIndex
    verb = ParameterIndex.folded(name[..<end])
    let noun = ParameterIndex.folded(name[end...])
    self.noun = noun.hasSuffix("withtags") ? String(noun.dropLast(8)) : noun
    isAboutTags = self.noun.containsBytes(of: "tag")
  }

  private static let creatingVerbs: Set<String> = [
    "allocate", "copy", "create", "import", "launch", "provision", "publish", "purchase", "register",
    "request", "restore", "run", "start", "submit", "upload",
  ]
  private static let readingVerbs: Set<String> = [
    "batch", "describe", "get", "list", "lookup", "query", "scan", "search", "view",
  ]

  /// Whether operations of this verb make things whose ids the service assigns.
  var creates: Bool { OperationName.creatingVerbs.contains(verb) }
  /// Whether operations of this verb only look.
  var reads: Bool { OperationName.readingVerbs.contains(verb) }

  /// Whether the operation is about a resource type: the noun ends with the type's name, in singular or plural.
  ///
  /// - Parameters:
  ///   - type: The type's name.
  ///   - service: The service prefix.
  /// - Returns: Whether it is.
  func isAbout(_ type: String, of service: String) -> Bool {
    if service == "rds",
      let known = RelationalDatabases.nouns[noun] ?? RelationalDatabases.nouns[String(noun.dropLast())]
    {
      return known == type
    }
    if service == "iam", let known = Identities.nouns[noun] { return known == type }
    // `rule-on-default-event-bus` is a rule, `loadbalancer/app/` a load balancer.
    let end =
      type[...].offset(ofBytes: "-on-").map { type.utf8.index(type.startIndex, offsetBy: $0) }
      ?? type.utf8.firstIndex(of: UInt8(ascii: "/")) ?? type.endIndex
    let type = ParameterIndex.folded(type[..<end])
    guard !type.isEmpty else { return false }
    if OperationName.ends(noun[...], with: type) { return true }
    if noun.utf8.last == UInt8(ascii: "s"), OperationName.ends(noun.dropLast(), with: type) { return true }
    return noun + "s" == type
      || (OperationName.ends(noun[...], with: "ies") && noun.dropLast(3) + "y" == type)
  }

  /// Whether a folded text ends with another one; bytes are characters in both.
  private static func ends(_ text: Substring, with end: String) -> Bool {
    let rest = text.utf8.count - end.utf8.count
    return rest >= 0 && text.utf8.dropFirst(rest).elementsEqual(end.utf8)
  }
}
