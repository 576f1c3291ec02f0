// Which events were seen before, over all files and threads.

import JSONStream
import Synchronization

/// A set of events, shared by the threads of a scan.
///
/// A duplicate has the same event id, the same time and the same digest: hand-made logs reuse ids for different
/// events, and those must not be lost. Events without an id are never duplicates. The set is exact, so what is
/// counted does not depend on the order of files or the number of threads; it takes 16 bytes for each event, at a
/// load between 3/8 and 3/4.
///
/// A class because the threads share it; its parts are locked one by one.
final class DuplicateFilter: Sendable {
  private struct Part {
    var table = [EventDigest](repeating: .empty, count: 64)
    var count = 0

    mutating func insert(_ digest: EventDigest) -> Bool {
      if count * 4 >= table.count * 3 { grow() }
      let mask = table.count - 1
      var place = Int(truncatingIfNeeded: digest.low) & mask
      while table[place].high | table[place].low != 0 {
        if table[place] == digest { return false }
        place = (place + 1) & mask
      }
      table[place] = digest
      count += 1
      return true
    }

    private mutating func grow() {
      let old = table
      table = [EventDigest](repeating: .empty, count: old.count * 2)
      let mask = table.count - 1
      for digest in old where digest != .empty {
        var place = Int(truncatingIfNeeded: digest.low) & mask
        while table[place] != .empty { place = (place + 1) & mask }
        table[place] = digest
      }
    }
  }

  private final class LockedPart: Sendable {
    let part = Mutex(Part())
  }

  private let parts = (0..<64).map { _ in LockedPart() }

  /// Records an event.
  ///
  /// - Parameter digest: The digest of id, time and content.
  /// - Returns: Whether the event is new.
  func insert(_ digest: EventDigest) -> Bool {
    // The empty digest marks free places.
    let digest = digest == .empty ? EventDigest(JSONDigest(high: 1, low: 0)) : digest
    return parts[Int(digest.high >> 58)].part.withLock { $0.insert(digest) }
  }
}
