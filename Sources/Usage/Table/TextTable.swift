// Texts by number: each is kept once, and compared by comparing numbers.

import Glibc
import JSONStream

/// Texts, each of which has a number from 1; 0 stands for no text.
///
/// The bytes of all texts stand in one buffer, one text behind the other.
struct TextTable: Sendable {
  /// What stands in the place of a text where there is none.
  static let none: UInt32 = 0

  private var bytes: [UInt8] = []
  /// Where each text ends, by number; it begins where the one before ends.
  private var ends = [0]
  private var index = HashIndex()

  /// Creates an empty table.
  init() {}

  /// How many texts there are.
  var count: Int { ends.count - 1 }

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: The text; `nil` has the number of no text.
  /// - Returns: Its number.
  mutating func number(_ text: String?) -> UInt32 {
    guard let text else { return TextTable.none }
    return number { $0.append(contentsOf: text.utf8) }
  }

  /// The number of a text that is written on the spot, and added if it is new.
  ///
  /// - Parameter write: Appends the text to a buffer and touches nothing that is in it.
  /// - Returns: Its number.
  @inline(__always)
  mutating func number(_ write: (inout [UInt8]) -> Void) -> UInt32 {
    let start = bytes.count
    write(&bytes)
    return numberOfTail(start)
  }

  /// The number of a text that is there.
  ///
  /// - Parameter text: The text; `nil` has the number of no text.
  /// - Returns: Its number, or `nil` where it is not there.
  func find(_ text: String?) -> UInt32? {
    guard let text else { return TextTable.none }
    let letters = text.utf8.span
    return index.find(JSONDigest(letters).value) { number in
      TextTable.order(bytes.span.extracting(range(number)), letters) == 0
    }.map { UInt32($0) }
  }

  /// Whether a text stands before another by bytes.
  ///
  /// - Parameters:
  ///   - left: The number of the text.
  ///   - right: The number of the other one.
  /// - Returns: Whether it does.
  func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
    guard left != TextTable.none, right != TextTable.none else { return left < right }
    return TextTable.order(
      bytes.span.extracting(range(Int(left))), bytes.span.extracting(range(Int(right)))) < 0
  }

  private func range(_ number: Int) -> Range<Int> { ends[number - 1]..<ends[number] }

  /// Negative where the left text comes first by bytes, 0 where both are the same.
  private static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    // The count is that of the shorter one.
    let order = unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return Int32(0) }
        return unsafe memcmp(first, second, min(left.count, right.count))
      }
    }
    return order == 0 ? left.count - right.count : Int(order)
  }

  /// The number of what was appended to the buffer.
  private mutating func numberOfTail(_ start: Int) -> UInt32 {
    let hash = JSONDigest(bytes.span.extracting(start..<bytes.count)).value
    let known = index.find(hash) { number in
      let span = bytes.span
      return TextTable.order(span.extracting(range(number)), span.extracting(start..<span.count)) == 0
    }
    if let known {
      bytes.removeLast(bytes.count - start)
      return UInt32(known)
    }
    ends.append(bytes.count)
    index.insert(ends.count - 1, hash)
    return UInt32(ends.count - 1)
  }

  /// The text of a number.
  ///
  /// - Parameter number: The number.
  /// - Returns: The text; `nil` for the number of no text.
  func text(_ number: UInt32) -> String? {
    guard number != TextTable.none else { return nil }
    return String(decoding: bytes[range(Int(number))], as: UTF8.self)
  }

  /// Makes room for the texts of another table.
  ///
  /// - Parameter other: The other table.
  mutating func reserve(_ other: TextTable) {
    bytes.reserveCapacity(bytes.count + other.bytes.count)
    ends.reserveCapacity(ends.count + other.ends.count)
    index.reserve(ends.count + other.ends.count)
  }

  /// Appends a text of another table.
  ///
  /// - Parameters:
  ///   - number: Its number there.
  ///   - other: The other table.
  /// - Returns: Its number here.
  mutating func number(_ number: UInt32, in other: TextTable) -> UInt32 {
    guard number != TextTable.none else { return TextTable.none }
    return self.number { $0.append(contentsOf: other.bytes[other.range(Int(number))]) }
  }
}
