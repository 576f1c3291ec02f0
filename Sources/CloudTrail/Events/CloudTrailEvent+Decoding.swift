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
    var fields = RecordFields()
    fields.find(in: 0, of: tape, json.span)
    self.init(tape, fields, json.span)
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
  ///   - fields: The record's fields.
  ///   - bytes: The text of the tape.
  init(_ tape: JSONTape, _ fields: RecordFields, _ bytes: Span<UInt8>) {
    self.init()
    func text(_ field: RecordField) -> String? { tape.nonemptyText(at: fields[field], bytes) }
    func value(_ field: RecordField) -> JSONValue {
      guard let index = fields[field] else { return .null }
      return JSONValue(parameters: tape, at: index, bytes)
    }
    eventID = text(.eventID)
    eventTime = (text(.eventTime) ?? text(.timestamp)).flatMap { Timestamp(iso8601: $0) }
    eventSource = text(.eventSource)
    eventName = text(.eventName)
    eventType = text(.eventType)
    eventCategory = text(.eventCategory)
    awsRegion = text(.awsRegion)
    recipientAccountID = text(.recipientAccountId)
    sourceIPAddress = text(.sourceIPAddress)
    userAgent = text(.userAgent)
    errorCode = text(.errorCode)
    errorMessage = text(.errorMessage)
    vpcEndpointID = text(.vpcEndpointId)
    sharedEventID = text(.sharedEventID)
    if let index = fields[.userIdentity] { userIdentity = UserIdentity(tape, at: index, bytes) }
    if let index = fields[.resources] {
      for element in tape.elements(of: index) where tape[element].kind == .object {
        resources.append(EventResource(tape, at: element, bytes))
      }
    }
    requestParameters = value(.requestParameters)
    responseElements = value(.responseElements)
    additionalEventData = value(.additionalEventData)
    digest = CloudTrailEvent.digest(tape, fields, bytes)
  }

  /// The digest of what an event says, apart from its id and time.
  ///
  /// - Parameters:
  ///   - tape: The tape of the record, or of something around it.
  ///   - fields: The record's fields.
  ///   - bytes: The text of the tape.
  /// - Returns: The digest.
  static func digest(_ tape: JSONTape, _ fields: RecordFields, _ bytes: Span<UInt8>) -> EventDigest {
    var digest = EventDigest.empty
    func add(_ field: RecordField) {
      guard let index = fields[field], !tape.isAbsent(index) else { return }
      digest.add(EventDigest(tape, at: index, bytes).tagged(UInt64(field.rawValue)))
    }
    add(.eventSource)
    add(.eventName)
    add(.awsRegion)
    add(.errorCode)
    add(.errorMessage)
    add(.requestParameters)
    add(.resources)
    if let identity = fields[.userIdentity] {
      digest.add(
        UserIdentity.digest(tape, at: identity, bytes).tagged(UInt64(RecordField.userIdentity.rawValue)))
    }
    return digest
  }
}

extension UserIdentity {
  /// The digest of what decides the principal: sessions of one issuer are alike.
  fileprivate static func digest(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) -> EventDigest {
    var digest = EventDigest.empty
    func add(_ name: StaticString, in object: Int?, tag: UInt64) -> Bool {
      guard let object, let value = tape.value(of: name, in: object, bytes), !tape.isAbsent(value) else {
        return false
      }
      digest.add(EventDigest(tape, at: value, bytes).tagged(tag))
      return true
    }
    _ = add("type", in: index, tag: 1)
    _ = add("invokedBy", in: index, tag: 2)
    let issuer = tape.value(of: "sessionContext", in: index, bytes).flatMap {
      tape.value(of: "sessionIssuer", in: $0, bytes)
    }
    if add("arn", in: issuer, tag: 3) { return digest }
    _ = add("arn", in: index, tag: 4)
    _ = add("accountId", in: index, tag: 5)
    _ = add("principalId", in: index, tag: 6)
    _ = add("userName", in: index, tag: 7)
    _ = add("identityProvider", in: index, tag: 8)
    _ = add("onBehalfOf", in: index, tag: 9)
    return digest
  }
}

extension UserIdentity {
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    func text(_ name: StaticString, in index: Int?) -> String? {
      guard let index else { return nil }
      return tape.nonemptyText(at: tape.value(of: name, in: index, bytes), bytes)
    }
    type = text("type", in: index)
    principalID = text("principalId", in: index)
    arn = text("arn", in: index)
    accountID = text("accountId", in: index)
    accessKeyID = text("accessKeyId", in: index)
    userName = text("userName", in: index)
    invokedBy = text("invokedBy", in: index)
    identityProvider = text("identityProvider", in: index)
    onBehalfOfUserID = text("userId", in: tape.value(of: "onBehalfOf", in: index, bytes))
    guard let context = tape.value(of: "sessionContext", in: index, bytes) else { return }
    if let issuer = tape.value(of: "sessionIssuer", in: context, bytes) {
      sessionIssuerType = text("type", in: issuer)
      sessionIssuerARN = text("arn", in: issuer)
      sessionIssuerAccountID = text("accountId", in: issuer)
      sessionIssuerUserName = text("userName", in: issuer)
    }
    let attributes = tape.value(of: "attributes", in: context, bytes)
    mfaAuthenticated = text("mfaAuthenticated", in: attributes).flatMap { Bool($0.lowercased()) }
    sourceIdentity = text("sourceIdentity", in: context)
  }
}

extension EventResource {
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    func text(_ name: StaticString) -> String? {
      tape.nonemptyText(at: tape.value(of: name, in: index, bytes), bytes)
    }
    arn = text("ARN") ?? text("arn")
    arnPrefix = text("ARNPrefix")
    accountID = text("accountId")
    type = text("type")
  }
}

extension JSONTape {
  /// The text of a string, number or boolean that is not empty, or `nil`.
  func nonemptyText(at index: Int?, _ bytes: Span<UInt8>) -> String? {
    guard let index, !isAbsent(index) else { return nil }
    return scalarText(of: index, bytes)
  }

  /// Whether a value is `null` or an empty string, which records use as they use absence.
  func isAbsent(_ index: Int) -> Bool {
    let node = self[index]
    return node.kind == .null || node.kind == .string && node.end - node.start == 2
  }
}

extension JSONValue {
  /// Decodes parameters; some writers put them as JSON into a string.
  init(parameters tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    self.init(tape, at: index, bytes)
    if case .string(let text) = self, let first = text.utf8.first(where: { !$0.isJSONWhitespace }),
      first == UInt8(ascii: "{"), let inner = try? JSONValue(parsing: text)
    {
      self = inner
    }
  }
}
