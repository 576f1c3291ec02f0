// Values of one condition key: is there one for which certain conditions hold and certain others do not?
//
// Numbers, dates, networks and truth values part the values of a key into finitely many classes, and a
// representative of each is tried: every value that a policy names, and what lies next to it. Texts are searched for,
// with `LanguageQuery`. Where a key is compared in several of these ways at once, or with a variable that is no text,
// a value that is found counts, but not finding one proves nothing unless one way alone rules it out.
//
// A key without `ForAllValues` and `ForAnyValue` is taken to be single-valued, as AWS demands of policies.

/// Whether conditions on a key can hold or fail together.
enum KeyAnswer: Hashable, Sendable {
  /// With the key absent.
  case absent
  /// With this value.
  case value(RequestContext.Value)
  /// With some value that depends on variables.
  case symbolic
  /// With no value at all.
  case none
  /// It could not be found out.
  case unknown
}

/// All conditions on one key.
struct KeyDomain: Sendable {
  /// How values are compared; ways that cut the values into different classes.
  private enum Family: Hashable {
    case text, number, date, network, bool, binary, presence, opaque
  }

  private let key: String
  private let atoms: [AtomID: KeyAtom]
  /// Values to try before searching.
  private let candidates: [String]
  private let familyOf: [AtomID: Family]
  /// Families in which the candidates may miss a class of values.
  private let incomplete: Set<Family>
  private let hasSets: Bool

  /// Prepares the conditions on a key.
  ///
  /// - Parameters:
  ///   - key: The key in lower case.
  ///   - table: The atoms of all policies.
  ///   - dimension: The key's dimension.
  init(key: String, table: AtomTable, dimension: Dimension) {
    self.key = key
    var atoms: [AtomID: KeyAtom] = [:]
    var families: [AtomID: Family] = [:]
    var values = CandidateValues()
    var incomplete: Set<Family> = [.opaque]
    for id in table.atoms(of: dimension) {
      guard case .key(let atom) = table.atoms[id].content else { continue }
      atoms[id] = atom
      let family = KeyDomain.family(of: atom)
      families[id] = family
      if !values.add(atom.values, comparison: atom.test.conditionOperator.comparison.positive) {
        incomplete.insert(family)
      }
      if family == .text, !(atom.patterns ?? []).allSatisfy({ $0.literal != nil && !$0.foldsCase }) {
        incomplete.insert(.text)
      }
    }
    self.atoms = atoms
    familyOf = families
    candidates = values.all
    self.incomplete = incomplete
    hasSets = atoms.values.contains { $0.qualifier != nil }
  }

  private static func family(of atom: KeyAtom) -> Family {
    switch atom.test.conditionOperator.comparison.positive {
    case .null: return atom.hasVariables ? .opaque : .presence
    case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arnEquals, .arnLike:
      return atom.patterns == nil ? .opaque : .text
    case _ where atom.hasVariables: return .opaque
    case .numericEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
      .numericGreaterThanEquals:
      return .number
    case .dateEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan, .dateGreaterThanEquals:
      return .date
    case .ipAddress: return .network
    case .bool: return .bool
    case .binaryEquals: return .binary
    default: return .opaque
    }
  }

  /// Looks for a value.
  ///
  /// - Parameters:
  ///   - required: Conditions that have to hold.
  ///   - excluded: Conditions that must not hold.
  ///   - variables: The context with the values of variables, or `nil` while these are unknown.
  ///   - table: The atoms of all policies.
  ///   - budget: How much work may be done; reduced by the work done.
  ///   - prefersPresence: Whether absence is the last choice rather than the first.
  /// - Returns: A value, or that there is none.
  func solve(
    required: [AtomID], excluded: [AtomID], variables: RequestContext?, table: AtomTable,
    budget: inout Int, prefersPresence: Bool = false
  ) -> KeyAnswer {
    let context = variables ?? RequestContext()
    budget -= 1
    let canBeAbsent = holds(required, excluded, for: nil, in: context)
    if canBeAbsent, !prefersPresence { return .absent }
    let present = solvePresent(
      required: required, excluded: excluded, variables: variables, table: table, budget: &budget)
    if case .value = present { return present }
    return canBeAbsent ? .absent : present
  }

  /// Whether a value meets all demands.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - required: Conditions that have to hold.
  ///   - excluded: Conditions that must not hold.
  ///   - context: The context with the values of variables.
  /// - Returns: Whether it does.
  func isMet(
    by value: RequestContext.Value, required: [AtomID], excluded: [AtomID], in context: RequestContext
  ) -> Bool {
    holds(required, excluded, for: value, in: context)
  }

  private func solvePresent(
    required: [AtomID], excluded: [AtomID], variables: RequestContext?, table: AtomTable, budget: inout Int
  ) -> KeyAnswer {
    let context = variables ?? RequestContext()
    let involved = required + excluded
    let isSymbolic = variables == nil && involved.contains { atoms[$0]?.hasVariables == true }
    if !isSymbolic {
      for candidate in candidates {
        budget -= 1
        if holds(required, excluded, for: .single(candidate), in: context) {
          return .value(.single(candidate))
        }
      }
    }
    var families = Set(involved.compactMap { familyOf[$0] })
    families.remove(.presence)
    let isUndecidable = families.count > 1 || families.contains(.opaque)
    let presence = Constraints(
      required: required.filter { familyOf[$0] == .presence },
      excluded: excluded.filter { familyOf[$0] == .presence })
    guard holds(presence.required, presence.excluded, for: .single("x"), in: context) else { return .none }
    if families.isEmpty { return .none }
    var answer = KeyAnswer.none
    for family in families {
      let constraints = Constraints(
        required: required.filter { familyOf[$0] == family },
        excluded: excluded.filter { familyOf[$0] == family })
      let found = solve(constraints, family, context: variables, table, &budget)
      switch found {
      case .none: return .none
      case .value(let value) where !isSymbolic && holds(required, excluded, for: value, in: context):
        return found
      case .symbolic where !isUndecidable: answer = .symbolic
      default: answer = .unknown
      }
    }
    return answer
  }

  private struct Constraints {
    var required: [AtomID]
    var excluded: [AtomID]
  }

  private func holds(
    _ required: [AtomID], _ excluded: [AtomID], for value: RequestContext.Value?, in context: RequestContext
  ) -> Bool {
    var context = context
    context[key] = value
    return required.allSatisfy { atoms[$0]?.test.holds(in: context) == true }
      && excluded.allSatisfy { atoms[$0]?.test.holds(in: context) == false }
  }

  /// Looks for a present value as far as one way of comparing goes.
  private func solve(
    _ constraints: Constraints, _ family: Family, context: RequestContext?, _ table: AtomTable,
    _ budget: inout Int
  ) -> KeyAnswer {
    if family == .opaque { return .unknown }
    let one = solveElement(
      constraints.required.map { ($0, true) } + constraints.excluded.map { ($0, false) }, family,
      context: context,
      table, &budget)
    if one != .none || !hasSets { return one }
    return solveSet(constraints, family, context: context, table, &budget)
  }

  /// Looks for several values: each has to pass what is asked of all, and each demand for some value is met by one.
  private func solveSet(
    _ constraints: Constraints, _ family: Family, context: RequestContext?, _ table: AtomTable,
    _ budget: inout Int
  ) -> KeyAnswer {
    var all: [(AtomID, Bool)] = []
    var some: [(AtomID, Bool)] = []
    for (ids, wanted) in [(constraints.required, true), (constraints.excluded, false)] {
      for id in ids {
        guard let atom = atoms[id] else { continue }
        let isUniversal =
          switch atom.qualifier {
          case .forAllValues: wanted
          case .forAnyValue: !wanted
          case nil: atom.isNegated == wanted
          }
        if isUniversal { all.append((id, wanted)) } else { some.append((id, wanted)) }
      }
    }
    var values: [String] = []
    var isSymbolic = false
    for demand in some {
      switch solveElement(all + [demand], family, context: context, table, &budget) {
      case .value(.single(let value)): values.append(value)
      case .symbolic: isSymbolic = true
      case .none: return .none
      case .value, .absent, .unknown: return .unknown
      }
    }
    if isSymbolic { return .symbolic }
    return values.isEmpty ? .none : .value(.multiple(values))
  }

  /// Looks for one value that passes or fails each of some conditions by itself.
  private func solveElement(
    _ demands: [(AtomID, Bool)], _ family: Family, context: RequestContext?, _ table: AtomTable,
    _ budget: inout Int
  ) -> KeyAnswer {
    let isSymbolic = context == nil && demands.contains { atoms[$0.0]?.hasVariables == true }
    if !isSymbolic {
      var trial = context ?? RequestContext()
      for candidate in candidates where !(hasSets && candidate.isEmpty) {
        budget -= 1
        trial[key] = .single(candidate)
        if demands.allSatisfy({ atoms[$0.0]?.test.holds(in: trial) == $0.1 }) {
          return .value(.single(candidate))
        }
      }
      if !incomplete.contains(family) { return .none }
    }
    guard family == .text else { return .unknown }
    var query = LanguageQuery()
    for (id, wanted) in demands {
      guard let atom = atoms[id], let patterns = atom.patterns else { return .unknown }
      query.add(patterns, isMatching: atom.isNegated != wanted)
    }
    if let context {
      query = query.substituting { unit in
        let variable = table.variable(unit)
        if case .single(let value) = context[lowercased: variable.key] { return value }
        return variable.fallback
      }
    }
    switch query.solve(budget: &budget) {
    case .found(let units): return isSymbolic ? .symbolic : .value(.single(query.spelledOut(units)))
    case .none: return .none
    case .unknown: return .unknown
    }
  }
}
