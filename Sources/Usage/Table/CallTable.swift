// Calls by number: how often each principal made which sort of call in which region.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// What calls have in common of which a ledger counts how many there were.
struct CallSort: Hashable, Sendable {
  /// What sort of event they are.
  let kind: EventKind
  /// Whether they are calls with a source and a name, from which something can be learnt.
  let isTelling: Bool
  /// How they ended.
  let outcome: Outcome
  /// Whether their records have an error code.
  let hasError: Bool
  /// The event source, empty where the records have none.
  let eventSource: ByteString
  /// The event name, empty where the records have none.
  let eventName: ByteString
  /// What the resolver made of them, but for what they needed.
  let resolution: Resolution.Kind
  /// The rule that decided.
  let rule: ByteString
  /// Why they are unresolved, or what they are instead of calls.
  let reason: ByteString?

  /// Takes what calls have in common.
  ///
  /// - Parameter call: One of them.
  init(_ call: CallFacts) {
    kind = call.kind
    isTelling = call.isCall
    outcome = call.outcome
    hasError = call.hasError
    eventSource = ByteString(call.eventSource)
    eventName = ByteString(call.eventName)
    resolution = call.resolution.kind
    rule = ByteString(call.resolution.rule)
    reason = call.resolution.reason.map { ByteString($0) }
  }

  /// The operation that is called.
  var operation: OperationTable.Operation {
    OperationTable.Operation(eventSource: eventSource, eventName: eventName)
  }

  /// The operation of a principal.
  ///
  /// - Parameter principal: Who called.
  /// - Returns: The key under which its calls are counted.
  func operation(of principal: Principal) -> OperationKey {
    OperationKey(principal: principal, eventSource: eventSource.text, eventName: eventName.text)
  }

  /// The operation with the reason why it needs no permission, or is unresolved.
  var operationReason: OperationReason {
    OperationReason(eventSource: eventSource.text, eventName: eventName.text, reason: (reason ?? rule).text)
  }
}

/// Counts of calls, found by principal, sort and region.
struct CallTable: Sendable {
  private struct Row: Sendable {
    let principal: UInt32
    let sort: UInt32
    let region: UInt32
    var counts = EventCounts()
  }

  private var numbering = Numbering<CallSort>()
  private var rows = ChunkedArray<Row>()
  private var index = HashIndex()

  /// Creates an empty table.
  init() {}

  /// The sorts, by number.
  var sorts: [CallSort] { numbering.elements }

  /// The number of a sort, which is added if it is new.
  ///
  /// - Parameter sort: The sort.
  /// - Returns: Its number.
  mutating func number(of sort: CallSort) -> UInt32 { numbering.number(of: sort) }

  private static func hash(_ sort: UInt32, _ principal: UInt32, _ region: UInt32) -> UInt64 {
    JSONDigest(UInt64(sort) << 32 | UInt64(principal)).following(JSONDigest(UInt64(region))).value
  }

  /// Asks for the part of the index that finding a number takes.
  ///
  /// - Parameters:
  ///   - sort: The number of the sort of calls.
  ///   - principal: The number of the principal.
  ///   - region: The number of the region.
  @inline(__always)
  func prefetchIndex(_ sort: UInt32, by principal: UInt32, in region: UInt32) {
    index.prefetch(CallTable.hash(sort, principal, region))
  }

  /// Asks for the row of a number.
  ///
  /// - Parameters:
  ///   - sort: The number of the sort of calls.
  ///   - principal: The number of the principal.
  ///   - region: The number of the region.
  @inline(__always)
  func prefetchRow(_ sort: UInt32, by principal: UInt32, in region: UInt32) {
    if let row = index.likely(CallTable.hash(sort, principal, region)) { rows.prefetch(row) }
  }

  /// The number under which calls are counted.
  ///
  /// - Parameters:
  ///   - sort: The number of their sort.
  ///   - principal: The number of the principal in the table of uses.
  ///   - region: The number of the region in that table.
  /// - Returns: The number.
  mutating func row(_ sort: UInt32, by principal: UInt32, in region: UInt32) -> UInt32 {
    let hash = CallTable.hash(sort, principal, region)
    let known = index.find(hash) { row in
      let known = rows[row]
      return known.sort == sort && known.principal == principal && known.region == region
    }
    if let known { return UInt32(known) }
    rows.append(Row(principal: principal, sort: sort, region: region))
    index.insert(rows.count - 1, hash)
    return UInt32(rows.count - 1)
  }

  /// Counts calls.
  ///
  /// - Parameters:
  ///   - counts: How many, and when.
  ///   - row: The number under which they are counted.
  mutating func record(_ counts: EventCounts, in row: UInt32) {
    rows.update(Int(row)) { $0.counts.merge(counts) }
  }

  /// Whether nothing is counted.
  var isEmpty: Bool { rows.isEmpty }

  /// Moves all counts to a ledger; the sorts stay.
  ///
  /// What many rows add to is added up first: a ledger looks up each principal once.
  ///
  /// - Parameter ledger: The ledger; the numbers of principals and regions are those of its uses.
  /// - Complexity: O(*n* log *n*) in rows.
  mutating func move(into ledger: inout UsageLedger) {
    if rows.isEmpty { return }
    let sorts = sorts
    let operations = sorts.map { ledger.operations.number(of: $0.operation) }
    var counted = [EventCounts](repeating: EventCounts(), count: sorts.count)
    // Rows of one principal stand together, and among them those of one region.
    let order = rows.indices.filter { rows[$0].counts.count > 0 }
      .map { (key: UInt64(rows[$0].principal) << 32 | UInt64(rows[$0].region), row: $0) }
      .sorted { $0.key < $1.key }
    ledger.principals.reserveCapacity(ledger.uses.principals.count)
    var place = 0
    while place < order.count {
      let number = rows[order[place].row].principal
      let principal = ledger.uses.principals[Int(number)]
      let caller = ledger.operations.number(of: principal)
      var facts = PrincipalFacts()
      var region: UInt32?
      while place < order.count, rows[order[place].row].principal == number {
        let row = rows[order[place].row]
        let sort = sorts[Int(row.sort)]
        let tally = row.counts.tally
        facts.record(sort, in: row.region == region ? nil : ledger.uses.texts.text(row.region), tally)
        if sort.kind.isCall {
          ledger.operations.update(operations[Int(row.sort)], of: caller) { $0.record(sort, tally) }
        }
        counted[Int(row.sort)].merge(row.counts)
        region = row.region
        place += 1
      }
      ledger.principals[principal, default: PrincipalFacts()].merge(facts)
    }
    for (sort, counts) in zip(sorts, counted) where counts.count > 0 { ledger.count(sort, counts.tally) }
    rows = ChunkedArray()
    index = HashIndex()
  }
}
