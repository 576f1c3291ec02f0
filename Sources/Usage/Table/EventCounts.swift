// What is counted of events that are alike: numbers only.

import CloudTrail
import IAM

/// How many events, and between which seconds.
struct EventCounts: Sendable {
  /// How many.
  private(set) var count = 0
  private var first = Int64.max
  private var last = Int64.min

  /// Counts an event.
  ///
  /// - Parameter time: When it was.
  @inline(__always)
  mutating func add(_ time: Timestamp) {
    count &+= 1
    first = min(first, time.secondsSinceEpoch)
    last = max(last, time.secondsSinceEpoch)
  }

  /// Adds other counts.
  ///
  /// - Parameter other: The other counts.
  mutating func merge(_ other: EventCounts) {
    count &+= other.count
    first = min(first, other.first)
    last = max(last, other.last)
  }

  /// The counts as a ledger keeps them.
  var tally: Tally {
    guard count > 0 else { return Tally() }
    return Tally(
      count: count, firstSeen: Timestamp(secondsSinceEpoch: first),
      lastSeen: Timestamp(secondsSinceEpoch: last))
  }
}

/// The smallest few ids of events.
struct SmallestIDs: Sendable {
  private var ids = [3 of ExampleID](repeating: .largest)
  private var count: UInt8 = 0
  /// Whether there were more distinct ids than are kept.
  private var hasMore = false

  /// Takes in the id of an event.
  ///
  /// - Parameter id: The id.
  @inline(__always)
  mutating func insert(_ id: ExampleID) {
    // Nearly every id is larger than the largest that is kept.
    if count == 3, ids[2] < id {
      hasMore = true
      return
    }
    place(id)
  }

  private mutating func place(_ id: ExampleID) {
    var place = 0
    while place < count, ids[place] < id { place += 1 }
    if place < count, ids[place] == id { return }
    if count == 3 { hasMore = true } else { count += 1 }
    var last = Int(count) - 1
    while last > place {
      ids[last] = ids[last - 1]
      last -= 1
    }
    ids[place] = id
  }

  /// Takes in other ids.
  ///
  /// - Parameter other: The other ids.
  mutating func formUnion(_ other: SmallestIDs) {
    for place in 0..<Int(other.count) { insert(other.ids[place]) }
    hasMore = hasMore || other.hasMore
  }

  /// The ids as a ledger keeps them.
  var examples: BoundedSet {
    let texts = (0..<Int(count)).map { ids[$0].text }
    return BoundedSet(sorted: texts, limit: UseFacts.exampleLimit, overflowed: hasMore)
  }
}
