// Several threads on one stream read what one thread reads, whatever the stream holds.

@testable import CloudTrail
import Foundation
import TestSupport
import Testing

@Suite struct SharedStreamTests {
  /// What a scan of one file comes to, with the events in an order of their own.
  private struct Outcome: Equatable {
    let events: [String]
    let summary: LogSummary

    init(_ folder: ScratchFolder, jobs: Int, least: Int = 1, block: Int) {
      var scan = LogScan(inputs: [.path(folder.path)], jobs: jobs)
      scan.removesDuplicates = false
      scan.sizes = SharedStream.Sizes(least: least, block: block)
      let result = scan.run { EventCollector() }
      events = result.consumer.events.map { "\($0.eventID ?? "-") \($0.eventName ?? "-")" }.sorted()
      summary = result.summary
    }
  }

  private static func events(_ count: Int) -> [String] {
    (0..<count).map { (index: Int) -> String in
      (index % 3 == 0 ? Sample.put : Sample.list).replacing(
        "0000-4000-8000", with: String(1000 + index) + "-4000-8000")
    }
  }

  /// One set of events in every form that a large stream may have.
  private static let streams: [(name: String, bytes: [UInt8])] = {
    let events = SharedStreamTests.events(60)
    let lines = events.joined(separator: "\n")
    // Text that looks like the beginning of a record, in strings and in nested objects.
    let hostile = events.map {
      $0.replacing(
        #""requestParameters":null"#,
        with: #""requestParameters":{"a":[\n{"eventVersion":"1"},{"eventVersion":"2"}]}"#
      )
      .replacing("\\n", with: "\n").replacing("aws-cli", with: #"\n{\"eventVersion\":"#)
    }
    let envelope = #"{"Records":[\#(events.joined(separator: ","))],"more":[{"eventVersion":1}]}"#
    let names = events.enumerated().map { $0 % 2 == 0 ? $1 : #"{"awsRegion":"x",\#($1.dropFirst())"# }
    let broken = events.enumerated().map { $0 % 9 == 5 ? String($1.dropLast(30)) : $1 }
    return [
      ("lines", Array(lines.utf8)), ("concatenated", Array(events.joined().utf8)),
      ("envelope", Array(envelope.utf8)), ("array", Array("[\(events.joined(separator: ",\n"))]".utf8)),
      ("arrays", Array("[[\(events.joined(separator: "],["))]]".utf8)),
      ("envelopes", Array("\(envelope)\n\(envelope)".utf8)),
      ("hostile", Array(hostile.joined(separator: "\n").utf8)),
      ("several first names", Array(names.joined(separator: "\n").utf8)),
      ("damaged lines", Array(broken.joined(separator: "\n").utf8)),
      ("damaged array", Array("[\(broken.joined(separator: ","))]".utf8)),
      ("packed", gzipped(Array(lines.utf8))),
      ("packed, cut", Array(gzipped(Array(lines.utf8)).dropLast(3000))),
      ("timed", Array(events.map { "2024-03-01T00:00:00.000Z " + $0 }.joined(separator: "\n").utf8)),
    ]
  }()

  @Test(arguments: streams.indices)
  func threadsReadWhatOneReads(index: Int) throws {
    let (name, bytes) = SharedStreamTests.streams[index]
    let folder = try ScratchFolder()
    try folder.write("log", bytes)
    let alone = Outcome(folder, jobs: 1, block: 1)
    #expect(!alone.events.isEmpty, "\(name)")
    for (jobs, block) in [(2, 700), (2, 3000), (4, 10_000), (3, 64), (2, 1 << 20)] {
      #expect(
        Outcome(folder, jobs: jobs, block: block) == alone, "\(name), \(jobs) threads, blocks of \(block)")
    }
  }

  /// Law: with bytes flipped, cut and inserted too.
  @Test func threadsAgreeOnDamage() throws {
    let folder = try ScratchFolder()
    for seed in UInt64(1)...50 {
      var random = SeededGenerator(seed: seed)
      var bytes = SharedStreamTests.streams.randomElement(using: &random)?.bytes ?? []
      for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = Array("{}[],\"\n\\x:".utf8).randomElement(using: &random) ?? 0
        case 1:
          bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...3000, using: &random)))
        default: bytes.insert(contentsOf: Array("\n{\"eventVersion\":".utf8), at: place)
        }
      }
      try folder.write("log", bytes)
      let block = Int.random(in: 100...5000, using: &random)
      #expect(
        Outcome(folder, jobs: 2, least: Int.random(in: 0...20_000, using: &random), block: block)
          == Outcome(folder, jobs: 1, block: 1), "seed \(seed)")
    }
  }

  @Test func largeFilesAmongSmallOnes() throws {
    let folder = try ScratchFolder()
    let lines = Array((SharedStreamTests.events(300).joined(separator: "\n") + "\n").utf8)
    for copy in 0..<3 { try folder.write("large-\(copy)", lines) }
    for copy in 0..<20 { try folder.write("small-\(copy)", Array(Sample.list.utf8)) }
    let outcomes = [1, 2, 5].map { Outcome(folder, jobs: $0, least: 40_000, block: 20_000) }
    #expect(outcomes[0].events.count == 920 && outcomes[0].summary.damaged.isEmpty)
    #expect(outcomes[1] == outcomes[0] && outcomes[2] == outcomes[0])
  }
}
