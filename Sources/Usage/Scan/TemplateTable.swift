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
    /// A call of it was met; with the draft of a template, where one was made.
    case met(ResolutionTemplate.Draft?)
    /// Rules look at the names in its calls.
    case named
    /// What its calls need, and how many large parts decide that.
    case template(ResolutionTemplate, Facts)
  }

  /// What is known of the calls of a template beside it.
  private struct Facts: Sendable {
    /// How many of their large parts decide what they need.
    let parts: Int
    /// The number of their sort.
    let sort: UInt32
    /// The numbers of what they need, as far as it is the same; `nil` until it is asked for.
    var numbers: ResolutionTemplate.Numbers?
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
  private var drafts = 0
  /// The names in the call at hand, once a template is found.
  private var names = Names()
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
  private var beginnings: [NameLabels.Beginning] = []
  private var beginningNumbers = DigestTable()
  /// The digest of what stands in keys beside the skeleton.
  private var rest = JSONDigest.empty
  private var key = JSONDigest.empty
  /// How many large parts are in the skeleton.
  private var parts = 0
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
  ///   - surroundings: What decides the resolution of the caller's identity, and the digest of that.
  ///   - table: The table that numbers are of.
  ///   - calls: The table that the numbers of sorts are of.
  ///   - needs: What the call needs is appended here.
  ///   - resolve: Resolves an event by rules, and tells how many of its large parts decided that.
  /// - Returns: What else is known of the call; `nil` where rules must look.
  mutating func call(
    _ event: EventView, _ outline: EventOutline, _ surroundings: (texts: [String?], digest: JSONDigest),
    _ table: inout UseTable, _ calls: inout CallTable, _ needs: inout [UseTable.Need],
    _ resolve: (CloudTrailEvent) -> (Resolution, partsRead: Int)
  ) -> Found? {
    found = nil
    let refusal = event.mayRefuse ? Refusal(event) : nil
    if knowsRegions != mustKnowRegions(event, refusal) {
      swap(&labels, &otherLabels)
      knowsRegions.toggle()
    }
    begin(event, surroundings)
    event.take(apart: outline, refusal, &labels)
    guard labels.isWhole else { return nil }
    rest = event.wordsDigest(outline, refusal)
    key = labels.digest.following(rest)
    parts = 0
    find(&calls)
    while numbers[key] == DigestTable.fork, parts < EventView.parts.count {
      addPart(event)
      guard labels.isWhole else { return nil }
      find(&calls)
    }
    guard let found else { return nil }
    if case .met(let draft?) = entries[found] { prove(draft, event, &calls, resolve) }
    guard case .template(let template, var facts) = entries[found] else { return nil }
    if facts.numbers == nil {
      facts.numbers = template.numbers(in: &table)
      entries[found] = .template(template, facts)
    }
    guard let numbers = facts.numbers else { return nil }
    guard template.labelCount == labels.labels.count else { return nil }
    names.take(labels, for: template)
    let lessons = template.newLessons(names) { fact in
      if taught[fact] != nil { return false }
      if taught.count >= TemplateTable.mostTaught { taught.removeAll() }
      taught[fact] = 0
      return true
    }
    return Found(
      sort: facts.sort, observed: template.fill(names, numbers, &table, &needs), lessons: lessons,
      parts: facts.parts)
  }

  /// Makes a template of a draft for the skeleton at hand, unless rules look at the names in its calls.
  private mutating func prove(
    _ draft: ResolutionTemplate.Draft, _ event: EventView, _ calls: inout CallTable,
    _ resolve: (CloudTrailEvent) -> (Resolution, partsRead: Int)
  ) {
    let template = labels.renamed().flatMap { letters -> ResolutionTemplate? in
      guard let renamed = event.renamed(labels, letters) else { return nil }
      let (resolution, partsRead) = resolve(renamed)
      return partsRead > parts ? nil : draft.proved(Names(labels, letters), by: resolution)
    }
    guard let template else {
      add(.named)
      shared.add(.named, key)
      return
    }
    add(.template(template, Facts(parts: parts, sort: calls.number(of: draft.sort))))
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
  private mutating func begin(_ event: EventView, _ surroundings: (texts: [String?], digest: JSONDigest)) {
    let key = event.key(.awsRegion).following(event.key(.recipientAccountId)).following(surroundings.digest)
      .tagged(knowsRegions ? 1 : 0)
    if let number = beginningNumbers[key] {
      labels.restart(from: beginnings[Int(number)])
      return
    }
    labels.reset()
    for text in surroundings.texts { labels.append(text) }
    event.append(.awsRegion, to: &labels)
    event.append(.recipientAccountId, to: &labels)
    if beginnings.count >= TemplateTable.mostBeginnings {
      beginnings.removeAll(keepingCapacity: true)
      beginningNumbers.removeAll()
    }
    beginningNumbers[key] = UInt32(beginnings.count)
    beginnings.append(labels.beginning)
  }

  /// Finds what is known of the skeleton at hand, here or by other threads.
  private mutating func find(_ calls: inout CallTable) {
    let number = numbers[key]
    var isDrafted = false
    if let number {
      if number == DigestTable.fork { return }
      found = Int(number)
      guard case .met(let draft) = entries[Int(number)] else { return }
      isDrafted = draft != nil
    }
    switch shared.find(key) {
    case .fork:
      // What was met here stays: it has decided less.
      if number == nil { numbers[key] = DigestTable.fork }
    case .met(let draft): if !isDrafted { add(.met(draft)) }
    case .named: add(.named)
    case .template(let template, let parts, let sort):
      add(.template(template, Facts(parts: parts, sort: calls.number(of: sort))))
    case nil: break
    }
  }

  /// Adds or replaces what is known of the skeleton at hand.
  private mutating func add(_ entry: Entry) {
    if case .met(_?) = entry { drafts += 1 }
    if let found {
      if case .met(_?) = entries[found] { drafts -= 1 }
      entries[found] = entry
      return
    }
    if entries.count >= TemplateTable.mostEntries {
      entries.removeAll(keepingCapacity: true)
      numbers.removeAll()
      drafts = 0
      if case .met(_?) = entry { drafts = 1 }
    }
    found = entries.count
    numbers[key] = UInt32(entries.count)
    entries.append(entry)
  }

  /// Forgets numbers, because the table that they were of is gone.
  mutating func forgetNumbers() {
    for place in entries.indices {
      guard case .template(let template, var facts) = entries[place] else { continue }
      facts.numbers = nil
      entries[place] = .template(template, facts)
    }
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
    if drafts >= TemplateTable.mostDrafts { return .met(nil) }
    return ResolutionTemplate.Draft(resolution, labels, sort).map { .met($0) } ?? .named
  }

  /// Notes what is known of the skeleton at hand, but for forks and templates.
  private mutating func note(_ entry: SharedResolver.Entry) {
    switch entry {
    case .met(let draft): add(.met(draft))
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
      // As `Outcome` looks at it.
      let isRefusal =
        message.hasPrefix("User: ") && message.containsBytes(of: " is not authorized to perform: ")
      presence |= isRefusal ? 128 : 256
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
