// Texts that come again and again: ARNs, sources, names, user agents.

import Glibc
import JSONStream

/// A bounded table of strings by their bytes.
///
/// An event has some fifteen texts too long to be stored in place, and nearly all stood in an earlier event. Looking
/// one up costs a hash and a comparison; making it costs an allocation and a validation. Two texts that fall on one
/// place displace each other, so memory is bounded and results do not depend on the table.
struct StringCache {
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
  ///   - tape: A tape.
  ///   - index: The index of the value.
  ///   - bytes: The text of the tape.
  /// - Returns: The string.
  mutating func text(_ tape: JSONTape, _ index: Int?, _ bytes: Span<UInt8>) -> String? {
    guard let index else { return nil }
    let node = tape[index]
    guard node.kind == .string, !node.hasEscapes, (18...StringCache.longest).contains(node.end - node.start)
    else {
      return tape.nonemptyText(at: index, bytes)
    }
    let content = bytes.extracting(node.start + 1..<node.end - 1)
    let hash = JSONDigest(content).value | 1
    let place = Int(truncatingIfNeeded: hash >> 20) & (StringCache.places - 1)
    if entries[place].hash == hash, StringCache.holds(entries[place].text, content) {
      return entries[place].text
    }
    let text = tape.text(of: index, bytes) ?? ""
    entries[place] = Entry(hash: hash, text: text)
    return text
  }

  private static func holds(_ text: String, _ content: Span<UInt8>) -> Bool {
    let utf8 = text.utf8.span
    guard utf8.count == content.count else { return false }
    return unsafe utf8.withUnsafeBytes { left in
      unsafe content.withUnsafeBytes { right in
        // Both have the same length; memory is compared, for a loop over bytes takes ten times as long.
        guard let left = left.baseAddress, let start = right.baseAddress else { return true }
        return unsafe memcmp(left, start, right.count) == 0
      }
    }
  }
}
