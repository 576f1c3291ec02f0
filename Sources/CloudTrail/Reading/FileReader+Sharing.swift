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
    var isTold = false
    switch block.previous.wait() {
    case .boundary(let start):
      if let guessedEnd, start.agrees(with: guess) {
        block.next.tell(.boundary(guessedEnd.reached(from: start)))
        isTold = true
      }
      framer.restart(at: start)
      read(bytes, isFinal: block.isFinal, tell: isTold ? nil : block.next)
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
  /// - Returns: Where the framer stands at its end, or `nil` where that is inside a record or something is damaged.
  private mutating func frame(_ bytes: [UInt8], from guess: JSONFramer.Boundary) -> JSONFramer.Boundary? {
    var scout = spareFramer.take() ?? JSONFramer(depthLimit: eventDepthLimit)
    defer { spareFramer = scout }
    scout.restart(at: guess)
    while true {
      switch scout.next(bytes.span, isFinal: false) {
      case .record: continue
      case .damage, .end: return nil
      case .needMore:
        guard scout.keptFrom == bytes.count else { return nil }
        scout.drop(bytes.count)
        return scout.boundary
      }
    }
  }

  /// Reads the records of a block, and tells where they end to who waits for it.
  private mutating func read(_ window: [UInt8], isFinal: Bool, tell next: BlockLink?) {
    readRecords(window.span, isFinal: isFinal)
    let used = framer.keptFrom
    framer.drop(used)
    guard let next else { return }
    if used == window.count, let end = framer.boundary {
      next.tell(.boundary(end))
    } else {
      next.tell(.inside(framer, leftover: Array(window[used...])))
    }
  }
}
