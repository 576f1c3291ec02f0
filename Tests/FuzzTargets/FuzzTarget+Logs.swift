// Logs: every detector of a form, decompression, tables, and the way from events to usage.

import CloudTrail
import JSONStream
import Reporting
import Usage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FuzzTarget {
  /// A file of any form: the account of the scan adds up.
  static let logs = FuzzTarget("logs") { input in scan(input) }

  /// A compressed file: the bytes behind a header of gzip or Zstandard.
  static let compression = FuzzTarget("compression") { input in
    guard let first = input.first else { return nil }
    let headers: [[UInt8]] = [
      [], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x2A, 0x4D, 0x18],
    ]
    return scan(headers[Int(first) % headers.count] + input.dropFirst())
  }

  /// A table of any known header.
  static let tables = FuzzTarget("tables") { input in
    guard let first = input.first else { return nil }
    let headers = [
      "_raw,x", "@message", "eventData,x", "useridentity,eventsource,eventname,resources,eventtime",
      "userIdentity,eventSource,eventName,requestParameters", "User name,Event time,Event source,Event name",
      "TimeGenerated [UTC],UserIdentityArn,EventName,EventSource,RequestParameters", "EVENTS\tx",
    ]
    return scan(Array((headers[Int(first) % headers.count] + "\n").utf8) + input.dropFirst())
  }

  /// A file of any form, resolved to usage: the report of it is JSON, and the same for two threads.
  static let usage = FuzzTarget("usage") { input in
    reports(input, jobs: [1, 2], templatesAfter: [128]) { "two threads report otherwise than one" }
  }

  /// Lines, each again under other names, resolved to usage: what templates give is what the rules give.
  static let templates = FuzzTarget("templates") { input in
    var lines: [UInt8] = []
    for turn in 0..<4 as Range<UInt8> {
      // Digits below five stay, so that there are times that stay times.
      lines += input.map { (0x35...0x39).contains($0) ? 0x35 + ($0 - 0x35 + turn) % 5 : $0 } + [0x0A]
    }
    return reports(lines, jobs: [1], templatesAfter: [0, .max]) {
      "templates report otherwise than the rules"
    }
  }

  /// Reports on a file in several ways: what is wrong, where it is not the same JSON each time.
  private static func reports(
    _ bytes: [UInt8], jobs: [Int], templatesAfter: [Int], _ difference: () -> String
  ) -> String? {
    guard let path = scratchFile(bytes) else { return "cannot write a scratch file" }
    defer { unsafe unlink(path) }
    var reports: [[UInt8]] = []
    for jobs in jobs {
      for templatesAfter in templatesAfter {
        var scan = UsageScan(inputs: [.path(path)], jobs: jobs)
        scan.templatesAfter = templatesAfter
        guard let result = try? scan.run() else { return "the scan failed" }
        let usage = UsageReport(ledger: result.ledger, summary: result.summary)
        var report: [UInt8] = []
        usage.writeJSON(to: &report)
        if (try? JSONValue(parsing: report)) == nil { return "the report is no JSON" }
        usage.writeCSV(to: &report)
        reports.append(report)
      }
    }
    return reports.allSatisfy { $0 == reports[0] } ? nil : difference()
  }

  /// Counts events, and looks at what is decoded only when asked for.
  private struct Counter: EventConsumer {
    var events = 0

    mutating func consume(_ event: CloudTrailEvent) {
      events += 1
      _ = (Principal(event), event.outcome, event.requestParameters, event.responseElements)
    }

    mutating func merge(_ other: Counter) { events += other.events }
  }

  private static func scan(_ bytes: [UInt8]) -> String? {
    guard let path = scratchFile(bytes) else { return "cannot write a scratch file" }
    defer { unsafe unlink(path) }
    let (counter, summary) = LogScan(inputs: [.path(path)]).run { Counter() }
    if counter.events != summary.events { return "events that no consumer got" }
    if summary.formats.values.reduce(0, +) != summary.events { return "events without a form" }
    if summary.bytes > bytes.count { return "more bytes than there are" }
    if summary.damaged.count > 1 { return "two accounts of the damage of one file" }
    if let damage = summary.damaged.first, !damage.isDecodedOffset, damage.offset ?? 0 > bytes.count {
      return "damage behind the end of the file"
    }
    return nil
  }

  /// Writes an input to a file of its own, which the caller removes.
  private static func scratchFile(_ bytes: [UInt8]) -> String? {
    let path = "\(scratchFolder)/whittle-fuzz-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    // The bytes are written before the call returns.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) } == bytes.count
      ? path : nil
  }

  /// A folder in memory where there is one: the fuzzer writes thousands of files a second.
  private static let scratchFolder = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

  /// The bytes of a file, or `nil` where it cannot be read.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its bytes.
  package static func contents(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // `read` writes no more than the buffer's size.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return count == 0 ? bytes : nil }
      bytes += chunk.prefix(count)
    }
  }
}
