// The consumer that turns events into a ledger.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// Resolves events and records them.
///
/// Real trails repeat themselves: most events say what an earlier one said, at another time. What is alike is a
/// `CallShape`, recognised by keys of the event's parts without decoding any of them. Which parts belong to the key of
/// a shape is found out by resolving its first event: a part that was not read decides nothing (`resolve(_:noting:)`).
/// What shapes show is recorded by number (`UseTable`, `CallTable`), and goes into the ledger when that is asked for: of the
/// first event of a shape at once, of the others when the shape gives way to another one.
///
/// All but counts may be recorded any number of times, so what was seen before may be forgotten at any time.
struct UsageRecorder: EventConsumer {
  /// How many resolutions, places and the like are remembered; all are dropped when there are more.
  private static let mostKnown = 16_384
  /// How many callers are remembered; all are dropped when there are more.
  private static let mostCallers = 1 << 15
  /// How much is kept; that changes speed and memory only.
  struct Limits: Sendable {
    /// How many shapes are kept, a power of two.
    var shapes = 16_384
    /// How many uses are recorded before families are looked at for the first time.
    var uses = 16_384
    /// How many texts are kept before those are dropped that no use has.
    var texts = 1 << 18
    /// How many calls are resolved before templates are made.
    var callsBeforeTemplates = 128
  }

  /// Identities that are alike but for what tells sessions of one principal apart, as far as each event asks for them:
  /// numbers only, so that nothing is counted up and down.
  private struct Caller: Sendable {
    /// The digest of what decides the principal and the resolution: sessions of one role are alike.
    let identity: JSONDigest
    /// The digest of what decides the resolution: callers of one account are alike.
    let surroundings: JSONDigest
    /// The digest of the person behind it; `nil` for machines.
    let user: JSONDigest?
    /// Where the texts stand that decide the resolution.
    let resolved: UInt32
    /// The number of whose permissions it uses.
    let number: UInt32
    /// The number of the service that calls on its behalf.
    let invokedBy: UInt32
    /// Of the values of condition keys, whether multi-factor authentication was used.
    let surroundingsTag: UInt8
    /// Whether the ledger has learnt from its identities.
    var hasTaught = false
  }

  /// An event that is to come.
  private struct ExpectedEvent: Sendable {
    let outline: EventOutline
    /// The digest of what decides its resolution, but for identity and large parts.
    let content: JSONDigest
    /// The key of its identity.
    let identity: JSONDigest
    /// The digest of content and caller; that of nothing while the caller is not known.
    var base = JSONDigest.empty
    /// The key of its shape as far as it is known, and how many large parts are in it.
    var key = JSONDigest.empty
    var parts = 0
  }

  /// A shape that was met.
  private struct FoundShape {
    /// Where it stands.
    let place: Int
    /// The digest of what its events share.
    let key: JSONDigest
    /// Whether it was not there before.
    let isNew: Bool
  }

  /// What a call needed, by number.
  private struct NumberedCall {
    let sort: UInt32
    let needs: Range<Int>
    let observed: UInt32
  }

  private var recorded = UsageLedger()
  private let filter: EventFilter
  private let resolver: ActionResolver

  /// What is counted by number, before it goes into the ledger.
  private var calls = CallTable()
  /// How many uses and texts there may be before large families are generalised.
  private var usesBeforeGeneralizing: Int
  private var textsBeforeGeneralizing: Int

  /// The callers of identities as they are written; the highest bit says that the ledger has what the identity tells of
  /// who used the principal.
  private var identities = RecentNumbers(places: 1 << 14)
  private static let isRecorded: UInt32 = 1 << 31
  private var callerNumbers = DigestTable()
  private var callers: [Caller] = []
  /// What decides the resolution of callers, as texts; found by its digest, for most callers of an account share it.
  private var resolved: [[String?]] = []
  private var resolvedNumbers = DigestTable()
  /// What identities tell of who used principals, by number of the principal.
  private var sessions: [PrincipalFacts] = []
  private var shapes: ShapeTable
  /// The places of the uses that shapes show.
  private var usesOfShapes = NumberLists()
  private var resolutionNumbers = DigestTable()
  private var resolutions: [NumberedCall] = []
  private var needsOfResolutions: [UseTable.Need] = []
  /// What the call at hand needs.
  private var needs: [UseTable.Need] = []
  /// Templates of resolutions, once there were enough of them that making templates pays.
  private var templates: TemplateTable?
  private let shared: SharedResolver
  private let limits: Limits
  private var resolutionsMade = 0
  /// How many calls were resolved by templates.
  private(set) var templateHits = 0
  private var surroundingNumbers = DigestTable()
  private var regionNumbers = DigestTable()
  private var placeNumbers = DigestTable()
  private var coverage = CoverageRecorder()
  /// The addresses that are recorded of shapes.
  private var addresses = RecentDigests(places: 1 << 13)
  /// The numbers of addresses as they are written.
  private var addressNumbers = DigestTable()
  /// The events to come, by number; `nil` for those that are not looked at.
  private var expected: [ExpectedEvent?] = []
  /// The people whose calls of shapes are recorded.
  private var users = RecentDigests(places: 1 << 10)

  /// Creates a recorder with an empty ledger.
  ///
  /// - Parameters:
  ///   - filter: Which events count.
  ///   - shared: What the threads of a scan find out together.
  ///   - limits: How much is kept.
  init(filter: EventFilter, _ shared: SharedResolver, _ limits: Limits = Limits()) {
    self.shared = shared
    self.filter = filter
    resolver = shared.resolver
    self.limits = limits
    usesBeforeGeneralizing = limits.uses
    textsBeforeGeneralizing = limits.texts
    shapes = ShapeTable(most: limits.shapes)
  }

  /// Creates a recorder that shares nothing.
  ///
  /// - Parameters:
  ///   - filter: Which events count.
  ///   - catalog: The reference data.
  init(filter: EventFilter, catalog: Catalog) {
    self.init(filter: filter, SharedResolver(catalog))
  }

  /// The ledger of all events so far.
  var ledger: UsageLedger {
    if shapes.isEmpty, calls.isEmpty, sessions.isEmpty, coverage.isEmpty { return recorded }
    var finished = self
    finished.finish()
    return finished.recorded
  }

  /// Takes the ledger of all events so far out of the recorder, which then has recorded nothing.
  ///
  /// - Returns: The ledger, owned by nobody else.
  mutating func takeLedger() -> UsageLedger {
    finish()
    var ledger = UsageLedger()
    swap(&ledger, &recorded)
    return ledger
  }

  mutating func merge(_ other: UsageRecorder) {
    finish()
    recorded.merge(other.ledger)
    templateHits += other.templateHits
    usesBeforeGeneralizing += other.usesBeforeGeneralizing
    textsBeforeGeneralizing += other.textsBeforeGeneralizing
    generalizeIfLarge()
  }

  mutating func finish() {
    recordShapes()
    recordSessions()
    recorded.recordCoverage(coverage)
    keepLedger()
  }

  /// Puts the calls into the ledger, and keeps nothing else: what events are recognised by takes as much memory as a
  /// ledger, and has been of use.
  private mutating func keepLedger() {
    var counted = calls
    var rest = UsageRecorder(filter: filter, shared, limits)
    swap(&rest.recorded, &recorded)
    rest.templateHits = templateHits
    rest.usesBeforeGeneralizing = usesBeforeGeneralizing
    rest.textsBeforeGeneralizing = textsBeforeGeneralizing
    self = rest
    counted.move(into: &recorded)
  }

  // MARK: Events one by one

  mutating func consume(_ event: CloudTrailEvent) { _ = record(event) }

  /// Records an event if the filter lets it through.
  ///
  /// - Parameter event: The event.
  /// - Returns: What it needed, or `nil` where the filter left it out.
  mutating func record(_ event: CloudTrailEvent) -> Resolution? {
    let principal = Principal(event)
    guard filter.covers(event, principal) else { return nil }
    let resolution = resolver.resolve(event)
    guard filter.selects(event, principal) else {
      recorded.recordCoverage(event)
      // What others did tells the path of a role that the principals asked for used, and the key behind an alias.
      recorded.learn(resolution.lessons)
      return nil
    }
    recorded.record(event, resolution)
    generalizeIfLarge()
    return resolution
  }

  // MARK: Events by their shape

  mutating func expect(_ events: EventBatch) {
    // Each round asks for what the next one reads, of all events.
    expected.removeAll(keepingCapacity: true)
    for number in 0..<events.count {
      let event = events[number]
      guard let time = event.time, filter.covers(time) else {
        expected.append(nil)
        continue
      }
      let outline = EventOutline(event)
      expected.append(
        ExpectedEvent(
          outline: outline, content: event.contentDigest(outline), identity: event.key(.userIdentity)))
      identities.prefetch(event.key(.userIdentity))
    }
    for number in expected.indices {
      guard let event = expected[number], let known = identities[event.identity] else { continue }
      let caller = callers[Int(known & ~UsageRecorder.isRecorded)]
      let key = caller.identity.following(event.content)
      expected[number]?.base = key
      expected[number]?.key = key
      shapes.prefetch(key)
      resolutionNumbers.prefetch(caller.surroundings.following(event.content))
    }
    for round in 0..<2 {
      for number in expected.indices {
        guard let event = expected[number], event.base != .empty, event.parts == round else { continue }
        if let place = shapes.find(event.key) {
          if shapes.isFork(place) {
            let key = events[number].key(EventView.parts[round]).following(event.key)
            expected[number]?.key = key
            expected[number]?.parts = round + 1
            shapes.prefetch(key)
          } else {
            shapes.prefetchShape(at: place)
            addresses.prefetch(events[number].key(.sourceIPAddress).following(event.key))
          }
        } else {
          shapes.prefetchRoom(for: event.key)
          addresses.prefetch(events[number].key(.sourceIPAddress).following(event.key))
        }
      }
    }
  }

  mutating func consume(_ event: EventView, decode make: () -> CloudTrailEvent) {
    // An event is decoded once, for whatever it is the first to show.
    var made = DecodedEvent.missing
    func decode() -> CloudTrailEvent {
      if case .made(let event) = made { return event }
      let event = make()
      made = .made(event)
      return event
    }
    // What is in no hour is recorded by itself.
    guard let time = event.time else { return consume(decode()) }
    guard filter.covers(time) else { return }
    // Numbers of callers are good until then.
    generalizeIfLarge()
    let identity = event.key(.userIdentity)
    let known = identities[identity] ?? addIdentity(identity, event)
    let number = Int(known & ~UsageRecorder.isRecorded)
    let caller = callers[number]
    let shape = shape(event, caller, decode)
    let treatment = shapes[shape.place].treatment
    if treatment == .ignored { return }
    coverage.add(time, to: shapes[shape.place].coverage)
    if !caller.hasTaught, shapes[shape.place].isTelling {
      callers[number].hasTaught = true
      recorded.learn(Lessons.facts(event.identity.decoded))
    }
    if treatment == .covering { return }
    if shape.isNew {
      calls.record(EventCounts(time), in: shapes[shape.place].call)
    } else {
      shapes[shape.place].counts.add(time)
    }
    if known & UsageRecorder.isRecorded == 0 {
      identities[identity] = known | UsageRecorder.isRecorded
      recordSession(event.identity, Int(caller.number))
    }
    guard treatment == .used else { return }
    if shape.isNew {
      recordFirst(event.exampleID, time, shapes[shape.place])
    } else if let id = event.exampleID {
      shapes[shape.place].examples.insert(id)
    }
    if event.exampleID == nil, event.has(.eventID), let id = event.plainText(.eventID) ?? decode().eventID {
      usesOfShapes.forEach(shapes[shape.place].uses) { recorded.uses.note(oddID: id, at: Int($0)) }
    }
    recordAddress(event, shape, decode)
    if let user = caller.user { recordUser(user, caller, shape, event) }
  }

  /// Records the first event of a shape with the uses that it shows: they are at hand, and most shapes have no other event.
  private mutating func recordFirst(_ id: ExampleID?, _ time: Timestamp, _ shape: CallShape) {
    var examples = SmallestIDs()
    if let id { examples.insert(id) }
    usesOfShapes.forEach(shape.uses) {
      recorded.uses.record(EventCounts(time), shape.outcome, examples, at: Int($0))
    }
  }

  /// Adds an identity.
  ///
  /// - Parameters:
  ///   - key: The key of its text.
  ///   - event: The event.
  /// - Returns: The number of its caller.
  private mutating func addIdentity(_ key: JSONDigest, _ event: EventView) -> UInt32 {
    if callers.count >= UsageRecorder.mostCallers { forgetCallers() }
    let view = event.identity
    let user = RoleUser.digest(of: view)
    // What a person used a role for is kept of people whose identity differs from others' by the session alone.
    let kind = (user ?? .empty).following(view.callerKey)
    if let number = callerNumbers[kind] {
      identities[key] = number
      return number
    }
    let identity = view.decoded
    let texts = identity.resolved
    let surroundings = JSONDigest(texts: texts)
    let known = resolvedNumbers[surroundings]
    if known == nil {
      resolvedNumbers[surroundings] = UInt32(resolved.count)
      resolved.append(texts)
    }
    let number = UInt32(callers.count)
    callers.append(
      Caller(
        identity: identity.principalDigest, surroundings: surroundings, user: user,
        resolved: known ?? UInt32(resolved.count - 1),
        number: recorded.uses.number(of: Principal(identity)),
        invokedBy: recorded.uses.number(identity.invokedBy),
        surroundingsTag: identity.mfaAuthenticated.map { $0 ? 2 : 1 } ?? 0))
    callerNumbers[kind] = number
    identities[key] = number
    return number
  }

  private func principal(of caller: Caller) -> Principal { recorded.uses.principals[Int(caller.number)] }

  /// Keeps who used a principal.
  private mutating func recordSession(_ identity: IdentityView, _ principal: Int) {
    while sessions.count <= principal { sessions.append(PrincipalFacts()) }
    sessions[principal].record(identity)
  }

  /// Moves to the ledger what is known of who used principals.
  private mutating func recordSessions() {
    for (number, facts) in sessions.enumerated() where facts != PrincipalFacts() {
      recorded.recordSessions(facts, of: recorded.uses.principals[number])
    }
    sessions.removeAll()
  }

  private mutating func forgetCallers() {
    identities.removeAll()
    callers.removeAll(keepingCapacity: true)
    resolved.removeAll(keepingCapacity: true)
    resolvedNumbers.removeAll()
    callerNumbers.removeAll()
  }

  /// Keeps the address of a caller with the uses of a shape.
  private mutating func recordAddress(
    _ event: EventView, _ shape: FoundShape, _ decode: () -> CloudTrailEvent
  ) {
    let written = event.key(.sourceIPAddress)
    guard addresses.insert(written.following(shape.key)) else { return }
    var number = addressNumbers[written]
    if number == nil {
      if addressNumbers.count >= UsageRecorder.mostKnown { addressNumbers.removeAll() }
      // Most addresses are plain; the others are left to the decoder.
      let address =
        event.plainText(.sourceIPAddress).map(CloudTrailEvent.callerAddress(_:)) ?? decode().callerAddress
      number = recorded.uses.number(address)
      addressNumbers[written] = number
    }
    guard let number, number != TextTable.none else { return }
    usesOfShapes.forEach(shapes[shape.place].uses) { recorded.uses.note(address: number, at: Int($0)) }
  }

  /// Keeps what a person used a role for.
  private mutating func recordUser(
    _ user: JSONDigest, _ caller: Caller, _ shape: FoundShape, _ event: EventView
  ) {
    guard users.insert(user.following(shape.key)) else { return }
    guard shapes[shape.place].outcome != .denied, let user = RoleUser(event.identity) else { return }
    var actions: [String] = []
    usesOfShapes.forEach(shapes[shape.place].uses) {
      if let action = recorded.uses.texts.text(recorded.uses.rows[Int($0)].action) { actions.append(action) }
    }
    recorded.recordUser(user, of: principal(of: caller), actions)
  }

  /// The shape of an event, which is added if it is not there.
  private mutating func shape(
    _ event: EventView, _ caller: Caller, _ decode: () -> CloudTrailEvent
  ) -> FoundShape {
    let expected = event.number < expected.count ? expected[event.number] : nil
    let outline = expected?.outline ?? EventOutline(event)
    let content = expected?.content ?? event.contentDigest(outline)
    let base = caller.identity.following(content)
    var key = base
    var parts = 0
    if let expected, expected.base == base { (key, parts) = (expected.key, expected.parts) }
    while let place = shapes.find(key) {
      shapes.meet(place)
      if !shapes.isFork(place) { return FoundShape(place: place, key: key, isNew: false) }
      key = event.key(EventView.parts[parts]).following(key)
      parts += 1
    }
    let (shape, needed) = makeShape(event, outline, caller, content, decode)
    // The parts that decided the first event of a key belong to the keys of all events like it; an earlier event may have
    // needed more than this one.
    key = base
    parts = 0
    while parts < needed || shapes.find(key).map(shapes.isFork) == true {
      put(nil, key)
      key = event.key(EventView.parts[parts]).following(key)
      parts += 1
    }
    return FoundShape(place: put(shape, key), key: key, isNew: true)
  }

  /// Puts a shape, or a fork for `nil`, into the place of what gives way to it, which is recorded.
  ///
  /// - Returns: The place.
  @discardableResult
  private mutating func put(_ shape: CallShape?, _ key: JSONDigest) -> Int {
    let place = shapes.room(for: key)
    recordShape(at: place)
    shapes.put(shape, key, at: place)
    return place
  }

  /// Makes the shape of an event.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - outline: What may tell something in it.
  ///   - caller: Who made the call.
  ///   - content: The digest of what decides its resolution, but for identity and large parts.
  ///   - decode: Decodes the event.
  /// - Returns: The shape, and how many of the event's large parts decided it.
  private mutating func makeShape(
    _ event: EventView, _ outline: EventOutline, _ caller: Caller, _ content: JSONDigest,
    _ decode: () -> CloudTrailEvent
  ) -> (CallShape, parts: Int) {
    if !filter.takesAll, !filter.coversPlace(decode(), principal(of: caller)) {
      return (CallShape(.ignored), 0)
    }
    let place = place(event, caller, decode)
    let (sort, observed, partsRead) = call(
      event, outline, caller, caller.surroundings.following(content), decode)
    let isCovering =
      !filter.takesAll && !filter.selects(decode(), principal(of: caller))
    // What nobody asked for still teaches.
    var shape = CallShape(isCovering ? .covering : needs.isEmpty ? .counted : .used)
    shape.isTelling = calls.sorts[Int(sort)].isTelling
    shape.coverage = place
    if !isCovering {
      let region = region(event, decode)
      // All of these are looked up below, and each would be waited for by itself: first the indices, then the rows.
      calls.prefetchIndex(sort, by: caller.number, in: region)
      for need in needs { recorded.uses.prefetchIndex(need, by: caller.number) }
      let surroundings = needs.isEmpty ? 0 : surroundings(event, caller, decode)
      calls.prefetchRow(sort, by: caller.number, in: region)
      for need in needs { recorded.uses.prefetchRow(need, by: caller.number) }
      shape.outcome = calls.sorts[Int(sort)].outcome
      shape.call = calls.row(sort, by: caller.number, in: region)
      for need in needs {
        let use = recorded.uses.place(of: need, by: caller.number, shape.outcome)
        recorded.uses.note(
          UseTable.Circumstances(
            region: region, via: caller.invokedBy, rule: need.rule, reason: need.reason,
            surroundings: surroundings, observed: observed), at: use)
        usesOfShapes.append(UInt32(use), to: &shape.uses)
      }
    }
    return (shape, partsRead)
  }

  /// What a call needed, and how many of its large parts decided that.
  ///
  /// - Returns: The number of its sort and that of the observed context, with its requirements in ``needs``.
  private mutating func call(
    _ event: EventView, _ outline: EventOutline, _ caller: Caller, _ content: JSONDigest,
    _ decode: () -> CloudTrailEvent
  ) -> (sort: UInt32, observed: UInt32, partsRead: Int) {
    if !needs.isEmpty { needs.removeAll(keepingCapacity: true) }
    var key = content
    var known = 0
    if let number = resolutionNumbers.number(event, &key, &known) {
      let call = resolutions[number]
      needs += needsOfResolutions[call.needs]
      return (call.sort, call.observed, known)
    }
    if let found = templates?.call(
      event, outline, caller.surroundings, { [resolved] in resolved[Int(caller.resolved)] }, &recorded.uses,
      &calls, &needs)
    {
      templateHits += 1
      recorded.learn(found.lessons)
      return (found.sort, found.observed, max(known, found.parts))
    }
    if resolutions.count >= UsageRecorder.mostKnown { forgetResolutions() }
    let decoded = decode()
    var partsRead = 0
    let resolution = resolver.resolve(decoded) { partsRead = $0.partsRead }
    let sorted = CallSort(CallFacts(decoded, principal(of: caller), resolution))
    let sort = calls.number(of: sorted)
    templates?.learn(event, resolution, sorted, partsRead)
    resolutionsMade += 1
    if templates == nil, resolutionsMade > limits.callsBeforeTemplates {
      templates = TemplateTable(shared)
    }
    recorded.learn(resolution.lessons)
    if resolution.kind == .action {
      for requirement in resolution.requirements { needs.append(UseTable.Need(requirement, &recorded.uses)) }
    }
    let observed = recorded.uses.number(of: resolution.observedContext)
    needsOfResolutions += needs
    resolutions.append(
      NumberedCall(
        sort: sort, needs: needsOfResolutions.count - needs.count..<needsOfResolutions.count,
        observed: observed))
    resolutionNumbers.add(resolutions.count - 1, event, content, parts: partsRead)
    return (sort, observed, max(known, partsRead))
  }

  private mutating func forgetResolutions() {
    resolutions.removeAll(keepingCapacity: true)
    needsOfResolutions.removeAll(keepingCapacity: true)
    resolutionNumbers.removeAll()
  }

  /// The number of what an event shows to be covered.
  private mutating func place(
    _ event: EventView, _ caller: Caller, _ decode: () -> CloudTrailEvent
  ) -> UInt32 {
    // The caller's account counts where the record does not tell whose log it stands in.
    let rest = event.has(.recipientAccountId) ? JSONDigest.empty : caller.surroundings
    let key = event.placeDigest.following(rest)
    if let number = placeNumbers[key] { return number }
    if placeNumbers.count >= UsageRecorder.mostKnown { placeNumbers.removeAll() }
    let number = coverage.number(CoverageKey(event) ?? CoverageKey(decode()))
    placeNumbers[key] = number
    return number
  }

  /// The number of the region of an event.
  private mutating func region(_ event: EventView, _ decode: () -> CloudTrailEvent) -> UInt32 {
    let key = event.key(.awsRegion)
    if let number = regionNumbers[key] { return number }
    if regionNumbers.count >= UsageRecorder.mostKnown { regionNumbers.removeAll() }
    let number = recorded.uses.number(event.plainText(.awsRegion) ?? decode().awsRegion)
    regionNumbers[key] = number
    return number
  }

  /// The number of the values of condition keys that an event states outside the request.
  private mutating func surroundings(
    _ event: EventView, _ caller: Caller, _ decode: () -> CloudTrailEvent
  ) -> UInt32 {
    let key = event.surroundingsDigest.tagged(UInt64(caller.surroundingsTag))
    if let number = surroundingNumbers[key] { return number }
    if surroundingNumbers.count >= UsageRecorder.mostKnown { surroundingNumbers.removeAll() }
    let number = recorded.uses.number(of: decode().surroundings)
    surroundingNumbers[key] = number
    return number
  }

  /// Counts what shapes have counted by use and by call, and forgets the shapes.
  private mutating func recordShapes() {
    if shapes.isEmpty { return }
    for place in shapes.places { recordShape(at: place) }
    shapes.removeAll()
    addresses.removeAll()
    users.removeAll()
  }

  /// Counts what a shape has counted by use and by call, if one stands at a place; it is not counted any more.
  private mutating func recordShape(at place: Int) {
    guard var shape = shapes.shape(at: place) else { return }
    if shape.counts.count > 0 {
      calls.record(shape.counts, in: shape.call)
      usesOfShapes.forEach(shape.uses) {
        recorded.uses.record(shape.counts, shape.outcome, shape.examples, at: Int($0))
      }
    }
    usesOfShapes.removeAll(&shape.uses)
  }

  /// Generalises large families, and lets as many uses as remain come before the next time: a constant share of the work.
  ///
  /// Uses have other places afterwards, so that shapes are forgotten.
  private mutating func generalizeIfLarge() {
    guard
      recorded.uses.count >= usesBeforeGeneralizing || recorded.uses.texts.count >= textsBeforeGeneralizing
    else { return }
    recordShapes()
    let before = recorded.uses.count
    recorded.generalize()
    if recorded.uses.count < before || recorded.uses.texts.count >= textsBeforeGeneralizing { compact() }
    usesBeforeGeneralizing = max(limits.uses, 2 * recorded.uses.count)
    textsBeforeGeneralizing = max(limits.texts, 2 * recorded.uses.texts.count)
  }

  /// Drops the texts that no use has, and all numbers with them.
  private mutating func compact() {
    calls.move(into: &recorded)
    recordSessions()
    recorded.uses = recorded.uses.compacted()
    forgetCallers()
    forgetResolutions()
    surroundingNumbers.removeAll()
    regionNumbers.removeAll()
    addressNumbers.removeAll()
    templates?.forgetNumbers()
  }
}

/// An event that is decoded when it is first needed; elsewhere, so that having none, as most do, costs nothing.
private indirect enum DecodedEvent {
  case missing
  case made(CloudTrailEvent)
}

extension DigestTable {
  /// What stands in place of a number where events differ by a further part.
  static let fork = UInt32.max

  /// The number of an event that is found by some of its large parts besides its content.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - key: The digest of its content; then that of the parts as well that were needed.
  ///   - parts: How many parts were needed.
  /// - Returns: The number, or `nil` where no such event was met.
  fileprivate func number(_ event: EventView, _ key: inout JSONDigest, _ parts: inout Int) -> Int? {
    while let number = self[key] {
      if number != DigestTable.fork { return Int(number) }
      key = event.key(EventView.parts[parts]).following(key)
      parts += 1
    }
    return nil
  }

  /// Adds the number of an event.
  ///
  /// - Parameters:
  ///   - number: The number.
  ///   - event: The event.
  ///   - content: The digest of its content.
  ///   - parts: How many of its large parts decide what the number stands for.
  fileprivate mutating func add(
    _ number: Int, _ event: EventView, _ content: JSONDigest, parts: Int
  ) {
    var key = content
    var known = 0
    // An earlier event may have forked further than this one needs.
    while known < parts || self[key] == DigestTable.fork {
      self[key] = DigestTable.fork
      key = event.key(EventView.parts[known]).following(key)
      known += 1
    }
    self[key] = UInt32(number)
  }
}

extension EventView {
  /// The large parts of events in the order in which they are added to keys.
  static let parts: [RecordField] = [
    .requestParameters, .responseElements, .additionalEventData,
  ]

  /// The digest of all that decides what a ledger records of the event, but for identity, large parts, time, id and
  /// address.
  fileprivate func contentDigest(_ outline: EventOutline) -> JSONDigest {
    callKey.following(JSONDigest(outline.presence)).following(outline.request.following(outline.response))
  }

  /// The digest of what an event shows to be covered, but for what its identity tells.
  fileprivate var placeDigest: JSONDigest {
    key(.recipientAccountId).following(key(.awsRegion)).following(key(.eventCategory))
      .following(key(.eventSource))
  }

  /// The digest of what decides the values of condition keys outside the request, but for what its identity tells.
  fileprivate var surroundingsDigest: JSONDigest {
    let address =
      isService
      ? key(.sourceIPAddress) : JSONDigest(has(.sourceIPAddress) ? 1 : 2)
    return key(.vpcEndpointId).following(address).tagged(usesTLS ? 1 : 0)
  }
}

extension UserIdentity {
  /// The digest of what decides whose permissions were used and how the call is recorded.
  ///
  /// Sessions of one role are alike; which they were is recorded by itself.
  fileprivate var principalDigest: JSONDigest {
    let isNamed = sessionIssuerARN != nil || arn != nil
    let texts = JSONDigest(
      texts: [
        type, accountID, userName, invokedBy, identityProvider, sessionIssuerType, sessionIssuerARN,
        sessionIssuerAccountID, sessionIssuerUserName, mfaAuthenticated.map { $0 ? "true" : "false" },
        isNamed ? nil : principalID, isNamed ? nil : onBehalfOfUserID,
      ])
    guard let arn else { return texts }
    let text = arn.utf8.span
    let role = SessionARN(text)?.role.upperBound
    return JSONDigest(text.extracting(..<(role ?? text.count))).tagged(role == nil ? 1 : 2).following(texts)
  }

  /// What a resolver looks at in an identity: partition and account, the service that called on its behalf, and the user
  /// that operations on the caller itself are about.
  fileprivate var resolved: [String?] {
    func segment(of arn: String?, _ place: (ARNSegments) -> Range<Int>) -> String? {
      guard let arn else { return nil }
      let text = arn.utf8.span
      return ARNSegments(text).map { String(bytes: text.extracting(place($0))) }
    }
    return [
      accountID, sessionIssuerAccountID, segment(of: arn) { $0.account }, segment(of: arn) { $0.partition },
      segment(of: sessionIssuerARN) { $0.partition }, invokedBy, type == "IAMUser" ? arn : nil,
    ]
  }
}

extension JSONDigest {
  /// The digest of texts in their order, by their bytes; a missing text is not an empty one.
  fileprivate init(texts: [String?]) {
    self = texts.reduce(.empty) { before, text in
      (text.map { JSONDigest($0.utf8.span).tagged(1) } ?? .empty).following(before)
    }
  }
}
