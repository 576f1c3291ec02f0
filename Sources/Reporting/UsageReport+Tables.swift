// `usage --format csv` and `markdown`.

import CloudTrail
import IAM
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
    for line in lines where output.isOpen {
      CSVWriter.write(
        [
          line.key.principal.identifier, line.key.action, line.key.resource, line.outcome.rawValue,
          String(line.tally.count), line.tally.firstSeen?.description ?? "",
          line.tally.lastSeen?.description ?? "", String(line.facts.distinctResources),
          line.facts.regions.elements.joined(separator: " "),
          line.facts.via.elements.joined(separator: " "),
          line.facts.exampleEvents.elements.joined(separator: " "),
          line.key.context.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
        ], to: &output)
    }
  }

  /// Writes GitHub-flavoured Markdown: a table of the principals, and one of each principal's uses.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeMarkdown(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: "# Recorded use\n\n")
    let window = "\(timeText(ledger.events.firstSeen)) to \(timeText(ledger.events.lastSeen)) UTC"
    output.write(
      text: "\(counted(ledger.events.count, "event")) in \(counted(summary.files, "file")), \(window).\n\n")
    let ordered = ledger.usesInOrder()
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
      writeMarkdownTable(
        ["Action", "Resource", "Outcome", "Calls", "Last seen"],
        rows: lines(of: uses).map { line in
          [
            markdownCode(line.key.action), markdownCode(line.key.resource), line.outcome.rawValue,
            grouped(line.tally.count), timeText(line.tally.lastSeen),
          ]
        }, to: &output)
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
