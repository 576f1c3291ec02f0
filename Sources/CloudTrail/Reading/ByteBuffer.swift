// Bytes on their way from one stage of reading to the next, in memory that is kept.

/// A queue of bytes: appended at the end, taken from the front, never moved more than once.
///
/// The memory is made once and then used for file after file, so that reading a small file costs no allocation and no
/// page fault. It is not cleared: only what was appended is ever read, and pages that nothing was appended to are none
/// of the system's.
struct ByteBuffer: Sendable {
  /// The memory; the bytes in the queue stand in `range` of it.
  private(set) var storage: [UInt8]
  /// Where the queue stands.
  private(set) var range = 0..<0

  /// Creates an empty buffer.
  init() { storage = [] }

  /// Creates a buffer that holds bytes.
  init(_ bytes: [UInt8]) {
    storage = bytes
    range = 0..<bytes.count
  }

  /// How many bytes are in the queue.
  var count: Int { range.count }

  /// Whether the queue is empty.
  var isEmpty: Bool { range.isEmpty }

  /// How many bytes the memory holds.
  var capacity: Int { storage.count }

  /// How many bytes fit behind the queue.
  var room: Int { storage.count - range.upperBound }

  /// The bytes in the queue.
  ///
  /// No copy of the slice may live when bytes are appended: the memory would be copied.
  var unread: ArraySlice<UInt8> { storage[range] }

  /// Takes bytes from the front.
  mutating func removeFirst(_ count: Int) { range = range.lowerBound + count..<range.upperBound }

  /// Makes bytes unread that were taken from the front; they are still there until more are appended.
  mutating func putBack(_ count: Int) { range = range.lowerBound - count..<range.upperBound }

  /// Empties the queue.
  mutating func removeAll() { range = 0..<0 }

  /// Makes room behind the queue.
  ///
  /// - Parameter room: How many bytes must fit.
  mutating func reserve(_ room: Int) {
    guard self.room < room else { return }
    let range = range
    if storage.count - count >= room {
      unsafe storage.withUnsafeMutableBufferPointer { bytes in
        // Both stretches lie within the buffer; they may overlap.
        if let base = bytes.baseAddress {
          unsafe base.update(from: base + range.lowerBound, count: range.count)
        }
      }
    } else {
      let capacity = max(count + room, 2 * count)
      // Both have room for the queue; behind it nothing is read before it was appended.
      storage = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { larger, made in
        _ = unsafe larger.update(fromContentsOf: unread)
        made = capacity
      }
    }
    self.range = 0..<range.count
  }

  /// Appends what a function writes into the room behind the queue.
  ///
  /// - Parameter write: Writes from the beginning of the memory that it is given, and returns how many bytes.
  /// - Throws: What the function throws.
  mutating func append<Failure: Error>(
    _ write: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Int
  ) throws(Failure) {
    let end = range.upperBound
    let written = unsafe try storage.withUnsafeMutableBufferPointer { bytes throws(Failure) in
      unsafe try write(UnsafeMutableBufferPointer(rebasing: bytes[end...]))
    }
    range = range.lowerBound..<end + written
  }
}
