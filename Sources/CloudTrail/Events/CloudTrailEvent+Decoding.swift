// From the tape of a record to an event.

package import JSONStream

import IAM

extension CloudTrailEvent {
  /// Decodes one record from its JSON text.
  ///
  /// - Parameter json: A record as CloudTrail writes it, without any wrapping.
  /// - Throws: What is wrong and at which byte.
  package init(json: [UInt8]) throws(JSONError) {
    var tape = JSONTape()
    try tape.parse(json.span)
    let fields = RecordFields(of: 0, tape, json.span)
    var strings = StringCache()
    var places: [UInt32] = []
    self.init(tape, RecordFacts(tape, fields, json.span, &places), json.span, &strings)
  }

  /// Decodes one record from its JSON text.
  ///
  /// - Parameter json: A record as CloudTrail writes it, without any wrapping.
  /// - Throws: What is wrong and at which byte.
  package init(json: String) throws(JSONError) {
    try self.init(json: Array(json.utf8))
  }

  /// Decodes one record.
  ///
  /// - Parameters:
  ///   - tape: The tape of the record, or of something around it.
  ///   - facts: Where the record's parts stand.
  ///   - bytes: The text of the tape.
  ///   - strings: Strings of earlier records.
  init(_ tape: JSONTape, _ facts: RecordFacts, _ bytes: Span<UInt8>, _ strings: inout StringCache) {
    self.init()
    let fields = facts.fields
    func part(_ field: RecordField) -> LazyJSON {
      guard let index = fields[field], tape[index].kind != .null else { return .null }
      return LazyJSON(text: bytes.extracting(tape[index].range))
    }
    eventID = tape.nonemptyText(at: fields[.eventID], bytes)
    eventTime = facts.time
    eventSource = strings.text(tape, fields[.eventSource], bytes)
    eventName = strings.text(tape, fields[.eventName], bytes)
    eventType = strings.text(tape, fields[.eventType], bytes)
    eventCategory = strings.text(tape, fields[.eventCategory], bytes)
    awsRegion = strings.text(tape, fields[.awsRegion], bytes)
    recipientAccountID = strings.text(tape, fields[.recipientAccountId], bytes)
    sourceIPAddress = strings.text(tape, fields[.sourceIPAddress], bytes)
    userAgent = strings.text(tape, fields[.userAgent], bytes)
    errorCode = strings.text(tape, fields[.errorCode], bytes)
    errorMessage = strings.text(tape, fields[.errorMessage], bytes)
    vpcEndpointID = strings.text(tape, fields[.vpcEndpointId], bytes)
    sharedEventID = tape.nonemptyText(at: fields[.sharedEventID], bytes)
    usesTLS = fields.tellTLS(tape, bytes)
    if let identity = facts.identity { userIdentity = UserIdentity(tape, identity, bytes, &strings) }
    if let index = fields[.resources], tape[index].kind == .array {
      var element = index + 1
      while element < tape[index].next {
        if tape[element].kind == .object {
          resources.append(EventResource(tape, at: element, bytes, &strings))
        }
        element = tape[element].next
      }
    }
    requestParametersPart = part(.requestParameters)
    responseElementsPart = part(.responseElements)
    additionalEventDataPart = part(.additionalEventData)
    digest = EventDigest(facts.digest)
  }
}

/// What is known of a record before it is decoded: enough to tell whether it was seen before.
struct RecordFacts {
  /// Where the record's members stand.
  let fields: RecordFields
  /// Where the parts of its identity stand.
  let identity: IdentityFields?
  /// When the call was made.
  let time: Timestamp?
  /// The digest of what the record says, apart from its id and time.
  let digest: JSONDigest

  /// Looks at a record.
  ///
  /// - Parameters:
  ///   - tape: The tape of the record, or of something around it.
  ///   - fields: The record's fields.
  ///   - bytes: The text of the tape.
  ///   - places: Room to work in.
  init(_ tape: JSONTape, _ fields: RecordFields, _ bytes: Span<UInt8>, _ places: inout [UInt32]) {
    self.fields = fields
    let identity = fields[.userIdentity].map { IdentityFields(tape, at: $0, bytes, &places) }
    self.identity = identity
    // All offsets come from the tape, which has checked them against this text.
    (time, digest) = unsafe tape.nodes.withUnsafeBufferPointer { nodes in
      unsafe bytes.withUnsafeBytes { text in
        unsafe (
          RecordFacts.time(nodes, text, fields),
          RecordFacts.digest(nodes, text, fields, identity: identity?.digest(tape, bytes))
        )
      }
    }
  }

  /// Takes what was found when an event was looked at.
  ///
  /// - Parameters:
  ///   - tape: The tape of the record, or of something around it.
  ///   - event: The event.
  ///   - bytes: The text of the tape.
  ///   - places: Room to work in.
  init(_ tape: JSONTape, _ event: HeldEvent, _ bytes: Span<UInt8>, _ places: inout [UInt32]) {
    let identity = event.fields[.userIdentity].map { IdentityFields(tape, at: $0, bytes, &places) }
    fields = event.fields
    self.identity = identity
    time = event.time
    // All offsets come from the tape, which has checked them against this text.
    digest =
      unsafe event.content
      ?? RecordFacts.digest(
        event.nodes, event.text, event.fields, identity: identity?.digest(tape, bytes))
  }

  /// When a call was made.
  static func time(
    _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer, _ fields: RecordFields
  ) -> Timestamp? {
    // Logstash moves the time to `@timestamp`.
    guard let index = fields[.eventTime] ?? fields[.timestamp] else { return nil }
    return unsafe Timestamp(nodes[index], text)
  }

  /// The digest of what a record says, apart from its id and time.
  ///
  /// - Parameters:
  ///   - nodes: The nodes of the record's tape.
  ///   - text: The text of the tape.
  ///   - fields: The record's fields.
  ///   - identity: The digest of its identity, where it has one.
  /// - Returns: The digest.
  static func digest(
    _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer, _ fields: RecordFields,
    identity: JSONDigest?
  ) -> JSONDigest {
    var digest = JSONDigest.empty
    func add(_ field: RecordField) {
      guard let index = fields[field], unsafe !nodes[index].isAbsent else { return }
      digest.add(unsafe JSONDigest(of: index, nodes, text).tagged(UInt64(field.rawValue)))
    }
    add(.eventSource)
    add(.eventName)
    add(.awsRegion)
    add(.errorCode)
    add(.errorMessage)
    add(.requestParameters)
    add(.resources)
    if let identity { digest.add(identity.tagged(UInt64(RecordField.userIdentity.rawValue))) }
    return digest
  }

  /// The digest of one record, id and time included, or `nil` for a record without an id.
  ///
  /// - Parameters:
  ///   - content: The digest of what it says.
  ///   - time: When the call was made.
  ///   - nodes: The nodes of the record's tape.
  ///   - text: The text of the tape.
  ///   - fields: The record's fields.
  /// - Returns: The digest.
  static func recordDigest(
    _ content: JSONDigest, _ time: Timestamp?, _ nodes: UnsafeBufferPointer<JSONTape.Node>,
    _ text: UnsafeRawBufferPointer, _ fields: RecordFields
  ) -> EventDigest? {
    guard let index = fields[.eventID] else { return nil }
    let node = unsafe nodes[index]
    if node.isAbsent { return nil }
    if node.kind == .string, !node.hasEscapes {
      return unsafe EventDigest(content, idIn: text, node.start + 1..<node.end - 1, time: time)
    }
    guard node.kind == .string else {
      // What is no string is told by its digest.
      let word = [unsafe JSONDigest(of: index, nodes, text).value]
      return unsafe word.withUnsafeBytes { unsafe EventDigest(content, idIn: $0, 0..<$0.count, time: time) }
    }
    // Written with escapes, it is the string that it stands for.
    let written = unsafe Array(text[node.start + 1..<node.end - 1])
    var letters: [UInt8] = []
    JSONTape.unescape(written.span, into: &letters)
    return unsafe letters.withUnsafeBytes { unsafe EventDigest(content, idIn: $0, 0..<$0.count, time: time) }
  }
}

extension UserIdentity {
  init(_ tape: JSONTape, _ fields: IdentityFields, _ bytes: Span<UInt8>, _ strings: inout StringCache) {
    type = strings.text(tape, fields.type, bytes)
    principalID = strings.text(tape, fields.principalID, bytes)
    arn = strings.text(tape, fields.arn, bytes)
    accountID = strings.text(tape, fields.accountID, bytes)
    accessKeyID = strings.text(tape, fields.accessKeyID, bytes)
    userName = strings.text(tape, fields.userName, bytes)
    invokedBy = strings.text(tape, fields.invokedBy, bytes)
    identityProvider = strings.text(tape, fields.identityProvider, bytes)
    onBehalfOfUserID = strings.text(tape, fields.onBehalfOfUserID, bytes)
    sessionIssuerType = strings.text(tape, fields.issuerType, bytes)
    sessionIssuerARN = strings.text(tape, fields.issuerARN, bytes)
    sessionIssuerAccountID = strings.text(tape, fields.issuerAccountID, bytes)
    sessionIssuerUserName = strings.text(tape, fields.issuerUserName, bytes)
    mfaAuthenticated = tape.nonemptyText(at: fields.mfaAuthenticated, bytes).flatMap { Bool($0.lowercased()) }
    sourceIdentity = strings.text(tape, fields.sourceIdentity, bytes)
  }
}

extension EventResource {
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>, _ strings: inout StringCache) {
    var name = index + 1
    while name < tape[index].next {
      let value = name + 1
      // `arn` in lower case is how Athena and Panther write it.
      if tape.isString(name, "ARN", bytes) || arn == nil && tape.isString(name, "arn", bytes) {
        arn = strings.text(tape, value, bytes)
      } else if tape.isString(name, "ARNPrefix", bytes) {
        arnPrefix = strings.text(tape, value, bytes)
      } else if tape.isString(name, "accountId", bytes) {
        accountID = strings.text(tape, value, bytes)
      } else if tape.isString(name, "type", bytes) {
        type = strings.text(tape, value, bytes)
      }
      name = tape[value].next
    }
  }
}

extension JSONTape {
  /// The text of a string that is not empty, number or boolean, or `nil`.
  ///
  /// - Parameters:
  ///   - node: The node.
  ///   - text: The text of its tape.
  /// - Returns: The text, decoded for strings.
  static func nonemptyText(_ node: Node, _ text: UnsafeRawBufferPointer) -> String? {
    // All offsets come from the tape, which has checked them against this text.
    switch node.kind {
    case .null, .array, .object: return nil
    case .true: return "true"
    case .false: return "false"
    case .number: return unsafe String(decoding: text[node.range], as: UTF8.self)
    case .string:
      if node.isAbsent { return nil }
      let content = node.start + 1..<node.end - 1
      guard node.hasEscapes else { return unsafe String(decoding: text[content], as: UTF8.self) }
      let written = unsafe Array(text[content])
      var letters: [UInt8] = []
      unescape(written.span, into: &letters)
      return String(decoding: letters, as: UTF8.self)
    }
  }

  /// The text of a string, number or boolean that is not empty, or `nil`.
  func nonemptyText(at index: Int?, _ bytes: Span<UInt8>) -> String? {
    guard let index, !isAbsent(index) else { return nil }
    return scalarText(of: index, bytes)
  }

  /// Whether a value is `null` or an empty string, which records use as they use absence.
  func isAbsent(_ index: Int) -> Bool { self[index].isAbsent }
}
