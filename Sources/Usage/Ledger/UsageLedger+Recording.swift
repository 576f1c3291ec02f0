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
    recordCoverage(event)
    learn(resolution.lessons)
    recordSession(event.userIdentity, of: principal)
    var occurrences = Occurrences()
    occurrences.times.add(at: event.eventTime)
    if let id = event.eventID { occurrences.exampleEvents.insert(id) }
    if let address = event.callerAddress { occurrences.addresses.insert(address) }
    let call = CallFacts(event, principal, resolution)
    record(call, occurrences)
    if let user = RoleUser(event.userIdentity) { recordUser(user, of: call) }
  }

  /// Takes in what an event teaches.
  ///
  /// - Parameter lessons: The facts.
  mutating func learn(_ lessons: [LearnedFact]) {
    for fact in lessons { learned.learn(fact) }
  }

  /// Records who used a principal.
  ///
  /// - Parameters:
  ///   - identity: The identity of an event.
  ///   - principal: Its principal.
  mutating func recordSession(_ identity: some SessionTexts, of principal: Principal) {
    principals[principal, default: PrincipalFacts()].record(identity)
  }

  /// Records who used a principal.
  ///
  /// - Parameters:
  ///   - facts: What the identities of events tell.
  ///   - principal: Their principal.
  mutating func recordSessions(_ facts: PrincipalFacts, of principal: Principal) {
    principals[principal, default: PrincipalFacts()].merge(facts)
  }

  /// Records what a person used a role for; what was refused is no use.
  ///
  /// - Parameters:
  ///   - user: The person.
  ///   - call: A call of the person's.
  mutating func recordUser(_ user: RoleUser, of call: CallFacts) {
    guard call.kind.isCall, call.outcome != .denied, call.resolution.kind == .action else { return }
    recordUser(user, of: call.principal, call.resolution.requirements.lazy.map(\.action))
  }

  /// Records what a person used a role for.
  ///
  /// - Parameters:
  ///   - user: The person.
  ///   - principal: The principal; only roles are used by others.
  ///   - actions: The actions.
  mutating func recordUser(_ user: RoleUser, of principal: Principal, _ actions: some Sequence<String>) {
    guard principal.kind == .role else { return }
    for action in actions {
      principals[principal, default: PrincipalFacts()].users.insert(action, by: user)
    }
  }

  /// Records events that are alike in everything but what tells their occurrences apart.
  ///
  /// - Parameters:
  ///   - call: What they have in common.
  ///   - occurrences: When they were, and what else differs.
  mutating func record(_ call: CallFacts, _ occurrences: Occurrences) {
    let times = occurrences.times
    let sort = CallSort(call)
    count(sort, times)
    principals[call.principal, default: PrincipalFacts()].record(sort, in: call.region, times)
    guard call.kind.isCall else { return }
    operations.update(sort.operation(of: call.principal)) { $0.record(sort, times) }
    guard call.resolution.kind == .action else { return }
    for requirement in call.resolution.requirements {
      let key = UseKey(
        principal: call.principal, action: requirement.action, resource: requirement.resource,
        context: requirement.context)
      uses.join(key) { $0.record(call, requirement, occurrences) }
    }
  }

  /// Counts events of one sort, whoever made them.
  ///
  /// - Parameters:
  ///   - sort: Their sort.
  ///   - times: How many, and when.
  mutating func count(_ sort: CallSort, _ times: Tally) {
    events.merge(times)
    guard sort.kind.isCall else {
      notCalls[ByteString(sort.kind.rawValue), default: Tally()].merge(times)
      return
    }
    if sort.kind == .apiCall { apiCalls += times.count } else { otherCalls += times.count }
    if sort.outcome == .denied { denied += times.count }
    switch sort.resolution {
    case .action: break
    case .noPermissionNeeded: permissionless[sort.operationReason, default: Tally()].merge(times)
    case .notACall: notCalls[sort.rule, default: Tally()].merge(times)
    case .unresolved: unresolved[sort.operationReason, default: Tally()].merge(times)
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

  /// Records what many events show to be covered.
  ///
  /// - Parameter recorder: What they show.
  mutating func recordCoverage(_ recorder: CoverageRecorder) { coverage.merge(recorder.coverage) }
}

extension CoverageKey {
  /// What an event is about, or `nil` where it must be decoded to tell.
  init?(_ event: EventView) {
    guard let account = event.plainText(.recipientAccountId), let region = event.plainText(.awsRegion),
      let source = event.plainText(.eventSource)
    else { return nil }
    let category = event.plainText(.eventCategory)
    if category == nil, event.has(.eventCategory) { return nil }
    self.init(account: account, region: region, stated: category, source)
  }

  /// What an event is about.
  init(_ event: CloudTrailEvent) {
    self.init(
      account: event.recipientAccountID ?? event.userIdentity.accountID ?? "", region: event.awsRegion ?? "",
      stated: event.eventCategory, event.eventSource ?? "")
  }

  /// Records before event version 1.08 have no category: they are management events but for data events of S3 and
  /// Lambda, which nothing in them tells apart.
  private init(account: String, region: String, stated: String?, _ source: String) {
    let category = stated ?? "Management"
    self.init(
      account: account, region: region, category: category,
      eventSource: category == "Management" ? "" : source)
  }
}

extension PrincipalFacts {
  mutating func record(_ sort: CallSort, in region: String?, _ times: Tally) {
    events.merge(times)
    if sort.outcome == .denied { denied += times.count }
    if sort.outcome == .failed { failed += times.count }
    if let region { regions.insert(region) }
  }

  mutating func record(_ identity: some SessionTexts) {
    identity.withSessionName { sessions.insert($0) }
    identity.withText(.sourceIdentity) { sourceIdentities.insert($0) }
    identity.withText(.accessKeyID) { accessKeys.insert($0) }
    identity.withText(.onBehalfOfUserID) { identityCenterUsers.insert($0) }
  }
}

extension OperationFacts {
  mutating func record(_ sort: CallSort, _ times: Tally) {
    calls.merge(times)
    if sort.hasError { errors += times.count }
  }
}

extension UseFacts {
  mutating func record(_ call: CallFacts, _ requirement: Requirement, _ occurrences: Occurrences) {
    add(occurrences.times, call.outcome)
    exampleEvents.formUnion(occurrences.exampleEvents)
    note(
      region: call.region, via: call.invokedBy, rule: requirement.rule, reason: requirement.unresolvedReason,
      context: call.surroundings + call.resolution.observedContext)
    note(addresses: occurrences.addresses)
  }

  /// Takes in what a call tells beside its time and id.
  ///
  /// - Parameters:
  ///   - region: The region.
  ///   - via: The service that made the call on the principal's behalf.
  ///   - rule: The rule that gave the use.
  ///   - reason: Why the resource is `*` although the action accepts ARNs.
  ///   - context: Values of condition keys.
  mutating func note(
    region: String?, via: String?, rule: String?, reason: String?, context: [ContextPair]
  ) {
    if let region { regions.insert(region) }
    if let via { self.via.insert(via) }
    if let rule { rules.insert(rule) }
    if let reason { unresolvedReasons.insert(reason) }
    for pair in context { observe(pair.key) { $0.insert(pair.value) } }
  }

  /// Takes in where calls came from.
  ///
  /// - Parameter addresses: The addresses.
  mutating func note(addresses: BoundedSet) {
    if !addresses.isEmpty { observe("aws:SourceIp") { $0.formUnion(addresses) } }
  }

  private mutating func observe(_ key: String, _ insert: (inout BoundedSet) -> Void) {
    insert(&observedContext[ByteString(key), default: BoundedSet(limit: UseFacts.contextLimit)])
  }
}
