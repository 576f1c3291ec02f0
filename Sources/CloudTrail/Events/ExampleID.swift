// Event ids as numbers, so that the smallest few are kept without making strings.

/// An event id of at most 36 letters of ASCII, as CloudTrail writes them, ordered by its bytes.
///
/// Shorter ids are filled up with zeros, which no id has: they come before the ids that they begin.
package struct ExampleID: Comparable, Sendable {
  /// The longest id.
  static let longest = 36

  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64
  private let last: UInt64

  /// Reads an id, or returns `nil` where it is not ASCII.
  ///
  /// - Parameters:
  ///   - text: A buffer.
  ///   - range: Where the id stands in it, at most 36 bytes.
  init?(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    // Whole words where the id has them, else byte by byte; no byte outside the range is read.
    func word(_ place: Int, _ count: Int) -> UInt64 {
      let start = range.lowerBound + place
      if count == 8, start + 8 <= range.upperBound {
        return UInt64(bigEndian: unsafe text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      var word: UInt64 = 0
      for offset in start..<start + count {
        word = word << 8 | (offset < range.upperBound ? UInt64(unsafe text[offset]) : 0)
      }
      return word
    }
    first = word(0, 8)
    second = word(8, 8)
    third = word(16, 8)
    fourth = word(24, 8)
    last = word(32, 4)
    guard (first | second | third | fourth | last) & 0x8080_8080_8080_8080 == 0 else { return nil }
  }

  /// The id as text.
  package var text: String {
    // The letters end where the zeros begin.
    unsafe String(unsafeUninitializedCapacity: ExampleID.longest) { letters in
      var count = 0
      for word in [first, second, third, fourth, last << 32] {
        for shift in stride(from: 56, through: 0, by: -8) {
          let letter = UInt8(truncatingIfNeeded: word >> UInt64(shift))
          if letter == 0 { return count }
          unsafe letters[count] = letter
          count += 1
        }
      }
      return count
    }
  }

  /// Orders ids by bytes.
  package static func < (left: ExampleID, right: ExampleID) -> Bool {
    if left.first != right.first { return left.first < right.first }
    return (left.second, left.third, left.fourth, left.last)
      < (right.second, right.third, right.fourth, right.last)
  }
}
