// Searches over bytes, against those of the standard library.

import TestSupport
import Testing

@testable import IAM

@Suite("Texts as bytes")
struct SpanBytesTests {
  @Test("Letters are found where they stand for the first time", arguments: UInt64(1)...30)
  func searches(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let text = random.text(over: ["a", "b", ":", "/", "\u{e9}"], lengths: 0...20)
      let bytes = Array(text.utf8)
      let place = Int.random(in: 0...bytes.count, using: &random)
      let span = text.utf8.span
      let byte = span.offset(of: UInt8(ascii: ":"), from: place)
      #expect(byte == bytes[place...].firstIndex(of: UInt8(ascii: ":")), "seed \(seed): \(text), \(place)")
      let part = span.offset(of: "a:b", from: place)
      #expect(
        part == bytes[place...].firstRange(of: "a:b".utf8)?.lowerBound, "seed \(seed): \(text), \(place)")
      let isThere = span.holds("ab", at: place)
      #expect(isThere == bytes[place...].starts(with: "ab".utf8), "seed \(seed): \(text), \(place)")
      let isASCII = span.isASCII
      #expect(isASCII == bytes.allSatisfy { $0 < 0x80 }, "seed \(seed): \(text)")
      let other = random.text(over: ["a", "b", ":", "\u{e9}"], lengths: 0...3)
      let order = text.order(to: other.utf8.span)
      #expect(
        (order < 0) == text.utf8.lexicographicallyPrecedes(other.utf8), "seed \(seed): \(text), \(other)")
      #expect((order == 0) == text.utf8.elementsEqual(other.utf8), "seed \(seed): \(text), \(other)")
    }
  }
}
