// Texts between patterns, with lists of which one pattern has to match, and with policy variables.

/// What is known about a text that is asked for.
enum LanguageAnswer: Hashable, Sendable {
  /// There is one; with variables in the question it may take certain values of theirs.
  case found([UInt32])
  /// There is none, whatever the values of variables.
  case none
  /// It took too long to find out.
  case unknown
}

/// The question for a text that each of some lists matches and no unwanted pattern does.
struct LanguageQuery: Sendable {
  /// Lists of patterns; of each list at least one pattern has to match.
  private(set) var choices: [[UnitPattern]] = []
  /// Patterns of which none may match.
  private(set) var unwanted: [UnitPattern] = []

  /// Requires that one of some patterns matches.
  mutating func require(_ patterns: [UnitPattern]) {
    if !patterns.contains(where: \.matchesEverything) { choices.append(patterns) }
  }

  /// Requires that a list of patterns matches, or that it does not.
  mutating func add(_ patterns: [UnitPattern], isMatching: Bool) {
    if isMatching { require(patterns) } else { unwanted += patterns }
  }

  /// Puts values in for variables; a pattern without value matches nothing.
  func substituting(_ value: (UInt32) -> String?) -> LanguageQuery {
    var result = LanguageQuery()
    result.choices = choices.map { $0.compactMap { $0.substituting(value) } }
    result.unwanted = unwanted.compactMap { $0.substituting(value) }
    return result
  }

  /// Looks for a text.
  ///
  /// - Parameter budget: How much work may be done; reduced by the work done.
  /// - Returns: A text, or that there is none.
  func solve(budget: inout Int) -> LanguageAnswer {
    var chosen: [UnitPattern] = []
    return solve(choices.sorted { $0.count < $1.count }[...], &chosen, &budget)
  }

  private func solve(
    _ rest: ArraySlice<[UnitPattern]>, _ chosen: inout [UnitPattern], _ budget: inout Int
  ) -> LanguageAnswer {
    guard let patterns = rest.first else { return search(chosen, &budget) }
    var answer = LanguageAnswer.none
    for pattern in patterns {
      budget -= 1
      guard chosen.allSatisfy({ $0.mayIntersect(pattern) }) else {
        continue
      }
      let isNew = !chosen.contains(pattern)
      if isNew { chosen.append(pattern) }
      let found = solve(rest.dropFirst(), &chosen, &budget)
      if isNew { chosen.removeLast() }
      switch found {
      case .found: return found
      case .none: break
      case .unknown: answer = .unknown
      }
      if budget < 0 { return .unknown }
    }
    return answer
  }

  /// Looks for a text that all of some patterns match.
  ///
  /// With variables in one pattern beside others, the variable's value may be whatever the others ask for. It is enough
  /// that a pattern by itself, its variables unknown texts, or all together, variables read as `*`, leave nothing.
  private func search(_ chosen: [UnitPattern], _ budget: inout Int) -> LanguageAnswer {
    if chosen.count > 1, chosen.contains(where: \.hasVariables) {
      for pattern in chosen where searchOnce([pattern], &budget) == .none { return .none }
      return searchOnce(chosen.map(\.withVariablesWidened), &budget)
    }
    return searchOnce(chosen.isEmpty ? [UnitPattern("*")] : chosen, &budget)
  }

  private func searchOnce(_ chosen: [UnitPattern], _ budget: inout Int) -> LanguageAnswer {
    budget -= unwanted.count
    let relevant = unwanted.filter { pattern in chosen.allSatisfy { pattern.mayIntersect($0) } }
    switch PatternSearch(wanted: chosen, unwanted: relevant).run(budget: &budget) {
    case .found(let units): return .found(units)
    case .none: return .none
    case .exhausted: return .unknown
    }
  }

  /// The text with a named character for each unnamed one.
  ///
  /// - Parameter units: A text found for this question.
  /// - Returns: The text; the named character stands in no pattern of the question.
  func spelledOut(_ units: [UInt32]) -> String {
    var named: Set<UInt32> = []
    for pattern in choices.joined() { named.formUnion(pattern.units.lazy.map(PatternUnit.lowercased)) }
    for pattern in unwanted { named.formUnion(pattern.units.lazy.map(PatternUnit.lowercased)) }
    let readable = "x0123456789abcdefghijklmnopqrstuvwyz_-".unicodeScalars.lazy.map(\.value)
    let unusual = (UInt32(0x0100)...0x017F).lazy.filter { $0 % 2 == 1 }
    let far = (UInt32(0x4E00)...0x9FFF).lazy
    let isFree = { (unit: UInt32) in !named.contains(unit) }
    let fresh =
      readable.first(where: isFree) ?? unusual.first(where: isFree) ?? far.first(where: isFree) ?? 0x78
    return String(units: units.map { $0 == PatternUnit.unnamed ? fresh : $0 })
  }
}
