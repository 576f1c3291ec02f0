// One thread's reader of files: bytes to text, text to records.

import JSONStream

/// Reads whole files, one after the other, into one consumer.
struct FileReader: ~Copyable {
  var records: RecordReader
  let queue: FileQueue
  var framer = JSONFramer(depthLimit: eventDepthLimit)
  /// Records that were framed and not yet read.
  var batch = RecordBatch()
  /// How many records are framed before they are read: as many as stay in the nearest cache.
  private static let mostFramed = 16
  /// A framer for guesses, once one was needed.
  var spareFramer: JSONFramer?
  /// The stream of the last file, for its memory.
  private var spareStream: ByteStream?

  /// Creates a reader.
  init(_ sink: EventSink, duplicates: DuplicateFilter?, queue: FileQueue) {
    records = RecordReader(sink, duplicates: duplicates)
    self.queue = queue
    spareStream = nil
  }

  /// What was read.
  var summary: LogSummary { records.summary }

  /// Reads one file, or the beginning of one that all threads will read.
  mutating func read(_ item: FileWalker.Item) {
    records.damage = DamageLog()
    switch item {
    case .standardInput: read(FileHandle.standardInput, path: Array("-".utf8))
    case .file(let path, let isGiven):
      do throws(SystemError) {
        read(try FileHandle(opening: path, isGiven: isGiven), path: path)
      } catch {
        fail(path, error)
      }
    case .failure(let path, let error): fail(path, error)
    }
  }

  private mutating func fail(_ path: [UInt8], _ error: SystemError) {
    records.damage.report(offset: nil, isDecoded: false, error.message)
    finish(path, FileDamage())
  }

  /// Adds the damage of a file, with that of the records read last, to the summary.
  private mutating func finish(_ path: [UInt8], _ damage: FileDamage) {
    var damage = damage
    damage.add(records.damage)
    if let entry = damage.entry(path: path) { records.summary.damaged.append(entry) }
    queue.advance(files: 1, bytes: 0)
  }

  private mutating func read(_ file: consuming FileHandle, path: [UInt8]) {
    records.summary.files += 1
    var stream = spareStream.take() ?? ByteStream()
    stream.open(file)
    stream.peek(16 << 10)
    var start = Array(stream.window.unread.prefix(16 << 10))
    let encoding = TextEncoding(start[...])
    var decoder = encoding == .utf8 ? nil : UTF16Decoder(isBigEndian: encoding == .utf16BigEndian)
    records.damage.isDecoded = stream.isCompressed || decoder != nil
    if var decoder {
      let head = start
      start.removeAll(keepingCapacity: true)
      decoder.decode(head[...], into: &start)
    }
    var text = Splitter(TextForm(start), framer: &framer)
    /// The text in UTF-8, where the stream is in another encoding.
    var recoded: [UInt8] = []
    var total = 0
    var damage = FileDamage()
    var reported = (damage: 0, bytes: 0)
    // The first bytes are in the window already.
    var isMore = !stream.window.isEmpty
    var added = stream.window.count
    var isFinal = false
    while !isFinal {
      for found in stream.damage[reported.damage...] { damage.add(found) }
      queue.advance(files: 0, bytes: stream.rawBytes - reported.bytes)
      reported = (stream.damage.count, stream.rawBytes)
      isFinal = !isMore
      if decoder != nil {
        let before = recoded.count
        decoder?.decode(stream.window.unread, into: &recoded)
        if isFinal { decoder?.finish(into: &recoded) }
        stream.drop(stream.window.count)
        total += recoded.count - before
        recoded.removeFirst(split(recoded.span, &text, &isFinal))
      } else {
        total += added
        stream.drop(split(stream.window.storage.span.extracting(stream.window.range), &text, &isFinal))
      }
      if isFinal { continue }
      let before = stream.window.count
      isMore = stream.extend()
      added = stream.window.count - before
      // A stream of which all is read already is not worth sharing, nor is its memory to be given away.
      if isMore, total >= queue.sizes.least, queue.sharesStreams, decoder == nil, case .json = text {
        damage.add(records.damage)
        let shared = SharedStream(
          stream, framer: framer, path: path, damage: damage, offset: total - before, examined: before,
          blockSize: queue.sizes.block)
        queue.share(shared)
        return help(shared)
      }
    }
    if total == 0, stream.damage.isEmpty {
      records.damage.report(offset: 0, isDecoded: false, "empty: no event in it")
    }
    records.summary.bytes += stream.rawBytes
    records.summary.decompressedBytes += total
    stream.close()
    spareStream = consume stream
    finish(path, damage)
  }

  /// Reads the records of a window.
  ///
  /// - Parameters:
  ///   - window: The text from where splitting has stopped.
  ///   - text: What splits it.
  ///   - isFinal: Whether the text ends with the window; set where the rest of it is of no use.
  /// - Returns: How many bytes are not needed again.
  private mutating func split(_ window: Span<UInt8>, _ text: inout Splitter, _ isFinal: inout Bool) -> Int {
    switch text {
    case .json:
      readRecords(window, isFinal: isFinal)
      let used = framer.keptFrom
      framer.drop(used)
      return used
    case .table(var table):
      readRows(window, isFinal: isFinal, &table)
      let used = table.framer.keptFrom
      table.framer.drop(used)
      text = .table(table)
      if table.isUnknown { isFinal = true }
      return used
    case .unreadable(let message):
      records.damage.report(offset: 0, isDecoded: records.damage.isDecoded, message)
      isFinal = true
      return window.count
    }
  }

  /// What splits a text into records.
  private enum Splitter {
    case json
    case table(Table)
    case unreadable(String)

    init(_ form: TextForm, framer: inout JSONFramer) {
      switch form {
      case .json:
        framer.reset()
        self = .json
      case .table: self = .table(Table())
      case .lookupText: self = .table(Table(framer: CSVFramer(isTabbed: true), isLookupText: true))
      case .unreadable(let message): self = .unreadable(message)
      }
    }
  }

  /// A table that is being read.
  private struct Table {
    var framer = CSVFramer()
    var header: [String] = []
    var format: LogFormat?
    var isUnknown = false
    /// Whether the rows have no header, and events stand in some of their fields.
    var isLookupText = false
  }

  /// Reads the records of a window as far as they are whole.
  mutating func readRecords(_ window: Span<UInt8>, isFinal: Bool) {
    while true {
      batch.removeAll()
      let step = framer.next(window, isFinal: isFinal, most: FileReader.mostFramed, into: &batch)
      records.read(batch, window, at: framer.streamOffset(0))
      switch step {
      case .damage(let damage): report(damage)
      case .needMore, .end: return
      case .none, .record: continue
      }
    }
  }

  mutating func report(_ damage: JSONFramer.Damage) {
    records.damage.report(offset: damage.offset, isDecoded: records.damage.isDecoded, damage.message)
  }

  private mutating func readRows(_ window: Span<UInt8>, isFinal: Bool, _ table: inout Table) {
    while !table.isUnknown {
      switch table.framer.next(window, isFinal: isFinal) {
      case .row(let fields, let offset) where table.isLookupText:
        for field in fields where field.first == UInt8(ascii: "{") {
          records.read(text: field, .init(format: .lookupEvents, offset: offset))
        }
      case .row(let fields, let offset):
        guard let format = table.format else {
          table.header = fields.map { String(decoding: $0, as: UTF8.self) }
          table.format = QueryRow.format(header: table.header)
          if table.format == nil {
            table.isUnknown = true
            report("a table whose columns are none of CloudTrail", at: offset)
          }
          continue
        }
        if fields.count == 1, fields[0].isEmpty { continue }
        let texts = fields.prefix(2).map { String(decoding: $0, as: UTF8.self) }
        // Tables that were joined with `cat` repeat their header.
        if fields.count == table.header.count, texts == Array(table.header.prefix(2)) { continue }
        if fields.count != table.header.count {
          report("row of \(fields.count) columns in a table of \(table.header.count)", at: offset)
        } else {
          records.read(row: fields, header: table.header, format, .init(format: format, offset: offset))
        }
      case .damage(let offset, let message): report(message, at: offset)
      case .needMore, .end: return
      }
    }
  }

  private mutating func report(_ message: String, at offset: Int) {
    records.damage.report(offset: offset, isDecoded: records.damage.isDecoded, message)
  }
}
