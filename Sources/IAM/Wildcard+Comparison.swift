// Comparing patterns: does one match everything that another matches, and is there a text that both match?
//
// Both questions are decided on characters rather than bytes, since `?` in one pattern stands against a character of
// any length in the other. The alphabet is taken as unbounded: there is always a character that neither pattern
// names, and it is the hardest one to match.
//
// Intersection walks pairs of positions, one in each pattern.
//
// Containment walks pairs of a position in the smaller pattern and the set of positions in which the larger one
// may be. A `*` of the smaller pattern may swallow any number of unnamed characters, so the walk goes on both
// behind it and, after one unnamed character, before it. Two facts keep the sets small, and in patterns whose
// `?` stand only beside `*` down to a handful of positions:
//
// - Invariant *last star wins*: a position at a later `*` accepts all that any position before it accepts.
// - Invariant *later in the run wins*: in a run `???*` a position further right accepts more.

extension Wildcard {
  /// How many steps `contains` may take before it gives up; only patterns with many `?` far from any `*` come near.
  private static let stepLimit = 1 << 16

  /// Whether every text that `other` matches is matched by this pattern too.
  ///
  /// The answer is exact but for made-up pairs such as `*a????????????????b` and `*a*a*a*a*a*a*a*a*`, whose
  /// comparison takes exponential time: after a bounded number of steps these are answered `false`.
  ///
  /// - Parameter other: The smaller pattern.
  /// - Returns: `true` only if no text is matched by `other` alone.
  public func contains(_ other: Wildcard) -> Bool {
    if matchesEverything || self == other { return true }
    if isLiteral, !other.isLiteral { return false }
    let larger = Simulation(units: units, isCaseInsensitive: isCaseInsensitive)
    let smaller = isCaseInsensitive ? other.units.map(Wildcard.lowercased) : other.units
    /// Where letters of `other` stand for both cases, the larger pattern has to match both.
    let doubleCase = other.isCaseInsensitive && !isCaseInsensitive
    var seen: Set<Step> = []
    var pending = [Step(position: 0, states: larger.initial)]
    while let step = pending.popLast() {
      if larger.acceptsAnything(step.states) || !seen.insert(step).inserted { continue }
      if step.states.isEmpty || seen.count > Wildcard.stepLimit { return false }
      guard step.position < smaller.count else {
        if !larger.accepts(step.states) { return false }
        continue
      }
      let next = step.position + 1
      switch smaller[step.position] {
      case Wildcard.anyUnit:
        pending.append(Step(position: next, states: step.states))
        pending.append(Step(position: step.position, states: larger.step(step.states, Wildcard.unnamed)))
      case Wildcard.oneUnit:
        pending.append(Step(position: next, states: larger.step(step.states, Wildcard.unnamed)))
      case let unit:
        pending.append(Step(position: next, states: larger.step(step.states, unit)))
        if doubleCase, (0x61...0x7A).contains(unit) {
          pending.append(Step(position: next, states: larger.step(step.states, unit & ~0x20)))
        }
      }
    }
    return true
  }

  /// Whether some text is matched by both patterns.
  ///
  /// - Parameter other: The other pattern.
  /// - Returns: Whether the two have a text in common.
  /// - Complexity: O(*n* · *m*) in the lengths of the patterns.
  public func intersects(_ other: Wildcard) -> Bool {
    let folds = isCaseInsensitive || other.isCaseInsensitive
    let left = folds ? units.map(Wildcard.lowercased) : units
    let right = folds ? other.units.map(Wildcard.lowercased) : other.units
    /// Row `i` tells for each `j` whether some text takes the left pattern to `i` and the right one to `j`.
    var row = [Bool](repeating: false, count: right.count + 1)
    for i in 0...left.count {
      var next = [Bool](repeating: false, count: right.count + 1)
      if i == 0 { row[0] = true }
      for j in 0...right.count where row[j] {
        let leftUnit = i < left.count ? left[i] : nil
        let rightUnit = j < right.count ? right[j] : nil
        if leftUnit == Wildcard.anyUnit { next[j] = true }
        if rightUnit == Wildcard.anyUnit { row[j + 1] = true }
        guard let leftUnit, let rightUnit else { continue }
        // A `*` on one side swallows a character or a `?` of the other and stays where it is.
        if leftUnit == Wildcard.anyUnit { row[j + 1] = true }
        if rightUnit == Wildcard.anyUnit { next[j] = true }
        let isCommon = leftUnit == rightUnit || leftUnit == Wildcard.oneUnit || rightUnit == Wildcard.oneUnit
        if isCommon, leftUnit != Wildcard.anyUnit, rightUnit != Wildcard.anyUnit { next[j + 1] = true }
      }
      if i == left.count { return row[right.count] }
      row = next
    }
    return false
  }

  /// Stands for `*` in `units`.
  static let anyUnit: UInt32 = 0xFFFF_FFFF
  /// Stands for `?` in `units`.
  static let oneUnit: UInt32 = 0xFFFF_FFFE
  /// A character that no pattern names.
  static let unnamed: UInt32 = 0xFFFF_FFFD

  /// The pattern as characters and wildcards.
  var units: [UInt32] {
    var units: [UInt32] = []
    units.reserveCapacity(bytes.count)
    for token in tokens {
      switch token {
      case .literal(let text): units.append(contentsOf: text.unicodeScalars.lazy.map(\.value))
      case .anyCharacter: units.append(Wildcard.oneUnit)
      case .anyText: units.append(Wildcard.anyUnit)
      }
    }
    return units
  }

  /// The lower-case form of an ASCII letter; any other unit unchanged.
  static func lowercased(_ unit: UInt32) -> UInt32 { (0x41...0x5A).contains(unit) ? unit | 0x20 : unit }

  /// A pair reached while comparing: a position in the smaller pattern, the possible positions in the larger.
  private struct Step: Hashable {
    var position: Int
    var states: [Int]
  }

  /// A pattern read as a nondeterministic automaton whose states are positions, kept as sorted normalised sets.
  private struct Simulation {
    let units: [UInt32]
    let isCaseInsensitive: Bool

    var initial: [Int] { normalized([0]) }

    func acceptsAnything(_ states: [Int]) -> Bool {
      states.contains { $0 + 1 == units.count && units[$0] == Wildcard.anyUnit }
    }

    func accepts(_ states: [Int]) -> Bool { states.last == units.count }

    func step(_ states: [Int], _ unit: UInt32) -> [Int] {
      var next: [Int] = []
      for state in states where state < units.count {
        switch units[state] {
        case Wildcard.anyUnit: next.append(state)
        case Wildcard.oneUnit, unit: next.append(state + 1)
        default: break
        }
      }
      return normalized(next)
    }

    /// Adds the positions behind a `*` and drops those that another position makes superfluous.
    private func normalized(_ states: [Int]) -> [Int] {
      var closed = states
      for state in states where state < units.count && units[state] == Wildcard.anyUnit {
        closed.append(state + 1)
      }
      closed.sort()
      var kept: [Int] = []
      for state in closed where kept.last != state {
        if state < units.count, units[state] == Wildcard.anyUnit { kept.removeAll() }
        if let last = kept.last, isWithinOpenRun(last), runEnd(last) == runEnd(state) { kept.removeLast() }
        kept.append(state)
      }
      return kept
    }

    /// Whether the position is at a `?` of a run that ends in `*`.
    private func isWithinOpenRun(_ state: Int) -> Bool {
      let end = runEnd(state)
      return end > state && end < units.count && units[end] == Wildcard.anyUnit
    }

    private func runEnd(_ state: Int) -> Int {
      var end = state
      while end < units.count, units[end] == Wildcard.oneUnit { end += 1 }
      return end
    }
  }
}
