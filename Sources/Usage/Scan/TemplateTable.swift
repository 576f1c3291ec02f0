// Templates of resolutions by what calls are like apart from names.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// Templates found by the skeletons of events.
///
/// What was met once is a draft, which is proved when it is met again: most of what comes once only is never seen again.
/// The table is bounded; what it holds changes the speed, not the result.
struct TemplateTable: Sendable {
  /// What is known of one skeleton.
  private enum Entry: Sendable {
    /// A call of it was met, of which there may be a draft.
    case met
    /// Rules look at the names in its calls.
    case named
    /// What its calls need, by the number of the template.
    case template(UInt32)
  }

  /// What is known of the calls of a template beside it.
  private struct Facts: Sendable {
    /// How many names there are in each.
    let labelCount: UInt16
    /// How many of their large parts decide what they need.
    let parts: UInt8
    /// The number of their sort.
    let sort: UInt32
    /// Where the template's row begins; `nil` until it is asked for.
    var row: UInt32?
    let isTeaching: Bool
  }

  /// What a call needs, but for its requirements.
  struct Found {
    /// The number of its sort.
    let sort: UInt32
    /// The number of the observed context.
    let observed: UInt32
    /// What it teaches that no call taught before.
    let lessons: [LearnedFact]
    /// How many of its large parts decide what it needs.
    let parts: Int
  }

  private static let mostEntries = 65_536
  private static let mostBeginnings = 4096
  /// How many drafts are kept that may never be met again.
  private static let mostDrafts = 4096
  /// How many facts are remembered that were taught.
  private static let mostTaught = 1 << 14

  private var numbers = DigestTable()
  private var entries: [Entry] = []
  /// The drafts of skeletons, by the numbers of these.
  private var drafts: [Int: ResolutionTemplate.Draft] = [:]
  private var templates: [ResolutionTemplate] = []
  /// What is known beside each of the templates.
  private var facts: [Facts] = []
  /// Templates as they are filled.
  private var numbered = NumberedTemplates()
  /// The facts that calls taught: who recorded them once need not be told again.
  private var taught = DigestTable()
  private var labels: NameLabels
  /// Labels with the other vocabulary: the one in which regions are names, or the one in which they are not.
  private var otherLabels: NameLabels
  /// Whether the regions that formats and rules name are no names in the labels at hand.
  private var knowsRegions = false
  /// Whether that must be so, by source and name of a call and by what it was refused.
  private var regionNeeds = DigestTable()
  /// What skeletons begin with: what the identity tells, region and account, which are the same for many calls.
  private var beginnings = NameLabels.Beginnings()
  private var beginningNumbers = DigestTable()
  /// The digest of what stands in keys beside the skeleton.
  private var rest = JSONDigest.empty
  private var key = JSONDigest.empty
  /// How many large parts are in the skeleton.
  private var parts = 0
  /// The number of the skeleton at hand among the entries.
  private var found: Int?
  private let shared: SharedResolver

  /// Creates an empty table.
  ///
  /// - Parameter shared: What other threads know.
  init(_ shared: SharedResolver) {
    let labels = shared.labels
    self.labels = labels.plain
    otherLabels = labels.withRegions
    self.shared = shared
  }

  /// Labels of nothing.
  struct Labels: Sendable {
    /// Labels with all words that rules look for in any call.
    let plain: NameLabels
    /// Labels with the regions besides that formats and rules of some services name.
    let withRegions: NameLabels

    /// Collects the words.
    ///
    /// - Parameter catalog: The reference data.
    init(_ catalog: Catalog) {
      var vocabulary = catalog.vocabulary(beginnings: ResolverWords.beginnings)
      for prefix in ResolverWords.prefixes { vocabulary.add(prefix: prefix) }
      plain = NameLabels(vocabulary)
      for region in catalog.namedRegions.map(\.region) + ServiceRules.all.flatMap(\.regions) {
        unsafe region.utf8.span.withUnsafeBytes { unsafe vocabulary.add($0) }
      }
      withRegions = NameLabels(vocabulary)
    }
  }

  /// What a call needs, where that is known.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - outline: What may tell something in it.
  ///   - surroundings: The digest of what decides the resolution of the caller's identity.
  ///   - texts: What decides it.
  ///   - table: The table that numbers are of.
  ///   - calls: The table that the numbers of sorts are of.
  ///   - needs: What the call needs is appended here.
  /// - Returns: What else is known of the call; `nil` where rules must look.
  mutating func call(
    _ event: EventView, _ outline: EventOutline, _ surroundings: JSONDigest, _ texts: () -> [String?],
    _ table: inout UseTable, _ calls: inout CallTable, _ needs: inout [UseTable.Need]
  ) -> Found? {
    found = nil
    let refusal = event.mayRefuse ? Refusal(event) : nil
    if knowsRegions != mustKnowRegions(event, refusal) {
      swap(&labels, &otherLabels)
      knowsRegions.toggle()
    }
    begin(event, surroundings, texts)
    event.take(apart: outline, refusal, &labels)
    guard labels.isWhole else { return nil }
    rest = event.wordsDigest(outline, refusal)
    key = labels.digest.following(rest)
    parts = 0
    while find(&calls), parts < EventView.parts.count {
      addPart(event)
      guard labels.isWhole else { return nil }
    }
    guard let found else { return nil }
    if case .met = entries[found], let draft = drafts[found] { prove(draft, event, &calls) }
    guard case .template(let number) = entries[found] else { return nil }
    let known = facts[Int(number)]
    guard Int(known.labelCount) == labels.count else { return nil }
    let row = known.row ?? layOut(Int(number), &table)
    let (observed, lessons) = numbered.fill(row, labels, &table, &needs)
    return Found(
      sort: known.sort, observed: observed,
      lessons: known.isTeaching ? newLessons(templates[Int(number)], lessons) : [], parts: Int(known.parts))
  }

  /// Lays a template out for filling.
  ///
  /// - Returns: Where its row begins.
  private mutating func layOut(_ number: Int, _ table: inout UseTable) -> UInt32 {
    let row = numbered.append(templates[number], &table)
    facts[number].row = row
    return row
  }

  /// What the call at hand teaches that was not taught before.
  ///
  /// - Parameters:
  ///   - template: Its template.
  ///   - start: Where in its row the facts begin.
  /// - Returns: The facts, in no order that means anything.
  private mutating func newLessons(_ template: ResolutionTemplate, _ start: Int) -> [LearnedFact] {
    numbered.lessons(start, labels).enumerated().compactMap { lesson, digest in
      if taught[digest] != nil { return nil }
      if taught.count >= TemplateTable.mostTaught { taught.removeAll() }
      taught[digest] = 0
      return template.lesson(lesson, Names(labels))
    }
  }

  /// Makes a template of a draft for the skeleton at hand, unless rules look at the names in its calls.
  private mutating func prove(
    _ draft: ResolutionTemplate.Draft, _ event: EventView, _ calls: inout CallTable
  ) {
    let template = labels.renamed().flatMap { letters -> ResolutionTemplate? in
      guard let renamed = event.renamed(labels, letters) else { return nil }
      var partsRead = 0
      let resolution = shared.resolver.resolve(renamed) { partsRead = $0.partsRead }
      return partsRead > parts ? nil : draft.proved(Names(labels, letters), by: resolution)
    }
    guard let template else {
      add(.named)
      shared.add(.named, key)
      return
    }
    add(template, parts: parts, draft.sort, &calls)
    shared.add(.template(template, parts: parts, draft.sort), key)
  }

  /// Whether rules may look for certain regions in a call.
  ///
  /// Source, name and refused action, and all that tells what is a call, are part of the key of a skeleton, so all its
  /// calls are taken apart alike.
  private mutating func mustKnowRegions(_ event: EventView, _ refusal: Refusal?) -> Bool {
    // What is no call needs nothing.
    guard event.kind.isCall else { return false }
    var key = event.key(.eventSource).following(event.key(.eventName))
    if let action = refusal?.denial?.action { key = JSONDigest(action.utf8.span).following(key) }
    if let known = regionNeeds[key] { return known == 1 }
    guard let source = event.plainText(.eventSource), let name = event.plainText(.eventName) else {
      return true
    }
    let must = shared.resolver.looksForRegions(
      source: source, name: name, denied: refusal?.denial?.action)
    if regionNeeds.count >= TemplateTable.mostBeginnings { regionNeeds.removeAll() }
    regionNeeds[key] = must ? 1 : 0
    return must
  }

  /// Begins the skeleton of an event.
  private mutating func begin(_ event: EventView, _ surroundings: JSONDigest, _ texts: () -> [String?]) {
    let key = event.key(.awsRegion).following(event.key(.recipientAccountId)).following(surroundings)
      .tagged(knowsRegions ? 1 : 0)
    if let number = beginningNumbers[key] {
      labels.restart(from: beginnings, Int(number))
      return
    }
    labels.reset()
    for text in texts() { labels.append(text) }
    event.append(.awsRegion, to: &labels)
    event.append(.recipientAccountId, to: &labels)
    if beginnings.count >= TemplateTable.mostBeginnings {
      beginnings.removeAll()
      beginningNumbers.removeAll()
    }
    beginningNumbers[key] = UInt32(beginnings.count)
    beginnings.append(labels)
  }

  /// Finds what is known of the skeleton at hand, here or by other threads.
  ///
  /// - Returns: Whether calls of it differ by a further part.
  private mutating func find(_ calls: inout CallTable) -> Bool {
    let number = numbers[key]
    var isDrafted = false
    if let number {
      if number == DigestTable.fork { return true }
      found = Int(number)
      guard case .met = entries[Int(number)] else { return false }
      isDrafted = drafts[Int(number)] != nil
    }
    switch shared.find(key) {
    case .fork:
      // What was met here stays: it has decided less.
      if number != nil { return false }
      numbers[key] = DigestTable.fork
      return true
    case .met(let draft): if !isDrafted { add(.met, draft) }
    case .named: add(.named)
    case .template(let template, let parts, let sort): add(template, parts: parts, sort, &calls)
    case nil: break
    }
    return false
  }

  /// Adds a template for the skeleton at hand.
  private mutating func add(
    _ template: ResolutionTemplate, parts: Int, _ sort: CallSort, _ calls: inout CallTable
  ) {
    // Before the templates are counted: making room may empty the table.
    let place = found ?? addPlace()
    entries[place] = .template(UInt32(templates.count))
    drafts[place] = nil
    templates.append(template)
    facts.append(
      Facts(
        labelCount: UInt16(template.labelCount), parts: UInt8(parts), sort: calls.number(of: sort),
        isTeaching: !template.lessons.isEmpty))
  }

  /// Adds or replaces what is known of the skeleton at hand.
  private mutating func add(_ entry: Entry, _ draft: ResolutionTemplate.Draft? = nil) {
    let place = found ?? addPlace()
    entries[place] = entry
    drafts[place] = draft
  }

  /// Makes room for what is known of the skeleton at hand.
  private mutating func addPlace() -> Int {
    if entries.count >= TemplateTable.mostEntries {
      entries.removeAll(keepingCapacity: true)
      numbers.removeAll()
      drafts.removeAll()
      templates.removeAll()
      facts.removeAll()
      numbered = NumberedTemplates()
    }
    let place = entries.count
    found = place
    numbers[key] = UInt32(place)
    entries.append(.met)
    return place
  }

  /// Forgets numbers, because the table that they were of is gone.
  mutating func forgetNumbers() {
    numbered = NumberedTemplates()
    for number in facts.indices { facts[number].row = nil }
  }

  /// Learns from the call that was just asked for and that rules have looked at.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - resolution: What the call needs.
  ///   - sort: Its sort.
  ///   - partsRead: How many of its large parts decide what it needs.
  mutating func learn(_ event: EventView, _ resolution: Resolution, _ sort: CallSort, _ partsRead: Int) {
    guard labels.isWhole else { return }
    if let found {
      guard case .met = entries[found] else { return }
      note(partsRead > parts ? .named : sketch(resolution, sort))
      return
    }
    // An earlier call may have forked further than this one needs.
    while parts < partsRead || numbers[key] == DigestTable.fork, parts < EventView.parts.count {
      numbers[key] = DigestTable.fork
      shared.add(.fork, key)
      addPart(event)
      guard labels.isWhole else { return }
    }
    note(sketch(resolution, sort))
  }

  /// What is known of the skeleton at hand after its first call.
  private func sketch(_ resolution: Resolution, _ sort: CallSort) -> SharedResolver.Entry {
    if drafts.count >= TemplateTable.mostDrafts { return .met(nil) }
    return ResolutionTemplate.Draft(resolution, labels, sort).map { .met($0) } ?? .named
  }

  /// Notes what is known of the skeleton at hand, but for forks and templates.
  private mutating func note(_ entry: SharedResolver.Entry) {
    switch entry {
    case .met(let draft): add(.met, draft)
    case .named: add(.named)
    case .fork, .template: return
    }
    shared.add(entry, key)
  }

  private mutating func addPart(_ event: EventView) {
    event.append(EventView.parts[parts], to: &labels)
    parts += 1
    key = labels.digest.following(rest)
  }
}

/// What the error message of an event says of a refusal, read once.
private struct Refusal {
  /// The message; `nil` where it is written with escapes.
  let message: String?
  /// What IAM says of a refusal.
  let denial: DenialMessage?

  /// Reads the message.
  ///
  /// - Parameter event: The event, whose message may say something of a refusal.
  init(_ event: EventView) {
    message = event.plainText(.errorMessage)
    denial = message.flatMap { DenialMessage($0) }
  }
}

extension EventView {
  /// Adds to the skeleton of an event all that decides its resolution but for the caller, region and account, large parts
  /// and ``wordsDigest(_:_:)``.
  fileprivate func take(apart outline: EventOutline, _ refusal: Refusal?, _ labels: inout NameLabels) {
    if let refusal {
      // Of what IAM says of a refusal the resource alone has names in it; it is there whether it is listed or not.
      guard refusal.message != nil else { return labels.giveUp() }
      labels.append(refusal.denial?.resource)
    }
    append(.resources, to: &labels)
    // Where a part may tell something, all of it may.
    if outline.request != .empty { append(.requestParameters, to: &labels) }
    if outline.response != .empty { append(.responseElements, to: &labels) }
  }

  /// The digest of what is compared letter by letter.
  fileprivate func wordsDigest(_ outline: EventOutline, _ refusal: Refusal?) -> JSONDigest {
    var key = JSONDigest.empty
    func add(_ digest: JSONDigest) { key = digest.following(key) }
    add(self.key(.eventSource))
    add(self.key(.eventName))
    add(self.key(.eventType))
    add(self.key(.eventCategory))
    add(self.key(.errorCode))
    if isService { add(self.key(.sourceIPAddress)) }
    var presence = outline.presence
    if has(.errorMessage) { presence |= 16 }
    if outline.request != .empty { presence |= 32 }
    if outline.response != .empty { presence |= 64 }
    if let refusal, let message = refusal.message {
      presence |= Outcome.namesRefusedAction(message) ? 128 : 256
      if let denial = refusal.denial { add(JSONDigest(denial.action.utf8.span)) }
    }
    add(JSONDigest(presence))
    return key
  }
}

/// The words that rules themselves look for in values.
enum ResolverWords {
  /// What no name begins with: partitions that regions tell, and documents of AWS.
  static let beginnings = ["aws", "amazon", "amzn", "cn-", "us-gov-"]

  /// What stands before the hyphens of ids and tells what they are the ids of.
  static let prefixes = Set(
    EC2Resources.idPrefixes.values.flatMap { $0.split(separator: "-").map(String.init) } + ["mi"])
}
