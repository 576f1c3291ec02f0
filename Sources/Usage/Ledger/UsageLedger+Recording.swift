// One event into the ledger.

import AWSCatalog
public import CloudTrail
import IAM

extension UsageLedger {
  /// Records one event with what it needed.
  ///
  /// - Parameters:
  ///   - event: The event; duplicates have been removed.
  ///   - resolution: What a resolver made of it.
  public mutating func record(_ event: CloudTrailEvent, _ resolution: Resolution) {
    let principal = Principal(event)
    let time = event.eventTime
    recordCoverage(event)
    events.add(at: time)
    for fact in resolution.lessons { learned.learn(fact) }
    let outcome = event.outcome
    principals[principal, default: PrincipalFacts()].record(event, outcome)
    let source = event.eventSource ?? ""
    let name = event.eventName ?? ""
    guard event.kind.isCall else {
      notCalls[ByteString(event.kind.rawValue), default: Tally()].add(at: time)
      return
    }
    if event.kind == .apiCall { apiCalls += 1 } else { otherCalls += 1 }
    if outcome == .denied { denied += 1 }
    operations[
      OperationKey(principal: principal, eventSource: source, eventName: name), default: OperationFacts()
    ]
    .record(event)
    let reason = resolution.reason ?? resolution.rule
    switch resolution.kind {
    case .action:
      for requirement in resolution.requirements {
        let key = UseKey(
          principal: principal, action: requirement.action, resource: requirement.resource,
          context: requirement.context)
        uses[key, default: UseFacts()].record(event, outcome, requirement, resolution.observedContext)
      }
    case .noPermissionNeeded:
      let key = OperationReason(eventSource: source, eventName: name, reason: reason)
      permissionless[key, default: Tally()].add(at: time)
    case .notACall:
      notCalls[ByteString(resolution.rule), default: Tally()].add(at: time)
    case .unresolved:
      let key = OperationReason(eventSource: source, eventName: name, reason: reason)
      unresolved[key, default: Tally()].add(at: time)
    }
  }
}

extension UsageLedger {
  /// Records that the logs contain an event, without counting it: one that a filter left out.
  ///
  /// What a log covers does not depend on which principals or services are looked at.
  ///
  /// - Parameter event: The event.
  public mutating func recordCoverage(_ event: CloudTrailEvent) {
    coverage.record(CoverageKey(event), at: event.eventTime)
  }
}

extension CoverageKey {
  /// What an event is about.
  ///
  /// Records before event version 1.08 have no category: they are management events but for data events of S3 and
  /// Lambda, which nothing in them tells apart.
  init(_ event: CloudTrailEvent) {
    let category = event.eventCategory ?? "Management"
    self.init(
      account: event.recipientAccountID ?? event.userIdentity.accountID ?? "", region: event.awsRegion ?? "",
      category: category, eventSource: category == "Management" ? "" : event.eventSource ?? "")
  }
}

extension PrincipalFacts {
  mutating func record(_ event: CloudTrailEvent, _ outcome: Outcome) {
    events.add(at: event.eventTime)
    if outcome == .denied { denied += 1 }
    if outcome == .failed { failed += 1 }
    let identity = event.userIdentity
    if let session = identity.sessionName { sessions.insert(session) }
    if let source = identity.sourceIdentity { sourceIdentities.insert(source) }
    if let key = identity.accessKeyID { accessKeys.insert(key) }
    if let user = identity.onBehalfOfUserID { identityCenterUsers.insert(user) }
    if let region = event.awsRegion { regions.insert(region) }
  }
}

extension OperationFacts {
  mutating func record(_ event: CloudTrailEvent) {
    calls.add(at: event.eventTime)
    if event.errorCode != nil { errors += 1 }
  }
}

extension UseFacts {
  mutating func record(
    _ event: CloudTrailEvent, _ outcome: Outcome, _ requirement: Requirement, _ observed: [ContextPair]
  ) {
    switch outcome {
    case .allowed: allowed.add(at: event.eventTime)
    case .failed: failed.add(at: event.eventTime)
    case .denied: denied.add(at: event.eventTime)
    }
    if let region = event.awsRegion { regions.insert(region) }
    if let service = event.userIdentity.invokedBy { via.insert(service) }
    if let id = event.eventID { exampleEvents.insert(id) }
    rules.insert(requirement.rule)
    if let reason = requirement.unresolvedReason { unresolvedReasons.insert(reason) }
    for pair in event.surroundings + observed {
      observedContext[ByteString(pair.key), default: BoundedSet(limit: UseFacts.contextLimit)].insert(
        pair.value)
    }
  }
}

extension UserIdentity {
  /// The name of a role's session: what stands behind the role in the ARN of the caller.
  var sessionName: String? {
    guard let arn, let marker = arn.firstRange(of: ":assumed-role/"),
      let slash = arn[marker.upperBound...].firstIndex(of: "/")
    else { return nil }
    return String(arn[arn.index(after: slash)...])
  }
}
