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
  let nodes: UnsafeBufferPointer<JSONTape.Node>
  let text: UnsafeRawBufferPointer
  private let fields: RecordFields
  /// The key of the identity, and the digests of other members, which the reader has needed itself.
  private let identityKey: JSONDigest
  private let digests: FieldDigests
  /// Strings of earlier events; the reader keeps them longer than any view.
  private unowned(unsafe) let strings: StringCache
  /// The number of the event among those that a consumer was told to expect.
  package let number: Int
  /// What sort of event this is.
  public let kind: EventKind
  /// When the call was made; `nil` where absent or not a time.
  public let time: Timestamp?
  /// The event's id, where it is a UUID in small letters.
  package let exampleID: ExampleID?

  /// Wraps a record.
  ///
  /// - Parameters:
  ///   - event: The record, with what was found out when it was looked at.
  ///   - number: Its number among the events that a consumer was told to expect.
  ///   - strings: Strings of earlier events.
  @inline(__always)
  init(_ event: HeldEvent, _ number: Int, _ strings: StringCache) {
    unsafe nodes = event.record.nodes
    unsafe text = event.record.text
    fields = event.fields
    identityKey = event.identityKey
    digests = event.fieldDigests
    unsafe self.strings = strings
    self.number = number
    kind = event.kind
    time = event.time
    exampleID = event.id
  }

  private var record: RecordText { unsafe RecordText(nodes, text) }

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
    case .userIdentity: identityKey
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
    var key = digests.source.following(digests.name.following(digests.region))
    func add(_ digest: JSONDigest) { key = digest.following(key) }
    add(textKey(.eventType))
    add(textKey(.eventCategory))
    add(textKey(.recipientAccountId))
    add(textKey(.vpcEndpointId))
    add(textKey(.resources))
    if digests.errorCode != .empty || digests.errorMessage != .empty {
      add(digests.errorCode)
      let outcome = digests.errorMessage != .empty ? JSONDigest(1) : JSONDigest(2)
      add(mayRefuse ? digests.errorMessage : outcome)
    }
    if isService { add(textKey(.sourceIPAddress)) }
    return key.tagged(usesTLS ? 1 : 0)
  }

  /// Whether the error message may say which action IAM refused, and on what; other messages decide nothing.
  package var mayRefuse: Bool { mayContain(.errorMessage, "not authorized to perform: ") }

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
    if part.isString || part.isOpaque { return unsafe JSONDigest(text, part.range) }
    var digest = JSONDigest.empty
    var place = index + 1
    while place < part.next {
      let node = unsafe nodes[place]
      place += 1
      if node.isOpaque { return unsafe JSONDigest(text, part.range) }
      guard node.isString, node.end - node.start > 5 else { continue }
      let start = node.start + 1
      let first = unsafe text[start]
      if unsafe first | 0x20 == UInt8(ascii: "a") && text[start + 1] | 0x20 == UInt8(ascii: "r")
        && text[start + 2] | 0x20 == UInt8(ascii: "n")
      {
        if mayBeOfIAM(node) { digest.add(unsafe JSONDigest(text, node.range)) }
      } else if unsafe node.hasEscapes
        && (first == UInt8(ascii: "\\") || text[start + 1] == UInt8(ascii: "\\")
          || text[start + 2] == UInt8(ascii: "\\"))
      {
        digest.add(unsafe JSONDigest(text, node.range))
      }
      if unsafe names.mayBegin(with: first, text[start + 1]), unsafe names.contain(text, start..<node.end - 1)
      {
        return unsafe JSONDigest(text, part.range)
      }
    }
    return digest
  }

  /// Whether a string that begins as ARNs do may be one of IAM.
  private func mayBeOfIAM(_ node: JSONTape.Node) -> Bool {
    node.hasEscapes || record.contains(node, ":iam:") || record.contains(node, "%")
  }
}

/// Names of members in lower-case letters and digits, as rules compare them.
package struct FoldedNames: Sendable {
  /// The names by the lower bits of the letter that they begin with; nothing for no names.
  private let names: [[[UInt8]]]
  /// The letters that stand second in names, as bits by their lower five, for each letter that names begin with.
  private let seconds: [32 of UInt32]

  /// No names.
  package static let none = FoldedNames([])

  /// Creates a set of names.
  ///
  /// - Parameter names: The names in any spelling.
  package init(_ names: [String]) {
    var sorted = [[[UInt8]]](repeating: [], count: names.isEmpty ? 0 : 32)
    for name in names {
      let letters = Array(name.utf8).compactMap(FoldedNames.folded)
      if let first = letters.first { sorted[Int(first & 31)].append(letters) }
    }
    self.names = sorted
    seconds = [32 of UInt32] { initial in
      names.isEmpty ? 0 : sorted[initial].reduce(0) { $0 | ($1.count > 1 ? 1 << UInt32($1[1] & 31) : .max) }
    }
  }

  /// The byte in lower case, or `nil` where it is no letter or digit.
  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    default: nil
    }
  }

  /// Whether a name may begin with two bytes: letters with which no name begins rule most strings out.
  @inline(__always)
  func mayBegin(with first: UInt8, _ second: UInt8) -> Bool {
    guard FoldedNames.folded(first) != nil, FoldedNames.folded(second) != nil else { return !names.isEmpty }
    return seconds[Int(first & 31)] >> UInt32(second & 31) & 1 == 1
  }

  /// Whether a range of a text, folded, is one of the names, or is written with escapes.
  func contain(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    // The range comes from a tape, which has checked it against the text.
    var start = range.lowerBound
    while start < range.upperBound, unsafe FoldedNames.folded(text[start]) == nil {
      if unsafe text[start] == UInt8(ascii: "\\") { return !names.isEmpty }
      start += 1
    }
    guard start < range.upperBound, !names.isEmpty else { return false }
    return names[Int(unsafe text[start] & 31)].contains { name in
      var matched = 0
      for place in start..<range.upperBound {
        let byte = unsafe text[place]
        if byte == UInt8(ascii: "\\") { return true }
        guard let folded = FoldedNames.folded(byte) else { continue }
        guard matched < name.count, name[matched] == folded else { return false }
        matched += 1
      }
      return matched == name.count
    }
  }
}
