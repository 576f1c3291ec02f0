// Digests that no longer fit the memory of the duplicate filter, in a temporary file.
//
// Layout. The file is divided into slots, each for a run of digests in ascending order, 16 bytes a digest. A slot of
// level 0 takes what one part of the filter holds in memory; eight runs of one level are merged into one of the next,
// and their slots are used again, so the file stays below three times the digests in it. The file has no name as soon
// as it is open: nothing is left behind, however the program ends.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

import Synchronization

/// Digests in ascending order, somewhere in the file.
struct DigestRun: Sendable {
  /// The offset of the first byte in the file.
  let offset: Int
  /// How many digests there are.
  let count: Int
  /// How often digests of this run were merged.
  let level: Int
}

/// A temporary file of runs of digests, shared by the threads of a scan; a class for that reason.
final class DigestFile: Sendable {
  /// How many digests a run of level 0 has at most.
  static let leastRun = 2048
  /// How many runs of one level are merged into one of the next.
  static let fanIn = 8

  private struct State {
    var end = 0
    /// The offsets of slots that are not used any more, by level.
    var free: [[Int]] = []
  }

  private let descriptor: CInt
  private let state = Mutex(State())

  /// Creates the file where `TMPDIR` says, or in `/var/tmp`, which is on a disk more often than `/tmp` is.
  ///
  /// - Throws: Why it cannot be created.
  init() throws(SystemError) {
    let folders = [unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }, "/var/tmp", "/tmp"]
    for folder in folders.compactMap({ $0 }) {
      var template = Array("\(folder)/whittle-XXXXXX".utf8CString)
      // `mkstemp` writes into the template, which ends with NUL; the file is private to the user.
      let descriptor = unsafe mkstemp(&template)
      guard descriptor >= 0 else { continue }
      unsafe unlink(template)
      self.descriptor = descriptor
      return
    }
    throw SystemError("no temporary file can be made")
  }

  deinit { close(descriptor) }

  /// Writes digests in ascending order.
  ///
  /// - Parameter digests: The digests, at most ``leastRun``.
  /// - Returns: The run.
  /// - Throws: Why it cannot be written.
  func write(_ digests: [EventDigest]) throws(SystemError) -> DigestRun {
    let run = DigestRun(offset: take(level: 0), count: digests.count, level: 0)
    try write(digests[...], at: run.offset)
    return run
  }

  /// Merges runs of one level, which share no digest.
  ///
  /// - Parameter runs: At most ``fanIn`` runs; their slots are used again.
  /// - Returns: One run of the next level.
  /// - Throws: Why it cannot be written; the runs are still there then.
  func merge(_ runs: ArraySlice<DigestRun>) throws(SystemError) -> DigestRun {
    let level = (runs.first?.level ?? 0) + 1
    let offset = take(level: level)
    var sources = runs.map { Source(run: $0) }
    var merged: [EventDigest] = []
    var written = 0
    while true {
      var least: (index: Int, digest: EventDigest)?
      for index in sources.indices {
        guard let digest = try sources[index].first(in: self) else { continue }
        if let known = least, known.digest.precedes(digest) { continue }
        least = (index, digest)
      }
      if let least {
        sources[least.index].next += 1
        merged.append(least.digest)
      }
      if least == nil || merged.count == DigestFile.leastRun {
        try write(merged[...], at: offset + written * DigestFile.size)
        written += merged.count
        merged.removeAll(keepingCapacity: true)
      }
      if least == nil { break }
    }
    state.withLock { state in for run in runs { state.free[run.level].append(run.offset) } }
    return DigestRun(offset: offset, count: written, level: level)
  }

  /// Whether a run holds a digest.
  ///
  /// Digests are spread evenly unless someone has made them otherwise, so the place is close to where the value says;
  /// from there the search moves by twice as much each time, and then halves.
  ///
  /// - Complexity: O(log *n*) reads of 1 KiB; one or two where digests are spread evenly.
  func holds(_ digest: EventDigest, _ run: DigestRun) throws(SystemError) -> Bool {
    let block = 64
    var (low, high) = (0, run.count)
    var guess = Int((digest.high << DuplicateFilter.partBits).multipliedFullWidth(by: UInt64(run.count)).high)
    var step = block
    var isBounded = (low: false, high: false)
    while low < high {
      let start = max(low, min(high - 1, guess) - block / 2)
      let found = try read(run, start..<min(high, start + block))
      guard let first = found.first, let last = found.last else { return false }
      if digest.precedes(first) {
        (high, isBounded.high) = (start, true)
        guess = start - step
      } else if last.precedes(digest) {
        (low, isBounded.low) = (start + found.count, true)
        guess = low + step
      } else {
        return found.contains(digest)
      }
      step *= 2
      if isBounded.low, isBounded.high { guess = low + (high - low) / 2 }
    }
    return false
  }

  // MARK: Slots and bytes

  private static let size = MemoryLayout<EventDigest>.stride

  /// A run that is being merged, and the part of it that is in memory.
  private struct Source {
    let run: DigestRun
    var next = 0
    var start = 0
    var loaded: [EventDigest] = []

    init(run: DigestRun) { self.run = run }

    mutating func first(in file: DigestFile) throws(SystemError) -> EventDigest? {
      guard next < run.count else { return nil }
      if next - start >= loaded.count {
        start = next
        loaded = try file.read(run, start..<min(run.count, start + 256))
      }
      return loaded[next - start]
    }
  }

  private func take(level: Int) -> Int {
    state.withLock { state in
      while state.free.count <= level { state.free.append([]) }
      if let offset = state.free[level].popLast() { return offset }
      let offset = state.end
      state.end += DigestFile.size * DigestFile.leastRun << (3 * level)
      return offset
    }
  }

  private func read(_ run: DigestRun, _ range: Range<Int>) throws(SystemError) -> [EventDigest] {
    var digests = [EventDigest](repeating: .empty, count: range.count)
    var done = 0
    let length = range.count * DigestFile.size
    while done < length {
      let place = run.offset + range.lowerBound * DigestFile.size + done
      // The memory is as long as the digests of the range, which are plain numbers.
      let count = unsafe digests.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress.map { unsafe $0 + done }, length - done, off_t(place))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("the temporary file cannot be read") }
      done += count
    }
    return digests
  }

  private func write(_ digests: ArraySlice<EventDigest>, at offset: Int) throws(SystemError) {
    var done = 0
    let length = digests.count * DigestFile.size
    while done < length {
      // As many bytes as the slice has, which are plain numbers.
      let count = unsafe digests.withUnsafeBytes {
        unsafe pwrite(
          descriptor, $0.baseAddress.map { unsafe $0 + done }, length - done, off_t(offset + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("the temporary file cannot be written") }
      done += count
    }
  }
}

extension EventDigest {
  /// Whether this digest stands before another in a run.
  func precedes(_ other: EventDigest) -> Bool { (high, low) < (other.high, other.low) }
}
