// What is known of one use.

public import CloudTrail

/// What the log told of one use: how often, when, from where, with which outcome.
///
/// Every part joins: tallies add and widen, sets keep their smallest few.
public struct UseFacts: Hashable, Sendable {
  /// How many values of one condition key are kept.
  public static let contextLimit = 8
  /// How many example event ids are kept.
  public static let exampleLimit = 3

  /// Calls that succeeded.
  public var allowed = Tally()
  /// Calls that failed for another reason than permission.
  public var failed = Tally()
  /// Calls refused for lack of permission.
  public var denied = Tally()
  /// Regions that the calls went to.
  public var regions = BoundedSet(limit: 40)
  /// Services that made the calls on the principal's behalf.
  public var via = BoundedSet(limit: 8)
  /// Ids of events that show the use.
  public var exampleEvents = BoundedSet(limit: UseFacts.exampleLimit)
  /// Values of condition keys that the events prove, by key; for conditions that a user may ask for.
  public var observedContext: [ByteString: BoundedSet] = [:]
  /// Rules that gave the use.
  public var rules = BoundedSet(limit: 8)
  /// The distinct resources that the use was generalised from; none where the resource was recorded as it stands.
  public package(set) var resources = DistinctCount()
  /// Why the resource is `*` although the action accepts ARNs.
  public var unresolvedReasons = BoundedSet(limit: 4)

  /// Creates facts of no event.
  public init() {}

  /// Why the resource could not be derived, where that is so: the first reason by bytes.
  public var unresolvedReason: String? { unresolvedReasons.elements.first }

  /// All calls, whatever their outcome.
  public var total: Tally { allowed.merged(with: failed).merged(with: denied) }

  /// How many distinct resources the use stands for: one, or what it was generalised from.
  ///
  /// An estimate beyond a few hundred, and never more than there were calls.
  public var distinctResources: Int { max(1, min(resources.value, total.count)) }

  /// The outcome that stands for the use: allowed if any call was, else failed, else denied.
  public var outcome: Outcome {
    if allowed.count > 0 { .allowed } else if failed.count > 0 { .failed } else { .denied }
  }

  /// Joins the facts of another ledger.
  ///
  /// - Parameter other: The other facts of the same use.
  public mutating func merge(_ other: UseFacts) {
    allowed.merge(other.allowed)
    failed.merge(other.failed)
    denied.merge(other.denied)
    regions.formUnion(other.regions)
    via.formUnion(other.via)
    exampleEvents.formUnion(other.exampleEvents)
    observedContext.merge(other.observedContext) { left, right in
      var joined = left
      joined.formUnion(right)
      return joined
    }
    rules.formUnion(other.rules)
    resources.formUnion(other.resources)
    unresolvedReasons.formUnion(other.unresolvedReasons)
  }
}
