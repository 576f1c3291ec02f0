// Texts by number: each is kept once, and compared by comparing numbers.

import Glibc
import IAM
import JSONStream

/// Texts, each of which has a number from 1; 0 stands for no text.
///
/// The bytes stand in chunks, one text behind the other, and are never moved; a text that is longer than a chunk has one of
/// its own size.
struct TextTable: Sendable {
  /// What stands in the place of a text where there is none.
  static let none: UInt32 = 0

  /// Where a text stands.
  private struct Place: Sendable {
    let chunk: UInt32
    let start: UInt16
    /// How many bytes it has, or ``whole``.
    let count: UInt16

    /// Stands for the count of a text that has a chunk of its own.
    static let whole = UInt16.max
  }

  /// How many bytes a chunk has room for, but for those of long texts.
  private static let chunkSize = Int(UInt16.max)

  /// How many texts of another table are looked for together.
  private static let foundTogether = 32

  private var chunks: [[UInt8]] = [[]]
  private var places = ChunkedArray<Place>()
  private var index = HashIndex()

  /// Creates an empty table.
  init() {
    // The number of no text has the place of an empty one.
    places.append(Place(chunk: 0, start: 0, count: 0))
  }

  /// How many texts there are.
  var count: Int { places.count - 1 }

  // MARK: Numbers of texts

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: The text; `nil` has the number of no text.
  /// - Returns: Its number.
  mutating func number(_ text: String?) -> UInt32 {
    guard let text else { return TextTable.none }
    return number(text.utf8.span)
  }

  /// The number of a text of another table, which is added if it is new.
  ///
  /// - Parameters:
  ///   - number: Its number there.
  ///   - other: The other table.
  /// - Returns: Its number here.
  mutating func number(_ number: UInt32, in other: TextTable) -> UInt32 {
    guard number != TextTable.none else { return TextTable.none }
    return other.withText(number) { self.number($0) }
  }

  /// The numbers of texts of another table, which are added if they are new.
  ///
  /// - Parameters:
  ///   - numbers: Their numbers there.
  ///   - other: The other table.
  /// - Returns: Their numbers here.
  mutating func numbers(_ numbers: [UInt32], in other: TextTable) -> [UInt32] {
    var found: [UInt32] = []
    found.reserveCapacity(numbers.count)
    // Each round asks for what the next one reads, of many texts.
    for start in stride(from: 0, to: numbers.count, by: TextTable.foundTogether) {
      let texts = numbers[start..<min(start + TextTable.foundTogether, numbers.count)]
      let hashes = texts.map { number in other.withText(number) { JSONDigest($0).value } }
      for hash in hashes { index.prefetch(hash) }
      for hash in hashes { if let known = index.likely(hash) { places.prefetch(known) } }
      for hash in hashes { if let known = index.likely(hash) { prefetch(places[known]) } }
      for (number, hash) in zip(texts, hashes) {
        found.append(other.withText(number) { self.number($0, hash) })
      }
    }
    return found
  }

  /// Asks for the first letters of the text at a place.
  @inline(__always)
  private func prefetch(_ place: Place) { chunks[Int(place.chunk)].prefetch(at: Int(place.start)) }

  /// The number of a text that is there.
  ///
  /// - Parameter text: The text; `nil` has the number of no text.
  /// - Returns: Its number, or `nil` where it is not there.
  func find(_ text: String?) -> UInt32? {
    guard let text else { return TextTable.none }
    let letters = text.utf8.span
    return find(letters, JSONDigest(letters).value).map { UInt32($0) }
  }

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: Its letters.
  /// - Returns: Its number.
  mutating func number(_ text: Span<UInt8>) -> UInt32 { number(text, JSONDigest(text).value) }

  private mutating func number(_ text: Span<UInt8>, _ hash: UInt64) -> UInt32 {
    if let known = find(text, hash) { return UInt32(known) }
    places.append(add(text))
    index.insert(places.count - 1, hash)
    return UInt32(places.count - 1)
  }

  @inline(__always)
  private func find(_ text: Span<UInt8>, _ hash: UInt64) -> Int? {
    index.find(hash) { number in order(places[number], text) == 0 }
  }

  /// Adds bytes to the last chunk, or to a new one where they have no room.
  private mutating func add(_ text: Span<UInt8>) -> Place {
    if chunks[chunks.count - 1].count + text.count > TextTable.chunkSize {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(max(TextTable.chunkSize, text.count))
    }
    let chunk = chunks.count - 1
    let start = chunks[chunk].count
    unsafe text.withUnsafeBytes { unsafe chunks[chunk].append(contentsOf: $0) }
    return Place(
      chunk: UInt32(chunk), start: UInt16(start), count: UInt16(exactly: text.count) ?? Place.whole)
  }

  // MARK: Texts of numbers

  @inline(__always)
  private func range(_ place: Place) -> Range<Int> {
    if place.count == Place.whole { return 0..<chunks[Int(place.chunk)].count }
    return Int(place.start)..<Int(place.start) + Int(place.count)
  }

  /// The text of a number.
  ///
  /// - Parameter number: The number.
  /// - Returns: The text; `nil` for the number of no text.
  func text(_ number: UInt32) -> String? {
    guard number != TextTable.none else { return nil }
    return withText(number) { String(bytes: $0) }
  }

  /// Calls a function with the letters of a text.
  ///
  /// - Parameters:
  ///   - number: The number of the text; that of no text has no letters.
  ///   - body: The function.
  /// - Returns: What it returns.
  @inline(__always)
  func withText<Result>(_ number: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
    let place = places[Int(number)]
    let chunk = chunks[Int(place.chunk)]
    return body(chunk.span.extracting(range(place)))
  }

  /// Asks for the first letters of a text.
  ///
  /// - Parameter number: The number of the text.
  @inline(__always)
  func prefetch(_ number: UInt32) { prefetch(places[Int(number)]) }

  /// Whether a text stands before another by bytes.
  ///
  /// - Parameters:
  ///   - left: The number of the text.
  ///   - right: The number of the other one.
  /// - Returns: Whether it does.
  func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
    guard left != TextTable.none, right != TextTable.none else { return left < right }
    let right = places[Int(right)]
    let chunk = chunks[Int(right.chunk)]
    return order(places[Int(left)], chunk.span.extracting(range(right))) < 0
  }

  /// Negative where the text at a place comes before another one by bytes, 0 where both are the same.
  @inline(__always)
  private func order(_ left: Place, _ right: Span<UInt8>) -> Int {
    let chunk = chunks[Int(left.chunk)]
    let left = chunk.span.extracting(range(left))
    // The count is that of the shorter one.
    let order = unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return Int32(0) }
        return unsafe memcmp(first, second, min(left.count, right.count))
      }
    }
    return order == 0 ? left.count - right.count : Int(order)
  }

  /// Makes room for the texts of another table.
  ///
  /// - Parameter other: The other table.
  mutating func reserve(_ other: TextTable) { index.reserve(count + other.count) }
}
