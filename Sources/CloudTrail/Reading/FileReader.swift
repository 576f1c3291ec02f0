// One thread's reader of files: bytes to text, text to records.

import JSONStream

/// Reads whole files, one after the other, into one consumer.
struct FileReader<Consumer: EventConsumer>: ~Copyable {
  private var records: RecordReader<Consumer>
  private let queue: FileQueue
  private var framer = JSONFramer(depthLimit: eventDepthLimit)
  private var spareWindow: [UInt8] = []

  /// Creates a reader.
  init(_ consumer: Consumer, duplicates: DuplicateFilter, queue: FileQueue) {
    records = RecordReader(consumer, duplicates: duplicates)
    self.queue = queue
  }

  /// Ends reading.
  consuming func finish() -> (Consumer, LogSummary) { (records.consumer, records.summary) }

  /// Reads one file.
  mutating func read(_ item: FileWalker.Item) {
    records.damage = DamageLog()
    let path: String
    switch item {
    case .standardInput:
      path = "-"
      read(FileHandle.standardInput)
    case .file(let name):
      path = String(decoding: name, as: UTF8.self)
      do throws(SystemError) {
        read(try FileHandle(opening: name))
      } catch {
        records.damage.report(offset: nil, isDecoded: false, error.message)
      }
    case .failure(let name, let error):
      path = String(decoding: name, as: UTF8.self)
      records.damage.report(offset: nil, isDecoded: false, error.message)
    }
    if let first = records.damage.first {
      records.summary.damaged.append(
        DamagedFile(
          path: path, offset: first.offset, isDecodedOffset: first.isDecoded, message: first.message,
          count: records.damage.count))
    }
    queue.advance(files: 1, bytes: 0)
  }

  private mutating func read(_ file: consuming FileHandle) {
    records.summary.files += 1
    var stream = ByteStream(file)
    var reported = (damage: 0, bytes: 0)
    framer.reset()
    var window: [UInt8] = []
    swap(&window, &spareWindow)
    defer {
      window.removeAll(keepingCapacity: true)
      swap(&window, &spareWindow)
    }
    var total = 0
    var isFinal = false
    while true {
      let before = window.count
      isFinal = !stream.read(into: &window)
      total += window.count - before
      records.damage.isDecoded = stream.isCompressed
      for damage in stream.damage[reported.damage...] {
        records.damage.report(offset: damage.offset, isDecoded: false, damage.message)
      }
      queue.advance(files: 0, bytes: stream.rawBytes - reported.bytes)
      reported = (stream.damage.count, stream.rawBytes)
      readRecords(window.span, isFinal: isFinal)
      if isFinal { break }
      let used = framer.keptFrom
      window.removeFirst(used)
      framer.drop(used)
    }
    if total == 0, stream.damage.isEmpty {
      records.damage.report(offset: 0, isDecoded: false, "empty: no event in it")
    }
    records.summary.bytes += stream.rawBytes
    records.summary.decompressedBytes += total
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
}
