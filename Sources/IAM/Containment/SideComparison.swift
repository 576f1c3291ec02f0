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

  /// Where a pattern stands among the existing statements.
  private struct Footing: Hashable {
    /// The Allows inside of whose patterns it lies, ascending.
    var inside: [Int] = []
    /// The Denies whose patterns it may meet, ascending.
    var denied: [Int] = []

    /// Whether some Allow of each layer covers an action of this footing on a resource of another, and no Deny comes near.
    func isCovering(with resource: Footing, _ layers: [Range<Int>]) -> Bool {
      let allows = Set(inside).intersection(resource.inside)
      return layers.allSatisfy { layer in allows.contains { layer.contains($0) } }
        && Set(denied).isDisjoint(with: resource.denied)
    }
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
  /// Existing layers that are not repeated among those that limit the proposed policies.
  private let openLayers: [[StatementAtoms]]

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
    let limits = Set(proposed.layers.dropFirst().map { Set($0.map(\.all)) })
    openLayers = existing.layers.filter { !limits.contains(Set($0.map(\.all))) }
  }

  /// Looks for something new that a proposed Allow allows.
  ///
  /// - Parameter statement: The statement.
  /// - Returns: A confirmed request, or that there is none, or that it could not be decided.
  mutating func findNewAccess(of statement: StatementAtoms) -> ContainmentSearch.Outcome {
    var outcome = ContainmentSearch.Outcome.none
    let actions = basePatterns(of: statement.action, all: UnitPattern.anyAction)
    let resources = basePatterns(of: statement.resource, all: UnitPattern("*"))
    let (allows, layers) = coveringAllows(for: statement)
    let actionFootings = footings(of: actions, allows) { $0.action }
    let resourceFootings = footings(of: resources, allows) { $0.resource }
    if search.budget < 0 { return .unknown }
    /// The resources on which actions of one footing are not plainly covered.
    var open: [Footing: [UnitPattern]] = [:]
    for (action, footing) in zip(actions, actionFootings.each) {
      if open[footing] == nil {
        search.budget -= resourceFootings.distinct.count * (1 + footing.inside.count)
        if search.budget < 0 { return .unknown }
        let uncovered = resourceFootings.distinct.filter { !footing.isCovering(with: $0, layers) }
        open[footing] =
          uncovered.isEmpty
          ? [] : zip(resources, resourceFootings.each).filter { uncovered.contains($1) }.map(\.0)
      }
      for resource in open[footing] ?? [] {
        search.budget -= 1
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

  /// The existing Allows that ask for nothing but what a proposed statement asks for, and how many each layer has.
  private func coveringAllows(
    for statement: StatementAtoms
  ) -> (allows: [StatementAtoms], layers: [Range<Int>]) {
    var allows: [StatementAtoms] = []
    var layers: [Range<Int>] = []
    let conditions = Set(statement.conditions)
    for layer in openLayers {
      let start = allows.count
      allows += layer.filter { allow in
        (allow.principal == nil || allow.principal == statement.principal)
          && conditions.isSuperset(of: allow.conditions)
      }
      layers.append(start..<allows.count)
    }
    return (allows, layers)
  }

  /// How the existing statements stand to each pattern of a list, by one of their atoms; an absent atom holds always.
  private mutating func footings(
    of patterns: [UnitPattern], _ allows: [StatementAtoms], by atom: (StatementAtoms) -> AtomID?
  ) -> (each: [Footing], distinct: Set<Footing>) {
    var each: [Footing] = []
    each.reserveCapacity(patterns.count)
    for pattern in patterns {
      search.budget -= allows.count + openDenies.count
      // The comparison then ends as not decided.
      if search.budget < 0 { return ([], []) }
      var footing = Footing()
      for (index, allow) in allows.enumerated() {
        if let atom = atom(allow), relation(of: pattern, to: atom) != .inside { continue }
        footing.inside.append(index)
      }
      for (index, deny) in openDenies.enumerated() {
        if let atom = atom(deny), relation(of: pattern, to: atom) == .outside { continue }
        footing.denied.append(index)
      }
      each.append(footing)
    }
    return (each, Set(each))
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
    let (isInside, isTouched) = language.buckets.relation(of: pattern, budget: &search.budget)
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
      for layer in openLayers {
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
      // A goal takes much more room than a step takes time.
      search.budget -= 64 * goals.count * allows.count
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
