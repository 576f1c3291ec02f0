// Searches for a request that one side allows and the other does not, or shows that there is none.
//
// Given are atoms that have to hold (those of the proposed Allow, and of an existing Deny) and clauses, one for each
// statement that must not apply, of which at least one atom has to fail. The search picks an atom to fail for each
// clause. Dimensions are independent, so that a choice is possible exactly if each dimension by itself has a value for
// which its required atoms hold and its excluded atoms fail. A dimension that admits no value cuts the branch off; when
// every branch is cut off, there is no such request. This is where "exact" comes from.
//
// Invariant *never a wrong yes*: what cannot be decided, for want of a theory or of time, counts as possible.

/// What one dimension says to a set of demands.
enum DimensionVerdict: Hashable, Sendable {
  case possible, unknown, impossible
}

/// What has to hold and what must not, by dimension.
struct ContainmentGoal: Sendable {
  /// The proposed action pattern from which the action is taken.
  var action: UnitPattern
  /// The proposed resource pattern from which the resource is taken.
  var resource: UnitPattern
  /// The forms of which the resource is one; none where it is any text.
  var resourceForms: [UnitPattern] = []
  /// The atoms that have to hold, by dimension.
  private(set) var required: [[AtomID]]
  /// The atoms that must not hold, by dimension.
  private(set) var excluded: [[AtomID]]

  /// Creates a goal without demands.
  init(action: UnitPattern, resource: UnitPattern, dimensionCount: Int) {
    self.action = action
    self.resource = resource
    required = Array(repeating: [], count: dimensionCount)
    excluded = required
  }

  /// Demands that an atom holds.
  mutating func require(_ atom: AtomID, in dimension: Dimension) {
    if !required[dimension].contains(atom) { required[dimension].append(atom) }
  }

  /// Demands that an atom fails.
  mutating func exclude(_ atom: AtomID, in dimension: Dimension) {
    if !excluded[dimension].contains(atom) { excluded[dimension].append(atom) }
  }
}

/// The search, with what it has learned about dimensions.
struct ContainmentSearch {
  /// What a search ended with.
  enum Outcome {
    case witness(AccessRequest)
    case none
    case unknown
  }

  private struct MemoKey: Hashable {
    var dimension: Dimension
    var base: UnitPattern?
    var formCount: Int
    var required: [AtomID]
    var excluded: [AtomID]
  }

  let table: AtomTable
  let universe: PolicyContainment.ActionUniverse
  let policyType: PolicyContainment.PolicyType
  /// Tells whether a request is a witness.
  let confirm: (AccessRequest) -> Bool
  /// How much work may still be done.
  var budget: Int
  /// How many more requests may be put together and turn out to be no witness.
  private var attempts = 64
  private var memo: [MemoKey: DimensionVerdict] = [:]
  private var domains: [Dimension: KeyDomain] = [:]
  let callers: [(caller: RequestPrincipal, identity: CallerIdentity)]

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - table: The atoms of both sides.
  ///   - universe: Which actions requests may call.
  ///   - policyType: The kind of policies compared.
  ///   - budget: How much work may be done.
  ///   - confirm: Tells whether a request is a witness.
  init(
    table: AtomTable, universe: PolicyContainment.ActionUniverse,
    policyType: PolicyContainment.PolicyType, budget: Int, confirm: @escaping (AccessRequest) -> Bool
  ) {
    self.table = table
    self.universe = universe
    self.policyType = policyType
    self.budget = budget
    self.confirm = confirm
    let candidates =
      policyType == .resource
      ? PrincipalCandidates.all(naming: table.principalSets)
      : [PrincipalCandidates.user(in: PrincipalCandidates.account)]
    callers = candidates.map { ($0, CallerIdentity($0)) }
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - goal: What has to hold.
  ///   - clauses: Statements that must not apply, each as its atoms.
  /// - Returns: A confirmed request, or that there is none, or that it could not be decided.
  mutating func run(_ goal: ContainmentGoal, clauses: [[AtomID]]) -> Outcome {
    for dimension in 0..<table.dimensionCount where verdict(on: dimension, of: goal) == .impossible {
      return .none
    }
    return search(goal, clauses: clauses)
  }

  private mutating func search(_ goal: ContainmentGoal, clauses: [[AtomID]]) -> Outcome {
    var goal = goal
    var open = clauses
    var choices: [[AtomID]] = []
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      choices = []
      var remaining: [[AtomID]] = []
      for clause in open {
        if budget < 0 { return .unknown }
        guard let viable = viableAtoms(of: clause, in: goal) else { continue }
        guard let first = viable.first else { return .none }
        if viable.count == 1 {
          goal.exclude(first, in: table.atoms[first].dimension)
          hasChanged = true
        } else {
          choices.append(viable)
          remaining.append(clause)
        }
      }
      open = remaining
    }
    guard let smallest = choices.indices.min(by: { choices[$0].count < choices[$1].count }) else {
      return conclude(goal)
    }
    var outcome = Outcome.none
    let rest = open.indices.filter { $0 != smallest }.map { open[$0] }
    for atom in choices[smallest] {
      var next = goal
      next.exclude(atom, in: table.atoms[atom].dimension)
      switch search(next, clauses: rest) {
      case .witness(let request): return .witness(request)
      case .unknown: outcome = .unknown
      case .none: break
      }
      if budget < 0 || attempts == 0 { return .unknown }
    }
    return outcome
  }

  /// The atoms of a clause that may be made to fail; `nil` where one of them fails anyhow.
  private mutating func viableAtoms(of clause: [AtomID], in goal: ContainmentGoal) -> [AtomID]? {
    var viable: [AtomID] = []
    for atom in clause {
      let dimension = table.atoms[atom].dimension
      if goal.excluded[dimension].contains(atom) { return nil }
      if goal.required[dimension].contains(atom) { continue }
      var holding = goal
      holding.require(atom, in: dimension)
      if verdict(on: dimension, of: holding) == .impossible { return nil }
      var failing = goal
      failing.exclude(atom, in: dimension)
      if verdict(on: dimension, of: failing) != .impossible { viable.append(atom) }
    }
    return viable
  }

  /// Whether a dimension has a value that meets the demands of a goal.
  private mutating func verdict(on dimension: Dimension, of goal: ContainmentGoal) -> DimensionVerdict {
    let base =
      switch dimension {
      case FixedDimension.action: goal.action
      case FixedDimension.resource: goal.resource
      default: UnitPattern?.none
      }
    let required = goal.required[dimension]
    let excluded = goal.excluded[dimension]
    budget -= 1
    if base == nil, required.isEmpty, excluded.isEmpty { return .possible }
    let key = MemoKey(
      dimension: dimension, base: base,
      formCount: dimension == FixedDimension.resource ? goal.resourceForms.count : 0,
      required: required.sorted(), excluded: excluded.sorted())
    if let known = memo[key] { return known }
    let verdict: DimensionVerdict
    switch dimension {
    case FixedDimension.action:
      if case .only = universe {
        verdict = namedAction(for: goal) == nil ? .impossible : .possible
      } else {
        verdict = DimensionVerdict(languageQuery(on: dimension, of: goal).solve(budget: &budget))
      }
    case FixedDimension.resource:
      verdict = DimensionVerdict(languageQuery(on: dimension, of: goal).solve(budget: &budget))
    case FixedDimension.principal: verdict = caller(for: goal) == nil ? .impossible : .possible
    default:
      let answer = domain(dimension).solve(
        required: required, excluded: excluded, variables: nil, table: table, budget: &budget)
      verdict =
        switch answer {
        case .absent, .value, .symbolic: .possible
        case .none: .impossible
        case .unknown: .unknown
        }
    }
    memo[key] = verdict
    return verdict
  }

  /// Puts a request together that meets all demands, and has it confirmed.
  private mutating func conclude(_ goal: ContainmentGoal) -> Outcome {
    guard attempts > 0 else { return .unknown }
    attempts -= 1
    if let request = witness(for: goal) { return .witness(request) }
    return .unknown
  }

  /// The question for an action or resource that meets the demands of a goal.
  func languageQuery(on dimension: Dimension, of goal: ContainmentGoal) -> LanguageQuery {
    var query = LanguageQuery()
    if dimension == FixedDimension.action {
      query.require([goal.action])
      if goal.action.literal == nil { query.require([UnitPattern.anyAction]) }
    } else {
      query.require([goal.resource])
    }
    for (atoms, isRequired) in [(goal.required[dimension], true), (goal.excluded[dimension], false)] {
      for id in atoms {
        guard case .language(let atom) = table.atoms[id].content else { continue }
        query.add(atom.patterns, isMatching: atom.isComplement != isRequired)
      }
    }
    if dimension == FixedDimension.resource, !goal.resourceForms.isEmpty { query.require(goal.resourceForms) }
    return query
  }

  /// An action of the list that meets the demands of a goal.
  mutating func namedAction(for goal: ContainmentGoal) -> String? {
    let dimension = FixedDimension.action
    return universe.names.first(matching: goal.action, budget: &budget) { name in
      func isMatching(_ id: AtomID) -> Bool {
        guard case .language(let atom) = table.atoms[id].content else { return false }
        return atom.set.matches(name, isASCII: name.isASCII, in: RequestContext()) != atom.isComplement
      }
      return goal.required[dimension].allSatisfy(isMatching)
        && !goal.excluded[dimension].contains(where: isMatching)
    }
  }

  /// A caller that meets the demands of a goal.
  func caller(for goal: ContainmentGoal) -> RequestPrincipal? {
    callers.first { _, identity in
      func isMatching(_ id: AtomID) -> Bool {
        guard case .principal(let atom) = table.atoms[id].content else { return false }
        return atom.holds(for: identity)
      }
      return goal.required[FixedDimension.principal].allSatisfy(isMatching)
        && !goal.excluded[FixedDimension.principal].contains(where: isMatching)
    }?.caller
  }

  /// The conditions on the key of a dimension.
  mutating func domain(_ dimension: Dimension) -> KeyDomain {
    if let known = domains[dimension] { return known }
    let domain = KeyDomain(key: table.key(of: dimension) ?? "", table: table, dimension: dimension)
    domains[dimension] = domain
    return domain
  }
}

extension DimensionVerdict {
  /// What an answer about texts says about the dimension.
  fileprivate init(_ answer: LanguageAnswer) {
    self =
      switch answer {
      case .found: .possible
      case .none: .impossible
      case .unknown: .unknown
      }
  }
}
