// Instants as text.

import IAM
import TestSupport
import Testing

@Suite("Instants as text")
struct TimestampTests {
  @Test(
    "known instants",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_219_199, "2026-11-20T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"),
      (-1, "1969-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z"), (253_402_300_800, "10000-01-01T00:00:00Z"),
      (-62_167_219_201, "00-1-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func known(seconds: Int64, text: String) {
    #expect(Timestamp(secondsSinceEpoch: seconds).description == text)
  }

  @Test("what is written reads back as the same instant", arguments: 1...4 as ClosedRange<UInt64>)
  func roundTrip(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let time = Timestamp(
        secondsSinceEpoch: Int64.random(in: -62_167_219_200...253_402_300_799, using: &random))
      #expect(Timestamp(iso8601: time.description) == time, "seed \(seed)")
    }
  }
}
