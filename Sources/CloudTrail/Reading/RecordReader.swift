// From whole JSON records to events: every wrapping is taken off by what it contains, never by a file's name.
//
// The order of the tests matters where one form looks like another; it follows how specific the marks are. Strings
// that hold JSON are read like files, so wrappings nest to any sensible depth.

import IAM
import JSONStream

/// Reads records into a consumer and keeps count.
///
/// It does not know the consumer's type: a generic reader would be compiled for no type in particular, since consumers
/// come from other modules, and look up its own layout at run time wherever it touches itself.
struct RecordReader {
  /// Where the events go.
  let sink: EventSink
  /// What was read so far.
  var summary: LogSummary {
    get {
      var summary = counted
      if recent.events > 0 { summary.formats[recent.format, default: 0] += recent.events }
      return summary
    }
    set {
      counted = newValue
      recent.events = 0
    }
  }
  /// The damage of the current file.
  var damage = DamageLog()

  /// The summary but for the forms of the most recent events, which are counted without looking one up.
  var counted = LogSummary()
  var recent = (format: LogFormat.bare, events: 0)
  let duplicates: DuplicateFilter?
  let strings = StringCache()
  var kinds = DigestCache(EventKind.untypedCall, places: 64)
  var identities = DigestCache(JSONDigest.empty, places: 4096)
  /// Events of the current batch that wait for their turn.
  var held: [HeldEvent] = []
  /// Where their fields are kept.
  var heldFields = [UInt32](repeating: 0, count: mostHeld * RecordFields.room)
  /// How many events are looked at before they are given to the consumer.
  static let mostHeld = 16
  /// The nodes of the record that is read by itself.
  var spareTape = JSONTape(depthLimit: eventDepthLimit, depthPolicy: .opaque)
  private var spareFramers: [JSONFramer] = []

  /// How deep wrappings may nest.
  private static let mostWrappings = 8

  /// Where a record was found.
  struct Place {
    /// The form that its wrappings tell so far.
    var format: LogFormat?
    /// How many wrappings are off.
    var depth = 0
    /// The offset of the outermost record in the text of the file.
    var offset: Int
  }

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - sink: Where events go.
  ///   - duplicates: The events seen, shared with other readers; `nil` to keep duplicates.
  init(_ sink: EventSink, duplicates: DuplicateFilter?) {
    self.sink = sink
    self.duplicates = duplicates
  }

  // MARK: Texts

  /// Reads a text of JSON values that is in memory.
  mutating func read(text: [UInt8], _ place: Place) {
    guard place.depth < RecordReader.mostWrappings else {
      return report("wrapped more than \(RecordReader.mostWrappings) times over", place)
    }
    var framer = spareFramers.popLast() ?? JSONFramer(depthLimit: eventDepthLimit)
    framer.reset()
    let span = text.span
    reading: while true {
      switch framer.next(span, isFinal: true) {
      case .record(let range, let envelope):
        var inner = place
        inner.depth += 1
        read(framer.tape, span.extracting(range), envelope, inner)
      case .damage(let damage): report("in a wrapped text: \(damage.message)", place)
      case .needMore, .end: break reading
      }
    }
    spareFramers.append(framer)
  }

  /// Reads data that may be compressed.
  private mutating func read(data: [UInt8], _ place: Place) {
    var stream = ByteStream(data)
    var text: [UInt8] = []
    // What a wrapping holds is bounded by its own limits (6 MB for Lambda) and by a fair expansion of it.
    while text.count < 256 << 20, stream.read(into: &text) {}
    for damage in stream.damage { report("in wrapped data: \(damage.message)", place) }
    read(text: text, place)
  }

  private mutating func report(_ message: String, _ place: Place) {
    damage.report(offset: place.offset, isDecoded: damage.isDecoded, message)
  }

  // MARK: Records

  /// Reads one record that a framer has found.
  mutating func read(_ tape: JSONTape, _ bytes: Span<UInt8>, _ envelope: Envelope?, _ place: Place) {
    var place = place
    if envelope != .records || place.format == nil {
      place.format = RecordReader.format(of: envelope, isArray: tape[0].kind == .array) ?? place.format
    }
    readValue(tape, 0, bytes, place)
  }

  /// The form that an envelope tells.
  static func format(of envelope: Envelope?, isArray: Bool) -> LogFormat? {
    switch envelope {
    case .records: .records
    case .lookupEvents: .lookupEvents
    case .logEvents, .events: .cloudWatchLogs
    case .hits: .elastic
    case .results: isArray ? .cloudWatchLogs : .splunk
    case .queryResultRows: .lake
    case .none: nil
    }
  }

  mutating func readValue(_ tape: JSONTape, _ index: Int, _ bytes: Span<UInt8>, _ place: Place) {
    switch tape[index].kind {
    case .object:
      // The pointers are good for this call and come with the tape that was made of this text.
      unsafe tape.nodes.withUnsafeBufferPointer { nodes in
        unsafe bytes.withUnsafeBytes { text in
          RecordFields.with(index, of: unsafe RecordText(nodes, text)) { fields in
            readObject(tape, index, fields, bytes, place)
          }
        }
      }
    case .array: readRow(tape, index, bytes, place)
    case .string: readString(tape, index, bytes, place)
    case .null, .true, .false, .number: counted.skipped[.unrecognized, default: 0] += 1
    }
  }

  private mutating func readObject(
    _ tape: JSONTape, _ index: Int, _ fields: RecordFields, _ bytes: Span<UInt8>, _ place: Place
  ) {
    if fields[.eventSource] != nil, fields[.eventName] != nil, let identity = fields[.userIdentity],
      fields[.s3] == nil
    {
      // An identity that is text is a query engine's: the members are columns.
      if tape[identity].kind == .string, readRow(document: JSONValue(tape, at: index, bytes), place) {
        return
      }
      return readEvent(tape, fields, bytes, place)
    }
    if readWrapping(tape, index, fields, bytes, place) { return }
    if let kind = kindWithoutEvents(tape, index, fields, bytes) {
      counted.skipped[kind, default: 0] += 1
    } else if fields[.eventName] != nil || fields[.userIdentity] != nil || fields[.eventCategory] != nil {
      readEvent(tape, fields, bytes, place)
    } else {
      let document = JSONValue(tape, at: index, bytes)
      if readDocument(document, place) { return }
      if place.depth > 0 || !sink.take(JSONDocument(value: document)) {
        counted.skipped[.unrecognized, default: 0] += 1
      }
    }
  }

  /// Takes off one wrapping, if the object is one.
  private mutating func readWrapping(
    _ tape: JSONTape, _ index: Int, _ fields: RecordFields, _ bytes: Span<UInt8>, _ place: Place
  ) -> Bool {
    func member(_ name: StaticString, of field: RecordField, _ kind: JSONTape.Kind) -> Int? {
      guard let object = fields[field], let value = tape.value(of: name, in: object, bytes),
        tape[value].kind == kind
      else { return nil }
      return value
    }
    func text(_ field: RecordField) -> Int? {
      guard let value = fields[field], tape[value].kind == .string else { return nil }
      return value
    }
    func object(_ field: RecordField) -> Int? {
      guard let value = fields[field], tape[value].kind == .object else { return nil }
      return value
    }
    func inside(_ format: LogFormat) -> Place {
      Place(format: format, depth: place.depth + 1, offset: place.offset)
    }

    if let data = member("data", of: .kinesis, .string) ?? member("data", of: .awslogs, .string) {
      readBase64(tape.decodedBytes(of: data, bytes), inside(.cloudWatchLogs))
    } else if let detail = object(.detail),
      ["eventName", "eventVersion", "insightDetails"].contains(where: {
        (name: StaticString) in tape.value(of: name, in: detail, bytes) != nil
      })
    {
      readValue(tape, detail, bytes, inside(.eventBridge))
    } else if let event = text(.cloudTrailEvent) {
      readString(tape, event, bytes, inside(.lookupEvents))
    } else if let source = object(.source) {
      readValue(tape, source, bytes, inside(.elastic))
    } else if let raw = member("_raw", of: .result, .string) ?? text(.raw) {
      readString(tape, raw, bytes, inside(.splunk))
    } else if let event = member("cloudtrail", of: .aws, .object),
      tape.value(of: "eventVersion", in: event, bytes) != nil
    {
      readValue(tape, event, bytes, inside(.elastic))
    } else if let original = member("original", of: .event, .string) {
      readString(tape, original, bytes, inside(.elastic))
    } else if fields[.classUID] != nil {
      readOCSF(JSONValue(tape, at: index, bytes), inside(.ocsf))
    } else if let data = fields[.eventData] {
      readValue(tape, data, bytes, inside(.lake))
    } else if let message = text(.message), holdsJSON(tape, message, bytes) {
      readString(tape, message, bytes, inside(place.format == .cloudWatchLogs ? .cloudWatchLogs : .elastic))
    } else if let message = member("Message", of: .sns, .string) ?? text(.snsMessage) ?? text(.body),
      holdsJSON(tape, message, bytes)
    {
      readString(tape, message, bytes, inside(.wrapped))
    } else if let data = text(.data) {
      readBase64(tape.decodedBytes(of: data, bytes), inside(.cloudWatchLogs))
    } else {
      return false
    }
    return true
  }

  /// The kind of an object that holds no event and is known for it, or `nil`.
  private func kindWithoutEvents(
    _ tape: JSONTape, _ index: Int, _ fields: RecordFields, _ bytes: Span<UInt8>
  ) -> EventKind? {
    if fields[.digestS3Object] != nil || fields[.digestStartTime] != nil { return .digest }
    if fields[.insightDetails] != nil { return .insight }
    if fields[.s3] != nil { return .notification }
    if let type = fields[.messageType], tape.isString(type, "CONTROL_MESSAGE", bytes) {
      return .controlMessage
    }
    if let message = fields[.message], tape.text(of: message, bytes)?.hasPrefix("CWL CONTROL MESSAGE") == true
    {
      return .controlMessage
    }
    let hasOneMember = tape[index].next > index + 1 && tape[index + 2].next == tape[index].next
    if hasOneMember, fields[.index] != nil || fields[.create] != nil { return .bulkAction }
    if fields[.detail] != nil { return .otherProduct }
    return nil
  }

  private func holdsJSON(_ tape: JSONTape, _ index: Int, _ bytes: Span<UInt8>) -> Bool {
    let node = tape[index]
    var offset = node.start + 1
    while offset < node.end - 1, bytes[offset].isJSONWhitespace { offset += 1 }
    return bytes[offset] == UInt8(ascii: "{") || bytes[offset] == UInt8(ascii: "[")
  }

  private mutating func readString(_ tape: JSONTape, _ index: Int, _ bytes: Span<UInt8>, _ place: Place) {
    guard holdsJSON(tape, index, bytes) else {
      counted.skipped[.unrecognized, default: 0] += 1
      return
    }
    read(text: tape.decodedBytes(of: index, bytes), place)
  }

  /// Reads data in base64, which is compressed more often than not.
  mutating func readBase64(_ text: [UInt8], _ place: Place) {
    guard let data = Base64.decode(text),
      let first = data.first(where: { !$0.isJSONWhitespace }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || Decoder.Format(magic: data[...]) != nil
    else {
      counted.skipped[.unrecognized, default: 0] += 1
      return
    }
    read(data: data, place)
  }

  /// Reads a row: what CloudWatch Logs Insights and CloudTrail Lake make of an event, or an array of values.
  private mutating func readRow(_ tape: JSONTape, _ index: Int, _ bytes: Span<UInt8>, _ place: Place) {
    if place.format == .lake { return readLakeRow(JSONValue(tape, at: index, bytes), place) }
    var isFieldRow = false
    for element in tape.elements(of: index) {
      guard let field = tape.value(of: "field", in: element, bytes),
        let value = tape.value(of: "value", in: element, bytes)
      else { continue }
      isFieldRow = true
      if tape.isString(field, "@message", bytes) { readValue(tape, value, bytes, place) }
    }
    if isFieldRow { return }
    for element in tape.elements(of: index) { readValue(tape, element, bytes, place) }
  }
}

/// The nesting below which parts of an event are not decoded: the deepest real request parameters reach 20.
let eventDepthLimit = 128

/// The damage of one file.
struct DamageLog {
  /// Where the first damage was found.
  private(set) var first: (offset: Int?, isDecoded: Bool, message: String)?
  /// How many places are damaged.
  private(set) var count = 0
  /// Whether offsets of records count decoded bytes, as they do in compressed files.
  var isDecoded = false

  /// Notes damage.
  mutating func report(offset: Int?, isDecoded: Bool, _ message: String) {
    if first == nil { first = (offset, isDecoded, message) }
    count += 1
  }
}
