// Records that were framed and are yet to be read.
//
// Framing ahead of reading does two things. What a reader looks up in large tables can be fetched into the processor's
// cache for many records together, instead of waiting for each; and a thread that must not read a part of a stream
// before the part in front of it was framed can frame its own meanwhile.

/// The places and nodes of records of one window, in memory that is kept.
package struct RecordBatch: Sendable {
  /// One record.
  package struct Record: Sendable {
    /// Where it stands in the window.
    package let range: Range<Int>
    /// The envelope that held it.
    package let envelope: Envelope?
    /// Where its nodes begin.
    let firstNode: Int
  }

  /// The records in the order of the window.
  package private(set) var records: [Record] = []
  private var nodes: [JSONTape.Node] = []

  /// Creates an empty batch.
  package init() {}

  /// How many nodes all records have.
  var nodeCount: Int { nodes.count }
  /// With how many nodes a batch is full: four times what a MiB of events has.
  static let mostNodes = 256 << 10

  /// Forgets all records.
  ///
  /// Memory that only an unusually large record has needed is given back.
  package mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    nodes.removeAll(keepingCapacity: nodes.capacity <= 4 * RecordBatch.mostNodes)
  }

  mutating func append(
    _ range: Range<Int>, _ envelope: Envelope?, _ nodes: UnsafeBufferPointer<JSONTape.Node>
  ) {
    records.append(Record(range: range, envelope: envelope, firstNode: self.nodes.count))
    unsafe self.nodes.append(contentsOf: nodes)
  }

  /// Calls a function with the nodes of all records.
  ///
  /// - Parameter body: The function; the pointer is good for its call.
  /// - Returns: What the function returns.
  package func withNodes<Result>(_ body: (UnsafeBufferPointer<JSONTape.Node>) -> Result) -> Result {
    unsafe nodes.withUnsafeBufferPointer { unsafe body($0) }
  }

  /// The nodes of one record.
  ///
  /// - Parameters:
  ///   - index: The number of the record.
  ///   - nodes: The nodes of all records.
  /// - Returns: Those of the record.
  @inline(__always)
  package func nodes(
    of index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>
  ) -> UnsafeBufferPointer<JSONTape.Node> {
    let end = index + 1 < records.count ? records[index + 1].firstNode : nodes.count
    // Records have their nodes one behind the other.
    return unsafe UnsafeBufferPointer(rebasing: nodes[records[index].firstNode..<end])
  }
}

extension JSONFramer {
  /// Reads on until something is there that is no record, or until there are so many.
  ///
  /// - Parameters:
  ///   - window: The bytes of the stream from where the window begins.
  ///   - isFinal: Whether the stream ends with the window.
  ///   - most: How many records the batch may hold.
  ///   - batch: Where the records go.
  /// - Returns: What was found behind the records, never a record; `nil` where the batch is full, of records or nodes.
  package mutating func next(
    _ window: Span<UInt8>, isFinal: Bool, most: Int, into batch: inout RecordBatch
  ) -> Step? {
    while batch.records.count < most, batch.nodeCount < RecordBatch.mostNodes {
      switch advance(window, isFinal: isFinal) {
      case .record(let range, let envelope):
        // A plain record's nodes stand at the front of the room.
        if plainNodes > 0 {
          unsafe room.withUnsafeBufferPointer {
            unsafe batch.append(range, envelope, UnsafeBufferPointer(rebasing: $0[..<plainNodes]))
          }
        } else {
          unsafe tape.nodes.withUnsafeBufferPointer { unsafe batch.append(range, envelope, $0) }
        }
      case let step: return step
      }
    }
    return nil
  }
}
