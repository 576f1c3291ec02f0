// A resolution with places for names in it.
//
// Invariant NAMES-ARE-OPAQUE (`NameLabels`): no rule of the resolver looks at the letters of a name. Rules look at
// separators, lengths, sorts of characters, words of the catalog, and whether names are equal; and what they give is made
// of whole names and of text of their own. So two calls that differ in nothing but names need the same permissions under
// other names, and a template that is made of the one gives those of the other.
//
// That is not taken on trust. What rules make of one call is a draft of a template. It becomes one when a second call is
// resolved under names that were made up, and gives what the draft gives for these; else the rules look at the calls each
// time. So calls that are met once cost no trial, and the second one costs nothing but the trial.

import CloudTrail
import IAM
import JSONStream

/// The names in a call, by the numbers of their labels.
struct Names: Sendable {
  fileprivate var letters: [UInt8] = []
  /// Where the letters of each stand; those of labels that nobody asked for are of no use.
  fileprivate var ranges: [Range<Int>] = []

  /// Creates no names.
  init() {}

  /// Takes the names of a call that its template has places for.
  ///
  /// - Parameters:
  ///   - labels: The call, taken apart.
  ///   - template: The template.
  mutating func take(_ labels: NameLabels, for template: ResolutionTemplate) {
    guard let last = template.labelsUsed.last else { return }
    // A copy, so that the labels keep their memory to themselves.
    letters.removeAll(keepingCapacity: true)
    letters += labels.allLetters
    while ranges.count <= last { ranges.append(0..<0) }
    for label in template.labelsUsed { ranges[label] = labels.range(label) }
  }

  /// Other names for the labels of a call.
  ///
  /// - Parameters:
  ///   - labels: The call, taken apart.
  ///   - letters: The names, laid out as ``NameLabels/allLetters`` is.
  init(_ labels: NameLabels, _ letters: [UInt8]) {
    self.letters = letters
    ranges = labels.labels.indices.map { labels.range($0) }
  }
}

/// What calls need that differ in nothing but names.
final class ResolutionTemplate: Sendable {
  /// A text with the places of names in it.
  fileprivate struct Text: Sendable {
    /// What stands around the names.
    let letters: [UInt8]
    /// Where in it each name stands, ascending, and which.
    let places: [(offset: Int, label: Int)]

    init(_ text: String, _ labels: NameLabels) {
      var letters: [UInt8] = []
      var places: [(offset: Int, label: Int)] = []
      let bytes = Array(text.utf8)
      var copied = 0
      labels.find(in: bytes.span) { range, label in
        letters += bytes[copied..<range.lowerBound]
        places.append((letters.count, label))
        copied = range.upperBound
      }
      letters += bytes[copied...]
      self.letters = letters
      self.places = places
    }

    /// Whether no name stands in the text.
    var isFixed: Bool { places.isEmpty }

    /// Lets something look at the text with other names.
    @inline(__always)
    func withFilled<Found>(_ names: Names, _ look: (Span<UInt8>) -> Found) -> Found {
      // Pieces are copied as memory, into room for all of them: appending to arrays counts references for each piece.
      // Offsets were made of these letters, and ranges of those of the names.
      unsafe letters.withUnsafeBytes { letters in
        unsafe names.letters.withUnsafeBytes { other in
          var count = letters.count
          for place in places { count += names.ranges[place.label].count }
          return unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { room in
            var end = 0
            var copied = 0
            for place in places {
              unsafe Text.copy(letters, copied..<place.offset, room, &end)
              unsafe Text.copy(other, names.ranges[place.label], room, &end)
              copied = place.offset
            }
            unsafe Text.copy(letters, copied..<letters.count, room, &end)
            return unsafe look(UnsafeRawBufferPointer(room).bindMemory(to: UInt8.self).span)
          }
        }
      }
    }

    @inline(__always)
    private static func copy(
      _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ room: UnsafeMutableRawBufferPointer,
      _ end: inout Int
    ) {
      // Empty texts may have no address.
      guard let target = room.baseAddress, let start = text.baseAddress else { return }
      unsafe (target + end).copyMemory(from: start + range.lowerBound, byteCount: range.count)
      end &+= range.count
    }

    /// The text with other names.
    func filled(_ names: Names) -> String {
      withFilled(names) { text in
        unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
      }
    }

    /// The digest of the text with other names.
    func digest(_ names: Names) -> JSONDigest {
      withFilled(names) { JSONDigest($0) }
    }
  }

  fileprivate struct Pair: Sendable {
    let key: Text
    let value: Text

    init(_ pair: ContextPair, _ labels: NameLabels) {
      key = Text(pair.key, labels)
      value = Text(pair.value, labels)
    }

    func forEachText(_ look: (Text) -> Void) {
      look(key)
      look(value)
    }

    var isFixed: Bool { key.isFixed && value.isFixed }

    func filled(_ names: Names) -> ContextPair {
      ContextPair(key: key.filled(names), value: value.filled(names))
    }
  }

  fileprivate struct Need: Sendable {
    let requirement: Requirement
    let resource: Text
    let context: [Pair]
    let unresolvedReason: Text?

    init(_ requirement: Requirement, _ labels: NameLabels) {
      self.requirement = requirement
      resource = Text(requirement.resource, labels)
      context = requirement.context.map { Pair($0, labels) }
      unresolvedReason = requirement.unresolvedReason.map { Text($0, labels) }
    }

    func filled(_ names: Names) -> Requirement {
      var filled = requirement
      filled.resource = resource.filled(names)
      // Names decide the order.
      if !context.isEmpty { filled.context = context.map { $0.filled(names) }.sorted() }
      if let unresolvedReason { filled.unresolvedReason = unresolvedReason.filled(names) }
      return filled
    }
  }

  /// What names in a requirement decide.
  fileprivate enum Part: Sendable { case resource, reason }

  private enum Lesson: Sendable {
    case identity(arn: Text)
    case profile(arn: Text, role: Text)
    case alias(arn: Text, key: Text)

    init(_ fact: LearnedFact, _ labels: NameLabels) {
      switch fact {
      case .identity(let arn): self = .identity(arn: Text(arn, labels))
      case .profile(let arn, let role): self = .profile(arn: Text(arn, labels), role: Text(role, labels))
      case .alias(let arn, let key): self = .alias(arn: Text(arn, labels), key: Text(key, labels))
      }
    }

    func filled(_ names: Names) -> LearnedFact {
      switch self {
      case .identity(let arn): .identity(arn: arn.filled(names))
      case .profile(let arn, let role):
        .profile(arn: arn.filled(names), role: role.filled(names))
      case .alias(let arn, let key):
        .alias(arn: arn.filled(names), key: key.filled(names))
      }
    }

    func forEachText(_ look: (Text) -> Void) {
      switch self {
      case .identity(let arn): look(arn)
      case .profile(let arn, let other), .alias(let arn, let other):
        look(arn)
        look(other)
      }
    }

    /// The digest of the fact with other names.
    func digest(_ names: Names) -> JSONDigest {
      switch self {
      case .identity(let arn): arn.digest(names).tagged(1)
      case .profile(let arn, let role):
        arn.digest(names).following(role.digest(names)).tagged(2)
      case .alias(let arn, let key):
        arn.digest(names).following(key.digest(names)).tagged(3)
      }
    }
  }

  /// What will be a template once it is proved.
  struct Draft: Sendable {
    private let template: ResolutionTemplate
    /// The sort of the calls.
    let sort: CallSort

    /// Drafts a template, or returns `nil` where it would not give what it is made of.
    ///
    /// - Parameters:
    ///   - resolution: What a call needs.
    ///   - labels: The names in it.
    ///   - sort: The sort of the call.
    init?(_ resolution: Resolution, _ labels: NameLabels, _ sort: CallSort) {
      template = ResolutionTemplate(resolution, labels)
      self.sort = sort
      guard template.filled(Names(labels, Array(labels.allLetters))).isWritten(as: resolution) else {
        return nil
      }
    }

    /// The template, or `nil` where rules look at the names in the call.
    ///
    /// - Parameters:
    ///   - names: Names that were made up for a call of the same skeleton.
    ///   - renamed: What rules make of the call under these names.
    /// - Returns: The template.
    func proved(_ names: Names, by renamed: Resolution) -> ResolutionTemplate? {
      template.labelCount == names.ranges.count && template.filled(names).isWritten(as: renamed)
        ? template : nil
    }
  }

  /// How many names there are in each of the calls.
  let labelCount: Int
  /// The resolution of one of the calls.
  private let resolution: Resolution
  private let needs: [Need]
  private let lessons: [Lesson]
  private let observed: [Pair]
  /// The texts of requirements with names in them.
  private let openTexts: [(need: Int, part: Part, text: Text)]
  /// The requirements with names in their contexts.
  private let openContexts: [Int]
  private let hasOpenObserved: Bool
  /// The labels whose names stand in what calls need or teach, ascending.
  fileprivate let labelsUsed: [Int]

  private init(_ resolution: Resolution, _ labels: NameLabels) {
    labelCount = labels.labels.count
    self.resolution = resolution
    needs = resolution.requirements.map { Need($0, labels) }
    lessons = resolution.lessons.map { Lesson($0, labels) }
    observed = resolution.observedContext.map { Pair($0, labels) }
    hasOpenObserved = !observed.allSatisfy(\.isFixed)
    var open: [(need: Int, part: Part, text: Text)] = []
    for (number, need) in needs.enumerated() {
      if !need.resource.isFixed { open.append((number, .resource, need.resource)) }
      if let reason = need.unresolvedReason, !reason.isFixed { open.append((number, .reason, reason)) }
    }
    openTexts = open
    openContexts = needs.indices.filter { [needs] in !needs[$0].context.allSatisfy(\.isFixed) }
    var isUsed = [Bool](repeating: false, count: labelCount)
    func look(_ text: Text) {
      for place in text.places { isUsed[place.label] = true }
    }
    for text in open { look(text.text) }
    for need in openContexts { needs[need].context.forEach { $0.forEachText(look) } }
    if hasOpenObserved { observed.forEach { $0.forEachText(look) } }
    lessons.forEach { $0.forEachText(look) }
    labelsUsed = isUsed.indices.filter { isUsed[$0] }
  }

  /// What a call needs.
  ///
  /// - Parameter names: The names in the call, ``labelCount`` of them.
  /// - Returns: What the call needs.
  func filled(_ names: Names) -> Resolution {
    var result = resolution
    result.requirements = needs.map { $0.filled(names) }
    // Names decide the order.
    result.requirements.sort { $0.precedes($1) }
    result.lessons = lessons.map { $0.filled(names) }.sorted()
    result.observedContext = observed.map { $0.filled(names) }.sorted()
    return result
  }

  /// What a call teaches that was not taught before.
  ///
  /// - Parameters:
  ///   - names: The names in the call, ``labelCount`` of them.
  ///   - isNew: Whether the fact of a digest is new.
  /// - Returns: The facts, in no order that means anything.
  func newLessons(_ names: Names, _ isNew: (JSONDigest) -> Bool) -> [LearnedFact] {
    if lessons.isEmpty { return [] }
    return lessons.compactMap { isNew($0.digest(names)) ? $0.filled(names) : nil }
  }

  /// What calls need by numbers, as far as that is the same whatever the names.
  struct Numbers: Sendable {
    fileprivate var needs: [UseTable.Need] = []
    /// The numbers of the pairs of open contexts, 0 for texts with names in them.
    fileprivate var contexts: [[(key: UInt32, value: UInt32)]] = []
    /// The observed context, and the pairs of it.
    fileprivate var observed: UInt32 = 0
    fileprivate var observedPairs: [(key: UInt32, value: UInt32)] = []
  }

  /// Gives numbers to what is the same whatever the names.
  ///
  /// - Parameter table: The table that the numbers are of.
  /// - Returns: The numbers.
  func numbers(in table: inout UseTable) -> Numbers {
    func number(_ text: Text) -> UInt32 {
      text.isFixed ? table.number(text.letters.span) : TextTable.none
    }
    func pairs(_ context: [Pair]) -> [(key: UInt32, value: UInt32)] {
      context.map { (number($0.key), number($0.value)) }
    }
    var numbers = Numbers()
    for need in needs { numbers.needs.append(UseTable.Need(need.requirement, &table)) }
    numbers.contexts = openContexts.map { pairs(needs[$0].context) }
    numbers.observed = table.number(of: resolution.observedContext)
    if hasOpenObserved { numbers.observedPairs = pairs(observed) }
    return numbers
  }

  /// What a call needs, by numbers.
  ///
  /// - Parameters:
  ///   - names: The names in the call, ``labelCount`` of them.
  ///   - numbers: The numbers of what is the same whatever the names.
  ///   - table: The table that the numbers are of.
  ///   - found: What the call needs is appended here.
  /// - Returns: The number of the observed context.
  func fill(
    _ names: Names, _ numbers: Numbers, _ table: inout UseTable, _ found: inout [UseTable.Need]
  ) -> UInt32 {
    let first = found.count
    found += numbers.needs
    // What is open is looked at where it stands.
    for place in openTexts.indices {
      let number = openTexts[place].text.withFilled(names) { table.number($0) }
      switch openTexts[place].part {
      case .resource: found[first + openTexts[place].need].resource = number
      case .reason: found[first + openTexts[place].need].reason = number
      }
    }
    for (place, need) in openContexts.enumerated() {
      found[first + need].context = ResolutionTemplate.fill(
        needs[need].context, numbers.contexts[place], names, &table)
    }
    if !hasOpenObserved { return numbers.observed }
    return ResolutionTemplate.fill(observed, numbers.observedPairs, names, &table)
  }

  /// The number of a context with other names.
  private static func fill(
    _ context: [Pair], _ numbers: [(key: UInt32, value: UInt32)], _ names: Names, _ table: inout UseTable
  ) -> UInt32 {
    table.number(ofPairs: context.count) { place, texts in
      var pair = numbers[place]
      if !context[place].key.isFixed {
        pair.key = context[place].key.withFilled(names) { texts.number($0) }
      }
      if !context[place].value.isFixed {
        pair.value = context[place].value.withFilled(names) { texts.number($0) }
      }
      return pair
    }
  }
}

extension UseTable.Need {
  /// What a call needs, by numbers.
  ///
  /// - Parameters:
  ///   - requirement: What it needs.
  ///   - table: The table that the numbers are of.
  init(_ requirement: Requirement, _ table: inout UseTable) {
    self.init(
      action: table.number(requirement.action), resource: table.number(requirement.resource),
      context: table.number(of: requirement.context), rule: table.number(requirement.rule),
      reason: table.number(requirement.unresolvedReason))
  }
}

extension Resolution {
  /// Whether two resolutions are the same byte for byte.
  fileprivate func isWritten(as other: Resolution) -> Bool {
    kind == other.kind && rule.sameBytes(as: other.rule) && (reason ?? "").sameBytes(as: other.reason ?? "")
      && (reason == nil) == (other.reason == nil) && observedContext == other.observedContext
      && lessons == other.lessons
      && requirements.elementsEqual(other.requirements) { left, right in
        left == right && left.resource.sameBytes(as: right.resource)
      }
  }
}
