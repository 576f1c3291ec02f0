// A set of texts that keeps at most a fixed number of them, whatever the order they come in.

import IAM

/// A set of texts that keeps the smallest few by UTF-8 bytes and knows whether it had to drop any.
///
/// Joining is associative, commutative and idempotent: "the `limit` smallest of all texts ever inserted" depends
/// on the set of texts alone, so a ledger's bounded detail is the same for any order and partition of its events.
/// Two sets that are joined have the same limit; where they differ the smaller one holds.
public struct BoundedSet: Hashable, Sendable {
  /// The texts kept, ascending by bytes.
  public private(set) var elements: [String] = []
  /// The largest number of texts kept.
  public private(set) var limit: Int
  /// Whether more distinct texts were inserted than are kept.
  public private(set) var overflowed = false
  /// The first bytes of the largest text kept, once there are texts behind it that were dropped: most texts begin with
  /// larger ones, and no text is looked at to drop them.
  private var bound = FirstBytes.largest

  /// Creates an empty set.
  ///
  /// - Parameter limit: How many texts are kept, at least one.
  public init(limit: Int = 16) { self.limit = max(1, limit) }

  /// Creates a set of texts.
  ///
  /// - Parameters:
  ///   - texts: The texts, in any order.
  ///   - limit: How many are kept, at least one.
  public init(_ texts: some Sequence<String>, limit: Int = 16) {
    self.init(limit: limit)
    for text in texts { insert(text) }
  }

  /// Creates a set of texts from which others may have been dropped before.
  ///
  /// - Parameters:
  ///   - texts: The texts, ascending by bytes and distinct, at most as many as are kept.
  ///   - limit: How many are kept, at least one.
  ///   - overflowed: Whether there were more than these.
  init(sorted texts: [String], limit: Int, overflowed: Bool) {
    elements = texts
    self.limit = limit
    self.overflowed = overflowed
    noteBound()
  }

  /// Whether no text was inserted.
  public var isEmpty: Bool { elements.isEmpty }

  /// Inserts a text, dropping the largest one where the limit is passed.
  ///
  /// - Parameter text: The text.
  /// - Complexity: O(log *limit*) comparisons where the text is there already, else O(*limit*).
  public mutating func insert(_ text: String) { insert(text.utf8.span) { text } }

  /// Inserts the text that bytes are: nothing is made of them if it is not kept.
  ///
  /// - Parameter bytes: The bytes, valid UTF-8.
  mutating func insert(_ bytes: Span<UInt8>) { insert(bytes) { String(bytes: bytes) } }

  private mutating func insert(_ bytes: Span<UInt8>, _ text: () -> String) {
    guard !bound.precedes(FirstBytes(bytes)), let place = place(of: bytes) else { return }
    if elements.count >= limit {
      overflowed = true
      if place == elements.count { return noteBound() }
      elements.removeLast()
    }
    elements.insert(text(), at: place)
    noteBound()
  }

  private mutating func noteBound() {
    bound = .largest
    if overflowed, elements.count >= limit, let last = elements.last { bound = FirstBytes(last.utf8.span) }
  }

  /// Where a text belongs, or `nil` where inserting it changes nothing.
  private func place(of bytes: Span<UInt8>) -> Int? {
    let kept = elements.span
    // Most texts stand behind all that are kept.
    if overflowed, kept.count >= limit, kept[kept.count - 1].order(to: bytes) < 0 { return nil }
    var low = 0
    var high = kept.count
    while low < high {
      let middle = (low + high) / 2
      let order = kept[middle].order(to: bytes)
      if order == 0 { return nil }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Joins another set into this one.
  ///
  /// - Parameter other: The other set.
  public mutating func formUnion(_ other: BoundedSet) {
    if other.limit < limit {
      limit = other.limit
      if elements.count > limit {
        elements.removeLast(elements.count - limit)
        overflowed = true
      }
    }
    for text in other.elements { insert(text) }
    overflowed = overflowed || other.overflowed
    noteBound()
  }

  /// Whether two sets keep the same bytes under the same limit.
  public static func == (left: BoundedSet, right: BoundedSet) -> Bool {
    left.limit == right.limit && left.overflowed == right.overflowed
      && left.elements.elementsEqual(right.elements) { $0.sameBytes(as: $1) }
  }

  /// Hashes the texts kept.
  public func hash(into hasher: inout Hasher) {
    for text in elements { text.hashBytes(into: &hasher) }
    hasher.combine(overflowed)
  }
}

/// The first sixteen bytes of a text as numbers, with zeros behind fewer.
///
/// Where two of them differ, the texts are in their order. Access keys of one account have twelve letters in common, so
/// that eight bytes would tell nothing.
private struct FirstBytes: Sendable {
  private var first = UInt64.max
  private var second = UInt64.max

  /// What no text comes behind.
  static let largest = FirstBytes()

  private init() {}

  /// Takes the first bytes of a text.
  ///
  /// - Parameter text: The text.
  init(_ text: Span<UInt8>) {
    first = FirstBytes.word(text, 0)
    second = FirstBytes.word(text, 8)
  }

  private static func word(_ text: Span<UInt8>, _ start: Int) -> UInt64 {
    if text.count >= start + 8 {
      // Eight bytes are there.
      return unsafe text.withUnsafeBytes { bytes in
        unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
    }
    var word: UInt64 = 0
    var place = start
    while place < text.count {
      word |= UInt64(text[place]) << UInt64(8 * (start + 7 - place))
      place += 1
    }
    return word
  }

  /// Whether texts that begin so come before those that begin in another way.
  ///
  /// - Parameter other: The other beginning.
  /// - Returns: Whether they do.
  func precedes(_ other: FirstBytes) -> Bool {
    first < other.first || first == other.first && second < other.second
  }
}
