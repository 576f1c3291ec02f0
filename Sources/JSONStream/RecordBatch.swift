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
  package internal(set) var records: [Record] = []
  /// Room for the nodes of all records, which stand one behind the other.
  var nodes: [JSONTape.Node] = []
  /// How many nodes all records have.
  var nodeCount = 0

  /// Creates an empty batch.
  package init() {}

  /// With how many nodes a batch is full: four times what a MiB of events has.
  static let mostNodes = 256 << 10

  /// Forgets all records.
  ///
  /// Memory that only an unusually large record has needed is given back.
  package mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    nodeCount = 0
    if nodes.count > 4 * RecordBatch.mostNodes { nodes = [] }
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
    let end = index + 1 < records.count ? records[index + 1].firstNode : nodeCount
    // Records have their nodes one behind the other.
    return unsafe UnsafeBufferPointer(rebasing: nodes[records[index].firstNode..<end])
  }
}
