// One thread's reader of files: bytes to text, text to records.

import JSONStream

/// Reads whole files, one after the other, into one consumer.
struct FileReader<Consumer: EventConsumer>: ~Copyable {
  private var records: RecordReader<Consumer>
  private let queue: FileQueue
  private var framer = JSONFramer(depthLimit: eventDepthLimit)
  /// The stream of the last file, for its memory.
  private var spareStream: ByteStream?

  /// Creates a reader.
  init(_ consumer: Consumer, duplicates: DuplicateFilter?, queue: FileQueue) {
    records = RecordReader(consumer, duplicates: duplicates)
    self.queue = queue
    spareStream = nil
  }

  /// Ends reading.
  consuming func finish() -> (Consumer, LogSummary) { (records.consumer, records.summary) }

  /// Reads one file.
  mutating func read(_ item: FileWalker.Item) {
    records.damage = DamageLog()
    var path = Array("-".utf8)
    switch item {
    case .standardInput: read(FileHandle.standardInput)
    case .file(let name):
      path = name
      do throws(SystemError) {
        read(try FileHandle(opening: name))
      } catch {
        records.damage.report(offset: nil, isDecoded: false, error.message)
      }
    case .failure(let name, let error):
      path = name
      records.damage.report(offset: nil, isDecoded: false, error.message)
    }
    if let first = records.damage.first {
      records.summary.damaged.append(
        DamagedFile(
          path: String(decoding: path, as: UTF8.self), offset: first.offset, isDecodedOffset: first.isDecoded,
          message: first.message, count: records.damage.count))
    }
    queue.advance(files: 1, bytes: 0)
  }

  private mutating func read(_ file: consuming FileHandle) {
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
    var reported = (damage: 0, bytes: 0)
    var isFinal = false
    // The first bytes are in the window already.
    var isMore = !stream.window.isEmpty
    var added = stream.window.count
    while !isFinal {
      for damage in stream.damage[reported.damage...] {
        records.damage.report(offset: damage.offset, isDecoded: false, damage.message)
      }
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
        stream.drop(
          split(stream.window.storage.span.extracting(stream.window.range), &text, &isFinal))
      }
      if !isFinal {
        let before = stream.window.count
        isMore = stream.extend()
        added = stream.window.count - before
      }
    }
    if total == 0, stream.damage.isEmpty {
      records.damage.report(offset: 0, isDecoded: false, "empty: no event in it")
    }
    records.summary.bytes += stream.rawBytes
    records.summary.decompressedBytes += total
    stream.close()
    spareStream = consume stream
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

  private mutating func readRecords(_ window: Span<UInt8>, isFinal: Bool) {
    while true {
      switch framer.next(window, isFinal: isFinal) {
      case .record(let range, let envelope):
        let place = RecordReader<Consumer>.Place(
          format: nil, offset: framer.streamOffset(range.lowerBound))
        records.read(framer.tape, window.extracting(range), envelope, place)
      case .damage(let damage):
        records.damage.report(offset: damage.offset, isDecoded: records.damage.isDecoded, damage.message)
      case .needMore, .end: return
      }
    }
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
