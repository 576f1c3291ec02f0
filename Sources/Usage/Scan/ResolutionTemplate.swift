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

    /// Appends the text with other names.
    func write(_ labels: NameLabels, _ names: [UInt8], to target: inout [UInt8]) {
      // Pieces are copied as memory: appending slices of arrays counts references for each.
      unsafe letters.withUnsafeBufferPointer { letters in
        unsafe names.withUnsafeBufferPointer { names in
          var copied = 0
          for place in places {
            unsafe target.append(contentsOf: UnsafeBufferPointer(rebasing: letters[copied..<place.offset]))
            unsafe target.append(contentsOf: UnsafeBufferPointer(rebasing: names[labels.range(place.label)]))
            copied = place.offset
          }
          unsafe target.append(contentsOf: UnsafeBufferPointer(rebasing: letters[copied...]))
        }
      }
    }

    /// The text with other names.
    func filled(_ labels: NameLabels, _ names: [UInt8]) -> String {
      var target: [UInt8] = []
      write(labels, names, to: &target)
      return String(decoding: target, as: UTF8.self)
    }
  }

  fileprivate struct Pair: Sendable {
    let key: Text
    let value: Text

    init(_ pair: ContextPair, _ labels: NameLabels) {
      key = Text(pair.key, labels)
      value = Text(pair.value, labels)
    }

    var isFixed: Bool { key.isFixed && value.isFixed }

    func filled(_ labels: NameLabels, _ names: [UInt8]) -> ContextPair {
      ContextPair(key: key.filled(labels, names), value: value.filled(labels, names))
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

    func filled(_ labels: NameLabels, _ names: [UInt8]) -> Requirement {
      var filled = requirement
      filled.resource = resource.filled(labels, names)
      // Names decide the order.
      if !context.isEmpty { filled.context = context.map { $0.filled(labels, names) }.sorted() }
      if let unresolvedReason { filled.unresolvedReason = unresolvedReason.filled(labels, names) }
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

    func filled(_ labels: NameLabels, _ letters: [UInt8]) -> LearnedFact {
      switch self {
      case .identity(let arn): .identity(arn: arn.filled(labels, letters))
      case .profile(let arn, let role):
        .profile(arn: arn.filled(labels, letters), role: role.filled(labels, letters))
      case .alias(let arn, let key):
        .alias(arn: arn.filled(labels, letters), key: key.filled(labels, letters))
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
      guard template.filled(labels, labels.allLetters).isWritten(as: resolution) else { return nil }
    }

    /// The template, or `nil` where rules look at the names in the call.
    ///
    /// - Parameters:
    ///   - labels: The names in a call of the same skeleton.
    ///   - letters: Names that were made up, laid out as ``NameLabels/allLetters`` is.
    ///   - renamed: What rules make of the call under these names.
    /// - Returns: The template.
    func proved(_ labels: NameLabels, _ letters: [UInt8], by renamed: Resolution) -> ResolutionTemplate? {
      template.filled(labels, letters).isWritten(as: renamed) ? template : nil
    }
  }

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

  private init(_ resolution: Resolution, _ labels: NameLabels) {
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
  }

  /// What a call needs.
  ///
  /// - Parameters:
  ///   - labels: The names in the call, as many as there are in the template's.
  ///   - names: Their letters.
  /// - Returns: What the call needs.
  func filled(_ labels: NameLabels, _ names: [UInt8]) -> Resolution {
    var result = resolution
    result.requirements = needs.map { $0.filled(labels, names) }
    // Names decide the order.
    result.requirements.sort { $0.precedes($1) }
    result.lessons = filledLessons(labels, names)
    result.observedContext = observed.map { $0.filled(labels, names) }.sorted()
    return result
  }

  /// What a call teaches.
  ///
  /// - Parameters:
  ///   - labels: The names in the call.
  ///   - names: Their letters.
  /// - Returns: The facts, sorted.
  func filledLessons(_ labels: NameLabels, _ names: [UInt8]) -> [LearnedFact] {
    lessons.isEmpty ? [] : lessons.map { $0.filled(labels, names) }.sorted()
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
      text.isFixed ? table.number { $0 += text.letters } : TextTable.none
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
  ///   - labels: The names in the call.
  ///   - numbers: The numbers of what is the same whatever the names.
  ///   - table: The table that the numbers are of.
  ///   - found: What the call needs is appended here.
  /// - Returns: The number of the observed context.
  func fill(
    _ labels: NameLabels, _ numbers: Numbers, _ table: inout UseTable, _ found: inout [UseTable.Need]
  ) -> UInt32 {
    let first = found.count
    found += numbers.needs
    if openTexts.isEmpty, openContexts.isEmpty, !hasOpenObserved { return numbers.observed }
    let names = labels.allLetters
    // What is open is looked at where it stands.
    for place in openTexts.indices {
      let number = table.number { openTexts[place].text.write(labels, names, to: &$0) }
      switch openTexts[place].part {
      case .resource: found[first + openTexts[place].need].resource = number
      case .reason: found[first + openTexts[place].need].reason = number
      }
    }
    for (place, need) in openContexts.enumerated() {
      found[first + need].context = ResolutionTemplate.fill(
        needs[need].context, numbers.contexts[place], labels, names, &table)
    }
    if !hasOpenObserved { return numbers.observed }
    return ResolutionTemplate.fill(observed, numbers.observedPairs, labels, names, &table)
  }

  /// The number of a context with other names.
  private static func fill(
    _ context: [Pair], _ numbers: [(key: UInt32, value: UInt32)], _ labels: NameLabels, _ names: [UInt8],
    _ table: inout UseTable
  ) -> UInt32 {
    table.number(ofPairs: context.count) { place, texts in
      var pair = numbers[place]
      if !context[place].key.isFixed {
        pair.key = texts.number { context[place].key.write(labels, names, to: &$0) }
      }
      if !context[place].value.isFixed {
        pair.value = texts.number { context[place].value.write(labels, names, to: &$0) }
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
