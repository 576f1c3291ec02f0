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
    case template(ResolutionTemplate, parts: Int)
  }

  private static let mostEntries = 65_536

  private var numbers = DigestTable()
  private var entries: [Entry] = []
  private var labels: NameLabels
  /// The digest of what stands in keys beside the skeleton.
  private var rest = JSONDigest.empty
  private var key = JSONDigest.empty
  /// How many large parts are in the skeleton.
  private var parts = 0
  private var found: Int?

  /// Creates an empty table.
  ///
  /// - Parameter catalog: The reference data, whose words are no names.
  init(_ catalog: Catalog) { labels = TemplateTable.labels(catalog) }

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
  ///   - surroundings: What decides the resolution of the caller's identity.
  /// - Returns: The call with what it needs, and how many of its large parts decide that; `nil` where rules must look.
  ///   Its principal and surroundings are those of another call.
  mutating func call(_ event: EventView, _ surroundings: [String?]) -> (call: CallFacts, parts: Int)? {
    found = nil
    event.begin(&labels, surroundings)
    guard labels.isWhole else { return nil }
    rest = event.wordsDigest
    key = labels.digest.following(rest)
    parts = 0
    while let number = numbers[key] {
      if number != DigestTable.fork {
        found = Int(number)
        break
      }
      addPart(event)
      guard labels.isWhole else { return nil }
    }
    guard let found, case .template(let template, let parts) = entries[found] else { return nil }
    return (template.filled(labels, labels.allLetters), parts)
  }

  /// Learns from the call that was just asked for and that rules have looked at.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - call: The call with what it needs.
  ///   - partsRead: How many of its large parts decide that.
  ///   - resolve: Resolves an event.
  mutating func learn(
    _ event: EventView, _ call: CallFacts, _ partsRead: Int, _ resolve: (CloudTrailEvent) -> Resolution
  ) {
    guard labels.isWhole else { return }
    guard let found else {
      note(event, partsRead)
      return
    }
    guard case .met = entries[found] else { return }
    entries[found] = .named
    guard partsRead <= parts else { return }
    let template = ResolutionTemplate(call, labels) { letters in
      event.renamed(labels, letters).map(resolve)
    }
    if let template { entries[found] = .template(template, parts: parts) }
  }

  /// Notes that a call was met.
  private mutating func note(_ event: EventView, _ partsRead: Int) {
    if entries.count >= TemplateTable.mostEntries {
      entries.removeAll(keepingCapacity: true)
      numbers.removeAll()
    }
    // An earlier call may have forked further than this one needs.
    while parts < partsRead || numbers[key] == DigestTable.fork {
      numbers[key] = DigestTable.fork
      addPart(event)
      guard labels.isWhole else { return }
    }
    numbers[key] = UInt32(entries.count)
    entries.append(.met)
  }

  private mutating func addPart(_ event: EventView) {
    event.append(EventView.parts[parts], to: &labels)
    parts += 1
    key = labels.digest.following(rest)
  }
}

extension EventView {
  /// Begins the skeleton of an event: all that decides its resolution but for large parts and for ``wordsDigest``.
  fileprivate func begin(_ labels: inout NameLabels, _ surroundings: [String?]) {
    labels.reset()
    if mayRefuse {
      // Of what IAM says of a refusal the resource alone has names in it; it is there whether it is listed or not.
      guard let message = plainText(.errorMessage) else { return labels.giveUp() }
      labels.append(DenialMessage(message)?.resource)
    }
    for text in surroundings { labels.append(text) }
    append(.awsRegion, to: &labels)
    append(.recipientAccountId, to: &labels)
    append(.resources, to: &labels)
    // Where a part may tell something, all of it may.
    if traces(in: .requestParameters, of: ActionResolver.tellingNames) != .empty {
      append(.requestParameters, to: &labels)
    }
    if traces(in: .responseElements, of: .none) != .empty { append(.responseElements, to: &labels) }
  }

  /// Whether the error message may say which action was refused, and on what; other messages decide nothing.
  fileprivate var mayRefuse: Bool { mayContain(.errorMessage, "not authorized to perform: ") }

  /// The digest of what is compared letter by letter.
  fileprivate var wordsDigest: JSONDigest {
    var key = JSONDigest.empty
    func add(_ digest: JSONDigest) { key = digest.following(key) }
    add(self.key(.eventSource))
    add(self.key(.eventName))
    add(self.key(.eventType))
    add(self.key(.eventCategory))
    add(self.key(.errorCode))
    // The name of a service stands in the place of an address.
    if mayEnd(.sourceIPAddress, with: ".amazonaws.com") { add(self.key(.sourceIPAddress)) }
    var presence: UInt64 = has(.sourceIPAddress) ? 8 : 0
    if has(.requestParameters) { presence |= 1 }
    if has(.responseElements) { presence |= 2 }
    if has(.additionalEventData) { presence |= 4 }
    if has(.errorMessage) { presence |= 16 }
    if traces(in: .requestParameters, of: ActionResolver.tellingNames) != .empty { presence |= 32 }
    if traces(in: .responseElements, of: .none) != .empty { presence |= 64 }
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
