// Random damage to real shapes: nothing crashes, nothing hangs, and damage never adds an event.

@testable import CloudTrail
import Foundation
import TestSupport
import Testing

@Suite struct MutationTests {
  /// Containers of one set of events, in several forms.
  private static let containers: [[UInt8]] = {
    let events = (0..<6).flatMap { index in
      [Sample.list, Sample.put].map { $0.replacing("0000-4000-8000", with: "000\(index)-4000-8000") }
    }
    let records = Array(#"{"Records":[\#(events.joined(separator: ","))]}"#.utf8)
    let lookup = events.map { #"{"CloudTrailEvent":\#(Sample.quoted($0))}"# }.joined(separator: ",")
    let table = (["_raw,x"] + events.map { Sample.field($0) + ",1" }).joined(separator: "\n")
    return [
      records, gzipped(records), Array(events.joined(separator: "\n").utf8),
      Array("{\"Events\":[\(lookup)]}".utf8),
      Array(table.utf8),
      [0xFF, 0xFE]
        + String(decoding: records, as: UTF8.self).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
    ]
  }()

  /// Law: a file with flipped, cut or repeated bytes gives no more events than the whole one.
  ///
  /// A repeat stands alone and is shorter than a record: a longer one can join the head of one record to the tail
  /// of another, and nothing tells the result from a real event. `WHITTLE_MUTATIONS` sets how many are tried,
  /// `WHITTLE_SEED` where to begin.
  @Test func damageNeverAddsEvents() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["WHITTLE_MUTATIONS"].flatMap { Int($0) } ?? 300
    let firstSeed = environment["WHITTLE_SEED"].flatMap { UInt64($0) } ?? 1
    let folder = try ScratchFolder()
    for seed in firstSeed..<firstSeed + UInt64(count) {
      var random = SeededGenerator(seed: seed)
      var bytes = MutationTests.containers.randomElement(using: &random) ?? []
      if random.chance(0.25) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...120, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      } else {
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1:
            bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...2000, using: &random)))
          default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
          }
        }
      }
      try folder.write("log", bytes)
      let (found, summary) = folder.scan()
      #expect(found.events.count <= 12, "seed \(seed): \(summary)")
    }
  }
}
