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
    isAbout(type, OperationName.topic(of: type), service)
  }

  /// Whether the operation is about a resource type.
  ///
  /// - Parameters:
  ///   - type: The type.
  ///   - service: The service prefix.
  /// - Returns: Whether it is.
  func isAbout(_ type: ResourceTypeFormats, of service: String) -> Bool {
    isAbout(type.name, type.topic, service)
  }

  /// What operations about a type call it, in lower-case letters and digits.
  ///
  /// - Parameter type: The type's name.
  /// - Returns: The name without what only tells sorts of the type apart.
  static func topic(of type: String) -> String {
    // `rule-on-default-event-bus` is a rule, `loadbalancer/app/` a load balancer.
    let end =
      type[...].offset(ofBytes: "-on-").map { type.utf8.index(type.startIndex, offsetBy: $0) }
      ?? type.utf8.firstIndex(of: UInt8(ascii: "/")) ?? type.endIndex
    return ParameterIndex.folded(type[..<end])
  }

  private func isAbout(_ type: String, _ topic: String, _ service: String) -> Bool {
    if service == "rds",
      let known = RelationalDatabases.nouns[noun] ?? RelationalDatabases.nouns[String(noun.dropLast())]
    {
      return known == type
    }
    if service == "iam", let known = Identities.nouns[noun] { return known == type }
    let noun = noun.utf8.span
    let topic = topic.utf8.span
    let (length, wanted) = (noun.count, topic.count)
    if wanted == 0 { return false }
    if length >= wanted, OperationName.areSame(noun, length - wanted, topic, 0, wanted) { return true }
    let plural = UInt8(ascii: "s")
    if length > wanted, noun[length - 1] == plural,
      OperationName.areSame(noun, length - wanted - 1, topic, 0, wanted)
    {
      return true
    }
    if wanted == length + 1, topic[length] == plural, OperationName.areSame(noun, 0, topic, 0, length) {
      return true
    }
    // `policies` are about a `policy`.
    return length >= 3 && wanted == length - 2 && topic[wanted - 1] == UInt8(ascii: "y")
      && noun[length - 3] == UInt8(ascii: "i") && noun[length - 2] == UInt8(ascii: "e")
      && noun[length - 1] == plural && OperationName.areSame(noun, 0, topic, 0, wanted - 1)
  }

  /// Whether as many bytes of two texts are the same from a place on in each.
  private static func areSame(
    _ left: Span<UInt8>, _ first: Int, _ right: Span<UInt8>, _ second: Int, _ count: Int
  ) -> Bool {
    for place in 0..<count where left[first + place] != right[second + place] { return false }
    return true
  }
}
