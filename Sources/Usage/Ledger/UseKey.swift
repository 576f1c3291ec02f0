// What a use is keyed by.

public import CloudTrail
import IAM

/// The identity of a use: who did what to what, under which essential context.
public struct UseKey: Hashable, Comparable, Sendable {
  /// Whose permissions were used.
  public var principal: Principal
  /// The action as the Service Authorization Reference spells it.
  public var action: String
  /// The ARN that a policy must name, a pattern that stands for many, or `*`.
  public var resource: String
  /// The essential context, sorted.
  public var context: [ContextPair]

  /// Creates a key.
  ///
  /// - Parameters:
  ///   - principal: Whose permissions were used.
  ///   - action: The action.
  ///   - resource: The ARN, or `*`.
  ///   - context: The essential context; sorted here.
  public init(principal: Principal, action: String, resource: String, context: [ContextPair] = []) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context.count > 1 ? context.sorted() : context
  }

  /// Orders keys by principal, action, resource and context, by bytes.
  public static func < (left: UseKey, right: UseKey) -> Bool {
    if left.principal != right.principal { return left.principal < right.principal }
    if !left.action.sameBytes(as: right.action) { return left.action.precedes(right.action) }
    if !left.resource.sameBytes(as: right.resource) { return left.resource.precedes(right.resource) }
    return left.context.lexicographicallyPrecedes(right.context)
  }

  /// Whether two keys have the same bytes.
  public static func == (left: UseKey, right: UseKey) -> Bool {
    left.resource.sameBytes(as: right.resource) && left.action.sameBytes(as: right.action)
      && left.principal == right.principal && left.context == right.context
  }

  /// Hashes the bytes of all parts.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(principal)
    action.hashBytes(into: &hasher)
    resource.hashBytes(into: &hasher)
    hasher.combine(context)
  }
}
