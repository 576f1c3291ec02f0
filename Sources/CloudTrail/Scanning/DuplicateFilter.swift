// Which events were seen before, over all files and threads, in bounded memory.
//
// The set is exact: what is counted depends neither on the order of files nor on the number of threads, whatever the
// number of events. It is divided into 64 parts by the first bits of the digest, each with a lock of its own. A part
// holds up to 1,536 digests in a table; a full table is sorted and written to a temporary file as a run
// (`DigestFile`), and marked in a Bloom filter of the part:
//
//     insert ──▶ in the table? ──▶ in the filter? ──▶ in one of the runs? ──▶ new: into the table
//                                  (mostly not)        (a few reads of 1 KiB)
//
// Memory: 2 MiB of tables for up to 98,000 events, and 4 MiB of filters once there are more; nothing grows from there
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
    var table = [EventDigest](repeating: .empty, count: 2)
    var count = 0
    var filter: [UInt64] = []
    var runs: [DigestRun] = []

    /// Where the digest is in the table, or where it belongs.
    func place(of digest: EventDigest) -> Int {
      let mask = table.count - 1
      var place = Int(truncatingIfNeeded: digest.low) & mask
      while table[place] != .empty, table[place] != digest { place = (place + 1) & mask }
      return place
    }

    mutating func grow() {
      let old = table
      table = [EventDigest](repeating: .empty, count: old.count * 2)
      for digest in old where digest != .empty { table[place(of: digest)] = digest }
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
    // The empty digest marks free places.
    let digest = digest == .empty ? EventDigest(JSONDigest(1)) : digest
    return parts[Int(digest.high >> UInt64(64 - DuplicateFilter.partBits))].part.withLock {
      insert(digest, into: &$0)
    }
  }

  private func insert(_ digest: EventDigest, into part: inout Part) -> Bool {
    var place = part.place(of: digest)
    if part.table[place] == digest { return false }
    if part.isMarked(digest), isWritten(digest, part.runs) { return false }
    if (part.count + 1) * 4 > part.table.count * 3 {
      if part.table.count < capacity || !spill(&part) { part.grow() }
      place = part.place(of: digest)
    }
    part.table[place] = digest
    part.count += 1
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
      let digests = part.table.filter { $0 != .empty }.sorted { $0.precedes($1) }
      part.runs.append(try file.write(digests))
      for digest in digests { part.mark(digest) }
      for place in part.table.indices { part.table[place] = .empty }
      part.count = 0
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
    return part.count == 0
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
