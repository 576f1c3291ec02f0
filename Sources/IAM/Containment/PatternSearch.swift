// Finds a text that some patterns match and others do not: the one question behind containment of patterns.
//
// The text is built character by character. A node of the search is a position in each pattern that has to match,
// and the set of all positions in which the patterns that must not match may be:
//
//   wanted   arn:aws:s3:::*            unwanted   arn:aws:s3:::a*   arn:aws:s3:::b
//   node     (13, {13, 30})  --x-->  (13, {})  --end-->  found `arn:aws:s3:::x`
//
// What makes this exact without trying every character of Unicode: where no wanted pattern asks for a certain
// character, a character that no pattern names is the best choice, since it leads the unwanted patterns into a
// subset of the positions into which any named one does. (The colon is tried as well where wildcards do not match it.)
//
// Invariant *last star wins*: of the positions in one unwanted pattern, those before its last reached `*` are
// dropped, since `*` accepts whatever they accept.
// Invariant *later in the run wins*: in a run `???*` a position further right accepts more, so only it is kept.
//
// A policy variable stands for one and the same unknown text everywhere. As a unit it is matched by itself and by `*`
// alone, never by `?`. With a variable in a single wanted pattern, finding nothing therefore means that there is nothing
// for any value; a find has to be confirmed with a value put in.

/// What a bounded search ended with.
enum PatternSearchOutcome: Hashable, Sendable {
  /// A text, in which `PatternUnit.unnamed` stands for a character that no pattern names.
  case found([UInt32])
  /// There is no such text.
  case none
  /// The search was given up.
  case exhausted
}

/// A search for a text that all of some patterns match and none of others.
struct PatternSearch {
  private let wanted: [UnitPattern]
  private let unwanted: UnwantedPatterns
  /// Whether some pattern has wildcards that do not match a colon.
  private let hasSegments: Bool
  /// Whether patterns differ in how they compare letters, so that both cases have to be tried.
  private let mixesCase: Bool

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - wanted: Patterns of which each has to match; at most one of them with variables.
  ///   - unwanted: Patterns of which none may match.
  init(wanted: [UnitPattern], unwanted: [UnitPattern]) {
    self.wanted = wanted
    self.unwanted = UnwantedPatterns(unwanted)
    let all = wanted + unwanted
    hasSegments = all.contains {
      $0.units.contains { PatternUnit.anyInSegment == $0 || PatternUnit.oneInSegment == $0 }
    }
    mixesCase = all.contains(where: \.foldsCase) && all.contains { !$0.foldsCase }
  }

  private struct Node: Hashable {
    var positions: [Int]
    var states: [Int]
  }

  /// How a node was reached: from which node, by which character (`nil` for stepping behind a `*`).
  private struct Trace {
    var previous: Int
    var unit: UInt32?
  }

  /// Searches for a shortest text.
  ///
  /// - Parameter budget: How much work may be done; reduced by the work done.
  /// - Returns: The text, if there is one.
  func run(budget: inout Int) -> PatternSearchOutcome {
    var nodes = [Node(positions: wanted.map { _ in 0 }, states: unwanted.initial)]
    var traces = [Trace(previous: -1, unit: nil)]
    var seen: Set<Node> = [nodes[0]]
    var index = 0
    while index < nodes.count {
      let node = nodes[index]
      budget -= 4 + node.states.count + node.positions.count
      if budget < 0 { return .exhausted }
      if unwanted.acceptsWhateverFollows(node.states) {
        index += 1
        continue
      }
      var isAtEnd = true
      for (pattern, position) in zip(wanted, node.positions) where position < pattern.units.count {
        isAtEnd = false
      }
      if isAtEnd, !unwanted.accepts(node.states) { return .found(text(to: index, traces)) }
      func visit(_ next: Node, _ unit: UInt32?) {
        guard seen.insert(next).inserted else { return }
        nodes.append(next)
        traces.append(Trace(previous: index, unit: unit))
      }
      for (which, pattern) in wanted.enumerated() {
        let position = node.positions[which]
        guard position < pattern.units.count, PatternUnit.isStar(pattern.units[position]) else { continue }
        var next = node
        next.positions[which] += 1
        visit(next, nil)
      }
      for symbol in symbols(at: node.positions) {
        guard let positions = advance(node.positions, by: symbol) else { continue }
        visit(Node(positions: positions, states: unwanted.advance(node.states, by: symbol)), symbol)
      }
      index += 1
    }
    return .none
  }

  private func text(to index: Int, _ traces: [Trace]) -> [UInt32] {
    var units: [UInt32] = []
    var index = index
    while index > 0 {
      if let unit = traces[index].unit { units.append(unit) }
      index = traces[index].previous
    }
    return units.reversed()
  }

  /// The characters worth trying: the one that a wanted pattern asks for, or else one that nobody names.
  private func symbols(at positions: [Int]) -> [UInt32] {
    for (pattern, position) in zip(wanted, positions) {
      guard position < pattern.units.count else { return [] }
      let unit = pattern.units[position]
      if PatternUnit.isWildcard(unit) { continue }
      let spelled = pattern.spelling[position]
      guard mixesCase, pattern.foldsCase, (0x61...0x7A).contains(unit) else { return [spelled] }
      return spelled == unit ? [unit, unit & ~0x20] : [spelled, unit]
    }
    return hasSegments ? [PatternUnit.unnamed, PatternUnit.colon] : [PatternUnit.unnamed]
  }

  /// The positions behind a character, or `nil` where a pattern does not take it.
  private func advance(_ positions: [Int], by symbol: UInt32) -> [Int]? {
    var next = positions
    for (which, pattern) in wanted.enumerated() {
      guard positions[which] < pattern.units.count else { return nil }
      switch pattern.units[positions[which]] {
      case PatternUnit.any: break
      case PatternUnit.anyInSegment:
        if symbol == PatternUnit.colon || PatternUnit.isVariable(symbol) { return nil }
      case PatternUnit.one:
        if PatternUnit.isVariable(symbol) { return nil }
        next[which] += 1
      case PatternUnit.oneInSegment:
        if symbol == PatternUnit.colon || PatternUnit.isVariable(symbol) { return nil }
        next[which] += 1
      case let unit:
        guard unit == (pattern.foldsCase ? PatternUnit.lowercased(symbol) : symbol) else { return nil }
        next[which] += 1
      }
    }
    return next
  }
}

/// The patterns that must not match, read as one nondeterministic automaton.
///
/// States are indices into all patterns written one behind the other, each closed by `PatternUnit.end`. Sets of
/// states are kept sorted and normalised, so that equal sets are equal arrays.
private struct UnwantedPatterns {
  private var units: [UInt32] = []
  private var folds: [Bool] = []
  /// For each state the index of its pattern.
  private var owner: [Int] = []
  /// For each state at a `?` of a run that ends in `*`, the state of that `*`; otherwise -1.
  private var openRun: [Int] = []
  private(set) var initial: [Int] = []

  init(_ patterns: [UnitPattern]) {
    var starts: [Int] = []
    for (index, pattern) in patterns.enumerated() {
      starts.append(units.count)
      units += pattern.units
      units.append(PatternUnit.end)
      let length = pattern.units.count + 1
      folds.append(contentsOf: repeatElement(pattern.foldsCase, count: length))
      owner.append(contentsOf: repeatElement(index, count: length))
    }
    openRun = Array(repeating: -1, count: units.count)
    for state in units.indices.reversed() where units[state] == PatternUnit.one {
      if units[state + 1] == PatternUnit.any {
        openRun[state] = state + 1
      } else {
        openRun[state] = openRun[state + 1]
      }
    }
    initial = normalized(starts)
  }

  func accepts(_ states: [Int]) -> Bool { states.contains { units[$0] == PatternUnit.end } }

  func acceptsWhateverFollows(_ states: [Int]) -> Bool {
    states.contains { units[$0] == PatternUnit.any && units[$0 + 1] == PatternUnit.end }
  }

  func advance(_ states: [Int], by symbol: UInt32) -> [Int] {
    let lowercased = PatternUnit.lowercased(symbol)
    let isVariable = PatternUnit.isVariable(symbol)
    let isOutsideSegments = isVariable || symbol == PatternUnit.colon
    var next: [Int] = []
    next.reserveCapacity(states.count + 2)
    for state in states {
      switch units[state] {
      case PatternUnit.any: next.append(state)
      case PatternUnit.anyInSegment: if !isOutsideSegments { next.append(state) }
      case PatternUnit.one: if !isVariable { next.append(state + 1) }
      case PatternUnit.oneInSegment: if !isOutsideSegments { next.append(state + 1) }
      case PatternUnit.end: break
      case let unit: if unit == (folds[state] ? lowercased : symbol) { next.append(state + 1) }
      }
    }
    return normalized(next)
  }

  /// Adds the states behind a `*` and drops those that another state makes superfluous.
  private func normalized(_ states: [Int]) -> [Int] {
    var closed = states
    for state in states where PatternUnit.isStar(units[state]) { closed.append(state + 1) }
    closed.sort()
    var kept: [Int] = []
    kept.reserveCapacity(closed.count)
    for state in closed where kept.last != state {
      if units[state] == PatternUnit.any {
        while let last = kept.last, owner[last] == owner[state] { kept.removeLast() }
      } else if let last = kept.last, openRun[last] >= 0, openRun[last] == openRun[state] {
        kept.removeLast()
      }
      kept.append(state)
    }
    return kept
  }
}

extension UnitPattern {
  /// Whether every text that `other` matches is matched by this pattern too.
  ///
  /// - Parameters:
  ///   - other: The smaller pattern.
  ///   - budget: How much work may be done; reduced by the work done.
  /// - Returns: The answer, or `nil` where it took too long to find out.
  func contains(_ other: UnitPattern, budget: inout Int) -> Bool? {
    if matchesEverything || self == other { return true }
    guard mayIntersect(other) else { return false }
    if let answer = containsPlainly(other) { return answer }
    switch PatternSearch(wanted: [other], unwanted: [self]).run(budget: &budget) {
    case .none: return true
    case .found: return false
    case .exhausted: return nil
    }
  }
  /// Whether every text that `other` matches is matched by this pattern too; `nil` where that takes a search.
  ///
  /// The other pattern is read as a text, of which nothing but `*` swallows wildcards. Without `?`, and without wildcards
  /// that stop at colons, this pattern cannot tell them from a character that it does not name.
  private func containsPlainly(_ other: UnitPattern) -> Bool? {
    guard foldsCase || !other.foldsCase else { return nil }
    for unit in units where PatternUnit.isWildcard(unit) && unit != PatternUnit.any { return nil }
    let mustFold = foldsCase && !other.foldsCase
    var position = 0
    var index = 0
    var resumePosition = -1
    var resumeIndex = 0
    while true {
      if position < units.count {
        if units[position] == PatternUnit.any {
          position += 1
          if position == units.count { return true }
          resumePosition = position
          resumeIndex = index
          continue
        }
        if index < other.units.count,
          units[position] == (mustFold ? PatternUnit.lowercased(other.units[index]) : other.units[index])
        {
          position += 1
          index += 1
          continue
        }
      } else if index == other.units.count {
        return true
      }
      guard resumePosition >= 0, resumeIndex < other.units.count else { return false }
      resumeIndex += 1
      index = resumeIndex
      position = resumePosition
    }
  }
}
