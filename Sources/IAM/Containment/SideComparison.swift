// Goes through what the proposed side allows, settles what is plain, and searches the rest.

/// The comparison of two sides, statement by statement.
struct SideComparison {
  /// How a pattern stands to an atom.
  private enum Relation {
    /// Whatever the pattern matches satisfies the atom.
    case inside
    /// Nothing that the pattern matches satisfies the atom.
    case outside
    /// Neither, or it was not found out.
    case across
  }

  private struct RelationKey: Hashable {
    var pattern: UnitPattern
    var atom: AtomID
  }

  let table: AtomTable
  let existing: ContainmentSide
  let proposed: ContainmentSide
  private let colonLimit: @Sendable (String) -> Int?
  private(set) var search: ContainmentSearch
  /// The forms of resources by action pattern.
  private var forms: [UnitPattern: [UnitPattern]] = [:]
  private var relations: [RelationKey: Relation] = [:]
  /// Existing Denies that are not repeated on the proposed side.
  private let openDenies: [StatementAtoms]

  /// Prepares a comparison.
  ///
  /// - Parameters:
  ///   - table: The atoms of both sides.
  ///   - existing: What is allowed today.
  ///   - proposed: What is proposed.
  ///   - colonLimit: How many colons the last part of an action's resources has at most.
  ///   - search: A search over the same atoms.
  init(
    table: AtomTable, existing: ContainmentSide, proposed: ContainmentSide,
    colonLimit: @escaping @Sendable (String) -> Int?, search: ContainmentSearch
  ) {
    self.colonLimit = colonLimit
    self.table = table
    self.existing = existing
    self.proposed = proposed
    self.search = search
    let repeated = proposed.denies.map { Set($0.all) }
    openDenies = existing.denies.filter { deny in
      let atoms = Set(deny.all)
      return !repeated.contains { $0.isSubset(of: atoms) }
    }
  }

  /// Looks for something new that a proposed Allow allows.
  ///
  /// - Parameter statement: The statement.
  /// - Returns: A confirmed request, or that there is none, or that it could not be decided.
  mutating func findNewAccess(of statement: StatementAtoms) -> ContainmentSearch.Outcome {
    var outcome = ContainmentSearch.Outcome.none
    let actions = basePatterns(of: statement.action, all: UnitPattern.anyAction)
    let resources = basePatterns(of: statement.resource, all: UnitPattern("*"))
    for action in actions {
      for resource in resources where !isPlainlyCovered(statement, action, resource) {
        switch searchCell(statement, action, resource) {
        case .witness(let request): return .witness(request)
        case .unknown: outcome = .unknown
        case .none: break
        }
        if search.budget < 0 { return .unknown }
      }
    }
    return outcome
  }

  /// The forms that resources of an action have; none where they are unknown or the pattern asks for another form.
  private mutating func resourceForms(of action: UnitPattern, on resource: UnitPattern) -> [UnitPattern] {
    if forms[action] == nil {
      forms[action] =
        colonLimit(action.wildcard.description).map { UnitPattern.resourceForms(colonLimit: $0) } ?? []
    }
    guard let forms = forms[action], !forms.isEmpty else { return [] }
    var query = LanguageQuery()
    query.require([resource.withVariablesWidened])
    query.require(forms)
    return query.solve(budget: &search.budget) == .none ? [] : forms
  }

  /// Whether the patterns of an atom are the base of cells, so that the atom itself asks for nothing more.
  private func isBase(_ atom: AtomID) -> Bool {
    if case .language(let language) = table.atoms[atom].content { !language.isComplement } else { false }
  }

  /// The patterns of an atom, or the pattern for everything where the atom is absent or a complement.
  private func basePatterns(of atom: AtomID?, all: UnitPattern) -> [UnitPattern] {
    guard let atom, case .language(let language) = table.atoms[atom].content, !language.isComplement else {
      return [all]
    }
    return language.patterns
  }

  private mutating func isPlainlyCovered(
    _ statement: StatementAtoms, _ action: UnitPattern, _ resource: UnitPattern
  ) -> Bool {
    for layer in existing.layers {
      var isAllowed = false
      for allow in layer where !isAllowed {
        isAllowed =
          (allow.principal == nil || allow.principal == statement.principal)
          && allow.conditions.allSatisfy { statement.conditions.contains($0) }
          && relation(of: action, to: allow.action) == .inside
          && (allow.resource.map { relation(of: resource, to: $0) == .inside } ?? true)
      }
      if !isAllowed { return false }
    }
    for deny in openDenies where touches(deny, action, resource) { return false }
    return true
  }

  /// Whether a statement may apply to something that the pair of patterns matches.
  private mutating func touches(
    _ statement: StatementAtoms, _ action: UnitPattern, _ resource: UnitPattern
  ) -> Bool {
    relation(of: action, to: statement.action) != .outside
      && (statement.resource.map { relation(of: resource, to: $0) != .outside } ?? true)
  }

  private mutating func relation(of pattern: UnitPattern, to atom: AtomID) -> Relation {
    let key = RelationKey(pattern: pattern, atom: atom)
    if let known = relations[key] { return known }
    let relation = findRelation(of: pattern, to: atom)
    relations[key] = relation
    return relation
  }

  private mutating func findRelation(of pattern: UnitPattern, to atom: AtomID) -> Relation {
    guard case .language(let language) = table.atoms[atom].content else { return .across }
    var isInside = false
    var isTouched = false
    search.budget -= language.patterns.count
    if let literal = pattern.literal {
      let text = pattern.foldsCase ? literal.asciiLowercased : literal
      isInside = language.set.matches(text, isASCII: text.isASCII, in: RequestContext())
      isTouched = isInside || language.patterns.contains { $0.hasVariables && $0.mayIntersect(pattern) }
    } else {
      for candidate in language.patterns where !isInside && candidate.mayIntersect(pattern) {
        isTouched = true
        isInside = candidate.contains(pattern, budget: &search.budget) ?? false
      }
    }
    switch (isInside, isTouched) {
    case (true, _): return language.isComplement ? .outside : .inside
    case (_, false): return language.isComplement ? .inside : .outside
    default: return .across
    }
  }

  /// Searches one proposed action pattern on one resource pattern for something new.
  private mutating func searchCell(
    _ statement: StatementAtoms, _ action: UnitPattern, _ resource: UnitPattern
  ) -> ContainmentSearch.Outcome {
    var goal = ContainmentGoal(action: action, resource: resource, dimensionCount: table.dimensionCount)
    goal.resourceForms = resourceForms(of: action, on: resource)
    for atom in statement.all where !isBase(atom) { goal.require(atom, in: table.atoms[atom].dimension) }
    var clauses: [[AtomID]] = []
    for deny in proposed.denies where touches(deny, action, resource) { clauses.append(deny.all) }
    var outcome = ContainmentSearch.Outcome.none
    for goal in goals(within: proposed.layers.dropFirst(), from: goal) {
      for layer in existing.layers {
        var open = clauses
        for allow in layer where touches(allow, action, resource) { open.append(allow.all) }
        switch search.run(goal, clauses: open) {
        case .witness(let request): return .witness(request)
        case .unknown: outcome = .unknown
        case .none: break
        }
      }
      for deny in openDenies where touches(deny, action, resource) {
        var denied = goal
        require(deny, in: &denied)
        switch search.run(denied, clauses: clauses) {
        case .witness(let request): return .witness(request)
        case .unknown: outcome = .unknown
        case .none: break
        }
      }
    }
    return outcome
  }

  private func require(_ statement: StatementAtoms, in goal: inout ContainmentGoal) {
    for atom in statement.all { goal.require(atom, in: table.atoms[atom].dimension) }
  }

  /// The ways in which the layers that limit the proposed policies may let a request through.
  private mutating func goals(
    within layers: ArraySlice<[StatementAtoms]>, from goal: ContainmentGoal
  ) -> [ContainmentGoal] {
    var goals = [goal]
    for layer in layers {
      var allows: [StatementAtoms] = []
      var isOpen = false
      for allow in layer where touches(allow, goal.action, goal.resource) {
        allows.append(allow)
        isOpen =
          isOpen
          || allow.principal == nil && allow.conditions.isEmpty
            && relation(of: goal.action, to: allow.action) == .inside
            && (allow.resource.map { relation(of: goal.resource, to: $0) == .inside } ?? true)
      }
      if isOpen { continue }
      search.budget -= goals.count * allows.count
      if search.budget < 0 { return goals }
      goals = goals.flatMap { goal in
        allows.map { allow in
          var limited = goal
          require(allow, in: &limited)
          return limited
        }
      }
    }
    return goals
  }
}
