// A use as a row of numbers.

import CloudTrail
import IAM

/// One use: 64 bytes, which is a line of the processor's cache.
struct UseRow: Sendable {
  /// The number of whose permissions were used.
  let principal: UInt32
  /// The number of the action.
  let action: UInt32
  /// The number of the resource.
  let resource: UInt32
  /// The number of the list that is the essential context.
  let context: UInt32
  /// The numbers of the circumstances of calls.
  var circumstances = NumberLists.List()
  /// The numbers of the addresses that calls came from.
  var addresses = NumberLists.List()
  /// Where further ids of events stand, if the use ever had any; 0 for nowhere.
  var furtherExamples: UInt32 = 0
  /// How many circumstances and addresses are listed.
  var listed: UInt8 = 0
  /// How many ids of events there are.
  var exampleCount = SmallestIDs.Count.none
  /// Whether the use was removed.
  var isRemoved = false
  /// The outcome that is counted here.
  var outcome: Outcome
  /// How many calls had that outcome, and when they were.
  var counts = SmallCounts()
  /// The first of the ids.
  var example = ExampleID.largest

  /// Creates a use of which nothing is known.
  ///
  /// - Parameters:
  ///   - need: What was used.
  ///   - principal: The number of whose permissions were used.
  ///   - outcome: The outcome that is counted.
  init(_ need: UseTable.Need, by principal: UInt32, _ outcome: Outcome) {
    self.principal = principal
    action = need.action
    resource = need.resource
    context = need.context
    self.outcome = outcome
  }

  /// Whether two rows are of one use.
  ///
  /// - Parameter other: The other row.
  /// - Returns: Whether they are.
  @inline(__always)
  func isSameUse(as other: UseRow) -> Bool {
    resource == other.resource && principal == other.principal && action == other.action
      && context == other.context
  }
}

/// Counts in 16 bytes: as many as four billion events of 136 years.
struct SmallCounts: Sendable {
  private var first: Int64 = 0
  private var duration: UInt32 = 0
  private var number: UInt32 = 0

  /// Creates counts of nothing.
  init() {}

  /// Whether nothing is counted.
  var isEmpty: Bool { number == 0 }

  /// The counts.
  var counts: EventCounts {
    number == 0
      ? EventCounts() : EventCounts(count: Int(number), first: first, last: first + Int64(duration))
  }

  /// Adds counts, if they have room.
  ///
  /// - Parameter other: The other counts.
  /// - Returns: Whether they had room; otherwise nothing is added.
  mutating func merge(_ other: EventCounts) -> Bool {
    guard let (first, last) = other.span else { return true }
    let from = isEmpty ? first : min(self.first, first)
    let to = isEmpty ? last : max(self.first + Int64(duration), last)
    let (duration, overflow) = to.subtractingReportingOverflow(from)
    guard !overflow, let number = UInt32(exactly: Int(self.number) + other.count),
      let duration = UInt32(exactly: duration)
    else { return false }
    (self.first, self.duration, self.number) = (from, duration, number)
    return true
  }
}
