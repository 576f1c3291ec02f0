// Text made as bytes: what millions of lines are written of, without a `String` for any part of them.

extension [UInt8] {
  /// Appends text of the program's own.
  ///
  /// - Parameter text: The text.
  package mutating func append(literal text: StaticString) {
    text.withUTF8Buffer { bytes in unsafe append(contentsOf: bytes) }
  }

  /// Appends text.
  ///
  /// - Parameter text: The text.
  package mutating func append(text: String) { append(text: text.utf8.span) }

  /// Appends text.
  ///
  /// - Parameter text: The letters of the text.
  package mutating func append(text: Span<UInt8>) {
    unsafe text.withUnsafeBufferPointer { bytes in unsafe append(contentsOf: bytes) }
  }

  /// Appends an integer in decimal digits.
  ///
  /// - Parameter number: The integer.
  package mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var place = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    // The digits were found from the last to the first.
    var end = count - 1
    while place < end {
      swapAt(place, end)
      place += 1
      end -= 1
    }
  }
}

extension String {
  /// Whether all bytes are ASCII and no controls.
  package var isPrintableASCII: Bool { utf8.span.isPrintableASCII }
}

extension Span<UInt8> {
  /// Whether all bytes are ASCII and no controls.
  package var isPrintableASCII: Bool {
    unsafe withUnsafeBytes { text in
      guard text.count >= 8 else { return unsafe text.allSatisfy { $0 &- 0x20 < 0x5F } }
      let ones: UInt64 = 0x0101_0101_0101_0101
      var place = 0
      let last = text.count - 8
      while true {
        // Eight bytes are looked at together; the last eight overlap those before them.
        let word = unsafe text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        // The highest bit of a byte is set in the sum from 0x7F on, in the difference below 0x20.
        if (word | (word &+ ones) | (word &- (0x20 &* ones))) & (0x80 &* ones) != 0 { return false }
        if place == last { return true }
        place = min(place + 8, last)
      }
    }
  }
}
