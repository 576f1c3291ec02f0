// Event ids as numbers, so that the smallest few are kept without making strings.

/// An event id of 36 letters of ASCII, ordered by its bytes.
package struct ExampleID: Comparable, Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64
  private let last: UInt32

  /// Reads an id, or returns `nil` where it is not ASCII.
  ///
  /// - Parameters:
  ///   - text: A buffer with at least 36 bytes behind `start`.
  ///   - start: Where the id begins.
  init?(_ text: UnsafeRawBufferPointer, from start: Int) {
    func word(_ place: Int) -> UInt64 {
      UInt64(bigEndian: unsafe text.loadUnaligned(fromByteOffset: start + place, as: UInt64.self))
    }
    first = word(0)
    second = word(8)
    third = word(16)
    fourth = word(24)
    last = UInt32(bigEndian: unsafe text.loadUnaligned(fromByteOffset: start + 32, as: UInt32.self))
    guard (first | second | third | fourth | UInt64(last)) & 0x8080_8080_8080_8080 == 0 else { return nil }
  }

  /// The id as text.
  package var text: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for word in [first, second, third, fourth] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: last >> UInt32(shift)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Orders ids by bytes.
  package static func < (left: ExampleID, right: ExampleID) -> Bool {
    if left.first != right.first { return left.first < right.first }
    return (left.second, left.third, left.fourth, left.last)
      < (right.second, right.third, right.fourth, right.last)
  }
}
