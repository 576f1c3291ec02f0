// How fast logs are read: by the reader alone, and by the built program into a ledger, as every command does.

import CloudTrail
import Glibc

extension Scenario {
  /// A trail of gzip files, read alone.
  static let readTrail = reading(
    "read-trail", "read 40 gzip files with two threads", files: 40, form: .packed)
  /// One file of lines, read alone.
  static let readLines = reading(
    "read-lines", "read one file of an event a line", files: 1, form: .lines, jobs: 1)
  /// Many small files, read alone.
  static let readSmallFiles = reading(
    "read-small-files", "read files of 5 events with two threads", files: nil)

  /// A trail of gzip files.
  static let scanTrail = scanning("scan-trail", "a trail of 1,000 gzip files", files: 1000, form: .packed)
  /// The same with one thread.
  static let scanTrailAlone = scanning(
    "scan-trail-1", "the same trail with one thread", files: 1000, form: .packed, options: ["--jobs", "1"])
  /// One large file.
  static let scanLines = scanning("scan-lines", "one large file of an event a line", files: 1, form: .lines)
  /// The same with one thread.
  static let scanLinesAlone = scanning(
    "scan-lines-1", "the same file with one thread", files: 1, form: .lines, options: ["--jobs", "1"])
  /// One large compressed file.
  static let scanPackedLines = scanning(
    "scan-packed-lines", "one large gzip file of an event a line", files: 1, form: .packedLines)
  /// Standard input.
  static let scanInput = scanning(
    "scan-stdin", "the file of lines on standard input", files: 1, form: .lines, isStandardInput: true)
  /// Many small files.
  static let scanSmallFiles = scanning("scan-small-files", "files of 5 events", files: nil)
  /// Few principals.
  static let scanFewPrincipals = scanning(
    "scan-principals-500", "one file of lines, 500 roles", files: 1, form: .lines, principals: 500)
  /// Many principals.
  static let scanManyPrincipals = scanning(
    "scan-principals-50000", "one file of lines, 50,000 roles", files: 1, form: .lines, principals: 50_000)

  private static func reading(
    _ name: String, _ summary: String, files: Int?, form: SyntheticTrail.Form = .records, jobs: Int = 2
  ) -> Scenario {
    Scenario(name, summary: summary, unit: "event") {
      var trail = SyntheticTrail(seed: 1, principals: 500)
      let written = trail.write(bytes: Settings.size, files: files, form: form)
      return {
        let (count, summary) = LogScan(inputs: [.path(written.folder)], jobs: jobs).run { EventCount() }
        return Round(units: count.events, bytes: summary.decompressedBytes)
      }
    }
  }

  private static func scanning(
    _ name: String, _ summary: String, files: Int?, form: SyntheticTrail.Form = .records,
    principals: Int = 500,
    isStandardInput: Bool = false, options: [String] = []
  ) -> Scenario {
    Scenario(name, summary: "`whittle usage`: \(summary)", unit: "event") {
      var trail = SyntheticTrail(seed: 1, principals: principals)
      let written = trail.write(bytes: Settings.size, files: files, form: form)
      let program = "\(ChildProcess.programFolder)/whittle"
      let logs = isStandardInput ? "-" : written.folder
      let input = isStandardInput ? "\(written.folder)/0.json" : "/dev/null"
      return {
        let run = try ChildProcess(
          program, ["usage", logs, "--format", "ndjson", "--quiet"] + options, input: input)
        return Round(
          units: written.events, bytes: written.bytes, cpuSeconds: run.cpuSeconds, peakMemory: run.peakMemory)
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
