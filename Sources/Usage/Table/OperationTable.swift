// How often each principal called each operation, by number.

import CloudTrail
import JSONStream

/// What a ledger knows of operations; the same as a dictionary of ``OperationFacts`` by ``OperationKey``.
///
/// Two tables are equal if they say the same of the same operations, whatever the order in which they learnt it.
public struct OperationTable: Sendable {
  /// An operation, whoever calls it.
  struct Operation: Hashable, Sendable {
    /// The event source.
    let eventSource: ByteString
    /// The event name.
    let eventName: ByteString
  }

  private struct Row: Sendable {
    let principal: UInt32
    let operation: UInt32
    var facts = OperationFacts()
  }

  private var principals = Numbering<Principal>()
  private var operations = Numbering<Operation>()
  private var rows = ChunkedArray<Row>()
  private var index = HashIndex()

  /// Creates a table of no calls.
  public init() {}

  /// How many operations of principals there are.
  public var count: Int { rows.count }

  // MARK: Recording

  /// The number of a principal, which is added if it is new.
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Its number.
  mutating func number(of principal: Principal) -> UInt32 { principals.number(of: principal) }

  /// The number of an operation, which is added if it is new.
  ///
  /// - Parameter operation: The operation.
  /// - Returns: Its number.
  mutating func number(of operation: Operation) -> UInt32 { operations.number(of: operation) }

  /// Adds to what is known of an operation of a principal.
  ///
  /// - Parameters:
  ///   - operation: The number of the operation.
  ///   - principal: The number of the principal.
  ///   - change: Adds to it.
  mutating func update(
    _ operation: UInt32, of principal: UInt32, _ change: (inout OperationFacts) -> Void
  ) {
    let known = find(operation, of: principal)
    if known == nil {
      rows.append(Row(principal: principal, operation: operation))
      index.insert(rows.count - 1, OperationTable.hash(operation, principal))
    }
    rows.update(known ?? rows.count - 1) { change(&$0.facts) }
  }

  private func find(_ operation: UInt32, of principal: UInt32) -> Int? {
    index.find(OperationTable.hash(operation, principal)) { place in
      rows[place].operation == operation && rows[place].principal == principal
    }
  }

  private static func hash(_ operation: UInt32, _ principal: UInt32) -> UInt64 {
    JSONDigest(UInt64(operation)).following(JSONDigest(UInt64(principal))).value
  }

  /// Joins another table into this one.
  ///
  /// - Parameters:
  ///   - other: The other table.
  ///   - name: The principal as which one of the other table is taken in; `nil` leaves out what it called.
  mutating func merge(_ other: OperationTable, _ name: (Principal) -> Principal? = { $0 }) {
    index.reserve(rows.count + other.rows.count)
    let principalNumbers = other.principals.elements.map { name($0).map { number(of: $0) } }
    let operationNumbers = other.operations.elements.map { number(of: $0) }
    for place in other.rows.indices {
      let row = other.rows[place]
      guard let principal = principalNumbers[Int(row.principal)] else { continue }
      update(operationNumbers[Int(row.operation)], of: principal) { $0.merge(row.facts) }
    }
  }

  /// The table with other names for principals.
  ///
  /// - Parameter name: The principal as which one is kept; `nil` leaves out what it called.
  /// - Returns: The table; principals that get one name are joined.
  func renamed(_ name: (Principal) -> Principal?) -> OperationTable {
    if principals.elements.allSatisfy({ name($0) == $0 }) { return self }
    var result = OperationTable()
    result.merge(self, name)
    return result
  }

  // MARK: Operations in words

  /// Adds to what is known of an operation of a principal.
  ///
  /// - Parameters:
  ///   - key: The operation and the principal.
  ///   - change: Adds to it.
  mutating func update(_ key: OperationKey, _ change: (inout OperationFacts) -> Void) {
    update(operations.number(of: Operation(key)), of: principals.number(of: key.principal), change)
  }

  /// What is known of an operation of a principal; `nil` where it never called it.
  public subscript(key: OperationKey) -> OperationFacts? {
    guard let principal = principals.find(key.principal),
      let operation = operations.find(Operation(key)), let place = find(operation, of: principal)
    else { return nil }
    return rows[place].facts
  }
}

extension OperationTable.Operation {
  /// The operation of a key.
  ///
  /// - Parameter key: The key.
  init(_ key: OperationKey) {
    self.init(eventSource: ByteString(key.eventSource), eventName: ByteString(key.eventName))
  }
}

extension OperationTable: Sequence {
  /// An operation of a principal with what is known of it.
  public typealias Element = (key: OperationKey, value: OperationFacts)

  /// Goes through the operations in no order that means anything.
  public func makeIterator() -> AnyIterator<Element> {
    var next = 0
    return AnyIterator {
      guard next < rows.count else { return nil }
      let row = rows[next]
      next += 1
      let operation = operations[row.operation]
      let key = OperationKey(
        principal: principals[row.principal], eventSource: operation.eventSource.text,
        eventName: operation.eventName.text)
      return (key, row.facts)
    }
  }
}

extension OperationTable: Hashable {
  /// Whether two tables say the same of the same operations.
  public static func == (left: OperationTable, right: OperationTable) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  /// Hashes how many operations there are.
  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
