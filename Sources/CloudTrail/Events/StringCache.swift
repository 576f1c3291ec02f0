// Texts that come again and again: ARNs, sources, names, user agents.

import Glibc
import JSONStream

/// A bounded table of strings by their bytes.
///
/// An event has some fifteen texts too long to be stored in place, and nearly all stood in an earlier event. Looking
/// one up costs a hash and a comparison; making it costs an allocation and a validation. Two texts that fall on one
/// place displace each other, so memory is bounded and results do not depend on the table.
///
/// A class, because a reader and the views that it hands out use one table, and the table is its own: an array in it
/// would be counted and tested for sharing at each look.
@safe final class StringCache {
  private struct Entry {
    var hash: UInt64 = 0
    var text = ""
  }

  /// Longer texts are seldom repeated, and would keep memory.
  private static let longest = 512

  private let entries: UnsafeMutableBufferPointer<Entry>

  /// Creates a table.
  ///
  /// - Parameter places: How many texts are kept at most, a power of two; none for an event that is read by itself.
  init(places: Int = 4096) {
    precondition(places == 0 || places.nonzeroBitCount == 1)
    unsafe entries = .allocate(capacity: places)
    unsafe entries.initialize(repeating: Entry())
  }

  deinit {
    unsafe entries.deinitialize()
    unsafe entries.deallocate()
  }

  /// The string of a node that is not empty, or `nil`; numbers and booleans give their text.
  ///
  /// - Parameters:
  ///   - record: A record.
  ///   - index: The index of the value.
  /// - Returns: The string.
  func text(_ record: RecordText, _ index: Int?) -> String? {
    guard let index else { return nil }
    let node = record[index]
    guard unsafe !entries.isEmpty, node.isString, !node.hasEscapes,
      (18...StringCache.longest).contains(node.end - node.start)
    else {
      return record.nonemptyText(at: index)
    }
    let content = node.start + 1..<node.end - 1
    let hash = unsafe JSONDigest(record.text, content).value | 1
    // The place is below the number of entries.
    let place = unsafe Int(truncatingIfNeeded: hash >> 20) & (entries.count - 1)
    let letters = unsafe UnsafeRawBufferPointer(rebasing: record.text[content])
    if unsafe entries[place].hash == hash, unsafe StringCache.holds(entries[place].text, letters) {
      return unsafe entries[place].text
    }
    let text = unsafe String(decoding: letters, as: UTF8.self)
    unsafe entries[place] = Entry(hash: hash, text: text)
    return text
  }

  @inline(__always)
  private static func holds(_ text: borrowing String, _ content: UnsafeRawBufferPointer) -> Bool {
    // Texts that were made here stand in one piece. Both have the same length when they are compared, as memory, for a
    // loop over bytes takes ten times as long.
    unsafe text.utf8.withContiguousStorageIfAvailable { letters in
      guard let start = letters.baseAddress, let other = content.baseAddress else { return false }
      return unsafe letters.count == content.count && memcmp(start, other, letters.count) == 0
    } ?? false
  }
}
