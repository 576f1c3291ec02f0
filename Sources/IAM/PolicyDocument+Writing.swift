// Writes policy documents in canonical form.

extension PolicyDocument {
  /// The document as canonical JSON.
  ///
  /// Elements stand in the order Version, Id, Statement and Sid, Effect, Principal, Action, Resource, Condition;
  /// lists of one element are written as strings; conditions of one operator share one block.
  ///
  /// - Parameter pretty: Whether to indent by two spaces, one value a line, instead of writing no white space.
  /// - Returns: UTF-8 without a final line break.
  public func json(pretty: Bool) -> [UInt8] {
    var writer = CanonicalPolicyWriter(pretty: pretty)
    writer.write(self)
    return writer.bytes
  }

  /// The size in characters as IAM counts it against its quotas.
  ///
  /// White space between tokens is not counted; white space inside strings is, which errs on the safe side. See
  /// "IAM and AWS STS quotas" in the IAM User Guide.
  public var managedPolicySize: Int {
    // Characters, not bytes: every byte but UTF-8 continuation bytes begins one.
    json(pretty: false).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

/// Writes the policy grammar's objects and lists, compact or indented.
private struct CanonicalPolicyWriter {
  let pretty: Bool
  var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ document: PolicyDocument) {
    object {
      if let version = document.version { $0.member("Version") { $0.string(version) } }
      if let id = document.id { $0.member("Id") { $0.string(id) } }
      $0.member("Statement") { writer in
        writer.list(document.statements) { $0.write($1) }
      }
    }
  }

  private mutating func write(_ statement: Statement) {
    object {
      if let sid = statement.sid { $0.member("Sid") { $0.string(sid) } }
      $0.member("Effect") { $0.string(statement.effect.rawValue) }
      switch statement.principal {
      case nil: break
      case .principal(let set): $0.member("Principal") { $0.write(set) }
      case .notPrincipal(let set): $0.member("NotPrincipal") { $0.write(set) }
      }
      switch statement.actions {
      case .action(let patterns): $0.member("Action") { $0.strings(patterns) }
      case .notAction(let patterns): $0.member("NotAction") { $0.strings(patterns) }
      }
      switch statement.resources {
      case nil: break
      case .resource(let patterns): $0.member("Resource") { $0.strings(patterns) }
      case .notResource(let patterns): $0.member("NotResource") { $0.strings(patterns) }
      }
      if !statement.conditions.isEmpty { $0.member("Condition") { $0.write(statement.conditions) } }
    }
  }

  private mutating func write(_ set: PrincipalSet) {
    switch set {
    case .everyone: string("*")
    case .typed(let types):
      object { writer in
        for principals in types { writer.member(principals.type) { $0.strings(principals.values) } }
      }
    }
  }

  private mutating func write(_ conditions: [Condition]) {
    var operators: [String] = []
    for condition in conditions where !operators.contains(condition.operatorName) {
      operators.append(condition.operatorName)
    }
    object { writer in
      for name in operators {
        writer.member(name) { block in
          block.object { keys in
            for condition in conditions where condition.operatorName == name {
              keys.member(condition.key) { $0.strings(condition.values) }
            }
          }
        }
      }
    }
  }

  private mutating func strings(_ values: [String]) {
    if values.count == 1 { string(values[0]) } else { list(values) { $0.string($1) } }
  }

  private mutating func object(_ body: (inout Self) -> Void) { container("{", "}", body) }

  private mutating func list<Element>(_ elements: [Element], _ write: (inout Self, Element) -> Void) {
    container("[", "]") { writer in
      for element in elements {
        writer.startItem()
        write(&writer, element)
      }
    }
  }

  private mutating func container(_ open: String, _ close: String, _ body: (inout Self) -> Void) {
    bytes.append(contentsOf: open.utf8)
    depth += 1
    let outerIsFirst = isFirst
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst { breakLine() }
    isFirst = outerIsFirst
    bytes.append(contentsOf: close.utf8)
  }

  private mutating func member(_ name: String, _ value: (inout Self) -> Void) {
    startItem()
    string(name)
    bytes.append(contentsOf: (pretty ? ": " : ":").utf8)
    value(&self)
  }

  private mutating func startItem() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  private mutating func breakLine() {
    guard pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private mutating func string(_ text: String) {
    let hex = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes += [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
