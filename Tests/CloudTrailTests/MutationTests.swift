// Random damage to real shapes: nothing crashes, nothing hangs, and damage never adds an event.

@testable import CloudTrail
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct MutationTests {
  /// A whole file, and how many events it gives.
  private struct Original: Sendable {
    let name: String
    let bytes: [UInt8]
    let events: Int
  }

  /// Containers of one set of events, in several forms.
  private static let containers: [(name: String, bytes: [UInt8])] = {
    let events = (0..<6).flatMap { index in
      [Sample.list, Sample.put].map { $0.replacing("0000-4000-8000", with: "000\(index)-4000-8000") }
    }
    let records = Array(#"{"Records":[\#(events.joined(separator: ","))]}"#.utf8)
    let lookup = events.map { #"{"CloudTrailEvent":\#(Sample.quoted($0))}"# }.joined(separator: ",")
    let table = (["_raw,x"] + events.map { Sample.field($0) + ",1" }).joined(separator: "\n")
    return [
      ("records", records), ("gzip", gzipped(records)), ("lines", Array(events.joined(separator: "\n").utf8)),
      ("lookup-events", Array("{\"Events\":[\(lookup)]}".utf8)),
      ("lookup-events text", Array(events.map { "EVENTS\t\($0)\t1\n" }.joined().utf8)),
      ("table", Array(table.utf8)),
      (
        "UTF-16",
        [0xFF, 0xFE]
          + String(decoding: records, as: UTF8.self).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      ),
    ]
  }()

  /// Small files of real logs, in the order of their paths; none where the logs are absent.
  private static let realLogs: [(name: String, bytes: [UInt8])] = {
    guard let folder = try? Fixtures.shared("logs"),
      let paths = FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }).sorted()
    else { return [] }
    return paths.compactMap { path in
      guard !path.hasPrefix("derived/damaged"), path != "truth.json",
        let data = FileManager.default.contents(atPath: "\(folder)/\(path)"),
        (400...12_000).contains(data.count)
      else { return nil }
      return (path, [UInt8](data))
    }
  }()

  private static func originals() throws -> [Original] {
    let folder = try ScratchFolder()
    var originals: [Original] = []
    // Every seventh of the real files is variety enough, and a file says the same in every run.
    let real = realLogs.enumerated().filter { $0.offset.isMultiple(of: 7) }.map(\.element)
    for (name, bytes) in containers + real {
      try folder.write("log", bytes)
      var scan = LogScan(inputs: [.path(folder.path)])
      scan.removesDuplicates = false
      let summary = scan.run { EventCounter() }.summary
      // What is skipped for what it says of itself could become an event by saying it no more.
      guard summary.events > 0, summary.skipped.isEmpty else { continue }
      originals.append(Original(name: name, bytes: bytes, events: summary.events))
    }
    return originals
  }

  private struct EventCounter: EventConsumer {
    mutating func consume(_ event: CloudTrailEvent) { _ = event.requestParameters }
    mutating func merge(_ other: EventCounter) {}
  }

  /// Flips, cuts and inserts bytes, or repeats some of them.
  ///
  /// A repeat stands alone and is shorter than the end of one record and the head of another: a longer one can join
  /// them to a record that is well-formed, and nothing tells it from a real one.
  private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    if random.chance(0.25) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
      bytes.insert(contentsOf: bytes[place..<end], at: place)
      return
    }
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

  #if DEBUG
    /// Debug builds take twenty times as long; the number is for release builds.
    private static let usualCount = 1_000
  #else
    private static let usualCount = 100_000
  #endif

  /// Law: a file with flipped, cut or repeated bytes gives no more events than the whole one.
  ///
  /// `WHITTLE_MUTATIONS` sets how many are tried, `WHITTLE_SEED` where to begin. After two minutes what was tried is
  /// enough; how many these were is printed.
  @Test func damageNeverAddsEvents() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["WHITTLE_MUTATIONS"].flatMap { Int($0) } ?? Self.usualCount
    let firstSeed = environment["WHITTLE_SEED"].flatMap { UInt64($0) } ?? 1
    let originals = try Self.originals()
    let next = Atomic<Int>(0)
    let failures = Mutex<[String]>([])
    let start = ContinuousClock.now
    let threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      do {
        let folder = try ScratchFolder(inMemory: true)
        while start.duration(to: .now) < .seconds(120) {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < count else { return }
          let seed = firstSeed + UInt64(number)
          var random = SeededGenerator(seed: seed)
          guard let original = originals.randomElement(using: &random) else { return }
          var bytes = original.bytes
          Self.damage(&bytes, &random)
          try folder.write("log", bytes)
          let before = ContinuousClock.now
          let summary = LogScan(inputs: [.path(folder.path)]).run { EventCounter() }.summary
          let time = before.duration(to: .now)
          if summary.events > original.events || time > .seconds(20) {
            failures.withLock {
              $0.append(
                "seed \(seed), \(original.name): \(summary.events) of \(original.events) events, \(time)")
            }
          }
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    let tried = min(count, next.load(ordering: .relaxed))
    let seconds = start.duration(to: .now).components.seconds
    print("mutations: \(tried) of \(originals.count) files from seed \(firstSeed) in \(seconds) s")
    #expect(tried >= min(count, Self.usualCount / 10), "too slow to say anything")
  }
}
