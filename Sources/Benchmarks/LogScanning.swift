// How fast logs are read: by the reader alone, and into a ledger as every command does.

import AWSCatalog
import CloudTrail
import Glibc
import Usage

extension Scenario {
  /// A trail of gzip files, read alone.
  static let readTrail = reading(
    "read-trail", "read 40 gzip files of 500 events with two threads", files: 40, isCompressed: true, jobs: 2)
  /// One file of lines, read alone.
  static let readLines = reading(
    "read-lines", "read one file of 20,000 events a line", files: 1, isNDJSON: true, jobs: 1)
  /// Many small files, read alone.
  static let readSmallFiles = reading(
    "read-small-files", "read 4,000 files of 5 events with two threads", files: 4000, jobs: 2)

  /// A trail of gzip files into a ledger.
  static let scanTrail = Scenario(
    "scan-trail", summary: "40 gzip files of 500 events into a ledger with two threads", unit: "event"
  ) {
    var trail = SyntheticTrail(seed: 1, principals: 400)
    let folder = trail.write(events: 20_000, files: 40, isCompressed: true)
    return {
      let result = try UsageScan(inputs: [.path(folder)], jobs: 2).run()
      return Round(units: result.summary.events, bytes: result.summary.decompressedBytes)
    }
  }

  /// Many principals into a ledger.
  static let scanPrincipals = Scenario(
    "scan-principals", summary: "20,000 events of 10,000 roles into a ledger", unit: "event"
  ) {
    var trail = SyntheticTrail(seed: 2, principals: 10_000)
    let folder = trail.write(events: 20_000, files: 1, isNDJSON: true)
    return {
      let result = try UsageScan(inputs: [.path(folder)], jobs: 1).run()
      return Round(units: result.summary.events, bytes: result.summary.decompressedBytes)
    }
  }

  private static func reading(
    _ name: String, _ summary: String, files: Int, isNDJSON: Bool = false, isCompressed: Bool = false,
    jobs: Int
  ) -> Scenario {
    Scenario(name, summary: summary, unit: "event") {
      var trail = SyntheticTrail(seed: 1, principals: 400)
      let folder = trail.write(
        events: 20_000, files: files, isNDJSON: isNDJSON, isCompressed: isCompressed)
      return {
        let (count, summary) = LogScan(inputs: [.path(folder)], jobs: jobs).run { EventCount() }
        return Round(units: count.events, bytes: summary.decompressedBytes)
      }
    }
  }
}

/// The least that a consumer can do.
private struct EventCount: EventConsumer {
  var events = 0

  mutating func consume(_ event: CloudTrailEvent) { events += 1 }

  mutating func merge(_ other: EventCount) { events += other.events }
}
