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
struct ResolutionTemplate: Sendable {
  /// A text with the places of names in it.
  fileprivate struct Text: Sendable {
    /// What stands between the names, one piece more than there are names.
    let pieces: [[UInt8]]
    /// The names.
    let places: [Int]
    let text: String

    init(_ text: String, _ labels: NameLabels) {
      var pieces: [[UInt8]] = []
      var places: [Int] = []
      let bytes = Array(text.utf8)
      var copied = 0
      labels.find(in: bytes.span) { range, label in
        pieces.append(Array(bytes[copied..<range.lowerBound]))
        places.append(label)
        copied = range.upperBound
      }
      pieces.append(Array(bytes[copied...]))
      self.text = text
      self.pieces = pieces
      self.places = places
    }

    /// The text with other names.
    func filled(_ labels: NameLabels, _ letters: [UInt8]) -> String {
      if places.isEmpty { return text }
      var count = pieces[places.count].count
      for (index, label) in places.enumerated() { count += pieces[index].count + labels.range(label).count }
      return unsafe String(unsafeUninitializedCapacity: count) { target in
        var end = 0
        func add(_ source: [UInt8], _ range: Range<Int>) {
          for place in range {
            unsafe target[end] = source[place]
            end += 1
          }
        }
        for (index, label) in places.enumerated() {
          add(pieces[index], 0..<pieces[index].count)
          add(letters, labels.range(label))
        }
        add(pieces[places.count], 0..<pieces[places.count].count)
        return end
      }
    }
  }

  fileprivate struct Pair: Sendable {
    let key: Text
    let value: Text

    init(_ pair: ContextPair, _ labels: NameLabels) {
      key = Text(pair.key, labels)
      value = Text(pair.value, labels)
    }

    func filled(_ labels: NameLabels, _ letters: [UInt8]) -> ContextPair {
      ContextPair(key: key.filled(labels, letters), value: value.filled(labels, letters))
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

    func filled(_ labels: NameLabels, _ letters: [UInt8]) -> Requirement {
      var filled = requirement
      filled.resource = resource.filled(labels, letters)
      if !context.isEmpty { filled.context = context.map { $0.filled(labels, letters) }.sorted() }
      if let unresolvedReason { filled.unresolvedReason = unresolvedReason.filled(labels, letters) }
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

  /// What the calls have in common, with the resolution of one of them.
  private let call: CallFacts
  private let needs: [Need]
  private let lessons: [Lesson]
  private let observed: [Pair]

  /// Makes a template of a call, or returns `nil` where rules look at the names in it.
  ///
  /// - Parameters:
  ///   - call: The call, with what it needs.
  ///   - labels: The names in it.
  ///   - resolve: Resolves the call under other names, which are laid out as ``NameLabels/allLetters`` is.
  init?(_ call: CallFacts, _ labels: NameLabels, _ resolve: ([UInt8]) -> Resolution?) {
    self.call = call
    let resolution = call.resolution
    needs = resolution.requirements.map { Need($0, labels) }
    lessons = resolution.lessons.map { Lesson($0, labels) }
    observed = resolution.observedContext.map { Pair($0, labels) }
    guard let letters = labels.renamed(), let renamed = resolve(letters) else { return nil }
    let given = filled(labels, letters).resolution
    guard given.isWritten(as: renamed), filled(labels, labels.allLetters).resolution.isWritten(as: resolution)
    else { return nil }
  }

  /// What a call needs.
  ///
  /// - Parameters:
  ///   - labels: The names in the call, as many as there are in the template's.
  ///   - letters: Their letters.
  /// - Returns: The call with what it needs; its principal is that of the call that the template was made of.
  func filled(_ labels: NameLabels, _ letters: [UInt8]) -> CallFacts {
    var call = call
    if needs.contains(where: { !$0.isFixed }) {
      // Names decide the order.
      call.resolution.requirements = needs.map { $0.filled(labels, letters) }
      if needs.count > 1 { call.resolution.requirements.sort { $0.precedes($1) } }
    }
    if !lessons.isEmpty { call.resolution.lessons = lessons.map { $0.filled(labels, letters) }.sorted() }
    if !observed.isEmpty {
      call.resolution.observedContext = observed.map { $0.filled(labels, letters) }.sorted()
    }
    return call
  }
}

extension ResolutionTemplate.Need {
  /// Whether no name stands in the requirement.
  fileprivate var isFixed: Bool {
    resource.places.isEmpty && context.allSatisfy { $0.key.places.isEmpty && $0.value.places.isEmpty }
      && unresolvedReason?.places.isEmpty ?? true
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
