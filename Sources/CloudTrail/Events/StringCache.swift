// Texts that come again and again: ARNs, sources, names, user agents.

import Glibc
import JSONStream

/// A bounded table of strings by their bytes.
///
/// An event has some fifteen texts too long to be stored in place, and nearly all stood in an earlier event. Looking
/// one up costs a hash and a comparison; making it costs an allocation and a validation. Two texts that fall on one
/// place displace each other, so memory is bounded and results do not depend on the table.
///
/// A class, because a reader and the views that it hands out use one table.
final class StringCache {
  private struct Entry {
    var hash: UInt64 = 0
    var text = ""
  }

  private static let places = 4096
  /// Longer texts are seldom repeated, and would keep memory.
  private static let longest = 512

  private var entries = [Entry](repeating: Entry(), count: places)

  /// The string of a node that is not empty, or `nil`; numbers and booleans give their text.
  ///
  /// - Parameters:
  ///   - record: A record.
  ///   - index: The index of the value.
  /// - Returns: The string.
  func text(_ record: RecordText, _ index: Int?) -> String? {
    guard let index else { return nil }
    let node = record[index]
    guard node.isString, !node.hasEscapes, (18...StringCache.longest).contains(node.end - node.start)
    else {
      return record.nonemptyText(at: index)
    }
    let content = node.start + 1..<node.end - 1
    let hash = unsafe JSONDigest(record.text, content).value | 1
    let place = Int(truncatingIfNeeded: hash >> 20) & (StringCache.places - 1)
    let letters = unsafe UnsafeRawBufferPointer(rebasing: record.text[content])
    if entries[place].hash == hash, unsafe StringCache.holds(entries[place].text, letters) {
      return entries[place].text
    }
    let text = unsafe String(decoding: letters, as: UTF8.self)
    entries[place] = Entry(hash: hash, text: text)
    return text
  }

  private static func holds(_ text: String, _ content: UnsafeRawBufferPointer) -> Bool {
    let utf8 = text.utf8.span
    guard utf8.count == content.count else { return false }
    return unsafe utf8.withUnsafeBytes { left in
      // Both have the same length; memory is compared, for a loop over bytes takes ten times as long.
      guard let left = left.baseAddress, let start = content.baseAddress else { return true }
      return unsafe memcmp(left, start, content.count) == 0
    }
  }
}
