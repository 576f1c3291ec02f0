// Which events were seen before, over all files and threads, in bounded memory.
//
// The set is exact: what is counted depends neither on the order of files nor on the number of threads, whatever the
// number of events. It is divided into 64 parts by the first bits of the digest, each with a lock of its own. A part
// holds up to 1,536 digests, found by a table of 32 bits each; when they are too many they are sorted and written to a
// temporary file as a run (`DigestFile`), and marked in a Bloom filter of the part:
//
//     insert ──▶ in the table? ──▶ in the filter? ──▶ in one of the runs? ──▶ new: into the table
//                                  (mostly not)        (a few reads of 1 KiB)
//
// An event is new more often than not, and then no digest but its own is touched: it is written behind the last one,
// and the tables of all parts, half a MiB, stay in the processor's cache. (With digests in the table itself, waiting
// for memory was a tenth of the time of reading.)
//
// Memory: 2 MiB of digests and tables for up to 98,000 events, and 4 MiB of filters once there are more; nothing grows from there
// on but the list of runs, a few hundred bytes. Time: the filter answers for one event in ten wrongly at 7 million
// events (10 GB of logs), for most of them at 30 million; from there on each event costs a few reads of the file.
//
// Where the temporary file cannot be made or written, the tables grow with the events instead, and the summary says so.

import JSONStream
import Synchronization

/// A set of events, shared by the threads of a scan.
///
/// A duplicate has the same event id, the same time and the same digest: hand-made logs reuse ids for different
/// events, and those must not be lost. Events without an id are never duplicates.
///
/// A class because the threads share it; its parts are locked one by one.
final class DuplicateFilter: Sendable {
  /// How many bits of a digest tell the part.
  static let partBits = 6

  /// What the parts share: the temporary file, once one is needed, and the first failure of it.
  private struct Store {
    var file: DigestFile?
    var failure: SystemError?
  }

  private struct Part {
    /// The digests in the order in which they came.
    var digests: [EventDigest] = []
    /// Where digests are, by their lower bits: the number of the digest, counted from one, in as many bits as number
    /// the places of the table, and above these bits of the digest; 0 where the place is free.
    var table: [UInt32] = [0, 0]
    var filter: [UInt64] = []
    var runs: [DigestRun] = []

    /// Where the digest is in the table, or where it belongs.
    @inline(__always)
    func place(of digest: EventDigest) -> (place: Int, isThere: Bool) {
      let mask = UInt32(truncatingIfNeeded: table.count &- 1)
      let tag = UInt32(truncatingIfNeeded: digest.low >> 32) & ~mask
      var place = UInt32(truncatingIfNeeded: digest.low) & mask
      // Places are masked; a quarter of them is free, so the loop ends.
      return unsafe table.withUnsafeBufferPointer { table in
        while true {
          let entry = unsafe table[Int(place)]
          let number = entry & mask
          if number == 0 { return (Int(place), false) }
          if entry & ~mask == tag, digests[Int(number) - 1] == digest { return (Int(place), true) }
          place = (place &+ 1) & mask
        }
      }
    }

    /// Adds a digest that is not there.
    mutating func add(_ digest: EventDigest, at place: Int) {
      digests.append(digest)
      let mask = UInt32(truncatingIfNeeded: table.count - 1)
      table[place] = UInt32(truncatingIfNeeded: digest.low >> 32) & ~mask | UInt32(digests.count)
    }

    mutating func grow() {
      table = [UInt32](repeating: 0, count: table.count * 2)
      let old = digests
      digests.removeAll(keepingCapacity: true)
      for digest in old { add(digest, at: place(of: digest).place) }
    }

    mutating func removeAll() {
      digests.removeAll(keepingCapacity: true)
      for place in table.indices { table[place] = 0 }
    }

    /// The word of the filter where a digest is marked, and its marks; three of 512 bits, eight words together.
    private func marks(of digest: EventDigest) -> [3 of (word: Int, bit: UInt64)] {
      let block = Int((digest.high << UInt64(DuplicateFilter.partBits)) >> 54) * 8
      return [3 of (word: Int, bit: UInt64)] { index in
        let mark = Int(truncatingIfNeeded: digest.low >> UInt64(20 + 9 * index)) & 511
        return (block + mark >> 6, 1 << UInt64(mark & 63))
      }
    }

    mutating func mark(_ digest: EventDigest) {
      if filter.isEmpty { filter = [UInt64](repeating: 0, count: 8 << 10) }
      let marks = marks(of: digest)
      for index in marks.indices { filter[marks[index].word] |= marks[index].bit }
    }

    func isMarked(_ digest: EventDigest) -> Bool {
      if filter.isEmpty { return false }
      let marks = marks(of: digest)
      for index in marks.indices where filter[marks[index].word] & marks[index].bit == 0 { return false }
      return true
    }
  }

  private final class LockedPart: Sendable {
    let part = Mutex(Part())
  }

  private let parts = (0..<1 << partBits).map { _ in LockedPart() }
  private let store = Mutex(Store())
  private let capacity: Int

  /// Creates an empty set.
  ///
  /// - Parameter capacity: How many places the table of a part has at most: a power of two, no more than
  ///   ``DigestFile/leastRun``.
  init(capacity: Int = DigestFile.leastRun) { self.capacity = capacity }

  /// Why memory has grown with the number of events, or `nil` if it has not.
  var failure: String? { store.withLock { $0.failure?.message } }

  /// Records an event.
  ///
  /// - Parameter digest: The digest of id, time and content.
  /// - Returns: Whether the event is new.
  func insert(_ digest: EventDigest) -> Bool {
    parts[Int(digest.high >> UInt64(64 - DuplicateFilter.partBits))].part.withLock {
      insert(digest, into: &$0)
    }
  }

  private func insert(_ digest: EventDigest, into part: inout Part) -> Bool {
    var (place, isThere) = part.place(of: digest)
    if isThere { return false }
    if part.isMarked(digest), isWritten(digest, part.runs) { return false }
    if (part.digests.count + 1) * 4 > part.table.count * 3 {
      if part.table.count < capacity || !spill(&part) { part.grow() }
      (place, isThere) = part.place(of: digest)
    }
    part.add(digest, at: place)
    return true
  }

  private func isWritten(_ digest: EventDigest, _ runs: [DigestRun]) -> Bool {
    guard let file = store.withLock({ $0.file }) else { return false }
    do throws(SystemError) {
      for run in runs where try file.holds(digest, run) { return true }
    } catch {
      fail(error)
    }
    return false
  }

  /// Moves the table of a part to the file.
  ///
  /// - Returns: Whether that could be done.
  private func spill(_ part: inout Part) -> Bool {
    do throws(SystemError) {
      guard let file = try openFile() else { return false }
      let digests = EventDigest.sorted(part.digests)
      part.runs.append(try file.write(digests))
      for digest in digests { part.mark(digest) }
      part.removeAll()
      while let level = part.runs.last?.level, part.runs.suffix(DigestFile.fanIn).count == DigestFile.fanIn,
        part.runs.suffix(DigestFile.fanIn).allSatisfy({ $0.level == level })
      {
        let merged = try file.merge(part.runs.suffix(DigestFile.fanIn))
        part.runs.removeLast(DigestFile.fanIn)
        part.runs.append(merged)
      }
    } catch {
      fail(error)
    }
    return part.digests.isEmpty
  }

  /// The file, made when it is first needed; `nil` after a failure.
  private func openFile() throws(SystemError) -> DigestFile? {
    try store.withLock { store throws(SystemError) in
      if store.failure != nil { return nil }
      if store.file == nil { store.file = try DigestFile() }
      return store.file
    }
  }

  private func fail(_ error: SystemError) {
    store.withLock { if $0.failure == nil { $0.failure = error } }
  }
}

extension EventDigest {
  /// Digests of one part of a filter in ascending order.
  ///
  /// Digests are spread evenly, so each is put where its first bits tell and nearly all are in order then.
  ///
  /// - Parameter digests: The digests.
  /// - Returns: The same in order.
  static func sorted(_ digests: [EventDigest]) -> [EventDigest] {
    let bits = UInt64(max(1, Int.bitWidth - digests.count.leadingZeroBitCount))
    func slot(_ digest: EventDigest) -> Int {
      Int(truncatingIfNeeded: (digest.high << UInt64(DuplicateFilter.partBits)) >> (64 - bits))
    }
    // Where the digests of each slot begin.
    var starts = [Int](repeating: 0, count: 1 << Int(bits) + 1)
    for digest in digests { starts[slot(digest) + 1] += 1 }
    for slot in 1..<starts.count { starts[slot] += starts[slot - 1] }
    var sorted = digests
    for digest in digests {
      sorted[starts[slot(digest)]] = digest
      starts[slot(digest)] += 1
    }
    for index in sorted.indices.dropFirst() {
      let digest = sorted[index]
      var place = index
      while place > 0, digest.precedes(sorted[place - 1]) {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = digest
    }
    return sorted
  }
}
