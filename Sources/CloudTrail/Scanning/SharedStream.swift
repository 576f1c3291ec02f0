// One large stream of JSON, read by all threads.
//
// The stream is cut into blocks of about a megabyte, before what looks like the beginning of a record. A thread takes
// the next block (which decompresses it) and frames all its records, on the guess that a record does begin there. When
// the thread of the block before it has told where its own records end, the guess is either right, and the end of this
// block is told to the next thread at once; or it is wrong, and the records are framed anew from where those of the
// block before have ended. Only then are they read, as they were framed:
//
//     thread 1   take 0 │ frame 0 │ read 0            │ take 2 │ frame 2 │ read 2 …
//     thread 2          │ take 1  │ frame 1 ┆ read 1          │ take 3  │ frame 3 ┆ read 3 …
//
// So what is read is what one thread would have read, whatever the stream holds: a wrong guess costs time, never a
// record. No record is read before it is certain, because what a consumer takes in cannot be taken back.

import Dispatch
import JSONStream
import Synchronization

/// How far the records before a block reach.
enum BlockStart: Sendable {
  /// Exactly to the block.
  case boundary(JSONFramer.Boundary)
  /// Elsewhere: a framer in the middle of something, and the bytes that it needs again.
  case inside(JSONFramer, leftover: [UInt8])
}

/// Where the thread of one block tells the thread of the next one; a class because both hold it.
final class BlockLink: Sendable {
  private let start = Mutex<BlockStart?>(nil)
  private let isTold = DispatchSemaphore(value: 0)

  /// Whether waiting would take no time.
  var isKnown: Bool { start.withLock { $0 != nil } }

  /// Tells the next thread where its block starts.
  func tell(_ value: BlockStart) {
    start.withLock { $0 = value }
    isTold.signal()
  }

  /// Waits until it is told; to be called once.
  func wait() -> BlockStart {
    while true {
      isTold.wait()
      if let value = start.withLock({ $0.take() }) { return value }
    }
  }
}

/// A stream that is cut into blocks; a class because threads share it.
final class SharedStream: Sendable {
  /// A part of the stream; its bytes are in the hands of the thread.
  struct Block {
    fileprivate let number: Int
    /// The offset of its first byte in the text.
    let offset: Int
    /// Whether the stream ends with it.
    let isFinal: Bool
    /// How many bytes were read from the file for it.
    let rawBytes: Int
    /// Where the thread of the block before it tells how far that one reaches.
    let previous: BlockLink
    /// Where the thread of this block does.
    let next: BlockLink
  }

  private struct State: ~Copyable {
    var stream: ByteStream
    var offset: Int
    var link: BlockLink
    var taken = 0
    var finished = 0
    var damage: FileDamage
    /// The damage of blocks that have any.
    var logs: [(block: Int, log: DamageLog)] = []
    var seen: (damage: Int, bytes: Int)
  }

  /// How large the parts of a stream are, in bytes.
  struct Sizes: Sendable {
    /// How much one thread reads before it calls for others.
    var least = 1 << 20
    /// How much a block has at most.
    var block = 256 << 10
  }

  /// The path of the file.
  let path: [UInt8]
  /// Whether offsets of records count decompressed bytes.
  let isDecoded: Bool
  /// The framer as it was when the stream was shared: from it, guesses are made.
  let framer: JSONFramer
  private let blockSize: Int
  private let state: Mutex<State>
  private let isTakenWhole = Atomic<Bool>(false)

  /// Shares the rest of a stream.
  ///
  /// - Parameters:
  ///   - stream: The stream; its window begins where the framer's does.
  ///   - framer: The framer of what was read so far.
  ///   - path: The path of the file.
  ///   - damage: The damage found so far, but for the stream's own.
  ///   - offset: Where the window begins in the text.
  ///   - examined: How many bytes of the window the framer has looked at.
  ///   - blockSize: How many bytes a block has at most.
  init(
    _ stream: consuming ByteStream, framer: JSONFramer, path: [UInt8], damage: FileDamage, offset: Int,
    examined: Int, blockSize: Int
  ) {
    self.blockSize = blockSize
    self.path = path
    self.framer = framer
    isDecoded = stream.isCompressed
    let link = BlockLink()
    // No block may end before what the framer has looked at does.
    let leftover = Array(stream.window.unread.prefix(examined))
    stream.drop(leftover.count)
    link.tell(.inside(framer, leftover: leftover))
    let seen = (stream.damage.count, stream.rawBytes)
    state = Mutex(
      State(stream: stream, offset: offset + leftover.count, link: link, damage: damage, seen: seen))
  }

  /// Whether there are blocks to take.
  var hasMore: Bool { !isTakenWhole.load(ordering: .relaxed) }

  /// Takes the next block.
  ///
  /// - Parameter bytes: Replaced by the bytes of the block.
  /// - Returns: The block, or `nil` where there is none left.
  func take(_ bytes: inout [UInt8]) -> Block? {
    state.withLock { state -> Block? in
      guard hasMore else { return nil }
      var isMore = true
      while isMore, state.stream.window.count <= blockSize { isMore = state.stream.extend() }
      let isFinal = state.stream.window.count <= blockSize
      isTakenWhole.store(isFinal, ordering: .relaxed)
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: state.stream.window.unread.prefix(blockSize))
      if !isFinal, let cut = framer.lastRecordStart(in: bytes.span) { bytes.removeSubrange(cut...) }
      state.stream.drop(bytes.count)
      for damage in state.stream.damage[state.seen.damage...] { state.damage.add(damage) }
      let link = BlockLink()
      let block = Block(
        number: state.taken, offset: state.offset, isFinal: isFinal,
        rawBytes: state.stream.rawBytes - state.seen.bytes, previous: state.link, next: link)
      state.seen = (state.stream.damage.count, state.stream.rawBytes)
      state.taken += 1
      state.offset += bytes.count
      state.link = link
      return block
    }
  }

  /// Says that the records of a block were read.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - log: The damage of its records.
  ///   - summary: Takes in what is to be said of the file, once all of it was read.
  /// - Returns: Whether all of it was.
  func finish(_ block: Block, _ log: DamageLog, _ summary: inout LogSummary) -> Bool {
    state.withLock { state in
      state.finished += 1
      if log.count > 0 { state.logs.append((block.number, log)) }
      guard !hasMore, state.finished == state.taken else { return false }
      for (_, log) in state.logs.sorted(by: { $0.block < $1.block }) { state.damage.add(log) }
      summary.bytes += state.stream.rawBytes
      summary.decompressedBytes += state.offset
      if let entry = state.damage.entry(path: path) { summary.damaged.append(entry) }
      return true
    }
  }
}
