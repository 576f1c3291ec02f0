// An event as it stands in memory: where its parts are, and keys that tell whether they were seen before.
//
// Nearly every event of a trail says what an earlier one said, at another time. A consumer that remembers what it made
// of the earlier one needs no strings: it compares keys. A key is a hash of the bytes of a part as they are written, so
// equal keys mean equal parts (JSONDigest says how surely), while equal parts that are written in two ways merely cost
// the consumer a second look.

package import JSONStream

public import IAM

/// One event that has not been decoded; it is good for the call that it is passed to, and must not be kept.
///
/// The pointers in it are set by `RecordReader` around one call of a consumer and are not handed out; every range that is
/// read comes from the tape, which has checked it against the text.
@safe public struct EventView {
  /// What was found out when the record was looked at.
  private let event: UnsafePointer<HeldEvent>
  /// Strings of earlier events; the reader keeps them longer than any view.
  private unowned(unsafe) let strings: StringCache
  /// The number of the event among those that a consumer was told to expect.
  package let number: Int
  /// What sort of event this is.
  public let kind: EventKind
  /// When the call was made; `nil` where absent or not a time.
  public let time: Timestamp?

  /// Wraps a record.
  ///
  /// - Parameters:
  ///   - event: The record, with what was found out when it was looked at; it stays there for as long as the view.
  ///   - number: Its number among the events that a consumer was told to expect.
  ///   - strings: Strings of earlier events.
  @inline(__always)
  init(_ event: UnsafePointer<HeldEvent>, _ number: Int, _ strings: StringCache) {
    unsafe self.event = event
    unsafe self.strings = strings
    self.number = number
    kind = unsafe event.pointee.kind
    time = unsafe event.pointee.time
  }

  /// The event's id, where it is a UUID in small letters.
  package var exampleID: ExampleID? { unsafe event.pointee.id }

  @inline(__always)
  private var record: RecordText { unsafe event.pointee.record }
  @inline(__always)
  private var fields: RecordFields { unsafe event.pointee.fields }
  @inline(__always)
  var nodes: UnsafeBufferPointer<JSONTape.Node> { unsafe event.pointee.record.nodes }
  @inline(__always)
  var text: UnsafeRawBufferPointer { unsafe event.pointee.record.text }
  /// The digests of members that the reader has needed itself.
  @inline(__always)
  private var digests: FieldDigests { unsafe event.pointee.fieldDigests }

  /// The index of a field's value, or `nil` where the record has no such member.
  @inline(__always)
  func index(of field: RecordField) -> Int? { fields[field] }

  @inline(__always)
  private func node(_ field: RecordField) -> JSONTape.Node? {
    guard let index = index(of: field) else { return nil }
    let node = unsafe nodes[index]
    return node.isAbsent ? nil : node
  }

  /// The key of a field: that of nothing where it is absent, `null` or empty.
  ///
  /// - Parameter field: The field.
  /// - Returns: A hash of the field's text.
  package func key(_ field: RecordField) -> JSONDigest {
    switch field {
    case .userIdentity: unsafe event.pointee.identityKey
    case .eventSource: digests.source
    case .eventName: digests.name
    case .awsRegion: digests.region
    case .errorCode: digests.errorCode
    case .errorMessage: digests.errorMessage
    default: textKey(field)
    }
  }

  private func textKey(_ field: RecordField) -> JSONDigest {
    guard let node = node(field) else { return .empty }
    return unsafe JSONDigest(text, node.range)
  }

  /// A key of which call it was and where: source, name and sort, region, account, endpoint, whether it came over TLS,
  /// the listed resources, and how it ended.
  ///
  /// Of an error message only what IAM says of a refusal is part of the key, and of an address only a service's name.
  package var callKey: JSONDigest {
    var key = digests.call
    /// Which fields are part of the key, one bit each.
    var parts: UInt64 = usesTLS ? 1 : 0
    func add(_ field: RecordField, _ part: UInt64) {
      guard let node = node(field) else { return }
      parts |= part
      // What is before it is where the field's hash begins.
      key = unsafe JSONDigest(text, node.range, other: key.value)
    }
    add(.eventType, 2)
    add(.eventCategory, 4)
    add(.recipientAccountId, 8)
    add(.vpcEndpointId, 16)
    add(.resources, 32)
    if isService { add(.sourceIPAddress, 64) }
    if digests.errorCode != .empty || digests.errorMessage != .empty {
      let outcome = digests.errorMessage != .empty ? JSONDigest(1) : JSONDigest(2)
      key = digests.errorCode.following(key)
      key = (mayRefuse ? digests.errorMessage : outcome).following(key)
      parts |= 128
    }
    return key.tagged(parts)
  }

  /// Whether the error message may say which action IAM refused, and on what; other messages decide nothing.
  package var mayRefuse: Bool { mayContain(.errorMessage, Outcome.wordsBeforeAction) }

  /// Whether the name of a service may stand in the place of an address.
  package var isService: Bool { mayEnd(.sourceIPAddress, with: ".amazonaws.com") }

  /// Who made the call.
  package var identity: IdentityView { unsafe IdentityView(record, fields.identity(record), strings) }

  /// Whether a field is neither absent nor `null` nor empty.
  ///
  /// - Parameter field: The field.
  /// - Returns: Whether it is there.
  package func has(_ field: RecordField) -> Bool { node(field) != nil }

  /// Whether the record tells the version of TLS that the call was made over.
  package var usesTLS: Bool { fields.tellTLS(record) }

  /// Whether a field is a string that ends with some letters, as far as that can be told without decoding it.
  ///
  /// - Parameters:
  ///   - field: The field.
  ///   - ending: The letters.
  /// - Returns: Whether it ends so; `true` where the string is written with escapes.
  private func mayEnd(_ field: RecordField, with ending: StaticString) -> Bool {
    guard let node = node(field), node.isString else { return false }
    if node.hasEscapes { return true }
    let count = ending.utf8CodeUnitCount
    guard node.end - node.start - 2 >= count else { return false }
    return record.holds(ending, at: node.end - 1 - count)
  }

  /// Whether a field is a string that contains some letters, as far as that can be told without decoding it.
  ///
  /// - Parameters:
  ///   - field: The field.
  ///   - part: The letters.
  /// - Returns: Whether it contains them; `true` where the string is written with escapes.
  private func mayContain(_ field: RecordField, _ part: StaticString) -> Bool {
    guard let node = node(field), node.isString else { return false }
    return node.hasEscapes || record.contains(node, part)
  }

  /// The key of the strings in a part that may tell something however deep they stand.
  ///
  /// - Parameters:
  ///   - field: A part of the record, such as the request parameters.
  ///   - names: Names of members whose values may tell something.
  /// - Returns: The key of all strings that may be ARNs of IAM; the key of the whole part if it has a member of one of
  ///   the names or is itself a string.
  package func traces(in field: RecordField, of names: FoldedNames) -> JSONDigest {
    guard let index = index(of: field) else { return .empty }
    let part = unsafe nodes[index]
    var key: JSONDigest { unsafe JSONDigest(text, part.range) }
    if part.isString || part.isOpaque { return key }
    var digest = JSONDigest.empty
    var place = index + 1
    while place < part.next {
      let node = unsafe nodes[place]
      place += 1
      guard node.isString else {
        if node.isOpaque { return key }
        continue
      }
      guard node.end &- node.start > 5 else { continue }
      // Four letters at least are there.
      let letters = UInt32(
        littleEndian: unsafe text.loadUnaligned(fromByteOffset: node.start &+ 1, as: UInt32.self))
      // `arn` in letters of any case.
      if (letters | 0x20_2020) & 0xFF_FFFF == 0x6E_7261 {
        if mayBeOfIAM(node) { digest.add(unsafe JSONDigest(text, node.range)) }
      } else if node.hasEscapes, EventView.holdsBackslash(letters) {
        digest.add(unsafe JSONDigest(text, node.range))
      }
      if names.mayBegin(with: letters), unsafe names.contain(text, node.start &+ 1..<node.end &- 1) {
        return key
      }
    }
    return digest
  }

  /// Whether one of the first three of four letters is a backslash.
  private static func holdsBackslash(_ letters: UInt32) -> Bool {
    (0..<3).contains { UInt8(truncatingIfNeeded: letters >> (8 * $0)) == UInt8(ascii: "\\") }
  }

  /// Whether a string that begins as ARNs do may be one of IAM.
  private func mayBeOfIAM(_ node: JSONTape.Node) -> Bool {
    node.hasEscapes || record.contains(node, ":iam:") || record.contains(node, "%")
  }
}
