// Reading a block of a stream that several threads share: see `SharedStream` for the order of things.

import JSONStream

extension FileReader {
  /// Reads blocks of a stream until there are none left.
  ///
  /// - Parameter shared: The stream.
  mutating func help(_ shared: SharedStream) {
    var bytes: [UInt8] = []
    while let block = shared.take(&bytes) {
      queue.advance(files: 0, bytes: block.rawBytes)
      read(block, bytes, of: shared)
      if shared.finish(block, records.damage, &records.summary) { queue.advance(files: 1, bytes: 0) }
    }
  }

  private mutating func read(_ block: SharedStream.Block, _ bytes: [UInt8], of shared: SharedStream) {
    records.damage = DamageLog()
    records.damage.isDecoded = shared.isDecoded
    let guess = shared.framer.laterBoundary(at: block.offset)
    // Where the start is known, or nobody waits for the end, guessing would be work for nothing.
    let guessedEnd = block.isFinal || block.previous.isKnown ? nil : frame(bytes, from: guess)
    switch block.previous.wait() {
    case .boundary(let start):
      if let guessedEnd, start.agrees(with: guess) {
        block.next.tell(.boundary(guessedEnd.reached(from: start)))
        records.read(batch, bytes.span, at: block.offset)
        return
      }
      framer.restart(at: start)
      read(bytes, isFinal: block.isFinal, tell: block.next)
    case .inside(let state, let leftover):
      framer = state
      read(leftover + bytes, isFinal: block.isFinal, tell: block.next)
    }
  }

  /// Frames the records of a block without reading them.
  ///
  /// - Parameters:
  ///   - bytes: The block.
  ///   - guess: Where it may begin.
  /// - Returns: Where the framer stands at its end; the records are in the batch. `nil` where the end is inside a record,
  ///   something is damaged or the records are too many.
  private mutating func frame(_ bytes: [UInt8], from guess: JSONFramer.Boundary) -> JSONFramer.Boundary? {
    var scout = spareFramer.take() ?? JSONFramer(depthLimit: eventDepthLimit)
    defer { spareFramer = scout }
    scout.restart(at: guess)
    batch.removeAll()
    let step = scout.next(bytes.span, isFinal: false, most: FileReader.mostFramedAhead, into: &batch)
    guard case .needMore? = step, scout.keptFrom == bytes.count else { return nil }
    scout.drop(bytes.count)
    return scout.boundary
  }

  /// How many records of a block are framed before any of them is read; a block of events has about a thousand.
  private static let mostFramedAhead = 8192

  /// Reads the records of a block; who waits for it is told where they end before that, if they are not too many.
  private mutating func read(_ window: [UInt8], isFinal: Bool, tell next: BlockLink) {
    // Damage, with the number of records in front of it.
    var damage: [(records: Int, JSONFramer.Damage)] = []
    batch.removeAll()
    while true {
      let offset = framer.streamOffset(0)
      let step = framer.next(
        window.span, isFinal: isFinal, most: FileReader.mostFramedAhead, into: &batch)
      switch step {
      case .damage(let found) where damage.count < FileReader.mostFramedAhead:
        damage.append((batch.records.count, found))
        continue
      case .damage(let found): damage.append((batch.records.count, found))
      case .needMore, .end: tell(next, window)
      case .none, .record: break
      }
      var done = 0
      for (count, found) in damage {
        records.read(batch, done..<count, window.span, at: offset)
        done = count
        report(found)
      }
      records.read(batch, done..<batch.records.count, window.span, at: offset)
      switch step {
      case .needMore, .end: return
      default:
        damage.removeAll()
        batch.removeAll()
      }
    }
  }

  /// Tells where the records of a block end.
  private mutating func tell(_ next: BlockLink, _ window: [UInt8]) {
    let used = framer.keptFrom
    framer.drop(used)
    if used == window.count, let end = framer.boundary {
      next.tell(.boundary(end))
    } else {
      next.tell(.inside(framer, leftover: Array(window[used...])))
    }
  }
}
