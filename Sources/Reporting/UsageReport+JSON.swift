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
    writeLines(NDJSONLine.self, to: &output)
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

/// A line of NDJSON: what a ``JSONWriter`` would write member by member, with the names ready in their places.
enum NDJSONLine: UseNotation {
  static func append(_ principal: Principal, _ action: String, to line: inout [UInt8]) {
    line.append(literal: #"{"principal":"#)
    JSONWriter.quote(principal.identifier, into: &line)
    line.append(literal: #","action":"#)
    JSONWriter.quote(action, into: &line)
    line.append(literal: #","resource":"#)
  }

  static func append(resource: Span<UInt8>, to line: inout [UInt8]) {
    JSONWriter.quote(resource, into: &line)
  }

  static func append(_ outcome: Outcome, _ tally: Tally, resources: Int, to line: inout [UInt8]) {
    line.append(literal: #","outcome":""#)
    line.append(text: outcome.rawValue)
    line.append(literal: #"","count":"#)
    line.append(decimal: tally.count)
    line.append(literal: #","firstSeen":"#)
    append(tally.firstSeen, to: &line)
    line.append(literal: #","lastSeen":"#)
    append(tally.lastSeen, to: &line)
    line.append(literal: #","distinctResources":"#)
    line.append(decimal: resources)
  }

  private static func append(_ time: Timestamp?, to line: inout [UInt8]) {
    guard let time else { return line.append(literal: "null") }
    line.append(UInt8(ascii: "\""))
    time.append(to: &line)
    line.append(UInt8(ascii: "\""))
  }

  static func append(regions: [String], via services: [String], to line: inout [UInt8]) {
    line.append(literal: #","regions":"#)
    append(regions, to: &line)
    line.append(literal: #","via":"#)
    append(services, to: &line)
    line.append(literal: #","exampleEvents":["#)
  }

  private static func append(_ list: [String], to line: inout [UInt8]) {
    line.append(UInt8(ascii: "["))
    for (number, element) in list.enumerated() {
      if number > 0 { line.append(UInt8(ascii: ",")) }
      JSONWriter.quote(element, into: &line)
    }
    line.append(UInt8(ascii: "]"))
  }

  static func append(_ examples: UseExamples, to line: inout [UInt8]) {
    examples.forEach { number, id in
      if number > 0 { line.append(UInt8(ascii: ",")) }
      JSONWriter.quote(id, into: &line)
    }
  }

  static func append(_ context: [ContextPair], to line: inout [UInt8]) {
    line.append(literal: #"],"context":{"#)
    for (number, pair) in context.enumerated() {
      if number > 0 { line.append(UInt8(ascii: ",")) }
      JSONWriter.quote(pair.key, into: &line)
      line.append(UInt8(ascii: ":"))
      JSONWriter.quote(pair.value, into: &line)
    }
    line.append(literal: "}}\n")
  }
}
