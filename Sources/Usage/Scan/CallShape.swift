// Calls that are alike, counted together.

import CloudTrail
import IAM

/// What is counted for events that are recorded in the same way but for time, id and caller's address.
struct CallShape: Sendable {
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
  var isTelling = false
  /// How they ended.
  var outcome = Outcome.allowed
  /// The number of what they show to be covered.
  var coverage: UInt32 = 0
  /// The number under which they are counted as calls.
  var call: UInt32 = 0
  /// The places of the uses that they show.
  var uses = NumberLists.List()
  /// How many events that are not recorded yet, and when they were.
  var counts = EventCounts()
  /// Ids of some of them.
  var examples = SmallestIDs()

  /// Creates a shape without events.
  ///
  /// - Parameter treatment: What becomes of the events.
  init(_ treatment: Treatment) { self.treatment = treatment }
}
