// Policies taken apart for the containment check: statements as conjunctions of atoms, one dimension an atom.
//
// A request has independent dimensions: its action, its resource, its caller, and each condition key. A statement
// applies to a request if all of its atoms hold, and each atom looks at one dimension:
//
//   Allow s3:Get* on arn:aws:s3:::b/*        action atom {s3:get*}   resource atom {arn:aws:s3:::b/*}
//   if StringEquals aws:PrincipalTag/t x     key atom (StringEquals, {x}) of dimension aws:principaltag/t
//
// Equal atoms are one atom, wherever they stand, so that a condition carried over is seen to be the same.
// What looks at two dimensions, a policy variable, is kept as an unknown text of its own; see `PatternSearch`.

/// A part of a request that atoms look at.
typealias Dimension = Int

/// Reserved dimensions; condition keys are numbered behind them.
enum FixedDimension {
  /// The action.
  static let action: Dimension = 0
  /// The resource.
  static let resource: Dimension = 1
  /// The caller.
  static let principal: Dimension = 2
}

/// An index into the atoms of an `AtomTable`.
typealias AtomID = Int

/// One test of one dimension of a request.
struct Atom: Sendable {
  /// What is tested.
  enum Content: Sendable {
    /// Action or resource.
    case language(LanguageAtom)
    /// The caller.
    case principal(PrincipalAtom)
    /// A condition key.
    case key(KeyAtom)
  }

  let dimension: Dimension
  let content: Content
}

/// A list of patterns of actions or resources, of which one matches, or of which none does.
struct LanguageAtom: Sendable {
  let patterns: [UnitPattern]
  /// Whether the atom holds where no pattern matches.
  let isComplement: Bool
  /// The same patterns, for testing one text.
  let set: PatternSet
  /// The same patterns, for comparing them with one pattern.
  let buckets: PatternBuckets
}

/// A `Principal` or `NotPrincipal` element.
struct PrincipalAtom: Sendable {
  let test: PrincipalTest
  let isComplement: Bool
  /// Whether it stands in a Deny, where `NotPrincipal` exempts less.
  let isDeny: Bool

  /// Whether the element names a caller.
  func holds(for caller: CallerIdentity) -> Bool {
    switch (isComplement, isDeny) {
    case (false, _): test.match(caller) != .none
    case (true, false): test.match(caller) == .none
    case (true, true): !test.exempts(caller)
    }
  }
}

/// One operator and key of a `Condition` block.
struct KeyAtom: Sendable {
  let test: ConditionTest
  /// The values as written, variables taken apart.
  let values: [VariableText]
  /// The patterns of a comparison of texts, or `nil` for numbers, dates, networks and the like.
  let patterns: [UnitPattern]?
  /// Whether some value holds a variable.
  let hasVariables: Bool

  var isNegated: Bool { test.conditionOperator.comparison.isNegated }
  var qualifier: ConditionOperator.Qualifier? { test.conditionOperator.qualifier }
}

/// A statement as atoms.
struct StatementAtoms: Sendable {
  let place: StatementReference
  let effect: Statement.Effect
  let action: AtomID
  /// `nil` where every resource matches.
  let resource: AtomID?
  /// `nil` where every caller matches.
  let principal: AtomID?
  let conditions: [AtomID]

  /// All atoms, in the order of dimensions.
  var all: [AtomID] { [action] + [resource, principal].compactMap { $0 } + conditions }
}

/// All atoms of the policies compared.
struct AtomTable: Sendable {
  private enum Identity: Hashable {
    case language(Dimension, Set<UnitPattern>, isComplement: Bool)
    case principal(Statement.PrincipalElement, isDeny: Bool)
    case texts(Dimension, operatorName: String, Set<UnitPattern>)
    case values(Dimension, operatorName: String, Set<[UInt8]>, hasVariables: Bool)
  }

  private struct Variable: Hashable {
    var key: String
    var fallback: String?
  }

  private(set) var atoms: [Atom] = []
  /// The condition keys in lower case, in the order of their dimensions.
  private(set) var keys: [String] = []
  /// Condition keys as policies spell them, by their lower-case form; the first spelling counts.
  private(set) var spellings: [String: String] = [:]
  private var identities: [Identity: AtomID] = [:]
  private var keyDimensions: [String: Dimension] = [:]
  private var variables: [Variable] = []
  private var variableUnits: [Variable: UInt32] = [:]
  /// The sets of principals of all statements.
  private(set) var principalSets: [PrincipalSet] = []

  /// Whether the policies being added stand beside a permissions boundary.
  ///
  /// A Deny with `NotPrincipal` then reaches every caller. See "AWS JSON policy elements: NotPrincipal" in the IAM
  /// User Guide.
  var hasBoundary = false

  /// How many dimensions requests have.
  var dimensionCount: Int { 3 + keys.count }

  /// The atoms of a dimension.
  func atoms(of dimension: Dimension) -> [AtomID] {
    atoms.indices.filter { atoms[$0].dimension == dimension }
  }

  /// The condition key of a dimension, or `nil` where it is none.
  func key(of dimension: Dimension) -> String? { dimension >= 3 ? keys[dimension - 3] : nil }

  /// The dimension of a condition key, if some atom looks at it.
  func dimension(ofKey key: String) -> Dimension? { keyDimensions[key] }

  /// The condition key behind a variable, in lower case, and what stands in where it is absent.
  func variable(_ unit: UInt32) -> (key: String, fallback: String?) {
    let variable = variables[Int(unit - PatternUnit.firstVariable)]
    return (variable.key, variable.fallback)
  }

  /// Takes the policies of one layer apart.
  ///
  /// Statements that can never apply are left out, as the evaluator does: an Allow that cannot be understood or lacks
  /// what its type requires. Of a Deny only what cannot be understood is left out, so that it denies more.
  ///
  /// - Parameters:
  ///   - documents: The policies.
  ///   - isResourceBased: Whether they are policies of a resource.
  /// - Returns: The statements, in order.
  mutating func add(_ documents: [PolicyDocument], isResourceBased: Bool) -> [StatementAtoms] {
    var result: [StatementAtoms] = []
    for (policy, document) in documents.enumerated() {
      for (index, statement) in document.statements.enumerated() {
        let place = StatementReference(policy: policy, statement: index, sid: statement.sid)
        if let atoms = add(
          statement, at: place, version: document.version, isResourceBased: isResourceBased)
        {
          result.append(atoms)
        }
      }
    }
    return result
  }

  private mutating func add(
    _ statement: Statement, at place: StatementReference, version: String?, isResourceBased: Bool
  ) -> StatementAtoms? {
    let isAllow = statement.effect == .allow
    if isAllow, isResourceBased ? statement.principal == nil : statement.resources == nil { return nil }
    var conditions: [AtomID] = []
    for condition in statement.conditions {
      if let atom = add(condition, version: version) {
        if !conditions.contains(atom) { conditions.append(atom) }
      } else if isAllow {
        return nil
      }
    }
    let action =
      switch statement.actions {
      case .action(let patterns): add(actions: patterns, isComplement: false)
      case .notAction(let patterns): add(actions: patterns, isComplement: true)
      }
    let resource: AtomID? =
      switch statement.resources {
      case nil: nil
      case .resource(let patterns): add(resources: patterns, isComplement: false, version: version)
      case .notResource(let patterns): add(resources: patterns, isComplement: true, version: version)
      }
    return StatementAtoms(
      place: place, effect: statement.effect, action: action, resource: resource,
      principal: statement.principal.flatMap { add($0, isDeny: !isAllow) }, conditions: conditions)
  }

  private mutating func intern(_ identity: Identity, _ make: () -> Atom) -> AtomID {
    if let known = identities[identity] { return known }
    atoms.append(make())
    identities[identity] = atoms.count - 1
    return atoms.count - 1
  }

  private mutating func add(actions: [String], isComplement: Bool) -> AtomID {
    let patterns = actions.map { UnitPattern($0, foldsCase: true) }
    return intern(.language(FixedDimension.action, Set(patterns), isComplement: isComplement)) {
      Atom(
        dimension: FixedDimension.action,
        content: .language(
          LanguageAtom(
            patterns: patterns, isComplement: isComplement, set: PatternSet(actions: actions),
            buckets: PatternBuckets(patterns, colons: 1))))
    }
  }

  private mutating func add(resources: [String], isComplement: Bool, version: String?) -> AtomID {
    let patterns = resources.map { pattern(VariableText($0, version: version), wildcards: true) }
    return intern(.language(FixedDimension.resource, Set(patterns), isComplement: isComplement)) {
      Atom(
        dimension: FixedDimension.resource,
        content: .language(
          LanguageAtom(
            patterns: patterns, isComplement: isComplement,
            set: PatternSet(resources: resources, version: version),
            buckets: PatternBuckets(patterns, colons: 3))))
    }
  }

  /// Adds a principal element; `nil` where it names every caller.
  private mutating func add(_ element: Statement.PrincipalElement, isDeny: Bool) -> AtomID? {
    switch element {
    case .principal(.everyone): return nil
    case .notPrincipal where isDeny && hasBoundary: return nil
    case .principal(let set), .notPrincipal(let set):
      let isComplement = if case .notPrincipal = element { true } else { false }
      principalSets.append(set)
      return intern(.principal(element, isDeny: isDeny)) {
        Atom(
          dimension: FixedDimension.principal,
          content: .principal(
            PrincipalAtom(test: PrincipalTest(set), isComplement: isComplement, isDeny: isDeny)))
      }
    }
  }

  /// Adds a condition; `nil` where its operator is unknown.
  private mutating func add(_ condition: Condition, version: String?) -> AtomID? {
    guard let test = ConditionTest(condition, version: version) else { return nil }
    let dimension = dimension(addingKey: test.key)
    note(condition.key)
    let values = condition.values.map { VariableText($0, version: version) }
    var normalized = test.conditionOperator
    switch normalized.comparison {
    case .arnEquals: normalized.comparison = .arnLike
    case .arnNotEquals: normalized.comparison = .arnNotLike
    default: break
    }
    let patterns = patterns(of: values, compared: test.conditionOperator.comparison.positive)
    let hasVariables = values.contains { !$0.isConstant }
    let identity: Identity =
      if let patterns {
        .texts(dimension, operatorName: normalized.description, Set(patterns))
      } else {
        .values(
          dimension, operatorName: normalized.description, Set(condition.values.map { Array($0.utf8) }),
          hasVariables: hasVariables)
      }
    return intern(identity) {
      Atom(
        dimension: dimension,
        content: .key(KeyAtom(test: test, values: values, patterns: patterns, hasVariables: hasVariables)))
    }
  }

  /// The patterns of a comparison of texts; `nil` where texts are not compared, or not in a way that patterns can tell.
  private mutating func patterns(
    of values: [VariableText], compared comparison: ConditionOperator.Comparison
  ) -> [UnitPattern]? {
    switch comparison {
    case .stringEquals: return values.map { pattern($0, wildcards: false) }
    case .stringEqualsIgnoreCase:
      let patterns = values.map { pattern($0, wildcards: false, foldsCase: true) }
      // Patterns fold ASCII letters only.
      let isASCII = patterns.allSatisfy { $0.units.allSatisfy { $0 < 0x80 || PatternUnit.isVariable($0) } }
      return isASCII ? patterns : nil
    case .stringLike: return values.map { pattern($0, wildcards: true) }
    case .arnEquals, .arnLike:
      var patterns: [UnitPattern] = []
      for value in values {
        guard let pattern = arnPattern(pattern(value, wildcards: true)) else { return nil }
        patterns += pattern
      }
      return patterns
    default: return nil
    }
  }

  private mutating func dimension(addingKey key: String) -> Dimension {
    if let known = keyDimensions[key] { return known }
    keys.append(key)
    keyDimensions[key] = 2 + keys.count
    return 2 + keys.count
  }

  private mutating func pattern(_ text: VariableText, wildcards: Bool, foldsCase: Bool = false) -> UnitPattern
  {
    var pattern = UnitPattern(foldsCase: foldsCase)
    for part in text.parts {
      switch part {
      case .text(let text):
        if wildcards { pattern.append(pattern: text) } else { pattern.append(literal: text) }
      case .escaped(let character): pattern.append(literal: character)
      case .variable(let key, let fallback): pattern.append(unit(key: key, fallback: fallback))
      }
    }
    return pattern
  }

  /// The pattern of an ARN condition: none where nothing matches, `nil` where a variable's value decides on segments.
  ///
  /// See `ARNPattern`: six segments, the first of them `arn`, and `*` alone for any ARN.
  private func arnPattern(_ plain: UnitPattern) -> [UnitPattern]? {
    if plain.matchesEverything { return [UnitPattern.anyARN] }
    let segments = plain.units.split(
      separator: PatternUnit.colon, maxSplits: 5, omittingEmptySubsequences: false)
    if segments.dropLast(segments.count == 6 ? 1 : 0).contains(where: {
      $0.contains(where: PatternUnit.isVariable)
    }) {
      return nil
    }
    let first = Wildcard(
      String(
        units: segments[0].map { unit in
          switch unit {
          case PatternUnit.any: 0x2A
          case PatternUnit.one: 0x3F
          default: unit
          }
        }))
    guard segments.count == 6, first.matches("arn") else { return [] }
    var result = UnitPattern("arn")
    for (index, segment) in segments.enumerated().dropFirst() {
      result.append(PatternUnit.colon)
      for unit in segment {
        switch unit {
        case PatternUnit.any where index < 5: result.append(PatternUnit.anyInSegment)
        case PatternUnit.one where index < 5: result.append(PatternUnit.oneInSegment)
        default: result.append(unit)
        }
      }
    }
    return [result]
  }

  private mutating func note(_ key: String) {
    let folded = key.asciiLowercased
    if spellings[folded] == nil { spellings[folded] = key }
  }

  private mutating func unit(key: String, fallback: String?) -> UInt32 {
    note(key)
    let variable = Variable(key: key.asciiLowercased, fallback: fallback)
    if let known = variableUnits[variable] { return known }
    let unit = PatternUnit.firstVariable + UInt32(variables.count)
    variables.append(variable)
    variableUnits[variable] = unit
    return unit
  }
}

extension UnitPattern {
  /// Any text of the form of an ARN.
  static var anyARN: UnitPattern {
    var pattern = UnitPattern("arn")
    for _ in 0..<4 {
      pattern.append(PatternUnit.colon)
      pattern.append(PatternUnit.anyInSegment)
    }
    pattern.append(PatternUnit.colon)
    pattern.append(PatternUnit.any)
    return pattern
  }

  /// ARNs whose last part has up to a number of colons, and `*` for no resource.
  static func resourceForms(colonLimit: Int) -> [UnitPattern] {
    var form = UnitPattern("arn")
    for _ in 0..<5 {
      form.append(PatternUnit.colon)
      form.append(PatternUnit.anyInSegment)
    }
    var forms = [form]
    for _ in 0..<min(max(colonLimit, 0), 8) {
      form.append(PatternUnit.colon)
      form.append(PatternUnit.anyInSegment)
      forms.append(form)
    }
    var none = UnitPattern()
    none.append(literal: "*")
    return forms + [none]
  }

  /// Any action: a service and a name.
  static var anyAction: UnitPattern { UnitPattern("?*:?*", foldsCase: true) }
}
