// What events that are recorded together have in common, and what differs.

import CloudTrail
import IAM

/// What a ledger records of an event, whenever and however often it happened.
struct CallFacts: Sendable {
  /// Whose permissions the event used.
  var principal: Principal
  /// What sort of event it is.
  let kind: EventKind
  /// Whether the event is a call with a source and a name, from which something can be learnt.
  let isCall: Bool
  /// How the call ended.
  let outcome: Outcome
  /// Whether the record has an error code.
  let hasError: Bool
  /// The event source, empty where the record has none.
  let eventSource: String
  /// The event name, empty where the record has none.
  let eventName: String
  /// The region.
  var region: String?
  /// The service that made the call on the principal's behalf.
  var invokedBy: String?
  /// Values of condition keys that the record states outside the request, but for the caller's address.
  var surroundings: [ContextPair]
  /// What the call needed.
  var resolution: Resolution

  /// Takes what is recorded of an event.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - principal: Its principal.
  ///   - resolution: What a resolver made of it.
  init(_ event: CloudTrailEvent, _ principal: Principal, _ resolution: Resolution) {
    self.principal = principal
    kind = event.kind
    isCall = event.isTelling
    outcome = event.outcome
    hasError = event.errorCode != nil
    eventSource = event.eventSource ?? ""
    eventName = event.eventName ?? ""
    region = event.awsRegion
    invokedBy = event.userIdentity.invokedBy
    surroundings = resolution.requirements.isEmpty ? [] : event.surroundings
    self.resolution = resolution
  }

  /// Takes what calls of one sort have in common, but for what they needed.
  ///
  /// - Parameters:
  ///   - sort: Their sort.
  ///   - principal: Whose permissions they used.
  ///   - region: Their region.
  init(_ sort: CallSort, _ principal: Principal, region: String?) {
    self.principal = principal
    kind = sort.kind
    isCall = sort.isTelling
    outcome = sort.outcome
    hasError = sort.hasError
    eventSource = sort.eventSource.text
    eventName = sort.eventName.text
    self.region = region
    surroundings = []
    resolution = Resolution(kind: sort.resolution, rule: sort.rule.text, reason: sort.reason?.text)
  }

  /// The operation with the reason why it needs no permission, or is unresolved.
  var reason: OperationReason {
    OperationReason(
      eventSource: eventSource, eventName: eventName, reason: resolution.reason ?? resolution.rule)
  }
}

/// What tells events apart that are otherwise alike.
struct Occurrences: Sendable {
  /// How many they are, and when they were.
  var times = Tally()
  /// Ids of the first few.
  var exampleEvents = BoundedSet(limit: UseFacts.exampleLimit)
  /// Where the calls came from.
  var addresses = BoundedSet(limit: UseFacts.contextLimit)
}
