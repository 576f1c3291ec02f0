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
// An event is new more often than not, and then no digest but its own is touched, which is written behind the last
// one. Where its table and filter will be read is known without the lock, so that this memory can be asked for early:
// waiting for it was a tenth of the time of reading.
//
// Memory: 2 MiB of digests and tables, and 4 MiB of filters, all of which is taken from some 30,000 events on, so that a
// log of 100 MB needs as much as one of 10 GB; nothing grows but the list of runs, a few hundred bytes. Time: the filter answers for one event in ten wrongly at
// 7 million events (10 GB of logs), for most of them at 30 million; from there on each event costs a few reads of the
// file.
//
// Where the temporary file cannot be made or written, the tables grow with the events instead, and the summary says so.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import JSONStream
import Synchronization

/// A set of events, shared by the threads of a scan.
///
/// A duplicate has the same event id, the same time and the same digest: hand-made logs reuse ids for different
/// events, and those must not be lost. Events without an id are never duplicates.
///
/// A class because the threads share it; its parts are locked one by one. It is unchecked that it is sendable: through
/// its own pointers nothing is read, and those of a part are behind its lock.
@safe final class DuplicateFilter: @unchecked Sendable {
  /// How many bits of a digest tell the part.
  static let partBits = 6

  /// What the parts share: the temporary file, once one is needed, and the first failure of it.
  private struct Store {
    var file: DigestFile?
    var failure: SystemError?
  }

  /// The words of a filter.
  private static let filterWords = 8 << 10

  /// Behind a lock of its own, as is the memory that its pointers lead to.
  @safe private struct Part: ~Copyable, @unchecked Sendable {
    /// The digests in the order in which they came.
    var digests: [EventDigest] = []
    /// Where digests are, by their lower bits: the number of the digest, counted from one, in as many bits as number
    /// the places of the table, and above these bits of the digest; 0 where the place is free.
    var table: UnsafeMutableBufferPointer<UInt32>
    /// Whether the table is the part's own, which it is once it has grown.
    var ownsTable = false
    let filter: UnsafeMutablePointer<UInt64>
    var runs: [DigestRun] = []

    /// Creates an empty part in memory that is all zero.
    init(_ table: UnsafeMutableBufferPointer<UInt32>, _ filter: UnsafeMutablePointer<UInt64>) {
      unsafe self.table = table
      unsafe self.filter = filter
    }

    deinit { if ownsTable { unsafe table.deallocate() } }

    /// Where the digest is in the table, or where it belongs.
    @inline(__always)
    func place(of digest: EventDigest) -> (place: Int, isThere: Bool) {
      let mask = unsafe UInt32(truncatingIfNeeded: table.count &- 1)
      let tag = UInt32(truncatingIfNeeded: digest.low >> 32) & ~mask
      var place = UInt32(truncatingIfNeeded: digest.low) & mask
      // Places are masked; a quarter of them is free, so the loop ends.
      while true {
        let entry = unsafe table[Int(place)]
        let number = entry & mask
        if number == 0 { return (Int(place), false) }
        if entry & ~mask == tag, digests[Int(number) - 1] == digest { return (Int(place), true) }
        place = (place &+ 1) & mask
      }
    }

    /// How many digests a part has when it takes the memory that it will have in the end.
    private static let manyDigests = 512

    /// Adds a digest that is not there.
    mutating func add(_ digest: EventDigest, at place: Int) {
      digests.append(digest)
      if digests.count == Part.manyDigests, runs.isEmpty {
        digests.reserveCapacity(DigestFile.leastRun)
        // Nothing is marked before the first run; memory that was never written to is not there yet.
        unsafe filter.update(repeating: 0, count: DuplicateFilter.filterWords)
      }
      let mask = unsafe UInt32(truncatingIfNeeded: table.count - 1)
      // The place was found in the table.
      unsafe table[place] =
        UInt32(truncatingIfNeeded: digest.low >> 32) & ~mask | UInt32(truncatingIfNeeded: digests.count)
    }

    mutating func grow() {
      let larger = unsafe UnsafeMutableBufferPointer<UInt32>.allocate(capacity: table.count * 2)
      unsafe larger.initialize(repeating: 0)
      if ownsTable { unsafe table.deallocate() }
      unsafe table = larger
      ownsTable = true
      let old = digests
      digests.removeAll(keepingCapacity: true)
      for digest in old { add(digest, at: place(of: digest).place) }
    }

    mutating func removeAll() {
      digests.removeAll(keepingCapacity: true)
      unsafe table.update(repeating: 0)
    }

    /// The first of the eight words of the filter where a digest is marked.
    static func block(of digest: EventDigest) -> Int {
      Int((digest.high << UInt64(DuplicateFilter.partBits)) >> 54) * 8
    }

    /// The words of the filter where a digest is marked, and its marks; three of 512 bits, eight words together.
    private func marks(of digest: EventDigest) -> [3 of (word: Int, bit: UInt64)] {
      let block = Part.block(of: digest)
      return [3 of (word: Int, bit: UInt64)] { index in
        let mark = Int(truncatingIfNeeded: digest.low >> UInt64(20 + 9 * index)) & 511
        return (block + mark >> 6, 1 << UInt64(mark & 63))
      }
    }

    // Words of marks are below the number that a filter has.
    mutating func mark(_ digest: EventDigest) {
      let marks = marks(of: digest)
      for index in marks.indices { unsafe filter[marks[index].word] |= marks[index].bit }
    }

    func isMarked(_ digest: EventDigest) -> Bool {
      if runs.isEmpty { return false }
      let marks = marks(of: digest)
      for index in marks.indices where unsafe filter[marks[index].word] & marks[index].bit == 0 {
        return false
      }
      return true
    }
  }

  /// Behind pointers, as they are counted and tested by nobody there: threads share them.
  private let parts: UnsafeMutablePointer<Mutex<Part>>
  /// The tables of all parts, one behind the other; each belongs to its part's lock.
  private let tables: UnsafeMutablePointer<UInt32>
  /// The filters of all parts, likewise.
  private let filters: UnsafeMutablePointer<UInt64>
  private let hasRuns = Atomic<Bool>(false)
  private let store = Mutex(Store())
  private let capacity: Int

  /// Creates an empty set.
  ///
  /// - Parameter capacity: How many places the table of a part has at most: a power of two, no more than
  ///   ``DigestFile/leastRun``.
  init(capacity: Int = DigestFile.leastRun) {
    self.capacity = capacity
    let count = 1 << DuplicateFilter.partBits
    let tables = unsafe UnsafeMutablePointer<UInt32>.zeroed(count * capacity)
    let filters = unsafe UnsafeMutablePointer<UInt64>.zeroed(count * DuplicateFilter.filterWords)
    unsafe parts = .allocate(capacity: count)
    for part in 0..<count {
      // Each part gets its own stretch.
      let table = unsafe UnsafeMutableBufferPointer(start: tables + part * capacity, count: capacity)
      let filter = unsafe filters + part * DuplicateFilter.filterWords
      unsafe (parts + part).initialize(to: Mutex(Part(table, filter)))
    }
    unsafe self.tables = tables
    unsafe self.filters = filters
  }

  deinit {
    unsafe parts.deinitialize(count: 1 << DuplicateFilter.partBits)
    unsafe parts.deallocate()
    unsafe free(tables)
    unsafe free(filters)
  }

  /// Why memory has grown with the number of events, or `nil` if it has not.
  var failure: String? { store.withLock { $0.failure?.message } }

  /// Asks for the memory that will be read when an event is recorded.
  ///
  /// - Parameter digest: Its digest.
  func prefetch(_ digest: EventDigest) {
    let part = Int(digest.high >> UInt64(64 - DuplicateFilter.partBits))
    // Addresses only; they lie within what belongs to the part.
    unsafe JSONStream.prefetch(
      tables + part * capacity + Int(truncatingIfNeeded: digest.low) & (capacity - 1))
    if hasRuns.load(ordering: .relaxed) {
      unsafe JSONStream.prefetch(filters + part * DuplicateFilter.filterWords + Part.block(of: digest))
    }
  }

  /// Records an event.
  ///
  /// - Parameter digest: The digest of id, time and content.
  /// - Returns: Whether the event is new.
  func insert(_ digest: EventDigest) -> Bool {
    // The bits tell one of the parts.
    unsafe parts[Int(digest.high >> UInt64(64 - DuplicateFilter.partBits))].withLock {
      insert(digest, into: &$0)
    }
  }

  private func insert(_ digest: EventDigest, into part: inout Part) -> Bool {
    var (place, isThere) = part.place(of: digest)
    if isThere { return false }
    if part.isMarked(digest), isWritten(digest, part.runs) { return false }
    if unsafe (part.digests.count + 1) * 4 > part.table.count * 3 {
      if !spill(&part) { part.grow() }
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
      hasRuns.store(true, ordering: .relaxed)
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

extension UnsafeMutablePointer {
  /// Memory that is all zero, whose pages the system makes when they are first used.
  fileprivate static func zeroed(_ count: Int) -> UnsafeMutablePointer<Pointee> {
    guard let memory = unsafe calloc(count, MemoryLayout<Pointee>.stride) else {
      fatalError("no memory is left")
    }
    return unsafe memory.bindMemory(to: Pointee.self, capacity: count)
  }
}
