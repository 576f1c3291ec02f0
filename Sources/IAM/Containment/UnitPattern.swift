// Patterns as the containment check reads them: one number a character, wildcard or policy variable.

/// The numbers of a pattern that are no Unicode scalar values.
enum PatternUnit {
  /// `*`: any text.
  static let any: UInt32 = 0xFFFF_FFFF
  /// `?`: any character.
  static let one: UInt32 = 0xFFFF_FFFE
  /// `*` in one of the first five segments of an ARN condition: any text without a colon.
  static let anyInSegment: UInt32 = 0xFFFF_FFFD
  /// `?` in such a segment: any character but a colon.
  static let oneInSegment: UInt32 = 0xFFFF_FFFC
  /// The end of a pattern, in lists of patterns written one behind the other.
  static let end: UInt32 = 0xFFFF_FFFB
  /// Some character that no pattern names.
  static let unnamed: UInt32 = 0xFFFF_FFFA
  /// The colon, which wildcards in segments do not match.
  static let colon: UInt32 = 0x3A
  /// Policy variables are numbered from here on.
  static let firstVariable: UInt32 = 0x8000_0000

  /// Whether the unit stands for a policy variable.
  static func isVariable(_ unit: UInt32) -> Bool { unit >= firstVariable && unit < unnamed }

  /// Whether the unit is a `*` of either kind.
  static func isStar(_ unit: UInt32) -> Bool { unit == any || unit == anyInSegment }

  /// Whether the unit is a wildcard of any kind.
  static func isWildcard(_ unit: UInt32) -> Bool { unit > end }

  /// The lower-case form of an ASCII letter; any other unit unchanged.
  static func lowercased(_ unit: UInt32) -> UInt32 { (0x41...0x5A).contains(unit) ? unit | 0x20 : unit }
}

/// A pattern of literal characters, wildcards and policy variables, in canonical form.
struct UnitPattern: Hashable, Sendable {
  /// The pattern as it is compared: in lower case where case does not count.
  private(set) var units: [UInt32] = []
  /// The pattern as it was written, unit by unit.
  private(set) var spelling: [UInt32] = []
  /// Whether ASCII letters are compared without regard to case.
  let foldsCase: Bool

  /// Creates the pattern that matches the empty text only.
  init(foldsCase: Bool = false) { self.foldsCase = foldsCase }

  /// Creates a pattern from text in which `*` and `?` are wildcards.
  init(_ text: String, foldsCase: Bool = false) {
    self.init(foldsCase: foldsCase)
    append(pattern: text)
  }

  /// Creates a pattern from parts.
  init(_ wildcard: Wildcard) {
    self.init(foldsCase: wildcard.isCaseInsensitive)
    for token in wildcard.tokens {
      switch token {
      case .literal(let text): append(literal: text)
      case .anyCharacter: append(PatternUnit.one)
      case .anyText: append(PatternUnit.any)
      }
    }
  }

  /// Whether two patterns match the same texts, whatever their spelling.
  static func == (left: UnitPattern, right: UnitPattern) -> Bool {
    left.foldsCase == right.foldsCase && left.units == right.units
  }

  /// Hashes what is compared.
  func hash(into hasher: inout Hasher) {
    hasher.combine(foldsCase)
    hasher.combine(units)
  }

  /// Appends text that stands for itself.
  mutating func append(literal text: String) { for scalar in text.unicodeScalars { append(scalar.value) } }

  /// Appends text in which `*` and `?` are wildcards.
  mutating func append(pattern text: String, inSegment: Bool = false) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "*": append(inSegment ? PatternUnit.anyInSegment : PatternUnit.any)
      case "?": append(inSegment ? PatternUnit.oneInSegment : PatternUnit.one)
      default: append(scalar.value)
      }
    }
  }

  /// Appends a unit; a run of wildcards of one kind is kept as its `?` and then at most one `*`.
  mutating func append(_ unit: UInt32) {
    switch (units.last, unit) {
    case (PatternUnit.any, PatternUnit.any), (PatternUnit.any, PatternUnit.anyInSegment),
      (PatternUnit.anyInSegment, PatternUnit.anyInSegment):
      return
    case (PatternUnit.anyInSegment, PatternUnit.any):
      units.removeLast()
      spelling.removeLast()
    case (PatternUnit.any, PatternUnit.one), (PatternUnit.anyInSegment, PatternUnit.oneInSegment):
      units.insert(unit, at: units.count - 1)
      spelling.insert(unit, at: spelling.count - 1)
      return
    default: break
    }
    units.append(foldsCase ? PatternUnit.lowercased(unit) : unit)
    spelling.append(unit)
  }

  /// Whether the pattern is `*`.
  var matchesEverything: Bool { units == [PatternUnit.any] }

  /// Whether the pattern holds policy variables.
  var hasVariables: Bool { units.contains(where: PatternUnit.isVariable) }

  /// Whether the pattern has neither wildcards nor variables.
  var isLiteral: Bool { !units.contains { $0 >= PatternUnit.firstVariable } }

  /// The one text that the pattern matches, as written, or `nil` where there are several.
  var literal: String? { isLiteral ? String(units: spelling) : nil }

  /// The pattern with every variable made a `*`: it matches at least what the pattern matches in any request.
  var withVariablesWidened: UnitPattern {
    guard hasVariables else { return self }
    return rebuilt { $0.append(PatternUnit.isVariable($1) ? PatternUnit.any : $1) }
  }

  /// The pattern with values put in for variables, or `nil` where a variable has no value, so that nothing matches.
  func substituting(_ value: (UInt32) -> String?) -> UnitPattern? {
    guard hasVariables else { return self }
    var isResolved = true
    let result = rebuilt { pattern, unit in
      guard PatternUnit.isVariable(unit) else { return pattern.append(unit) }
      if let text = value(unit) { pattern.append(literal: text) } else { isResolved = false }
    }
    return isResolved ? result : nil
  }

  private func rebuilt(_ add: (inout UnitPattern, UInt32) -> Void) -> UnitPattern {
    var result = UnitPattern(foldsCase: foldsCase)
    for unit in spelling { add(&result, unit) }
    return result
  }

  /// Whether the literal beginnings and endings of two patterns leave room for a common text.
  ///
  /// A cheap test that answers `true` in doubt.
  func mayIntersect(_ other: UnitPattern) -> Bool {
    guard foldsCase == other.foldsCase else { return true }
    let isLiteral = { (unit: UInt32) in unit < PatternUnit.firstVariable }
    for (left, right) in zip(units, other.units) {
      guard isLiteral(left), isLiteral(right) else { break }
      if left != right { return false }
    }
    var left = units.count
    var right = other.units.count
    while left > 0, right > 0, isLiteral(units[left - 1]), isLiteral(other.units[right - 1]) {
      if units[left - 1] != other.units[right - 1] { return false }
      left -= 1
      right -= 1
    }
    return true
  }
}

extension String {
  /// Creates a text from Unicode scalar values; others become U+FFFD.
  init(units: [UInt32]) {
    self.init(String.UnicodeScalarView(units.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
  }
}

extension UnitPattern {
  /// The pattern for matching single texts; segments of ARN conditions are not kept apart.
  var wildcard: Wildcard {
    let tokens = spelling.map { unit -> Wildcard.Token in
      switch unit {
      case PatternUnit.any, PatternUnit.anyInSegment: .anyText
      case PatternUnit.one, PatternUnit.oneInSegment: .anyCharacter
      default: .literal(String(units: [unit]))
      }
    }
    return Wildcard(tokens: tokens, caseInsensitive: foldsCase)
  }

  /// The units before the first wildcard or variable.
  var literalPrefix: ArraySlice<UInt32> { units.prefix { $0 < PatternUnit.firstVariable } }
}
