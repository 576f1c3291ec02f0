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
    writeLines(to: &output) { key, facts, outcome, tally, row in
      UsageReport.appendRow(key, facts, outcome, tally, to: &row)
    }
  }

  /// Appends a row of comma-separated values.
  private static func appendRow(
    _ key: UseKey, _ facts: UseFacts, _ outcome: UseLine.Outcome, _ tally: Tally, to row: inout [UInt8]
  ) {
    func append(_ time: Timestamp?) {
      // Digits, hyphens and colons are safe where no year before our era begins with a sign.
      guard let time, time.secondsSinceEpoch >= 0 else { return append(time?.description ?? "") }
      time.append(to: &row)
    }
    func append(_ text: String) { CSVWriter.append(text, to: &row) }
    func separate() { row.append(UInt8(ascii: ",")) }
    append(key.principal.identifier)
    separate()
    append(key.action)
    separate()
    append(key.resource)
    separate()
    append(outcome.rawValue)
    separate()
    row.append(decimal: tally.count)
    separate()
    append(tally.firstSeen)
    separate()
    append(tally.lastSeen)
    separate()
    row.append(decimal: facts.distinctResources)
    separate()
    append(facts.regions.elements.joined(separator: " "))
    separate()
    append(facts.via.elements.joined(separator: " "))
    separate()
    append(facts.exampleEvents.elements.joined(separator: " "))
    separate()
    append(key.context.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    CSVWriter.endRow(&row)
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
    for uses in ordered where output.isOpen {
      output.write(text: "\n## \(markdownCode(uses.principal.identifier))\n\n")
      var rows: [[String]] = []
      forEachLine(of: uses.places) { key, _, outcome, tally in
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
