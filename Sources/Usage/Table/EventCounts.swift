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
      count: count, firstSeen: Timestamp(secondsSinceEpoch: first), lastSeen: Timestamp(secondsSinceEpoch: last))
  }
}

/// The smallest few ids of events.
struct SmallestIDs: Sendable {
  private var smallest: ExampleID?
  private var middle: ExampleID?
  private var largest: ExampleID?
  /// Whether there were more distinct ids than are kept.
  private var hasMore = false

  /// Takes in the id of an event.
  ///
  /// - Parameter id: The id.
  @inline(__always)
  mutating func insert(_ id: ExampleID) {
    // Nearly every id is larger than the largest that is kept.
    if let largest, largest < id {
      hasMore = true
      return
    }
    place(id)
  }

  private mutating func place(_ id: ExampleID) {
    if id == smallest || id == middle || id == largest { return }
    if largest != nil { hasMore = true }
    guard let first = smallest, first < id else {
      (smallest, middle, largest) = (id, smallest, middle)
      return
    }
    guard let second = middle, second < id else {
      (middle, largest) = (id, middle)
      return
    }
    largest = id
  }

  /// Takes in other ids.
  ///
  /// - Parameter other: The other ids.
  mutating func formUnion(_ other: SmallestIDs) {
    if smallest == nil {
      self = other
      return
    }
    if let id = other.smallest { insert(id) }
    if let id = other.middle { insert(id) }
    if let id = other.largest { insert(id) }
    hasMore = hasMore || other.hasMore
  }

  /// The ids as a ledger keeps them.
  var examples: BoundedSet {
    var texts: [String] = []
    if let smallest { texts.append(smallest.text) }
    if let middle { texts.append(middle.text) }
    if let largest { texts.append(largest.text) }
    return BoundedSet(sorted: texts, limit: UseFacts.exampleLimit, overflowed: hasMore)
  }
}
