// The grammar of policies, over the index of a JSON text.
//
// What is refused: unknown and repeated elements, values of the wrong type, elements that exclude each other, and
// values that IAM itself refuses whatever the service (an `Effect` of `allow`, an unknown operator, an action
// without service, a resource that no ARN can match). To read past any of these could turn a Deny into nothing.
//
// What is read although IAM's grammar page does not have it, since services hand out such documents: a principal
// written as a bare string, an empty list of statements, a statement without resource (trust policies).

import JSONStream

/// Builds the tree of one document.
struct PolicyParser {
  private let tape: JSONTape
  private let text: [UInt8]
  /// The path to the value being read.
  private var path: [Step] = []

  private enum Step {
    case element(String)
    case index(Int)
  }

  init(tape: JSONTape, text: [UInt8]) {
    self.tape = tape
    self.text = text
  }

  private static let documentElements = ["Version", "Id", "Statement"]
  private static let statementElements = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
  ]

  /// Reads the document.
  mutating func document() throws(PolicyError) -> PolicyDocument {
    let elements = try elements(of: 0, known: PolicyParser.documentElements, what: "a policy document")
    var version: String?
    if let node = elements["Version"] {
      version = try within(.element("Version")) { (parser) throws(PolicyError) in
        try parser.choice(node, of: ["2012-10-17", "2008-10-17"])
      }
    }
    var id: String?
    if let node = elements["Id"] {
      id = try within(.element("Id")) { (parser) throws(PolicyError) in try parser.string(node) }
    }
    guard let node = elements["Statement"] else {
      throw error(.missingElement, at: 0, "the document has no `Statement`")
    }
    let statements = try within(.element("Statement")) { (parser) throws(PolicyError) in
      try parser.statements(node, version: version)
    }
    return PolicyDocument(version: version, id: id, statements: statements)
  }

  private mutating func statements(_ node: Int, version: String?) throws(PolicyError) -> [Statement] {
    guard tape[node].kind == .array else { return [try statement(node, version: version)] }
    var statements: [Statement] = []
    for element in tape.elements(of: node) {
      statements.append(
        try within(.index(statements.count)) { (parser) throws(PolicyError) in
          try parser.statement(element, version: version)
        })
    }
    return statements
  }

  private mutating func statement(_ node: Int, version: String?) throws(PolicyError) -> Statement {
    let elements = try elements(of: node, known: PolicyParser.statementElements, what: "a statement")
    for name in ["Principal", "Action", "Resource"] {
      if let other = elements["Not\(name)"], elements[name] != nil {
        throw error(
          .conflictingElements, at: other, "a statement has either `\(name)` or `Not\(name)`, not both")
      }
    }
    var sid: String?
    if let node = elements["Sid"] {
      sid = try within(.element("Sid")) { (parser) throws(PolicyError) in try parser.string(node) }
    }
    guard let effectNode = elements["Effect"] else {
      throw error(.missingElement, at: node, "the statement has no `Effect`")
    }
    let effect = try within(.element("Effect")) { (parser) throws(PolicyError) in
      try parser.choice(effectNode, of: ["Allow", "Deny"])
    }
    let actions: Statement.ActionElement
    if let node = elements["Action"] {
      actions = .action(try self.actions(node, element: "Action"))
    } else if let node = elements["NotAction"] {
      actions = .notAction(try self.actions(node, element: "NotAction"))
    } else {
      throw error(.missingElement, at: node, "the statement has neither `Action` nor `NotAction`")
    }
    var resources: Statement.ResourceElement?
    if let node = elements["Resource"] {
      resources = .resource(try self.resources(node, element: "Resource", version: version))
    } else if let node = elements["NotResource"] {
      resources = .notResource(try self.resources(node, element: "NotResource", version: version))
    }
    var principal: Statement.PrincipalElement?
    if let node = elements["Principal"] {
      principal = .principal(try principals(node, element: "Principal"))
    } else if let node = elements["NotPrincipal"] {
      principal = .notPrincipal(try principals(node, element: "NotPrincipal"))
    }
    var conditions: [Condition] = []
    if let node = elements["Condition"] {
      conditions = try within(.element("Condition")) { (parser) throws(PolicyError) in
        try parser.conditions(node)
      }
    }
    return Statement(
      sid: sid, effect: effect == "Deny" ? .deny : .allow, principal: principal, actions: actions,
      resources: resources, conditions: conditions)
  }

  // MARK: Elements

  private mutating func actions(_ node: Int, element: String) throws(PolicyError) -> [String] {
    try within(.element(element)) { (parser) throws(PolicyError) in
      try parser.strings(node) { (parser, node, action) throws(PolicyError) in
        guard action.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "*") }) else {
          throw parser.error(
            .invalidAction, at: node, "`\(action)` is no action; write `service:Name` or `*`")
        }
      }
    }
  }

  private mutating func resources(
    _ node: Int, element: String, version: String?
  ) throws(PolicyError) -> [String] {
    try within(.element(element)) { (parser) throws(PolicyError) in
      try parser.strings(node) { (parser, node, resource) throws(PolicyError) in
        guard ResourceShape(resource, version: version).mayMatchAnARN else {
          throw parser.error(.invalidARN, at: node, "`\(resource)` is no resource; write an ARN or `*`")
        }
      }
    }
  }

  private mutating func principals(_ node: Int, element: String) throws(PolicyError) -> PrincipalSet {
    try within(.element(element)) { (parser) throws(PolicyError) in
      if parser.tape[node].kind == .string {
        let text = try parser.string(node)
        if text == "*" { return .everyone }
        try parser.checkPrincipal(text, type: "AWS", at: node)
        return .typed([.init(type: "AWS", values: [text])])
      }
      let known = ["AWS", "Service", "Federated", "CanonicalUser"]
      var types: [PrincipalSet.TypedPrincipals] = []
      for (name, _, value) in try parser.members(of: node, known: known, what: "a principal") {
        let values = try parser.within(.element(name)) { (parser) throws(PolicyError) in
          try parser.strings(value) { (parser, node, text) throws(PolicyError) in
            try parser.checkPrincipal(text, type: name, at: node)
          }
        }
        types.append(.init(type: name, values: values))
      }
      return .typed(types)
    }
  }

  private func checkPrincipal(_ text: String, type: String, at node: Int) throws(PolicyError) {
    let isValid =
      switch type {
      case "AWS":
        text == "*" || PolicyParser.isAccount(text) || ARN(text) != nil || PolicyParser.isUniqueID(text)
      default: !text.isEmpty
      }
    guard isValid else {
      throw error(
        .invalidPrincipal, at: node,
        "`\(text)` is no principal; write an ARN, an account of twelve digits or `*`")
    }
  }

  private static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 &- 0x30 < 10 }
  }

  /// Whether a text has the form of a unique id such as `AROADBQP57FF2AEXAMPLE`, which IAM puts in the place of a
  /// principal that was deleted.
  private static func isUniqueID(_ text: String) -> Bool {
    text.utf8.count >= 16 && text.utf8.first == UInt8(ascii: "A")
      && text.utf8.allSatisfy { $0 &- 0x30 < 10 || (0x41...0x5A).contains($0) }
  }

  private mutating func conditions(_ node: Int) throws(PolicyError) -> [Condition] {
    var conditions: [Condition] = []
    for (name, nameNode, block) in try members(of: node, known: nil, what: "`Condition`") {
      try within(.element(name)) { (parser) throws(PolicyError) in
        guard ConditionOperator(name) != nil else {
          throw parser.error(.unknownOperator, at: nameNode, "`\(name)` is no condition operator")
        }
        for (key, _, value) in try parser.members(of: block, known: nil, what: "a condition block") {
          let values = try parser.within(.element(key)) { (parser) throws(PolicyError) in
            try parser.scalars(value)
          }
          conditions.append(Condition(operatorName: name, key: key, values: values))
        }
      }
    }
    return conditions
  }

  // MARK: Values

  private mutating func elements(
    of node: Int, known: [String], what: String
  ) throws(PolicyError) -> [String: Int] {
    var elements: [String: Int] = [:]
    for member in try members(of: node, known: known, what: what) { elements[member.name] = member.value }
    return elements
  }

  /// The members of an object, none of them unknown or repeated.
  private mutating func members(
    of node: Int, known: [String]?, what: String
  ) throws(PolicyError) -> [(name: String, nameNode: Int, value: Int)] {
    guard tape[node].kind == .object else {
      throw error(.wrongType, at: node, "\(what) is an object, not \(kindName(node))")
    }
    var members: [(name: String, nameNode: Int, value: Int)] = []
    var seen: Set<String> = []
    for (nameNode, value) in tape.members(of: node) {
      let name = tape.text(of: nameNode, text.span) ?? ""
      if let known, !known.contains(name) {
        let near = known.first { $0.asciiLowercased == name.asciiLowercased }
        let hint = near.map { "; did you mean `\($0)`?" } ?? ", which the policy grammar does not have"
        throw error(.unknownElement, at: nameNode, "\(what) with the element `\(name)`\(hint)")
      }
      guard seen.insert(name).inserted else {
        throw error(.duplicateElement, at: nameNode, "`\(name)` stands here twice")
      }
      members.append((name, nameNode, value))
    }
    return members
  }

  private func string(_ node: Int) throws(PolicyError) -> String {
    guard tape[node].kind == .string, let value = tape.text(of: node, text.span) else {
      throw error(.wrongType, at: node, "this has to be a string, not \(kindName(node))")
    }
    return value
  }

  private func choice(_ node: Int, of choices: [String]) throws(PolicyError) -> String {
    let value = try string(node)
    guard choices.contains(value) else {
      let list = choices.map { "`\($0)`" }.joined(separator: " or ")
      throw error(.invalidValue, at: node, "`\(value)` is not allowed here; write \(list)")
    }
    return value
  }

  /// A string, or a list of strings, each of which is checked.
  private mutating func strings(
    _ node: Int, _ check: (inout PolicyParser, Int, String) throws(PolicyError) -> Void
  ) throws(PolicyError) -> [String] {
    guard tape[node].kind == .array else {
      let value = try string(node)
      try check(&self, node, value)
      return [value]
    }
    var values: [String] = []
    for element in tape.elements(of: node) {
      values.append(
        try within(.index(values.count)) { (parser) throws(PolicyError) in
          let value = try parser.string(element)
          try check(&parser, element, value)
          return value
        })
    }
    return values
  }

  /// A string, number or boolean, or a list of them, as text.
  private mutating func scalars(_ node: Int) throws(PolicyError) -> [String] {
    guard tape[node].kind == .array else { return [try scalar(node)] }
    var values: [String] = []
    for element in tape.elements(of: node) {
      values.append(
        try within(.index(values.count)) { (parser) throws(PolicyError) in try parser.scalar(element) })
    }
    return values
  }

  private func scalar(_ node: Int) throws(PolicyError) -> String {
    guard let value = tape.scalarText(of: node, text.span) else {
      throw error(.wrongType, at: node, "this has to be a string, number or boolean, not \(kindName(node))")
    }
    return value
  }

  private func kindName(_ node: Int) -> String {
    switch tape[node].kind {
    case .null: "null"
    case .true, .false: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  // MARK: Errors

  /// Reads something one step down the path.
  private mutating func within<Value>(
    _ step: Step, _ body: (inout PolicyParser) throws(PolicyError) -> Value
  ) throws(PolicyError) -> Value {
    path.append(step)
    let value = try body(&self)
    path.removeLast()
    return value
  }

  private func error(_ code: PolicyError.Code, at node: Int, _ message: String) -> PolicyError {
    let place = PolicyText.lineAndColumn(of: tape[node].start, in: text)
    var location = ""
    for step in path {
      switch step {
      case .index(let index): location += "[\(index)]"
      case .element(let name): location += location.isEmpty ? name : ".\(name)"
      }
    }
    return PolicyError(code: code, path: location, line: place.line, column: place.column, message: message)
  }
}
