// Writes policy documents in canonical form.

package import JSONStream

extension PolicyDocument {
  /// The document as canonical JSON.
  ///
  /// Elements stand in the order Version, Id, Statement and Sid, Effect, Principal, Action, Resource, Condition;
  /// lists of one element are written as strings; conditions of one operator share one block. JSON cannot say that two
  /// conditions with one operator and key both hold: they come out as a repeated member, which the parser refuses and
  /// `PolicyValidation` reports, rather than as one of them.
  ///
  /// - Parameter pretty: Whether to indent by two spaces, one value a line, instead of writing no white space.
  /// - Returns: UTF-8 without a final line break.
  public func json(pretty: Bool) -> [UInt8] {
    var writer = JSONWriter(pretty: pretty)
    write(to: &writer)
    return writer.bytes
  }

  /// Writes the document as canonical JSON.
  ///
  /// - Parameter writer: Where it goes, as one value.
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    if let version { writer.member("Version", version) }
    if let id { writer.member("Id", id) }
    writer.name("Statement")
    writer.beginArray()
    for statement in statements { statement.write(to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  /// The size in characters as IAM counts it against its quotas.
  ///
  /// White space between tokens is not counted; white space inside strings is, which errs on the safe side. See
  /// "IAM and AWS STS quotas" in the IAM User Guide.
  public var managedPolicySize: Int { PolicyDocument.managedPolicySize(of: json(pretty: false)) }

  /// The size of a document's text in characters, as ``managedPolicySize`` has it.
  ///
  /// - Parameter text: Canonical JSON without white space between tokens.
  /// - Returns: How many characters it has.
  package static func managedPolicySize(of text: [UInt8]) -> Int {
    // Every byte but UTF-8 continuation bytes begins a character.
    text.count { $0 & 0xC0 != 0x80 }
  }
}

extension Statement {
  /// Writes the statement as canonical JSON.
  ///
  /// - Parameter writer: Where it goes, as one value.
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    if let sid { writer.member("Sid", sid) }
    writer.member("Effect", effect.rawValue)
    switch principal {
    case nil: break
    case .principal(let set): writer.member("Principal", set)
    case .notPrincipal(let set): writer.member("NotPrincipal", set)
    }
    switch actions {
    case .action(let patterns): writer.member("Action", patterns)
    case .notAction(let patterns): writer.member("NotAction", patterns)
    }
    switch resources {
    case nil: break
    case .resource(let patterns): writer.member("Resource", patterns)
    case .notResource(let patterns): writer.member("NotResource", patterns)
    }
    if !conditions.isEmpty { writer.member("Condition", conditions) }
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ text: String) {
    self.name(name)
    write(text)
  }

  fileprivate mutating func member(_ name: String, _ values: [String]) {
    self.name(name)
    if values.count == 1 { write(values[0]) } else { write(values) }
  }

  fileprivate mutating func member(_ name: String, _ set: PrincipalSet) {
    self.name(name)
    switch set {
    case .everyone: write("*")
    case .typed(let types):
      beginObject()
      for principals in types { member(principals.type, principals.values) }
      endObject()
    }
  }

  fileprivate mutating func member(_ name: String, _ conditions: [Condition]) {
    self.name(name)
    var operators: [String] = []
    for condition in conditions where !operators.contains(condition.operatorName) {
      operators.append(condition.operatorName)
    }
    beginObject()
    for name in operators {
      self.name(name)
      beginObject()
      for condition in conditions where condition.operatorName == name {
        member(condition.key, condition.values)
      }
      endObject()
    }
    endObject()
  }
}
