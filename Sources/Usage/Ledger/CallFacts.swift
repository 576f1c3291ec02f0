// What events that are recorded together have in common, and what differs.

import CloudTrail
import IAM

/// What a ledger records of an event, whenever and however often it happened.
struct CallFacts: Sendable {
  /// Whose permissions the event used.
  let principal: Principal
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
  let region: String?
  /// The service that made the call on the principal's behalf.
  let invokedBy: String?
  /// Values of condition keys that the record states outside the request, but for the caller's address.
  let surroundings: [ContextPair]
  /// What the call needed.
  let resolution: Resolution

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
