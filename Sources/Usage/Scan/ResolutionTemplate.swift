// A resolution with places for names in it.
//
// Invariant NAMES-ARE-OPAQUE (`NameLabels`): no rule of the resolver looks at the letters of a name. Rules look at
// separators, lengths, sorts of characters, words of the catalog, and whether names are equal; and what they give is made
// of whole names and of text of their own. So two calls that differ in nothing but names need the same permissions under
// other names, and a template that is made of the one gives those of the other.
//
// That is not taken on trust. A template is made only where the call, resolved once more under names that were made up,
// gives what the template gives for these; else the rules look at the call each time.

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
      var copied = 0
      for place in places {
        target += letters[copied..<place.offset]
        target += names[labels.range(place.label)]
        copied = place.offset
      }
      target += letters[copied...]
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

  fileprivate final class Need: Sendable {
    let requirement: Requirement
    let resource: Text
    let context: [Pair]
    let unresolvedReason: Text?
    /// Whether no name stands in the context.
    let hasFixedContext: Bool

    init(_ requirement: Requirement, _ labels: NameLabels) {
      self.requirement = requirement
      resource = Text(requirement.resource, labels)
      context = requirement.context.map { Pair($0, labels) }
      hasFixedContext = context.allSatisfy(\.isFixed)
      unresolvedReason = requirement.unresolvedReason.map { Text($0, labels) }
    }

    /// The context with other names; names decide the order.
    func filledContext(_ labels: NameLabels, _ names: [UInt8]) -> [ContextPair] {
      context.map { $0.filled(labels, names) }.sorted()
    }

    func filled(_ labels: NameLabels, _ names: [UInt8]) -> Requirement {
      var filled = requirement
      filled.resource = resource.filled(labels, names)
      if !context.isEmpty { filled.context = filledContext(labels, names) }
      if let unresolvedReason { filled.unresolvedReason = unresolvedReason.filled(labels, names) }
      return filled
    }
  }

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

  /// The resolution of one of the calls.
  private let resolution: Resolution
  private let needs: [Need]
  private let lessons: [Lesson]
  private let observed: [Pair]
  private let hasFixedContext: Bool

  /// Makes a template of a resolution, or returns `nil` where rules look at the names in the call.
  ///
  /// - Parameters:
  ///   - resolution: What the call needs.
  ///   - labels: The names in it.
  ///   - resolve: Resolves the call under other names, which are laid out as ``NameLabels/allLetters`` is.
  init?(_ resolution: Resolution, _ labels: NameLabels, _ resolve: ([UInt8]) -> Resolution?) {
    self.resolution = resolution
    needs = resolution.requirements.map { Need($0, labels) }
    lessons = resolution.lessons.map { Lesson($0, labels) }
    observed = resolution.observedContext.map { Pair($0, labels) }
    hasFixedContext = observed.allSatisfy(\.isFixed)
    guard let letters = labels.renamed(), let renamed = resolve(letters) else { return nil }
    guard filled(labels, letters).isWritten(as: renamed),
      filled(labels, labels.allLetters).isWritten(as: resolution)
    else { return nil }
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
    result.observedContext = filledContext(labels, names)
    return result
  }

  /// What a call teaches.
  ///
  /// - Parameters:
  ///   - labels: The names in the call.
  ///   - names: Their letters.
  /// - Returns: The facts, sorted.
  func filledLessons(_ labels: NameLabels, _ names: [UInt8]) -> [LearnedFact] {
    lessons.map { $0.filled(labels, names) }.sorted()
  }

  private func filledContext(_ labels: NameLabels, _ names: [UInt8]) -> [ContextPair] {
    observed.map { $0.filled(labels, names) }.sorted()
  }

  /// What a call needs by numbers, as far as that is the same whatever the names.
  struct Numbers: Sendable {
    fileprivate var needs: [UseTable.Need] = []
    /// The observed context.
    fileprivate var observed: UInt32 = 0
  }

  /// Gives numbers to what is the same whatever the names.
  ///
  /// - Parameter table: The table that the numbers are of.
  /// - Returns: The numbers.
  func numbers(in table: inout UseTable) -> Numbers {
    var numbers = Numbers()
    for need in needs { numbers.needs.append(UseTable.Need(need.requirement, &table)) }
    numbers.observed = table.number(of: resolution.observedContext)
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
    let names = labels.allLetters
    for (number, need) in needs.enumerated() {
      var filled = numbers.needs[number]
      if !need.resource.isFixed {
        filled.resource = table.number { need.resource.write(labels, names, to: &$0) }
      }
      if !need.hasFixedContext { filled.context = table.number(of: need.filledContext(labels, names)) }
      if let reason = need.unresolvedReason, !reason.isFixed {
        filled.reason = table.number { reason.write(labels, names, to: &$0) }
      }
      found.append(filled)
    }
    if hasFixedContext { return numbers.observed }
    return table.number(of: filledContext(labels, names))
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
