// Makes a request out of what the search found: values for every dimension, and for policy variables.

extension ContainmentSearch {
  /// A confirmed request that meets the demands of a goal, or `nil` where none was found.
  ///
  /// Where variables play a part, several values are tried for them.
  ///
  /// - Parameter goal: What has to hold and what must not.
  /// - Returns: The request.
  mutating func witness(for goal: ContainmentGoal) -> AccessRequest? {
    let keys = variableKeys(in: goal)
    for value in variableValues(for: goal, keys: keys) {
      if let context = context(for: goal, variableKeys: keys, defaultValue: value),
        let request = request(for: goal, in: context), confirm(request)
      {
        return request
      }
    }
    return nil
  }

  /// The condition keys that variables in the patterns of a goal stand for, sorted.
  private func variableKeys(in goal: ContainmentGoal) -> [String] {
    var units = Set(goal.resource.units.filter(PatternUnit.isVariable))
    for id in goal.required.joined() + Array(goal.excluded.joined()) {
      let patterns: [UnitPattern]
      switch table.atoms[id].content {
      case .language(let atom): patterns = atom.patterns
      case .key(let atom): patterns = atom.patterns ?? []
      case .principal: patterns = []
      }
      for pattern in patterns { units.formUnion(pattern.units.lazy.filter(PatternUnit.isVariable)) }
    }
    return Set(units.map { table.variable($0).key }).sorted()
  }

  /// Values worth trying for variables: a plain one, and what stands in their place in a text that meets the demands.
  private mutating func variableValues(for goal: ContainmentGoal, keys: [String]) -> [String] {
    var values = ["example"]
    guard !keys.isEmpty else { return values }
    func widened(_ query: LanguageQuery) -> [String] {
      guard case .found(let units) = query.withVariablesWidened.solve(budget: &budget) else { return [] }
      let text = query.spelledOut(units)
      return [text] + text.split { $0 == "/" || $0 == ":" }.map(String.init)
    }
    values += widened(languageQuery(on: FixedDimension.resource, of: goal))
    for dimension in 3..<max(3, table.dimensionCount) {
      var query = LanguageQuery()
      for (atoms, isRequired) in [(goal.required[dimension], true), (goal.excluded[dimension], false)] {
        for id in atoms {
          guard case .key(let atom) = table.atoms[id].content, let patterns = atom.patterns else { continue }
          query.add(patterns, isMatching: atom.isNegated != isRequired)
        }
      }
      if !query.choices.isEmpty { values += widened(query) }
    }
    values += ["", "x"]
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// A context that meets the demands on all condition keys, those behind variables first.
  private mutating func context(
    for goal: ContainmentGoal, variableKeys: [String], defaultValue: String
  ) -> RequestContext? {
    var context = RequestContext()
    var done: Set<Dimension> = []
    for key in variableKeys {
      guard let dimension = table.dimension(ofKey: key) else {
        context[key] = .single(defaultValue)
        continue
      }
      done.insert(dimension)
      let domain = domain(dimension)
      let (required, excluded) = (goal.required[dimension], goal.excluded[dimension])
      if domain.isMet(by: .single(defaultValue), required: required, excluded: excluded, in: context) {
        context[key] = .single(defaultValue)
        continue
      }
      let answer = domain.solve(
        required: required, excluded: excluded, variables: context, table: table, budget: &budget,
        prefersPresence: true)
      guard assign(answer, to: key, in: &context) else { return nil }
    }
    for dimension in 3..<max(3, table.dimensionCount) where !done.contains(dimension) {
      let (required, excluded) = (goal.required[dimension], goal.excluded[dimension])
      guard let key = table.key(of: dimension), !required.isEmpty || !excluded.isEmpty else { continue }
      let answer = domain(dimension).solve(
        required: required, excluded: excluded, variables: context, table: table, budget: &budget)
      guard assign(answer, to: key, in: &context) else { return nil }
    }
    return context
  }

  private func assign(_ answer: KeyAnswer, to key: String, in context: inout RequestContext) -> Bool {
    switch answer {
    case .absent: return true
    case .value(let value):
      context[key] = value
      return true
    case .symbolic, .none, .unknown: return false
    }
  }

  /// A request in a context, or `nil` where action, resource or caller cannot be had.
  private mutating func request(for goal: ContainmentGoal, in context: RequestContext) -> AccessRequest? {
    guard let action = action(for: goal), let caller = caller(for: goal) else { return nil }
    let table = table
    let query = languageQuery(on: FixedDimension.resource, of: goal).substituting { unit in
      let variable = table.variable(unit)
      if case .single(let value) = context[lowercased: variable.key] { return value }
      return variable.fallback
    }
    guard let text = resource(for: query, of: action) else { return nil }
    let owner = ARN(text).flatMap { $0.account.isAccountID ? $0.account : nil }
    let arn = text == "*" ? nil : text
    guard policyType == .resource else {
      let account = owner ?? PrincipalCandidates.account
      return AccessRequest(
        principal: PrincipalCandidates.user(in: account), action: action,
        resource: RequestResource(arn: arn, account: account), context: context)
    }
    // Across accounts the policy of the resource has to allow, whatever the caller's own policies say.
    let others = [owner, PrincipalCandidates.account, PrincipalCandidates.stranger].compactMap { $0 }
    return AccessRequest(
      principal: caller, action: action,
      resource: RequestResource(arn: arn, account: others.first { $0 != caller.account }), context: context)
  }

  private mutating func action(for goal: ContainmentGoal) -> ActionName? {
    if let name = namedAction(for: goal) { return ActionName(name) }
    if case .only = universe { return nil }
    let query = languageQuery(on: FixedDimension.action, of: goal)
    guard case .found(let units) = query.solve(budget: &budget) else { return nil }
    return ActionName(query.spelledOut(units))
  }

  /// A resource between patterns: an ARN that looks real if possible, any ARN, none at all (`*`), or any text.
  private mutating func resource(for query: LanguageQuery, of action: ActionName) -> String? {
    let service = action.service.asciiLowercased
    let texts =
      query.choices.joined().compactMap(\.realisticARN) + [
        service == "s3"
          ? "arn:aws:s3:::example/example"
          : "arn:aws:\(service):us-east-1:\(PrincipalCandidates.account):example",
        "arn:aws:\(service):::example",
      ]
    if let text = texts.first(where: { ARN($0) != nil && query.isAnswered(by: $0) }) { return text }
    var shaped = query
    shaped.require([UnitPattern.anyARN])
    if case .found(let units) = shaped.solve(budget: &budget) { return shaped.spelledOut(units) }
    if query.isAnswered(by: "*") { return "*" }
    guard case .found(let units) = query.solve(budget: &budget) else { return nil }
    return query.spelledOut(units)
  }
}

extension LanguageQuery {
  /// The question with every variable read as `*` where it has to match, and dropped where it must not.
  fileprivate var withVariablesWidened: LanguageQuery {
    var result = LanguageQuery()
    for patterns in choices { result.require(patterns.map(\.withVariablesWidened)) }
    result.add(unwanted.filter { !$0.hasVariables }, isMatching: false)
    return result
  }

  /// Whether a text is an answer; patterns must have no variables.
  fileprivate func isAnswered(by text: String) -> Bool {
    choices.allSatisfy { $0.contains { $0.matches(text) } } && !unwanted.contains { $0.matches(text) }
  }
}

extension UnitPattern {
  /// Whether a text is matched; the pattern must have no variables.
  fileprivate func matches(_ text: String) -> Bool {
    var literal = UnitPattern()
    literal.append(literal: text)
    var budget = 1 << 16
    return PatternSearch(wanted: [literal], unwanted: [self]).run(budget: &budget) == .none
  }

  /// The pattern with its wildcards filled in as a real ARN would have them; `nil` where it leaves the service open.
  fileprivate var realisticARN: String? {
    var result: [UInt32] = []
    var segment = 0
    for unit in spelling {
      switch unit {
      case PatternUnit.any, PatternUnit.anyInSegment:
        let filling =
          switch segment {
          case 1: "aws"
          case 0, 2: ""
          case 3: "us-east-1"
          case 4: PrincipalCandidates.account
          default: "example"
          }
        if filling.isEmpty { return nil }
        result += filling.unicodeScalars.map(\.value)
      case PatternUnit.one, PatternUnit.oneInSegment: result.append(0x78)
      default:
        if unit == PatternUnit.colon { segment += 1 }
        result.append(unit)
      }
    }
    return String(units: result)
  }
}

extension String {
  /// Whether the text is twelve digits.
  fileprivate var isAccountID: Bool { utf8.count == 12 && utf8.allSatisfy { $0 &- 0x30 < 10 } }
}
