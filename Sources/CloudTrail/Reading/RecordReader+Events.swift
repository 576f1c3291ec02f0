// Events: told from duplicates, and given to the consumer.
//
// Whether an event was seen before is looked up in tables that are larger than the processor's nearer caches; waiting
// for memory there took a tenth of the time of reading. So a few events are looked at first, each of which asks for the
// memory that it will need, and then they are given to the consumer one after the other.

import IAM
import JSONStream

/// An event that was looked at; its record is good until its batch was read.
struct HeldEvent {
  let record: RecordText
  /// Where its members stand.
  let fields: RecordFields
  let kind: EventKind
  let time: Timestamp?
  /// Its id, where that is a UUID in small letters.
  let id: ExampleID?
  /// The key of its identity.
  let identityKey: JSONDigest
  /// The digests of members that are needed more than once.
  let fieldDigests: FieldDigests
  /// The digest of what it says, and with id and time, where duplicates are looked for.
  let content: JSONDigest?
  let digest: EventDigest?
  /// The form in which it came.
  let format: LogFormat
}

extension RecordReader {
  /// Reads the records of a batch.
  ///
  /// - Parameters:
  ///   - batch: The records.
  ///   - window: The window that they stand in.
  ///   - offset: The offset of the window in the text of the file.
  mutating func read(_ batch: RecordBatch, _ window: Span<UInt8>, at offset: Int) {
    read(batch, batch.records.indices, window, at: offset)
  }

  /// Reads some records of a batch.
  ///
  /// - Parameters:
  ///   - batch: The records.
  ///   - numbers: Which of them.
  ///   - window: The window that they stand in.
  ///   - offset: The offset of the window in the text of the file.
  mutating func read(_ batch: RecordBatch, _ numbers: Range<Int>, _ window: Span<UInt8>, at offset: Int) {
    // Out of the reader's hands while pointers lead there.
    var room: [UInt32] = []
    swap(&room, &heldFields)
    defer { swap(&room, &heldFields) }
    // Held here for all records together: threads that count one object up and down wait for each other.
    let duplicates = duplicates
    // The pointers are good for this call, and each record's nodes were made of its part of the window. An event that
    // is held has the part of the room that its number among those held tells.
    unsafe batch.withNodes { allNodes in
      unsafe window.withUnsafeBytes { window in
        unsafe room.withUnsafeMutableBufferPointer { room in
          guard let room = room.baseAddress else { return }
          for number in numbers {
            let found = batch.records[number]
            let nodes = unsafe batch.nodes(of: number, allNodes)
            let text = unsafe UnsafeRawBufferPointer(rebasing: window[found.range])
            let record = unsafe RecordText(nodes, text)
            let format = RecordReader.format(of: found.envelope, isArray: record[0].kind == .array)
            let fields = unsafe room + held.count * RecordFields.room
            if unsafe hold(record, format ?? .bare, fields, duplicates) {
              if held.count == RecordReader.mostHeld { readHeld() }
            } else {
              readHeld()
              let place = Place(format: format, offset: offset + found.range.lowerBound)
              withTape(record) { reader, tape, bytes in reader.readValue(tape, 0, bytes, place) }
            }
          }
          readHeld()
        }
      }
    }
  }

  /// Reads a record of CloudTrail without its wrapping.
  mutating func readEvent(
    _ tape: JSONTape, _ fields: RecordFields, _ bytes: Span<UInt8>, _ place: Place
  ) {
    // The pointers are good for this call and come with the tape that was made of this text.
    unsafe tape.nodes.withUnsafeBufferPointer { nodes in
      unsafe bytes.withUnsafeBytes { text in
        let record = unsafe RecordText(nodes, text)
        look(at: record, fields, place.format ?? .bare, duplicates)
        readHeld()
      }
    }
  }

  /// Looks at a record of a batch if it is an event by all signs; any other is left to the general way.
  ///
  /// - Returns: Whether it is.
  @inline(__always)
  private mutating func hold(
    _ record: RecordText, _ format: LogFormat, _ room: UnsafeMutablePointer<UInt32>,
    _ duplicates: DuplicateFilter?
  ) -> Bool {
    guard record[0].kind == .object else { return false }
    let fields = unsafe RecordFields(of: 0, record, room)
    // The same test as in the general way.
    guard fields[.eventSource] != nil, fields[.eventName] != nil, let identity = fields[.userIdentity],
      !record[identity].isString, fields[.s3] == nil
    else { return false }
    look(at: record, fields, format, duplicates)
    return true
  }

  /// Looks at an event, what it takes to tell whether it was seen before, and lets it wait for its turn; what is none is
  /// counted.
  private mutating func look(
    at record: RecordText, _ fields: RecordFields, _ format: LogFormat, _ duplicates: DuplicateFilter?
  ) {
    let kind = kind(record, fields)
    guard kind.isEvent else {
      counted.skipped[kind, default: 0] += 1
      return
    }
    let identity = fields[.userIdentity]
    // What tells neither the call nor the caller is a fragment.
    guard fields[.eventName] != nil || identity.map({ record[$0].kind }) == .object else {
      counted.skipped[.unrecognized, default: 0] += 1
      return
    }
    let time = RecordFacts.time(record, fields)
    var identityKey = JSONDigest.empty
    if let identity, !record[identity].isAbsent { identityKey = record.key(of: identity) }
    let id = ExampleID(record, fields)
    let words = FieldDigests(record, fields)
    var content: JSONDigest?
    var digest: EventDigest?
    if duplicates != nil {
      // Identities met before are found by the key of their text.
      let identityDigest = identity.map { _ in
        identities.value(identityKey) { fields.identity(record)?.digest(record) ?? .empty }
      }
      let said = RecordFacts.digest(record, fields, words, identity: identityDigest)
      content = said
      digest = RecordFacts.recordDigest(said, time, record, fields, id)
      if let digest { duplicates?.prefetch(digest) }
    }
    held.append(
      HeldEvent(
        record: record, fields: fields, kind: kind, time: time, id: id, identityKey: identityKey,
        fieldDigests: words, content: content, digest: digest, format: format))
  }

  /// Gives the events that wait to the consumer, but for those that were seen before.
  private mutating func readHeld() {
    let (sink, strings) = (sink, strings)
    // The reader keeps it as long as the call; threads that count one object up and down for each event wait for each
    // other.
    let duplicates = unsafe duplicates.map { unsafe Unmanaged.passUnretained($0) }
    // Out of the reader's hands, so that it is not counted either; the consumer leads to no reader.
    var held: [HeldEvent] = []
    swap(&held, &self.held)
    // Looked at where they stand: they are large.
    unsafe held.withUnsafeBufferPointer { held in
      guard let first = held.baseAddress else { return }
      unsafe sink.expect(EventBatch(first, count: held.count, strings))
      for number in held.indices {
        let event = unsafe first + number
        if let digest = unsafe event.pointee.digest, let duplicates = unsafe duplicates,
          unsafe !duplicates._withUnsafeGuaranteedRef({ $0.insert(digest) })
        {
          counted.duplicates += 1
          continue
        }
        counted.events += 1
        let format = unsafe event.pointee.format
        if format == recent.format {
          recent.events += 1
        } else {
          summary = summary
          recent = (format, 1)
        }
        unsafe sink.take(EventView(event, number, strings)) {
          unsafe CloudTrailEvent(event.pointee.record, RecordFacts(event.pointee), strings)
        }
      }
    }
    held.removeAll(keepingCapacity: true)
    swap(&held, &self.held)
  }

  /// Calls a function with a tape of its own that holds a record.
  private mutating func withTape(
    _ record: RecordText, _ body: (inout RecordReader, JSONTape, Span<UInt8>) -> Void
  ) {
    // Out of the reader's hands while it is used, so that it is not copied; one is made where reading nests.
    var tape = JSONTape(depthLimit: eventDepthLimit, depthPolicy: .opaque)
    swap(&tape, &spareTape)
    defer { swap(&tape, &spareTape) }
    unsafe tape.take(record.nodes)
    // The text lives as long as the call.
    body(&self, tape, unsafe record.text.assumingMemoryBound(to: UInt8.self).span)
  }

  /// The kind of a record; those met before are found by the key of the members that decide it.
  private mutating func kind(_ record: RecordText, _ fields: RecordFields) -> EventKind {
    if unsafe EventKind.isPlainCall(record.nodes, record.text, fields) { return .apiCall }
    func key(of field: RecordField) -> JSONDigest { fields[field].map(record.key) ?? .empty }
    var digest = key(of: .eventType).following(key(of: .eventCategory))
    // The source matters where there is no type.
    if fields[.eventType].map({ record[$0].isAbsent }) ?? true {
      digest = digest.following(key(of: .eventSource))
    }
    return kinds.value(digest) {
      EventKind(
        eventType: record.nonemptyText(at: fields[.eventType]),
        eventCategory: record.nonemptyText(at: fields[.eventCategory]),
        eventSource: record.nonemptyText(at: fields[.eventSource]))
    }
  }
}
