// Templates of resolutions by what calls are like apart from names.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// Templates found by the skeletons of events.
///
/// What was met once is noted, what is met again is made a template of: most of what comes once only is never seen again.
/// The table is bounded; what it holds changes the speed, not the result.
struct TemplateTable: Sendable {
  /// What is known of one skeleton.
  private enum Entry: Sendable {
    /// A call of it was met.
    case met
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
    /// What it teaches.
    let lessons: [LearnedFact]
    /// How many of its large parts decide what it needs.
    let parts: Int
  }

  private static let mostEntries = 65_536
  private static let mostBeginnings = 4096

  private var numbers = DigestTable()
  private var entries: [Entry] = []
  private var labels: NameLabels
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
    labels = shared.labels
    self.shared = shared
  }

  /// Labels of nothing, with all words that rules look for.
  ///
  /// - Parameter catalog: The reference data.
  /// - Returns: The labels.
  static func labels(_ catalog: Catalog) -> NameLabels {
    var vocabulary = catalog.vocabulary(beginnings: ResolverWords.beginnings)
    for prefix in ResolverWords.prefixes { vocabulary.add(prefix: prefix) }
    return NameLabels(vocabulary)
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
  /// - Returns: What else is known of the call; `nil` where rules must look.
  mutating func call(
    _ event: EventView, _ outline: EventOutline, _ surroundings: (texts: [String?], digest: JSONDigest),
    _ table: inout UseTable, _ calls: inout CallTable, _ needs: inout [UseTable.Need]
  ) -> Found? {
    found = nil
    begin(event, surroundings)
    event.take(apart: outline, &labels)
    guard labels.isWhole else { return nil }
    rest = event.wordsDigest(outline)
    key = labels.digest.following(rest)
    parts = 0
    find(&calls)
    while numbers[key] == DigestTable.fork, parts < EventView.parts.count {
      addPart(event)
      guard labels.isWhole else { return nil }
      find(&calls)
    }
    guard let found, case .template(let template, var facts) = entries[found] else { return nil }
    if facts.numbers == nil {
      facts.numbers = template.numbers(in: &table)
      entries[found] = .template(template, facts)
    }
    guard let numbers = facts.numbers else { return nil }
    return Found(
      sort: facts.sort, observed: template.fill(labels, numbers, &table, &needs),
      lessons: template.filledLessons(labels, labels.allLetters), parts: facts.parts)
  }

  /// Begins the skeleton of an event.
  private mutating func begin(_ event: EventView, _ surroundings: (texts: [String?], digest: JSONDigest)) {
    let key = event.key(.awsRegion).following(event.key(.recipientAccountId)).following(surroundings.digest)
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
    if let number {
      if number == DigestTable.fork { return }
      found = Int(number)
      guard case .met = entries[Int(number)] else { return }
    }
    switch shared.find(key) {
    case .fork:
      // What was met here stays: it has decided less.
      if number == nil { numbers[key] = DigestTable.fork }
    case .met: if number == nil { add(.met) }
    case .named: add(.named)
    case .template(let template, let parts, let sort):
      add(.template(template, Facts(parts: parts, sort: calls.number(of: sort))))
    case nil: break
    }
  }

  /// Adds or replaces what is known of the skeleton at hand.
  private mutating func add(_ entry: Entry) {
    if let found {
      entries[found] = entry
      return
    }
    if entries.count >= TemplateTable.mostEntries {
      entries.removeAll(keepingCapacity: true)
      numbers.removeAll()
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
  ///   - sort: Its sort, and the number of that.
  ///   - partsRead: How many of its large parts decide what it needs.
  ///   - resolve: Resolves an event.
  mutating func learn(
    _ event: EventView, _ resolution: Resolution, _ sort: (CallSort, number: UInt32), _ partsRead: Int,
    _ resolve: (CloudTrailEvent) -> Resolution
  ) {
    guard labels.isWhole else { return }
    guard let found else {
      note(event, partsRead)
      return
    }
    guard case .met = entries[found] else { return }
    let template =
      partsRead > parts
      ? nil
      : ResolutionTemplate(resolution, labels) { letters in event.renamed(labels, letters).map(resolve) }
    guard let template else {
      entries[found] = .named
      shared.add(.named, key)
      return
    }
    entries[found] = .template(template, Facts(parts: parts, sort: sort.number))
    shared.add(.template(template, parts: parts, sort.0), key)
  }

  /// Notes that a call was met.
  private mutating func note(_ event: EventView, _ partsRead: Int) {
    // An earlier call may have forked further than this one needs.
    while parts < partsRead || numbers[key] == DigestTable.fork, parts < EventView.parts.count {
      numbers[key] = DigestTable.fork
      shared.add(.fork, key)
      addPart(event)
      guard labels.isWhole else { return }
    }
    add(.met)
    shared.add(.met, key)
  }

  private mutating func addPart(_ event: EventView) {
    event.append(EventView.parts[parts], to: &labels)
    parts += 1
    key = labels.digest.following(rest)
  }
}

extension EventView {
  /// Adds to the skeleton of an event all that decides its resolution but for the caller, region and account, large parts
  /// and ``wordsDigest(_:)``.
  fileprivate func take(apart outline: EventOutline, _ labels: inout NameLabels) {
    if mayRefuse {
      // Of what IAM says of a refusal the resource alone has names in it; it is there whether it is listed or not.
      guard let message = plainText(.errorMessage) else { return labels.giveUp() }
      labels.append(DenialMessage(message)?.resource)
    }
    append(.resources, to: &labels)
    // Where a part may tell something, all of it may.
    if outline.request != .empty { append(.requestParameters, to: &labels) }
    if outline.response != .empty { append(.responseElements, to: &labels) }
  }

  /// The digest of what is compared letter by letter.
  fileprivate func wordsDigest(_ outline: EventOutline) -> JSONDigest {
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
    if mayRefuse, let message = plainText(.errorMessage) {
      // As `Outcome` looks at it.
      let isRefusal =
        message.hasPrefix("User: ") && message.containsBytes(of: " is not authorized to perform: ")
      presence |= isRefusal ? 128 : 256
      if let denial = DenialMessage(message) { add(JSONDigest(denial.action.utf8.span)) }
    }
    add(JSONDigest(presence))
    return key
  }
}

/// The words that rules themselves look for in values.
enum ResolverWords {
  /// What no name begins with: partitions that regions tell, documents of AWS, and the region that global services
  /// report.
  static let beginnings = ["aws", "amazon", "amzn", "cn-", "us-gov-", "us-east-1"]

  /// What stands before the hyphens of ids and tells what they are the ids of.
  static let prefixes = Set(
    EC2Resources.idPrefixes.values.flatMap { $0.split(separator: "-").map(String.init) } + ["mi"])
}
