// Calls that are alike, counted together.

import CloudTrail
import IAM

/// Events that a ledger records in the same way but for time, id and caller's address.
struct CallShape {
  /// What the events have in common; `nil` where a filter leaves them out.
  let facts: CallFacts?
  /// Where the calls came from.
  var addresses = BoundedSet(limit: UseFacts.contextLimit)
  /// The first few ids that are not such as CloudTrail writes.
  var oddIDs = BoundedSet(limit: UseFacts.exampleLimit)

  /// Creates a shape without events.
  ///
  /// - Parameter facts: What the events have in common; `nil` where a filter leaves them out.
  init(_ facts: CallFacts?) { self.facts = facts }
}

/// What is counted for each event of a shape: numbers only, apart from the shapes so that they stay close in memory.
struct ShapeCounts {
  /// What becomes of the events.
  enum Treatment: UInt8 {
    /// A filter leaves them out.
    case ignored
    /// They show what the logs cover, no more.
    case covering
    /// They are recorded, and show no use.
    case counted
    /// They show uses.
    case used
  }

  /// What becomes of the events.
  let treatment: Treatment
  /// Whether they are calls, so that lessons are drawn from whoever makes them.
  let isTelling: Bool
  /// The number of what they show to be covered.
  let coverage: Int
  /// How many events.
  private(set) var count = 0
  /// The first and last second.
  private var first = Int64.max
  private var last = Int64.min
  private var smallest: ExampleID?
  private var middle: ExampleID?
  private var largest: ExampleID?
  private var hasMoreIDs = false

  /// Creates counts of no event.
  ///
  /// - Parameters:
  ///   - treatment: What becomes of the events.
  ///   - isTelling: Whether they are calls.
  ///   - coverage: The number of what they show to be covered.
  init(_ treatment: Treatment, isTelling: Bool, coverage: Int) {
    self.treatment = treatment
    self.isTelling = isTelling
    self.coverage = coverage
  }

  /// Counts an event.
  ///
  /// - Parameter time: When it was.
  @inline(__always)
  mutating func add(_ time: Timestamp) {
    count &+= 1
    first = min(first, time.secondsSinceEpoch)
    last = max(last, time.secondsSinceEpoch)
  }

  /// Takes in the id of an event; the smallest few are kept.
  ///
  /// - Parameter id: The id.
  @inline(__always)
  mutating func add(_ id: ExampleID) {
    // Nearly every id is larger than the largest that is kept.
    if let largest, largest < id {
      hasMoreIDs = true
      return
    }
    insert(id)
  }

  private mutating func insert(_ id: ExampleID) {
    if id == smallest || id == middle || id == largest { return }
    if largest != nil { hasMoreIDs = true }
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

  /// The events counted, as a ledger records them.
  ///
  /// - Parameter shape: Their shape.
  /// - Returns: Their number and times, and the ids kept.
  func occurrences(_ shape: CallShape) -> Occurrences {
    var occurrences = Occurrences()
    occurrences.times = Tally(
      count: count, firstSeen: Timestamp(secondsSinceEpoch: first),
      lastSeen: Timestamp(secondsSinceEpoch: last))
    occurrences.exampleEvents = BoundedSet(
      [smallest, middle, largest].compactMap { $0?.text }, limit: UseFacts.exampleLimit,
      overflowed: hasMoreIDs)
    occurrences.exampleEvents.formUnion(shape.oddIDs)
    occurrences.addresses = shape.addresses
    return occurrences
  }
}
