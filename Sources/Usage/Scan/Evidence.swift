// The events behind a use: what `whittle explain` shows.

public import CloudTrail
public import IAM

/// One event that shows a use.
public struct EventEvidence: Hashable, Comparable, Sendable {
  /// When the call was made.
  public var time: Timestamp?
  /// The event's id.
  public var eventID: String
  /// The event source.
  public var eventSource: String
  /// The event name.
  public var eventName: String
  /// The region.
  public var region: String
  /// How the call ended.
  public var outcome: Outcome
  /// The error code, where it failed.
  public var errorCode: String?
  /// The name of the role's session, where there is one.
  public var session: String?
  /// Where the call came from.
  public var sourceIPAddress: String?
  /// The rule that read the use from the event.
  public var rule: String

  /// Takes what is shown of an event.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - rule: The rule that read the use from it.
  init(_ event: CloudTrailEvent, rule: String) {
    time = event.eventTime
    eventID = event.eventID ?? ""
    eventSource = event.eventSource ?? ""
    eventName = event.eventName ?? ""
    region = event.awsRegion ?? ""
    outcome = event.outcome
    errorCode = event.errorCode
    session = event.userIdentity.sessionName
    sourceIPAddress = event.sourceIPAddress
    self.rule = rule
  }

  /// Orders events by time, then by all that is shown of them.
  public static func < (left: EventEvidence, right: EventEvidence) -> Bool {
    let times = (left.time?.secondsSinceEpoch ?? Int64.max, right.time?.secondsSinceEpoch ?? Int64.max)
    if times.0 != times.1 { return times.0 < times.1 }
    for (first, second) in zip(left.texts, right.texts) where !first.sameBytes(as: second) {
      return first.precedes(second)
    }
    return false
  }

  private var texts: [String] {
    [
      eventID, eventSource, eventName, region, outcome.rawValue, errorCode ?? "", session ?? "",
      sourceIPAddress ?? "", rule,
    ]
  }
}

/// A use with the events behind it.
public struct UseEvidence: Sendable {
  /// The use.
  public var key: UseKey
  /// What the ledger knows of it.
  public var facts: UseFacts
  /// The first of its events, by time.
  public var events: [EventEvidence]
}

/// The first few events of a use: the smallest of all ever inserted, whatever the order.
struct FirstEvents: Sendable, Hashable {
  private(set) var events: [EventEvidence] = []
  let limit: Int

  mutating func insert(_ event: EventEvidence) {
    if events.count >= limit, let last = events.last, last < event { return }
    let index = events.firstIndex { event < $0 } ?? events.count
    events.insert(event, at: index)
    if events.count > limit { events.removeLast() }
  }
}

/// A pass over logs that collects the events behind the uses of some principals.
public struct EvidenceScan: Sendable {
  /// What is read and which events count.
  public var scan: UsageScan
  /// Patterns of actions; all where there are none.
  public var actions: [String] = []
  /// Patterns of resources, or resources that the pattern of a use covers; all where there are none.
  public var resources: [String] = []
  /// How many events are kept of a use.
  public var limit: Int

  /// Creates a scan.
  ///
  /// - Parameters:
  ///   - scan: What is read and which events count.
  ///   - limit: How many events are kept of a use, at least one.
  public init(_ scan: UsageScan, limit: Int = 5) {
    self.scan = scan
    self.limit = max(1, limit)
  }

  /// Reads the logs.
  ///
  /// - Returns: The uses asked for with their events, sorted, and all that was recorded.
  /// - Throws: If standard input had to be kept and could not be.
  public func run() throws -> (evidence: [UseEvidence], result: UsageScan.Result) {
    let patterns = actions.map { Wildcard($0, caseInsensitive: true) }
    let (recorder, summary) = try scan.fold { filter, catalog in
      EvidenceRecorder(
        recorder: UsageRecorder(filter: filter, catalog: catalog), actions: patterns, limit: limit)
    }
    let result = UsageScan.Result(
      recorded: recorder.recorder.ledger, summary: summary, filter: scan.filter)
    var events: [UseKey: FirstEvents] = [:]
    for (key, found) in recorder.events {
      for (settled, _) in result.learned.settled(key) {
        let key = result.ledger.generalizedKey(settled)
        for event in found.events { events[key, default: FirstEvents(limit: limit)].insert(event) }
      }
    }
    let wanted = resources.map { Wildcard($0) }
    let evidence = result.ledger.uses.compactMap { key, facts -> UseEvidence? in
      guard patterns.isEmpty || patterns.contains(where: { $0.matches(key.action) }),
        wanted.isEmpty || wanted.contains(where: { $0.intersects(Wildcard(key.resource)) })
      else { return nil }
      return UseEvidence(key: key, facts: facts, events: events[key]?.events ?? [])
    }
    return (evidence.sorted { $0.key < $1.key }, result)
  }
}

/// Records usage, and the first events of each use of some actions.
struct EvidenceRecorder: EventConsumer {
  var recorder: UsageRecorder
  let actions: [Wildcard]
  let limit: Int
  private(set) var events: [UseKey: FirstEvents] = [:]

  init(recorder: UsageRecorder, actions: [Wildcard], limit: Int) {
    self.recorder = recorder
    self.actions = actions
    self.limit = limit
  }

  mutating func consume(_ event: CloudTrailEvent) {
    guard let resolution = recorder.record(event) else { return }
    let principal = Principal(event)
    for requirement in resolution.requirements {
      guard actions.isEmpty || actions.contains(where: { $0.matches(requirement.action) }) else { continue }
      let key = UseKey(
        principal: principal, action: requirement.action, resource: requirement.resource,
        context: requirement.context)
      events[key, default: FirstEvents(limit: limit)].insert(EventEvidence(event, rule: requirement.rule))
    }
  }

  mutating func merge(_ other: EvidenceRecorder) {
    recorder.merge(other.recorder)
    for (key, found) in other.events {
      for event in found.events { events[key, default: FirstEvents(limit: limit)].insert(event) }
    }
  }
}
