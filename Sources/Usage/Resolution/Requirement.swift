// What a call needed: values handed from the resolver to the ledger.

public import AWSCatalog
import IAM

/// A condition key and value of a request, such as `iam:PassedToService` = `lambda.amazonaws.com`.
public struct ContextPair: Hashable, Comparable, Sendable {
  /// The condition key, spelled as AWS spells it.
  public var key: String
  /// The value.
  public var value: String

  /// Creates a pair.
  ///
  /// - Parameters:
  ///   - key: The condition key.
  ///   - value: The value.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// Orders pairs by key, then value, by bytes.
  public static func < (left: ContextPair, right: ContextPair) -> Bool {
    left.key.sameBytes(as: right.key)
      ? left.value.precedes(right.value) : left.key.precedes(right.key)
  }

  /// Whether two pairs have the same bytes.
  public static func == (left: ContextPair, right: ContextPair) -> Bool {
    left.key.sameBytes(as: right.key) && left.value.sameBytes(as: right.value)
  }

  /// Hashes the bytes of key and value.
  public func hash(into hasher: inout Hasher) {
    key.hashBytes(into: &hasher)
    value.hashBytes(into: &hasher)
  }
}

/// One permission that a call needed: an action on a resource under a context.
public struct Requirement: Hashable, Sendable {
  /// The action as the Service Authorization Reference spells it.
  public var action: String
  /// The ARN that a policy must name, or `*`.
  public var resource: String
  /// The context that belongs to the permission itself (`iam:PassedToService`, `kms:ViaService`,
  /// `aws:CalledVia`), sorted.
  public var context: [ContextPair]
  /// The name of the rule that gave the requirement.
  public var rule: String
  /// Why the resource is `*` although the action accepts ARNs; `nil` where it is not or the action takes none.
  public var unresolvedReason: String?

  /// Creates a requirement.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - resource: The ARN, or `*`.
  ///   - context: The essential context.
  ///   - rule: The rule that gave it.
  ///   - unresolvedReason: Why the resource could not be derived.
  public init(
    action: String, resource: String, context: [ContextPair] = [], rule: String,
    unresolvedReason: String? = nil
  ) {
    self.action = action
    self.resource = resource
    self.context = context.sorted()
    self.rule = rule
    self.unresolvedReason = unresolvedReason
  }
}

extension Requirement {
  /// Whether a requirement stands before another one: by action, resource and context.
  ///
  /// - Parameter other: The other one.
  /// - Returns: Whether it does.
  func precedes(_ other: Requirement) -> Bool {
    if action != other.action { return action.precedes(other.action) }
    if !resource.sameBytes(as: other.resource) { return resource.precedes(other.resource) }
    return context.lexicographicallyPrecedes(other.context)
  }
}

/// What a resolver made of one event.
public struct Resolution: Hashable, Sendable {
  /// What sort of event it was; the catalog's word for operations goes for events.
  public typealias Kind = OperationMapping.Kind

  /// What sort of event it was.
  public var kind: Kind
  /// The permissions that the call needed; empty unless `kind` is `action`.
  public var requirements: [Requirement]
  /// The rule that decided the kind.
  public var rule: String
  /// Why the event is unresolved, or what it is instead of a call.
  public var reason: String?
  /// What the event teaches for others.
  public var lessons: [LearnedFact] = []
  /// Values of condition keys that the event proves, sorted; for conditions that a user may ask for.
  public var observedContext: [ContextPair] = []

  /// Creates a resolution.
  ///
  /// - Parameters:
  ///   - kind: What sort of event it was.
  ///   - requirements: The permissions that the call needed.
  ///   - rule: The rule that decided.
  ///   - reason: Why it is unresolved, or what it is instead of a call.
  public init(kind: Kind, requirements: [Requirement] = [], rule: String, reason: String? = nil) {
    self.kind = kind
    self.requirements = requirements
    self.rule = rule
    self.reason = reason
  }
}
