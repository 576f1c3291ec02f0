// From a stream of bytes to whole records, in constant memory.
//
// A log is any sequence of JSON values, separated by white space or nothing at all. What the framer calls a record
// is a value at one of these places, and nothing larger is ever held in memory:
//
//     {"eventVersion":…}                  a value at the root, or an element of arrays nested at the root
//     [[{…},{…}],[{…}]]                   (such arrays are opened, never kept)
//     {"Records":[{…},{…}],"more":1}      an element of an envelope (`Envelope`); the object around it is passed over
//
// The framer does no I/O and keeps no bytes. The caller holds a window on the stream, calls `next` until it asks
// for more, drops what lies before `keptFrom`, appends the next chunk and calls again; the records do not depend
// on how the stream was cut. Times at the root (`2024-03-01T00:00:00.000Z {…}`, as CloudWatch Logs exports lines)
// are passed over.
//
// Damage. Each departure is reported with its offset and reading goes on: a missing comma costs nothing, anything
// else costs the record that it stands in. The search for the next record begins at the offending byte (the
// automaton stops at the first byte that cannot be right, so no byte is read twice and hostile input cannot make
// the search quadratic) and looks for an object at the start of a line, or one whose first member has the name
// that records begin with (`eventVersion`, or what the last good record began with), or a string that holds one.

import Glibc

/// A resumable splitter of JSON streams into records.
package struct JSONFramer: Sendable {
  /// What the framer came upon.
  package enum Step: Sendable {
    /// A whole record: its range in the window, and the envelope that held it. `tape` holds its nodes, with
    /// offsets from the start of the range.
    case record(Range<Int>, Envelope?)
    /// Something that should not be there; reading goes on.
    case damage(Damage)
    /// The window is used up.
    case needMore
    /// The stream has ended.
    case end
  }

  /// A departure from well-formed input.
  package struct Damage: Error, Hashable, Sendable {
    /// The offset from the start of the stream.
    package let offset: Int
    /// What is wrong, as a sentence fragment.
    package let message: String
  }

  enum Level: Hashable, Sendable {
    case array
    case envelopeArray(Envelope)
    case object
  }

  enum Phase: Sendable {
    /// Between records.
    case between
    /// Inside a record, or inside an object around records where `isAroundRecords`.
    case inside(isAroundRecords: Bool)
    /// Looking for the next record after damage.
    case searching(isLineStart: Bool)
    /// The stream has ended.
    case ended
  }

  /// The nodes of the record that `next` returned last.
  package private(set) var tape: JSONTape

  /// The offset in the window before which no byte is needed again.
  package private(set) var keptFrom = 0

  /// The longest record that is kept; longer ones are passed over and reported as damage.
  package let recordLimit: Int

  private var levels: [Level] = []
  private var phase = Phase.between
  /// Where reading goes on, in the window; inside a record, where the record begins.
  private var position = 0
  /// How many bytes of the stream lie before the window.
  private var base = 0
  /// Whether the innermost array has an element before the position, with no comma behind it.
  private var followsElement = false
  /// Whether a comma stands directly before the position.
  private var followsComma = false
  /// After damage, closing brackets and commas at the root are what is left of lost containers.
  private var isLenient = false
  private var hasReportedPadding = false
  private var firstName: [UInt8] = []
  /// The strings of the window, for records that are plain.
  private var index: StringIndex
  /// Whether every record goes through the automaton.
  private let isSlow: Bool
  /// Where the nodes of plain records are made.
  private var room: [JSONTape.Node] = []
  /// From which place of it on.
  private var roomStart = 0
  /// How many of them the record found last has; 0 where its nodes are those of the tape.
  private(set) var plainNodes = 0
  /// Whether the record at the position has been found not to be plain.
  private var isIrregular = false
  /// How often the record at the position did not end in the window.
  private var attempts = 0

  /// Creates a framer for a new stream.
  ///
  /// - Parameters:
  ///   - recordLimit: The longest record to keep, in bytes.
  ///   - depthLimit: The nesting below which containers become opaque nodes.
  package init(recordLimit: Int = 16 << 20, depthLimit: Int = 512) {
    self.init(recordLimit: recordLimit, depthLimit: depthLimit, kernel: .fastest)
  }

  /// Creates a framer whose way to read is chosen.
  ///
  /// - Parameters:
  ///   - recordLimit: The longest record to keep, in bytes.
  ///   - depthLimit: The nesting below which containers become opaque nodes.
  ///   - kernel: Which kernel looks for strings; `nil` to read every record with the automaton alone.
  init(recordLimit: Int, depthLimit: Int, kernel: StringIndex.Kernel?) {
    self.recordLimit = recordLimit
    tape = JSONTape(depthLimit: depthLimit, depthPolicy: .opaque)
    index = StringIndex(kernel: kernel ?? .portable)
    isSlow = kernel == nil
  }

  /// Prepares for a new stream, keeping the memory of the last one.
  package mutating func reset() {
    levels.removeAll(keepingCapacity: true)
    phase = .between
    position = 0
    keptFrom = 0
    base = 0
    followsElement = false
    followsComma = false
    isLenient = false
    hasReportedPadding = false
    firstName.removeAll(keepingCapacity: true)
    index.restart(at: 0)
    isIrregular = false
    attempts = 0
  }

  /// Tells the framer that the window now begins `count` bytes later.
  ///
  /// - Parameter count: At most `keptFrom`.
  package mutating func drop(_ count: Int) {
    base += count
    position -= count
    keptFrom -= count
    index.drop(count)
  }

  /// The offset from the start of the stream of an offset in the window.
  ///
  /// - Parameter offset: The offset in the window.
  /// - Returns: The offset in the stream.
  package func streamOffset(_ offset: Int) -> Int { base + offset }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - window: The bytes of the stream from where the window begins.
  ///   - isFinal: Whether the stream ends with the window.
  /// - Returns: What was found.
  package mutating func next(_ window: Span<UInt8>, isFinal: Bool) -> Step {
    let step = advance(window, isFinal: isFinal)
    if case .record = step, plainNodes > 0 { tape.take(room, plainNodes) }
    return step
  }

  /// Reads on until something is there that is no record, or until there are so many.
  ///
  /// - Parameters:
  ///   - window: The bytes of the stream from where the window begins.
  ///   - isFinal: Whether the stream ends with the window.
  ///   - most: How many records the batch may hold.
  ///   - batch: Where the records go.
  /// - Returns: What was found behind the records, never a record; `nil` where the batch is full, of records or nodes.
  package mutating func next(
    _ window: Span<UInt8>, isFinal: Bool, most: Int, into batch: inout RecordBatch
  ) -> Step? {
    // Nodes are made where the batch keeps them.
    swap(&room, &batch.nodes)
    roomStart = batch.nodeCount
    defer {
      swap(&room, &batch.nodes)
      batch.nodeCount = roomStart
      roomStart = 0
    }
    while batch.records.count < most, roomStart < RecordBatch.mostNodes {
      switch advance(window, isFinal: isFinal) {
      case .record(let range, let envelope):
        batch.records.append(RecordBatch.Record(range: range, envelope: envelope, firstNode: roomStart))
        if plainNodes > 0 {
          roomStart += plainNodes
        } else {
          let end = min(roomStart + tape.nodes.count, room.count)
          room.replaceSubrange(roomStart..<end, with: tape.nodes)
          roomStart += tape.nodes.count
        }
      case let step: return step
      }
    }
    return nil
  }

  /// Reads on, and leaves the nodes of a plain record where they were made.
  private mutating func advance(_ window: Span<UInt8>, isFinal: Bool) -> Step {
    plainNodes = 0
    while true {
      switch phase {
      case .between:
        if let step = readBetween(window, isFinal: isFinal) { return step }
      case .inside(let isAroundRecords):
        if let step = readInside(window, isFinal: isFinal, isAroundRecords: isAroundRecords) { return step }
      case .searching(let isLineStart):
        if let step = search(window, isFinal: isFinal, isLineStart: isLineStart) { return step }
      case .ended:
        return .end
      }
    }
  }

  // MARK: Between records

  private mutating func readBetween(_ window: Span<UInt8>, isFinal: Bool) -> Step? {
    while position < window.count, window[position].isJSONWhitespace { position += 1 }
    keptFrom = position
    guard position < window.count else {
      guard isFinal else { return .needMore }
      phase = .ended
      if levels.isEmpty { return .end }
      return damage(at: position, "the text ends inside an array")
    }
    let byte = window[position]
    if levels.isEmpty { return readAtRoot(byte, window, isFinal: isFinal) }
    switch byte {
    case UInt8(ascii: "]"):
      position += 1
      let endsWithComma = followsComma
      leaveArray()
      return endsWithComma ? damage(at: position - 1, "comma before the end of an array") : nil
    case UInt8(ascii: ","):
      position += 1
      guard followsElement else { return damage(at: position - 1, "comma without an element before it") }
      followsElement = false
      followsComma = true
      return nil
    default:
      let lacksComma = followsElement
      let place = position
      beginValue(byte, watchesEnvelopes: levels.last == .array)
      return lacksComma ? damage(at: place, "comma missing between two elements") : nil
    }
  }

  private mutating func readAtRoot(_ byte: UInt8, _ window: Span<UInt8>, isFinal: Bool) -> Step? {
    switch byte {
    case 0:
      while position < window.count, window[position] == 0 { position += 1 }
      if hasReportedPadding { return nil }
      hasReportedPadding = true
      return damage(at: keptFrom, "padding of NUL bytes where a record could stand")
    case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","):
      position += 1
      if isLenient { return nil }
      isLenient = true
      return damage(at: position - 1, "unexpected `\(Character(Unicode.Scalar(byte)))` between two records")
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      switch timeLength(window) {
      case .none where !isFinal: return .needMore
      case .some(let length) where length > 0:
        position += length
        return nil
      default: beginValue(byte, watchesEnvelopes: true)
      }
    case 0xEF where base == 0 && position == 0:
      guard window.count >= 3 || isFinal else { return .needMore }
      if window.count >= 3, window[1] == 0xBB, window[2] == 0xBF {
        position = 3
      } else {
        beginValue(byte, watchesEnvelopes: true)
      }
    case _ where isLenient && byte != UInt8(ascii: "{"):
      phase = .searching(isLineStart: false)
    default: beginValue(byte, watchesEnvelopes: true)
    }
    return nil
  }

  /// The length of the time of day at the position, 0 if there is none, or `nil` if the window ends too early.
  private func timeLength(_ window: Span<UInt8>) -> Int? {
    // `2024-03-01T00:00:00Z ` to `2024-03-01T00:00:00.000000000Z `
    for length in 0..<32 {
      guard position + length < window.count else { return nil }
      switch window[position + length] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        return length >= 20 && window[position + 10] == UInt8(ascii: "T") ? length : 0
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "."),
        UInt8(ascii: "T"), UInt8(ascii: "Z"):
        continue
      default: return 0
      }
    }
    return 0
  }

  private mutating func beginValue(_ byte: UInt8, watchesEnvelopes: Bool) {
    followsElement = false
    followsComma = false
    if byte == UInt8(ascii: "["), watchesEnvelopes, levels.count < 512 {
      levels.append(.array)
      position += 1
    } else {
      phase = .inside(isAroundRecords: false)
      tape.restart(watchingEnvelopes: watchesEnvelopes)
      isIrregular = byte != UInt8(ascii: "{") || isSlow
      attempts = 0
    }
  }

  private mutating func leaveArray() {
    let level = levels.removeLast()
    followsComma = false
    followsElement = true
    if case .envelopeArray = level {
      levels.removeLast()
      phase = .inside(isAroundRecords: true)
      tape.restartInsideObject()
    }
  }

  // MARK: Inside a record

  private mutating func readInside(_ window: Span<UInt8>, isFinal: Bool, isAroundRecords: Bool) -> Step? {
    keptFrom = position
    if !isAroundRecords, !isIrregular, let step = readPlainRecord(window, isFinal: isFinal) { return step }
    // No more than the limit is shown until the record is known to be longer, so that cuts do not matter.
    let isLost = tape.state.isDiscarding
    let end = isLost ? window.count : min(window.count, position + recordLimit)
    switch tape.resume(window.extracting(position..<end), isFinal: isFinal && end == window.count) {
    case .complete(let end):
      let range = position..<position + end
      position = range.upperBound
      phase = .between
      followsElement = !levels.isEmpty
      if isAroundRecords {
        if levels.last == .object {
          levels.removeLast()
          phase = .inside(isAroundRecords: true)
          tape.restartInsideObject()
        }
        return nil
      }
      if isLost { return nil }
      if let first = tape.nodes.first, tape.nodes.count > 1 {
        rememberFirstName(window.extracting(range), of: first, tape[1])
      }
      if case .envelopeArray(let envelope)? = levels.last { return .record(range, envelope) }
      return .record(range, nil)
    case .incomplete where end < window.count:
      tape.discardValue()
      return damage(at: position, "record longer than \(recordLimit) bytes passed over")
    case .incomplete:
      if isLost {
        // One byte is kept: whether damage stands at the start of a line must not depend on cuts.
        let used = max(0, tape.state.cursor - 1)
        tape.dropPrefix(used)
        position += used
        keptFrom = position
      }
      return .needMore
    case .envelope(let envelope):
      let bracket = position + tape.state.cursor
      levels.append(.object)
      if window[bracket] == UInt8(ascii: "[") {
        levels.append(.envelopeArray(envelope))
        position = bracket + 1
        followsElement = false
        followsComma = false
        phase = .between
      } else {
        position = bracket
        phase = .inside(isAroundRecords: true)
        tape.restart(watchingEnvelopes: true)
      }
      return nil
    case .failed(let error):
      let place = position + error.offset
      let isLineStart = place > 0 && place <= window.count && window[place - 1] == 0x0A
      position = min(place, window.count)
      keptFrom = position
      phase = error.code == .unexpectedEnd ? .ended : .searching(isLineStart: isLineStart)
      levels.removeAll(keepingCapacity: true)
      return damage(at: place, error.message)
    }
  }

  /// The most nodes that a plain record may have.
  private static let mostPlainNodes = 8192
  /// How often a record may be walked that does not end in the window, before the automaton takes it over: it can
  /// resume, a walk cannot.
  private static let mostAttempts = 3

  /// Reads a record that stands whole in the window and is not odd in any way, or returns `nil` for the automaton.
  private mutating func readPlainRecord(_ window: Span<UInt8>, isFinal: Bool) -> Step? {
    let places = roomStart..<roomStart + JSONFramer.mostPlainNodes
    if room.count < places.upperBound {
      let empty = JSONTape.Node(from: 0, to: 0, behind: 0, kind: .null, hasEscapes: false, isOpaque: false)
      room += repeatElement(empty, count: max(places.upperBound, 2 * room.count) - room.count)
    }
    var length = 8 << 10
    while true {
      index.cover(window, from: position, length)
      index.pass(to: position)
      let walk = tape.walk(window, from: position, &index, &room, places)
      let isAllKnown = index.scannedTo == window.count
      switch walk {
      case .complete(let end, let count) where end - position <= recordLimit:
        plainNodes = count
        let range = position..<end
        position = end
        phase = .between
        followsElement = !levels.isEmpty
        if count > 1 { rememberFirstName(window.extracting(range), of: room[roomStart], room[roomStart + 1]) }
        if case .envelopeArray(let envelope)? = levels.last { return .record(range, envelope) }
        return .record(range, nil)
      case .incomplete where !isAllKnown:
        length *= 4
      case .incomplete
      where !isFinal && attempts < JSONFramer.mostAttempts && window.count - position <= recordLimit:
        attempts += 1
        return .needMore
      case .complete, .incomplete, .irregular:
        // The automaton decides what the text is. Where it finds nothing wrong the index is right behind the value too:
        // the bracket stood outside strings.
        isIrregular = true
        tape.restart(watchingEnvelopes: tape.state.watchesEnvelopes)
        return nil
      }
    }
  }

  private mutating func damage(at offset: Int, _ message: String) -> Step {
    // What comes next stands outside strings by what reading takes it for, whatever the index holds.
    index.restart(at: position)
    return .damage(Damage(offset: base + offset, message: message))
  }

  private mutating func rememberFirstName(
    _ record: Span<UInt8>, of object: JSONTape.Node, _ first: JSONTape.Node
  ) {
    guard object.kind == .object, !first.hasEscapes else { return }
    let name = first.start..<first.end
    guard name.count <= 66 else { return }
    if name.count == firstName.count {
      // Both have the name's length; compared as memory, for this is done for every record.
      let isSame = unsafe record.extracting(name).withUnsafeBytes { new in
        unsafe firstName.withUnsafeBytes { old in
          guard let new = new.baseAddress, let first = old.baseAddress else { return false }
          return unsafe memcmp(new, first, old.count) == 0
        }
      }
      if isSame { return }
    }
    firstName.removeAll(keepingCapacity: true)
    for offset in name { firstName.append(record[offset]) }
  }

  // MARK: After damage

  private static let eventVersion = Array(#""eventVersion""#.utf8)
  private static let quotedEvent = Array(#""{\"eventVersion\""#.utf8)

  private mutating func search(_ window: Span<UInt8>, isFinal: Bool, isLineStart: Bool) -> Step? {
    var isLineStart = isLineStart
    isLenient = true
    while position < window.count {
      let byte = window[position]
      let begins: Bool? =
        switch byte {
        case UInt8(ascii: "{"): isLineStart ? true : beginsRecord(window)
        case UInt8(ascii: "\""): matches(JSONFramer.quotedEvent, window, at: position)
        default: false
        }
      if begins == nil, !isFinal {
        keptFrom = position
        phase = .searching(isLineStart: isLineStart)
        return .needMore
      }
      if begins == true {
        keptFrom = position
        beginValue(byte, watchesEnvelopes: true)
        return nil
      }
      isLineStart = byte == 0x0A
      position += 1
    }
    keptFrom = position
    phase = isFinal ? .ended : .searching(isLineStart: isLineStart)
    return isFinal ? .end : .needMore
  }

  /// Whether the object at the position begins as records do, or `nil` if the window ends too early to tell.
  private func beginsRecord(_ window: Span<UInt8>) -> Bool? {
    var start = position + 1
    while start < window.count, window[start].isJSONWhitespace {
      start += 1
      if start - position > 256 { return false }
    }
    let first = matches(JSONFramer.eventVersion, window, at: start)
    let second = matches(firstName, window, at: start)
    if first == true || second == true { return true }
    return first == nil || second == nil ? nil : false
  }

  /// Whether the bytes stand at the offset, or `nil` if the window ends too early to tell.
  private func matches(_ bytes: [UInt8], _ window: Span<UInt8>, at offset: Int) -> Bool? {
    if bytes.isEmpty { return false }
    for place in bytes.indices {
      guard offset + place < window.count else { return nil }
      if window[offset + place] != bytes[place] { return false }
    }
    return true
  }
}

// MARK: Reading a stream in pieces

extension JSONFramer {
  /// Where a framer stands between two records: all that bears on what it finds from there on.
  package struct Boundary: Sendable {
    let levels: [Level]
    let followsElement: Bool
    let followsComma: Bool
    let isLenient: Bool
    let hasReportedPadding: Bool
    var firstName: [UInt8]
    let offset: Int

    /// Whether the same records are found from here on, unless there is damage among them.
    ///
    /// - Parameter other: Another place.
    /// - Returns: Whether the places differ at most in the name that the last record began with, which tells where
    ///   the next one begins after damage.
    package func agrees(with other: Boundary) -> Bool {
      levels == other.levels && followsElement == other.followsElement && followsComma == other.followsComma
        && isLenient == other.isLenient && hasReportedPadding == other.hasReportedPadding
        && offset == other.offset
    }

    /// The place behind records that were read from another place, when it was only guessed where that one is.
    ///
    /// - Parameter start: The place where the records begin.
    /// - Returns: This place.
    package func reached(from start: Boundary) -> Boundary {
      var place = self
      if firstName.isEmpty { place.firstName = start.firstName }
      return place
    }
  }

  /// Where the framer stands, if all of its window was dropped and no record has been begun.
  package var boundary: Boundary? {
    guard case .between = phase, position == 0 else { return nil }
    return Boundary(
      levels: levels, followsElement: followsElement, followsComma: followsComma, isLenient: isLenient,
      hasReportedPadding: hasReportedPadding, firstName: firstName, offset: base)
  }

  /// Where the framer would stand before a later record, if records follow each other as they have done.
  ///
  /// - Parameter offset: The offset of the record from the start of the stream.
  /// - Returns: The place, without the name that the record before it begins with.
  package func laterBoundary(at offset: Int) -> Boundary {
    Boundary(
      levels: levels, followsElement: false, followsComma: !levels.isEmpty, isLenient: isLenient,
      hasReportedPadding: hasReportedPadding, firstName: [], offset: offset)
  }

  /// Goes on from another place; the window is empty and begins there.
  ///
  /// - Parameter place: The place.
  package mutating func restart(at place: Boundary) {
    reset()
    levels = place.levels
    followsElement = place.followsElement
    followsComma = place.followsComma
    isLenient = place.isLenient
    hasReportedPadding = place.hasReportedPadding
    firstName = place.firstName
    base = place.offset
  }

  /// Where the last record in a text seems to begin: an object at the start of a line, or one whose first member has
  /// the name that the last record began with.
  ///
  /// - Parameter text: Some bytes of the stream.
  /// - Returns: The offset of the object, or `nil` where there is none but the first byte.
  package func lastRecordStart(in text: Span<UInt8>) -> Int? {
    var offset = text.count - 1
    while offset > 0 {
      if text[offset] == UInt8(ascii: "{") {
        if text[offset - 1] == 0x0A { return offset }
        var name = offset + 1
        while name < text.count, text[name].isJSONWhitespace { name += 1 }
        if matches(firstName, text, at: name) == true { return offset }
      }
      offset -= 1
    }
    return nil
  }
}
