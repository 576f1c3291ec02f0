// The set of seen events is exact on both sides of the bound on its memory.

@testable import CloudTrail
import Foundation
import JSONStream
import TestSupport
import Testing

@Suite struct DuplicateFilterTests {
  private static func digests(_ count: Int, seed: UInt64) -> [EventDigest] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in EventDigest(high: random.next(), low: random.next()) }
  }

  /// Law: an insertion is new exactly if a set says so, with tables so small that runs are merged twice.
  @Test(arguments: [UInt64(1), 2, 3])
  func agreesWithASet(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let filter = DuplicateFilter(capacity: 64)
    let digests = DuplicateFilterTests.digests(30_000, seed: seed)
    var seen: Set<EventDigest> = []
    for index in digests.indices {
      let digest = random.chance(0.2) ? digests[Int.random(in: 0...index, using: &random)] : digests[index]
      #expect(filter.insert(digest) == seen.insert(digest).inserted, "seed \(seed), insertion \(index)")
    }
    #expect(filter.failure == nil)
  }

  /// The search in a run stays right where digests are not spread evenly: neighbours, both ends, and all of one part.
  @Test func crowdedDigestsAreFound() {
    let filter = DuplicateFilter(capacity: 64)
    let crowd = (UInt64(0)..<6_000).map { EventDigest(high: 7 << 50 | $0 / 40, low: $0 << 20) }
    let ends = [UInt64.min, .max].flatMap { high in
      (UInt64(0)..<200).map { EventDigest(high: high, low: $0) }
    }
    for digest in crowd + ends { #expect(filter.insert(digest)) }
    for digest in crowd.reversed() + ends { #expect(!filter.insert(digest)) }
    #expect(filter.insert(EventDigest(high: 7 << 50, low: 1)))
  }

  @Test func threadsAgree() async {
    let digests = DuplicateFilterTests.digests(10_000, seed: 4)
    let filter = DuplicateFilter(capacity: 64)
    let new = await withTaskGroup(of: Int.self) { group in
      for shift in 0..<4 {
        group.addTask {
          digests.indices.count { filter.insert(digests[($0 + shift * 2_500) % digests.count]) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(new == digests.count)
  }

  /// A trail of more events than the tables hold, given twice over: counts are those of one copy.
  @Test func aTrailGivenTwiceCountsOnceBeyondTheBound() throws {
    let folder = try ScratchFolder()
    let lines = (0..<300).map { Sample.list.replacing("000000000001", with: String(100_000_000_000 + $0)) }
    try folder.write("a", Array(lines.joined(separator: "\n").utf8))
    try folder.write("b", Array(lines.reversed().joined(separator: "\n").utf8))
    for jobs in [1, 2] {
      var scan = LogScan(inputs: [.path(folder.path)], jobs: jobs)
      scan.duplicateCapacity = 2
      let (found, summary) = scan.run { EventCollector() }
      #expect(found.events.count == 300 && summary.events == 300 && summary.duplicates == 300)
      #expect(summary.unboundedDuplicates == nil)
    }
  }
}
