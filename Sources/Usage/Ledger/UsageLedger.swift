// The ledger: everything that is kept of a log.
//
// It is a mathematical object first. `init()` is the ledger of no event, `record` adds one event, `merge` joins
// two ledgers. Each entry is an element of a join-semilattice but for its counts, which add: times take the
// minimum and maximum, detail goes to bounded sets that keep the smallest few. So the ledger of a log does not
// depend on the order of its events, nor on how they were spread over files, threads and machines, and merging
// is associative and commutative, and idempotent but for counts.

public import CloudTrail

/// The uses that a log shows, and what the log could have shown.
public struct UsageLedger: Sendable, Hashable {
  /// What is known of each use.
  public package(set) var uses = UseTable()
  /// How far the resources of large families are generalised; see ``generalize(limit:)``.
  package internal(set) var generalized: [UseFamily: GeneralizationLevel] = [:]
  /// What is known of each principal.
  public package(set) var principals: [Principal: PrincipalFacts] = [:]
  /// How often each principal called each operation.
  public package(set) var operations = OperationTable()
  /// Calls that no rule resolves.
  public package(set) var unresolved: [OperationReason: Tally] = [:]
  /// Calls that no identity policy authorises.
  public package(set) var permissionless: [OperationReason: Tally] = [:]
  /// Events that are no calls under an identity policy, by kind.
  public package(set) var notCalls: [ByteString: Tally] = [:]
  /// How many events were recorded, with the first and last time.
  public package(set) var events = Tally()
  /// What the logs cover.
  public package(set) var coverage = Coverage()
  /// How many events are API calls by their own word: their event type is `AwsApiCall`.
  public package(set) var apiCalls = 0
  /// How many further events are calls: console actions, and calls with no event type or an undocumented one.
  public package(set) var otherCalls = 0
  /// What the events teach about each other; applied by ``settled(with:)``.
  public package(set) var learned = LearnedFacts()
  /// How many calls were refused for lack of permission.
  public package(set) var denied = 0

  /// Creates the ledger of no event.
  public init() {}

  /// How many calls no rule resolves.
  public var unresolvedEvents: Int { unresolved.values.reduce(0) { $0 + $1.count } }

  /// Joins another ledger into this one.
  ///
  /// - Parameter other: The ledger of other events; events in both are counted twice.
  public mutating func merge(_ other: UsageLedger) {
    if uses.isUnused { uses = other.uses } else { uses.merge(other.uses) }
    merge(&generalized, other.generalized) { $0 = max($0, $1) }
    // A family may be lifted in one ledger and not yet in the other.
    for family in generalized.keys { uses.noteGrown(family.stem.principal) }
    merge(&principals, other.principals) { $0.merge($1) }
    operations.merge(other.operations)
    merge(&unresolved, other.unresolved) { $0.merge($1) }
    merge(&permissionless, other.permissionless) { $0.merge($1) }
    merge(&notCalls, other.notCalls) { $0.merge($1) }
    coverage.merge(other.coverage)
    events.merge(other.events)
    learned.merge(other.learned)
    apiCalls += other.apiCalls
    otherCalls += other.otherCalls
    denied += other.denied
  }

  private func merge<Key, Value>(
    _ mine: inout [Key: Value], _ theirs: [Key: Value], _ join: (inout Value, Value) -> Void
  ) {
    if mine.isEmpty {
      mine = theirs
      return
    }
    for (key, value) in theirs {
      if let index = mine.index(forKey: key) {
        join(&mine.values[index], value)
      } else {
        mine[key] = value
      }
    }
  }
}
