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
    // The pointers are good for this call, and the nodes were made of this text.
    self = unsafe tape.nodes.withUnsafeBufferPointer { nodes in
      unsafe json.withUnsafeBytes { text in
        let record = unsafe RecordText(nodes, text)
        return RecordFields.with(0, of: record) { fields in
          CloudTrailEvent(record, RecordFacts(record, fields), StringCache(places: 0))
        }
      }
    }
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
  ///   - record: The record, or something around it.
  ///   - facts: Where the record's parts stand.
  ///   - strings: Strings of earlier records.
  init(_ record: RecordText, _ facts: RecordFacts, _ strings: StringCache) {
    let fields = facts.fields
    func part(_ field: RecordField) -> LazyJSON {
      guard let index = fields[field], record[index].kind != .null else { return .null }
      return LazyJSON(record, at: index)
    }
    eventID = record.nonemptyText(at: fields[.eventID])
    eventTime = facts.time
    eventSource = strings.text(record, fields[.eventSource])
    eventName = strings.text(record, fields[.eventName])
    eventType = strings.text(record, fields[.eventType])
    eventCategory = strings.text(record, fields[.eventCategory])
    awsRegion = strings.text(record, fields[.awsRegion])
    recipientAccountID = strings.text(record, fields[.recipientAccountId])
    sourceIPAddress = strings.text(record, fields[.sourceIPAddress])
    userAgent = strings.text(record, fields[.userAgent])
    errorCode = strings.text(record, fields[.errorCode])
    errorMessage = strings.text(record, fields[.errorMessage])
    vpcEndpointID = strings.text(record, fields[.vpcEndpointId])
    sharedEventID = record.nonemptyText(at: fields[.sharedEventID])
    usesTLS = fields.tellTLS(record)
    if let identity = facts.identity { userIdentity = UserIdentity(record, identity, strings) }
    if let index = fields[.resources], record[index].kind == .array {
      var element = index + 1
      while element < record[index].next {
        if record[element].kind == .object {
          resources.append(EventResource(record, at: element, strings))
        }
        element = record[element].next
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
  ///   - record: The record, or something around it.
  ///   - fields: The record's fields.
  init(_ record: RecordText, _ fields: RecordFields) {
    let identity = fields.identity(record)
    self.fields = fields
    self.identity = identity
    time = RecordFacts.time(record, fields)
    digest = RecordFacts.digest(
      record, fields, FieldDigests(record, fields), identity: identity?.digest(record))
  }

  /// Takes what was found when an event was looked at.
  ///
  /// - Parameter event: The event.
  init(_ event: HeldEvent) {
    let identity = event.fields.identity(event.record)
    fields = event.fields
    self.identity = identity
    time = event.time
    digest =
      event.content
      ?? RecordFacts.digest(
        event.record, event.fields, event.fieldDigests, identity: identity?.digest(event.record))
  }

  /// When a call was made.
  static func time(_ record: RecordText, _ fields: RecordFields) -> Timestamp? {
    // Logstash moves the time to `@timestamp`.
    guard let index = fields[.eventTime] ?? fields[.timestamp] else { return nil }
    return Timestamp(record, at: index)
  }

  /// The digest of what a record says, apart from its id and time.
  ///
  /// - Parameters:
  ///   - record: The record, or something around it.
  ///   - fields: The record's fields.
  ///   - words: The digests of some of them.
  ///   - identity: The digest of its identity, where it has one.
  /// - Returns: The digest.
  static func digest(
    _ record: RecordText, _ fields: RecordFields, _ words: FieldDigests, identity: JSONDigest?
  ) -> JSONDigest {
    var digest = words.call
    func add(_ field: RecordField, _ part: JSONDigest) {
      if part != .empty { digest.add(part.tagged(UInt64(field.rawValue))) }
    }
    add(.errorCode, words.errorCode)
    add(.errorMessage, words.errorMessage)
    add(.requestParameters, record.digest(of: fields[.requestParameters]))
    add(.resources, record.digest(of: fields[.resources]))
    if let identity { digest.add(identity.tagged(UInt64(RecordField.userIdentity.rawValue))) }
    return digest
  }

  /// The digest of one record, id and time included, or `nil` for a record without an id.
  ///
  /// - Parameters:
  ///   - content: The digest of what it says.
  ///   - time: When the call was made.
  ///   - record: The record, or something around it.
  ///   - fields: The record's fields.
  ///   - id: The record's id, where it is written as CloudTrail writes them.
  /// - Returns: The digest.
  static func recordDigest(
    _ content: JSONDigest, _ time: Timestamp?, _ record: RecordText, _ fields: RecordFields, _ id: ExampleID?
  ) -> EventDigest? {
    if let id { return EventDigest(content, id, time: time) }
    guard let index = fields[.eventID] else { return nil }
    let node = record[index]
    if node.isAbsent { return nil }
    if node.isString {
      // Written with escapes, it is the string that it stands for.
      return unsafe record.letters(of: node).withUnsafeBytes { letters in
        if letters.count == ExampleID.length, let id = unsafe ExampleID(letters, at: 0) {
          return EventDigest(content, id, time: time)
        }
        return unsafe EventDigest(content, idIn: letters, 0..<letters.count, time: time)
      }
    }
    // What is no string is told by its digest.
    return unsafe [record.digest(of: index).value].withUnsafeBytes {
      unsafe EventDigest(content, idIn: $0, 0..<$0.count, time: time)
    }
  }
}

extension UserIdentity {
  init(_ record: RecordText, _ fields: IdentityFields, _ strings: StringCache) {
    type = strings.text(record, fields[.type])
    principalID = strings.text(record, fields[.principalID])
    arn = strings.text(record, fields[.arn])
    accountID = strings.text(record, fields[.accountID])
    accessKeyID = strings.text(record, fields[.accessKeyID])
    userName = strings.text(record, fields[.userName])
    invokedBy = strings.text(record, fields[.invokedBy])
    identityProvider = strings.text(record, fields[.identityProvider])
    onBehalfOfUserID = strings.text(record, fields[.onBehalfOfUserID])
    sessionIssuerType = strings.text(record, fields[.issuerType])
    sessionIssuerARN = strings.text(record, fields[.issuerARN])
    sessionIssuerAccountID = strings.text(record, fields[.issuerAccountID])
    sessionIssuerUserName = strings.text(record, fields[.issuerUserName])
    mfaAuthenticated = record.nonemptyText(at: fields[.mfaAuthenticated]).flatMap { Bool($0.lowercased()) }
    sourceIdentity = strings.text(record, fields[.sourceIdentity])
  }
}

extension EventResource {
  init(_ record: RecordText, at index: Int, _ strings: StringCache) {
    var name = index + 1
    while name < record[index].next {
      let value = name + 1
      // `arn` in lower case is how Athena and Panther write it.
      if record.isString(name, "ARN") || arn == nil && record.isString(name, "arn") {
        arn = strings.text(record, value)
      } else if record.isString(name, "ARNPrefix") {
        arnPrefix = strings.text(record, value)
      } else if record.isString(name, "accountId") {
        accountID = strings.text(record, value)
      } else if record.isString(name, "type") {
        type = strings.text(record, value)
      }
      name = record[value].next
    }
  }
}
