// How fast logs are read: by the reader alone, and by the built program into a ledger, as every command does.

import CloudTrail

extension Scenario {
  /// A trail of gzip files, read alone.
  static let readTrail = reading(
    "read-trail", "read 40 gzip files with two threads", files: 40, form: .packed)
  /// One file of lines, read alone.
  static let readLines = reading(
    "read-lines", "read one file of an event a line", files: 1, form: .lines, jobs: 1)
  /// The same with two threads.
  static let readLinesTogether = reading(
    "read-lines-2", "read one file of an event a line with two threads", files: 1, form: .lines)
  /// One large compressed file, read alone.
  static let readPackedLines = reading(
    "read-packed-lines", "read one gzip file of an event a line", files: 1, form: .packedLines, jobs: 1)
  /// The same with two threads.
  static let readPackedLinesTogether = reading(
    "read-packed-lines-2", "read one gzip file of an event a line with two threads", files: 1,
    form: .packedLines)
  /// Many small files, read alone.
  static let readSmallFiles = reading(
    "read-small-files", "read gzip files of about 20 events with two threads", files: smallFiles,
    form: .packed)

  /// A trail of gzip files of the size that a busy account has.
  static let scanTrail = scanning("scan-trail", "a trail of gzip files", files: busyFiles, form: .packed)
  /// The same with one thread.
  static let scanTrailAlone = scanning(
    "scan-trail-1", "the same trail with one thread", files: busyFiles, form: .packed,
    options: ["--jobs", "1"])
  /// A trail of few facts.
  static let scanFewFacts = scanning(
    "scan-few-facts", "a trail whose principals use 8 resources of a kind at most", files: busyFiles,
    form: .packed,
    model: TrailModel(diversity: 8))
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
  static let scanSmallFiles = scanning(
    "scan-small-files", "gzip files of about 20 events", files: smallFiles, form: .packed)
  /// Few principals.
  static let scanFewPrincipals = scanning(
    "scan-principals-500", "one file of lines, 500 roles and users", files: 1, form: .lines)
  /// Many principals.
  static let scanManyPrincipals = scanning(
    "scan-principals-50000", "one file of lines, 50,000 roles and users", files: 1, form: .lines,
    model: TrailModel(principals: 50_000))

  /// The same calls in a short and in a long log: memory must not grow.
  static let growth = Scenario(
    "growth",
    summary: "`whittle usage`: the same calls in a log of the size given and in one four times as long",
    unit: "event"
  ) {
    // The calls come again after half of the short log.
    let model = TrailModel(period: Settings.size / 2600)
    let (short, long) = (
      try TrailFiles(model, bytes: Settings.size, files: 1, form: .lines),
      try TrailFiles(model, bytes: 4 * Settings.size, files: 1, form: .lines)
    )
    return {
      let (first, second) = (try scan(short.folder).run(), try scan(long.folder).run())
      let ratio = scaled(Double(second.peakMemory) / Double(max(1, first.peakMemory)))
      return Round(
        units: short.events + long.events, bytes: short.bytes + long.bytes,
        cpuSeconds: first.cpuSeconds + second.cpuSeconds, peakMemory: second.peakMemory,
        note: "peak of the short log \(scaled(Double(first.peakMemory)))B: \(ratio)times")
    }
  }

  /// As many files as a busy account writes for so much JSON: half a megabyte each.
  private static let busyFiles = max(1, Settings.size / 500_000)
  /// As many as a quiet one does.
  private static let smallFiles = max(1, Settings.size / 26_000)

  private static func scan(_ logs: String, _ options: [String] = [], input: String = "/dev/null") -> Command {
    Command(
      program: "\(ChildProcess.programFolder)/whittle",
      arguments: ["usage", logs, "--format", "ndjson", "--quiet"] + options, input: input)
  }

  private static func reading(
    _ name: String, _ summary: String, files: Int, form: TrailFiles.Form, jobs: Int = 2
  ) -> Scenario {
    Scenario(name, summary: summary, unit: "event") {
      let trail = try TrailFiles(bytes: Settings.size, files: files, form: form)
      return {
        let (count, summary) = LogScan(inputs: [.path(trail.folder)], jobs: jobs).run { EventCount() }
        return Round(units: count.events, bytes: summary.decompressedBytes)
      }
    }
  }

  private static func scanning(
    _ name: String, _ summary: String, files: Int, form: TrailFiles.Form, model: TrailModel = TrailModel(),
    isStandardInput: Bool = false, options: [String] = []
  ) -> Scenario {
    Scenario(name, summary: "`whittle usage`: \(summary)", unit: "event") {
      let trail = try TrailFiles(model, bytes: Settings.size, files: files, form: form)
      let command =
        isStandardInput ? scan("-", options, input: trail.first) : scan(trail.folder, options)
      return {
        let run = try command.run()
        return Round(
          units: trail.events, bytes: trail.bytes, cpuSeconds: run.cpuSeconds, peakMemory: run.peakMemory,
          command: command)
      }
    }
  }
}

/// The least that a consumer can do.
private struct EventCount: EventConsumer {
  var events = 0

  mutating func consume(_ event: CloudTrailEvent) { events += 1 }

  mutating func consume(_ event: EventView, decode: () -> CloudTrailEvent) { events += 1 }

  mutating func merge(_ other: EventCount) { events += other.events }
}
