// Event ids as numbers, so that the smallest few are kept without making strings.

import JSONStream

/// An event id as CloudTrail writes them, a UUID in small letters; ordered as its text is by bytes.
package struct ExampleID: Comparable, Sendable {
  /// How many letters an id has.
  static let length = 36

  /// The first sixteen digits.
  let upper: UInt64
  /// The last sixteen digits.
  let lower: UInt64

  /// The last id of all.
  package static let largest = ExampleID(upper: .max, lower: .max)

  private init(upper: UInt64, lower: UInt64) {
    self.upper = upper
    self.lower = lower
  }

  /// Reads an id, or returns `nil` where it is no UUID in small letters.
  ///
  /// - Parameters:
  ///   - text: A buffer.
  ///   - start: Where the id begins in it; ``length`` bytes are there.
  init?(_ text: UnsafeRawBufferPointer, at start: Int) {
    // Bits that are set where a letter is none of those that may stand there.
    var odd: UInt64 = 0
    func hyphen(_ offset: Int) { odd |= unsafe UInt64(text[start &+ offset] ^ UInt8(ascii: "-")) }
    func eight(_ offset: Int) -> UInt64 {
      UInt64(bigEndian: unsafe text.loadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self))
    }
    func four(_ offset: Int) -> UInt64 {
      UInt64(UInt32(bigEndian: unsafe text.loadUnaligned(fromByteOffset: start &+ offset, as: UInt32.self)))
    }
    hyphen(8)
    hyphen(13)
    hyphen(18)
    hyphen(23)
    let first = ExampleID.number(eight(0), &odd)
    let second = ExampleID.number(four(9) << 32 | four(14), &odd)
    let third = ExampleID.number(four(19) << 32 | four(24), &odd)
    let last = ExampleID.number(eight(28), &odd)
    guard odd == 0 else { return nil }
    upper = first << 32 | second
    lower = third << 32 | last
  }

  /// Reads the id of a record, or returns `nil` where it is no string without escapes or no UUID in small letters.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - fields: The record's fields.
  @inline(__always)
  init?(_ record: RecordText, _ fields: RecordFields) {
    guard let index = fields[.eventID], record[index].isString, !record[index].hasEscapes else { return nil }
    let node = record[index]
    guard node.end &- node.start &- 2 == ExampleID.length else { return nil }
    // The tape has checked the node against the text.
    unsafe self.init(record.text, at: node.start &+ 1)
  }

  /// The number that eight hexadecimal digits in small letters are.
  ///
  /// - Parameters:
  ///   - digits: The digits.
  ///   - odd: Gets bits set where they are no such digits.
  /// - Returns: The number.
  @inline(__always)
  private static func number(_ digits: UInt64, _ odd: inout UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let letters = (digits >> 6) & ones
    let values = (digits & (15 &* ones)) &+ 9 &* letters
    // Each value is below 16, and 10 or more just where a letter stands; written again, it gives the digit.
    odd |= values & (0xF0 &* ones) | ((values &+ 6 &* ones) >> 4 & ones) ^ letters
    odd |= (values &+ 0x30 &* ones &+ 0x27 &* letters) ^ digits
    var number = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
    number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
    return (number | number >> 16) & 0xFFFF_FFFF
  }

  /// The id as text.
  package var text: String {
    unsafe String(unsafeUninitializedCapacity: ExampleID.length) { letters in
      var count = 0
      for place in 0..<32 {
        if place == 8 || place == 12 || place == 16 || place == 20 {
          unsafe letters[count] = UInt8(ascii: "-")
          count += 1
        }
        let word = place < 16 ? upper : lower
        let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (place & 15))) & 15
        unsafe letters[count] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
        count += 1
      }
      return count
    }
  }

  /// Orders ids by bytes.
  package static func < (left: ExampleID, right: ExampleID) -> Bool {
    left.upper == right.upper ? left.lower < right.lower : left.upper < right.upper
  }
}
