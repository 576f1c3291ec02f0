// `usage --format json` and `ndjson`.

import CloudTrail
import IAM
import JSONStream
import Usage

extension UsageReport {
  /// Writes one JSON object a line: one use with one outcome each, sorted.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    writeLines(to: &output) { key, facts, outcome, tally, text in
      UsageReport.appendLine(key, facts, outcome, tally, to: &text)
    }
  }

  /// Appends a line of NDJSON: what a ``JSONWriter`` would write member by member, with the names ready in their places.
  static func appendLine(
    _ key: UseKey, _ facts: UseFacts, _ outcome: UseLine.Outcome, _ tally: Tally, to text: inout [UInt8]
  ) {
    func append(_ time: Timestamp?) {
      guard let time else { return text.append(literal: "null") }
      text.append(UInt8(ascii: "\""))
      time.append(to: &text)
      text.append(UInt8(ascii: "\""))
    }
    func append(_ list: [String]) {
      var separator = UInt8(ascii: "[")
      for element in list {
        text.append(separator)
        JSONWriter.quote(element, into: &text)
        separator = UInt8(ascii: ",")
      }
      if list.isEmpty { text.append(separator) }
      text.append(UInt8(ascii: "]"))
    }
    text.append(literal: #"{"principal":"#)
    JSONWriter.quote(key.principal.identifier, into: &text)
    text.append(literal: #","action":"#)
    JSONWriter.quote(key.action, into: &text)
    text.append(literal: #","resource":"#)
    JSONWriter.quote(key.resource, into: &text)
    text.append(literal: #","outcome":""#)
    text.append(text: outcome.rawValue)
    text.append(literal: #"","count":"#)
    text.append(decimal: tally.count)
    text.append(literal: #","firstSeen":"#)
    append(tally.firstSeen)
    text.append(literal: #","lastSeen":"#)
    append(tally.lastSeen)
    text.append(literal: #","distinctResources":"#)
    text.append(decimal: facts.distinctResources)
    text.append(literal: #","regions":"#)
    append(facts.regions.elements)
    text.append(literal: #","via":"#)
    append(facts.via.elements)
    text.append(literal: #","exampleEvents":"#)
    append(facts.exampleEvents.elements)
    text.append(literal: #","context":{"#)
    for (number, pair) in key.context.enumerated() {
      if number > 0 { text.append(UInt8(ascii: ",")) }
      JSONWriter.quote(pair.key, into: &text)
      text.append(UInt8(ascii: ":"))
      JSONWriter.quote(pair.value, into: &text)
    }
    text.append(literal: "}}\n")
  }

  /// Writes one JSON document: summary, principals, what is unresolved, coverage.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("summary", object: writeSummary)
    writer.member("principals", principals) { writer, line in
      writer.member("principal", line.principal.identifier)
      writer.member("type", line.principal.kind.rawValue)
      writer.member("events", line.facts.events.count)
      writer.member("actions", line.actions)
      writer.member("resources", line.resources)
      writer.member("firstSeen", line.facts.events.firstSeen)
      writer.member("lastSeen", line.facts.events.lastSeen)
      writer.member("denied", line.facts.denied)
      writer.member("failed", line.facts.failed)
      writer.member("sessions", line.facts.sessions.elements)
    }
    writer.member("unresolved", ledger.unresolved.sorted { $0.key < $1.key }) { writer, entry in
      writer.member("eventSource", entry.key.eventSource)
      writer.member("eventName", entry.key.eventName)
      writer.member("count", entry.value.count)
      writer.member("reason", entry.key.reason)
    }
    writer.member("coverage", object: writeCoverage)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the members of the summary.
  func writeSummary(_ writer: inout JSONWriter) {
    writer.member("files", summary.files)
    writer.member("damagedFiles", damagedFiles)
    writer.member("bytes", summary.bytes)
    writer.member("events", ledger.events.count)
    writer.member("duplicates", summary.duplicates)
    writer.member("apiCalls", ledger.apiCalls)
    writer.member("otherCalls", ledger.otherCalls)
    writer.member("denied", ledger.denied)
    writer.member("notCalls") { writer in
      for entry in notCalls { writer.member(entry.kind, entry.count) }
    }
    writer.member("unresolvedEvents", ledger.unresolvedEvents)
    writer.member("principals", ledger.principals.count)
    writer.member("firstEvent", ledger.events.firstSeen)
    writer.member("lastEvent", ledger.events.lastSeen)
    writer.member("damage", summary.damaged) { writer, damage in
      writer.member("file", damage.path)
      writer.name("offset")
      if let offset = damage.offset { writer.write(offset) } else { writer.writeNull() }
      writer.member("offsetIsDecoded", damage.isDecodedOffset)
      writer.member("message", damage.message)
      writer.member("places", damage.count)
    }
  }

  /// Writes the members of the coverage.
  func writeCoverage(_ writer: inout JSONWriter) {
    writer.member("from", ledger.events.firstSeen)
    writer.member("to", ledger.events.lastSeen)
    writer.member("covered", ledger.coverage.keys) { writer, key in
      let hours = ledger.coverage.hours[key] ?? HourSet()
      writer.member("account", key.account)
      writer.member("region", key.region)
      writer.member("category", key.category)
      writer.member("eventSource", key.eventSource.isEmpty ? nil : key.eventSource)
      writer.member("hours", hours.count)
      writer.member("stretches", hours.stretches) { writer, stretch in
        writer.member("from", stretch.lowerBound)
        writer.member("to", stretch.upperBound)
      }
    }
  }
}
