// Keys of the ledger's counts by operation.

public import CloudTrail
import IAM

/// One operation as CloudTrail names it, with whoever called it.
public struct OperationKey: Hashable, Comparable, Sendable {
  /// Who called.
  public var principal: Principal
  /// The event source, empty where the record has none.
  public var eventSource: String
  /// The event name, empty where the record has none.
  public var eventName: String

  /// Creates a key.
  ///
  /// - Parameters:
  ///   - principal: Who called.
  ///   - eventSource: The event source.
  ///   - eventName: The event name.
  public init(principal: Principal, eventSource: String, eventName: String) {
    self.principal = principal
    self.eventSource = eventSource
    self.eventName = eventName
  }

  /// Orders keys by principal, source and name, by bytes.
  public static func < (left: OperationKey, right: OperationKey) -> Bool {
    if left.principal != right.principal { return left.principal < right.principal }
    if !left.eventSource.sameBytes(as: right.eventSource) {
      return left.eventSource.precedes(right.eventSource)
    }
    return left.eventName.precedes(right.eventName)
  }

  /// Whether two keys have the same bytes.
  public static func == (left: OperationKey, right: OperationKey) -> Bool {
    left.eventName.sameBytes(as: right.eventName) && left.eventSource.sameBytes(as: right.eventSource)
      && left.principal == right.principal
  }

  /// Hashes the bytes of all parts.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(principal)
    eventSource.hashBytes(into: &hasher)
    eventName.hashBytes(into: &hasher)
  }
}

/// How often an operation was called and how often it failed.
public struct OperationFacts: Hashable, Sendable {
  /// All its calls.
  public var calls = Tally()
  /// Calls with an error code, permission or not.
  public var errors = 0

  /// Creates facts of no call.
  public init() {}

  /// Joins the facts of another ledger.
  ///
  /// - Parameter other: The other facts of the same operation.
  public mutating func merge(_ other: OperationFacts) {
    calls.merge(other.calls)
    errors += other.errors
  }
}

/// An operation without its caller, with the reason why it stands where it stands.
public struct OperationReason: Hashable, Comparable, Sendable {
  /// The event source, empty where the record has none.
  public var eventSource: String
  /// The event name, empty where the record has none.
  public var eventName: String
  /// The reason.
  public var reason: String

  /// Creates a key.
  ///
  /// - Parameters:
  ///   - eventSource: The event source.
  ///   - eventName: The event name.
  ///   - reason: The reason.
  public init(eventSource: String, eventName: String, reason: String) {
    self.eventSource = eventSource
    self.eventName = eventName
    self.reason = reason
  }

  /// Orders keys by source, name and reason, by bytes.
  public static func < (left: OperationReason, right: OperationReason) -> Bool {
    if !left.eventSource.sameBytes(as: right.eventSource) {
      return left.eventSource.precedes(right.eventSource)
    }
    if !left.eventName.sameBytes(as: right.eventName) { return left.eventName.precedes(right.eventName) }
    return left.reason.precedes(right.reason)
  }

  /// Whether two keys have the same bytes.
  public static func == (left: OperationReason, right: OperationReason) -> Bool {
    left.eventName.sameBytes(as: right.eventName) && left.eventSource.sameBytes(as: right.eventSource)
      && left.reason.sameBytes(as: right.reason)
  }

  /// Hashes the bytes of all parts.
  public func hash(into hasher: inout Hasher) {
    eventSource.hashBytes(into: &hasher)
    eventName.hashBytes(into: &hasher)
    reason.hashBytes(into: &hasher)
  }
}
