// `usage --format csv` and `markdown`.

import CloudTrail
import IAM
import JSONStream
import Usage

extension UsageReport {
  /// Writes comma-separated values: a row for one use with one outcome each, sorted.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeCSV(to output: inout some ByteOutput & ~Copyable) {
    CSVWriter.write(
      [
        "principal", "action", "resource", "outcome", "count", "firstSeen", "lastSeen", "distinctResources",
        "regions", "via", "exampleEvents", "context",
      ], to: &output)
    writeLines(CSVRow.self, to: &output)
  }

  /// Writes GitHub-flavoured Markdown: a table of the principals, and one of each principal's uses.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeMarkdown(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: "# Recorded use\n\n")
    let window = "\(timeText(ledger.events.firstSeen)) to \(timeText(ledger.events.lastSeen)) UTC"
    output.write(
      text: "\(counted(ledger.events.count, "event")) in \(counted(summary.files, "file")), \(window).\n\n")
    let ordered = ledger.usesInOrder(jobs: jobs)
    let principals = PrincipalLine.lines(of: ledger, ordered)
    writeMarkdownTable(
      ["Principal", "Type", "Events", "Actions", "Resources", "Denied", "Last seen"],
      rows: principals.map { line in
        [
          markdownCode(line.principal.identifier), line.principal.kind.rawValue,
          grouped(line.facts.events.count), grouped(line.actions), grouped(line.resources),
          grouped(line.facts.denied), timeText(line.facts.events.lastSeen),
        ]
      }, to: &output)
    let reader = UseReader(ledger.uses, readsContext: false)
    for uses in ordered where output.isOpen {
      output.write(text: "\n## \(markdownCode(uses.principal.identifier))\n\n")
      var rows: [[String]] = []
      forEachLine(of: uses.places, reader) { key, _, outcome, tally in
        rows.append([
          markdownCode(key.action), markdownCode(key.resource), outcome.rawValue, grouped(tally.count),
          timeText(tally.lastSeen),
        ])
      }
      writeMarkdownTable(["Action", "Resource", "Outcome", "Calls", "Last seen"], rows: rows, to: &output)
    }
    if !ledger.unresolved.isEmpty {
      output.write(text: "\n## Not resolved to an action\n\n")
      writeMarkdownTable(
        ["Event source", "Event name", "Events", "Reason"],
        rows: ledger.unresolved.sorted { $0.key < $1.key }.map { key, tally in
          [
            markdownCode(key.eventSource), markdownCode(key.eventName), grouped(tally.count),
            markdownCode(key.reason),
          ]
        }, to: &output)
    }
  }
}

/// A row of comma-separated values for one use with one outcome.
enum CSVRow: UseNotation {
  static func append(_ principal: Principal, _ action: String, to row: inout [UInt8]) {
    CSVWriter.append(principal.identifier, to: &row)
    separate(&row)
    CSVWriter.append(action, to: &row)
    separate(&row)
  }

  static func append(resource: Span<UInt8>, to row: inout [UInt8]) {
    CSVWriter.append(resource, to: &row)
    separate(&row)
  }

  static func append(_ outcome: Outcome, _ tally: Tally, resources: Int, to row: inout [UInt8]) {
    CSVWriter.append(outcome.rawValue, to: &row)
    separate(&row)
    row.append(decimal: tally.count)
    separate(&row)
    append(tally.firstSeen, to: &row)
    separate(&row)
    append(tally.lastSeen, to: &row)
    separate(&row)
    row.append(decimal: resources)
    separate(&row)
  }

  private static func append(_ time: Timestamp?, to row: inout [UInt8]) {
    // Digits, hyphens and colons are safe where no year before our era begins with a sign.
    guard let time, time.secondsSinceEpoch >= 0 else {
      return CSVWriter.append(time?.description ?? "", to: &row)
    }
    time.append(to: &row)
  }

  static func append(regions: [String], via services: [String], to row: inout [UInt8]) {
    CSVWriter.append(regions.joined(separator: " "), to: &row)
    separate(&row)
    CSVWriter.append(services.joined(separator: " "), to: &row)
    separate(&row)
  }

  static func append(_ examples: UseExamples, to row: inout [UInt8]) {
    var cell: [UInt8] = []
    examples.forEach { number, id in
      if number > 0 { cell.append(UInt8(ascii: " ")) }
      cell.append(text: id)
    }
    CSVWriter.append(cell.span, to: &row)
    separate(&row)
  }

  static func append(_ context: [ContextPair], to row: inout [UInt8]) {
    CSVWriter.append(context.map { "\($0.key)=\($0.value)" }.joined(separator: " "), to: &row)
    CSVWriter.endRow(&row)
  }

  private static func separate(_ row: inout [UInt8]) { row.append(UInt8(ascii: ",")) }
}
