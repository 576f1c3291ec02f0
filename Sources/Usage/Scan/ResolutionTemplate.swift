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
  fileprivate let letters: [UInt8]
  /// Where the letters of each stand.
  fileprivate let ranges: [Range<Int>]

  /// The names in a call.
  ///
  /// - Parameter labels: The call, taken apart.
  init(_ labels: NameLabels) { self.init(labels, Array(labels.allLetters)) }

  /// Other names for the labels of a call.
  ///
  /// - Parameters:
  ///   - labels: The call, taken apart.
  ///   - letters: The names, laid out as `NameLabels.allLetters` is.
  init(_ labels: NameLabels, _ letters: [UInt8]) {
    self.letters = letters
    ranges = labels.labels.indices.map { labels.range($0) }
  }
}

/// What calls need that differ in nothing but names.
final class ResolutionTemplate: Sendable {
  /// A text with the places of names in it.
  struct Text: Sendable {
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

    /// The text with other names.
    fileprivate func filled(_ names: Names) -> String {
      var filled: [UInt8] = []
      var copied = 0
      for place in places {
        filled += letters[copied..<place.offset]
        filled += names.letters[names.ranges[place.label]]
        copied = place.offset
      }
      filled += letters[copied...]
      return String(decoding: filled, as: UTF8.self)
    }
  }

  /// A pair of a context with the places of names in it.
  struct Pair: Sendable {
    /// The condition key.
    let key: Text
    /// Its value.
    let value: Text

    fileprivate init(_ pair: ContextPair, _ labels: NameLabels) {
      key = Text(pair.key, labels)
      value = Text(pair.value, labels)
    }

    /// Whether no name stands in the pair.
    var isFixed: Bool { key.isFixed && value.isFixed }

    fileprivate func filled(_ names: Names) -> ContextPair {
      ContextPair(key: key.filled(names), value: value.filled(names))
    }
  }

  /// A requirement with the places of names in it.
  struct Need: Sendable {
    /// The requirement of one of the calls.
    let requirement: Requirement
    /// What it is for.
    let resource: Text
    /// Under which circumstances.
    let context: [Pair]
    /// Why it is not known better.
    let unresolvedReason: Text?

    fileprivate init(_ requirement: Requirement, _ labels: NameLabels) {
      self.requirement = requirement
      resource = Text(requirement.resource, labels)
      context = requirement.context.map { Pair($0, labels) }
      unresolvedReason = requirement.unresolvedReason.map { Text($0, labels) }
    }

    fileprivate func filled(_ names: Names) -> Requirement {
      var filled = requirement
      filled.resource = resource.filled(names)
      // Names decide the order.
      if !context.isEmpty { filled.context = context.map { $0.filled(names) }.sorted() }
      if let unresolvedReason { filled.unresolvedReason = unresolvedReason.filled(names) }
      return filled
    }
  }

  /// What names in a requirement decide.
  enum Part: UInt32, Sendable {
    /// The resource.
    case resource
    /// The reason why it is not known better.
    case reason
  }

  /// A fact with the places of names in it.
  enum Lesson: Sendable {
    /// An identity exists.
    case identity(arn: Text)
    /// An instance profile stands for a role.
    case profile(arn: Text, role: Text)
    /// An alias stands for a key.
    case alias(arn: Text, key: Text)

    fileprivate init(_ fact: LearnedFact, _ labels: NameLabels) {
      switch fact {
      case .identity(let arn): self = .identity(arn: Text(arn, labels))
      case .profile(let arn, let role): self = .profile(arn: Text(arn, labels), role: Text(role, labels))
      case .alias(let arn, let key): self = .alias(arn: Text(arn, labels), key: Text(key, labels))
      }
    }

    fileprivate func filled(_ names: Names) -> LearnedFact {
      switch self {
      case .identity(let arn): .identity(arn: arn.filled(names))
      case .profile(let arn, let role):
        .profile(arn: arn.filled(names), role: role.filled(names))
      case .alias(let arn, let key):
        .alias(arn: arn.filled(names), key: key.filled(names))
      }
    }

    /// A number for the sort of fact, and its texts.
    var texts: (sort: UInt32, first: Text, second: Text?) {
      switch self {
      case .identity(let arn): (1, arn, nil)
      case .profile(let arn, let role): (2, arn, role)
      case .alias(let arn, let key): (3, arn, key)
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
      guard template.filled(Names(labels)).isWritten(as: resolution) else {
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
  let resolution: Resolution
  /// Its requirements.
  let needs: [Need]
  /// What it teaches.
  let lessons: [Lesson]
  /// Its observed context.
  let observed: [Pair]

  private init(_ resolution: Resolution, _ labels: NameLabels) {
    labelCount = labels.labels.count
    self.resolution = resolution
    needs = resolution.requirements.map { Need($0, labels) }
    lessons = resolution.lessons.map { Lesson($0, labels) }
    observed = resolution.observedContext.map { Pair($0, labels) }
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

  /// A fact that a call teaches.
  ///
  /// - Parameters:
  ///   - place: Its number among the lessons.
  ///   - names: The names in the call, ``labelCount`` of them.
  /// - Returns: The fact.
  func lesson(_ place: Int, _ names: Names) -> LearnedFact { lessons[place].filled(names) }
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
