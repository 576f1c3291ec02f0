// Event ids as numbers, so that the smallest few are kept without making strings.

import IAM
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
    var odd: UInt8 = 0
    func hyphen(_ offset: Int) { odd |= unsafe text[start &+ offset] ^ UInt8(ascii: "-") }
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
    let digits = SIMD4(eight(0), four(9) << 32 | four(14), four(19) << 32 | four(24), eight(28))
    guard odd == 0, let numbers = ExampleID.numbers(digits) else { return nil }
    upper = numbers[0] << 32 | numbers[1]
    lower = numbers[2] << 32 | numbers[3]
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

  /// The numbers that eight hexadecimal digits in small letters each are, or `nil` where one is no such digit.
  ///
  /// All four at once; products are made of shifts, because vectors have none of words as long.
  @inline(__always)
  private static func numbers(_ digits: SIMD4<UInt64>) -> SIMD4<UInt64>? {
    typealias Words = SIMD4<UInt64>
    let ones: UInt64 = 0x0101_0101_0101_0101
    let letters = (digits &>> 6) & Words(repeating: ones)
    let values = (digits & Words(repeating: 15 &* ones)) &+ (letters &<< 3 &+ letters)
    // Each value is below 16, and 10 or more just where a letter stands; written again, it gives the digit.
    let tens = (values &+ Words(repeating: 6 &* ones)) &>> 4 & Words(repeating: ones)
    let written = values &+ Words(repeating: 0x30 &* ones) &+ (letters &<< 5 &+ letters &<< 3 &- letters)
    let odd = (values & Words(repeating: 0xF0 &* ones)) | (tens ^ letters) | (written ^ digits)
    guard odd == Words(repeating: 0) else { return nil }
    var numbers = (values | values &>> 4) & Words(repeating: 0x00FF_00FF_00FF_00FF)
    numbers = (numbers | numbers &>> 8) & Words(repeating: 0x0000_FFFF_0000_FFFF)
    return (numbers | numbers &>> 16) & Words(repeating: 0xFFFF_FFFF)
  }

  /// The id as text.
  package var text: String {
    let letters = letters
    return String(bytes: letters.span)
  }

  /// The letters of the id.
  package var letters: [36 of UInt8] {
    let low: UInt64 = 0xFFFF_FFFF
    let digits = ExampleID.digits(SIMD4(upper >> 32, upper & low, lower >> 32, lower & low))
    var letters = [36 of UInt8](repeating: UInt8(ascii: "-"))
    var bytes = letters.mutableSpan
    // All places are within the letters.
    unsafe bytes.withUnsafeMutableBytes { bytes in
      func eight(_ digits: UInt64, _ place: Int) {
        unsafe bytes.storeBytes(of: digits.bigEndian, toByteOffset: place, as: UInt64.self)
      }
      func four(_ digits: UInt64, _ place: Int) {
        let digits = UInt32(truncatingIfNeeded: digits)
        unsafe bytes.storeBytes(of: digits.bigEndian, toByteOffset: place, as: UInt32.self)
      }
      eight(digits[0], 0)
      four(digits[1] >> 32, 9)
      four(digits[1], 14)
      four(digits[2] >> 32, 19)
      four(digits[2], 24)
      eight(digits[3], 28)
    }
    return letters
  }

  /// The eight hexadecimal digits in small letters that each number has: what ``numbers(_:)`` reads.
  @inline(__always)
  private static func digits(_ numbers: SIMD4<UInt64>) -> SIMD4<UInt64> {
    typealias Words = SIMD4<UInt64>
    let ones: UInt64 = 0x0101_0101_0101_0101
    var values = (numbers | numbers &<< 16) & Words(repeating: 0x0000_FFFF_0000_FFFF)
    values = (values | values &<< 8) & Words(repeating: 0x00FF_00FF_00FF_00FF)
    values = (values | values &<< 4) & Words(repeating: 15 &* ones)
    let letters = (values &+ Words(repeating: 6 &* ones)) &>> 4 & Words(repeating: ones)
    return values &+ Words(repeating: 0x30 &* ones) &+ (letters &<< 5 &+ letters &<< 3 &- letters)
  }

  /// Orders ids by bytes.
  package static func < (left: ExampleID, right: ExampleID) -> Bool {
    left.upper == right.upper ? left.lower < right.lower : left.upper < right.upper
  }
}
