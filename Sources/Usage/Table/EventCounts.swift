// What is counted of events that are alike: numbers only.

import CloudTrail
import IAM

/// How many events, and between which seconds.
struct EventCounts: Sendable {
  /// How many.
  private(set) var count = 0
  private var first = Int64.max
  private var last = Int64.min

  /// Creates counts of nothing.
  init() {}

  /// Counts one event.
  ///
  /// - Parameter time: When it was.
  init(_ time: Timestamp) { add(time) }

  /// Creates counts.
  ///
  /// - Parameters:
  ///   - count: How many events, at least one.
  ///   - first: The second of the first one.
  ///   - last: The second of the last one.
  init(count: Int, first: Int64, last: Int64) {
    self.count = count
    self.first = first
    self.last = last
  }

  /// The seconds of the first and the last event; `nil` where nothing is counted.
  var span: (first: Int64, last: Int64)? { count > 0 ? (first, last) : nil }

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
  /// How many ids are kept, and whether there were more.
  enum Count: UInt8 {
    /// There was no id.
    case none
    /// There was one.
    case one
    /// There were two.
    case two
    /// There were three.
    case three
    /// There were more than the three that are kept.
    case more
  }

  private var ids = [3 of ExampleID](repeating: .largest)
  /// How many there are.
  private(set) var count = Count.none

  /// Creates a set without ids.
  init() {}

  /// Creates a set of ids.
  ///
  /// - Parameters:
  ///   - ids: The ids, ascending.
  ///   - count: How many of them there are.
  init(_ ids: [3 of ExampleID], _ count: Count) {
    self.ids = ids
    self.count = count
  }

  /// How many ids are kept.
  var kept: Int { min(Int(count.rawValue), UseFacts.exampleLimit) }

  /// An id.
  ///
  /// - Parameter place: Its place among those that are kept; behind them stands the largest of all.
  subscript(place: Int) -> ExampleID { ids[place] }

  /// Takes in the id of an event.
  ///
  /// - Parameter id: The id.
  @inline(__always)
  mutating func insert(_ id: ExampleID) {
    // Nearly every id is larger than the largest that is kept.
    if count.rawValue >= Count.three.rawValue, ids[2] < id {
      count = .more
      return
    }
    place(id)
  }

  private mutating func place(_ id: ExampleID) {
    let kept = kept
    var place = 0
    while place < kept, ids[place] < id { place += 1 }
    if place < kept, ids[place] == id { return }
    count = Count(rawValue: count.rawValue + 1) ?? .more
    var last = self.kept - 1
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
    for place in 0..<other.kept { insert(other.ids[place]) }
    if other.count == .more { count = .more }
  }

  /// The ids as a ledger keeps them.
  var examples: BoundedSet {
    let texts = (0..<kept).map { ids[$0].text }
    return BoundedSet(sorted: texts, limit: UseFacts.exampleLimit, overflowed: count == .more)
  }
}
