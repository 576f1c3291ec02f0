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
    var writer = JSONWriter()
    for line in lines where output.isOpen {
      writer.beginObject()
      writer.member("principal", line.key.principal.identifier)
      writer.member("action", line.key.action)
      writer.member("resource", line.key.resource)
      writer.member("outcome", line.outcome.rawValue)
      writer.member("count", line.tally.count)
      writer.member("firstSeen", line.tally.firstSeen)
      writer.member("lastSeen", line.tally.lastSeen)
      writer.member("distinctResources", line.facts.distinctResources)
      writer.member("regions", line.facts.regions.elements)
      writer.member("via", line.facts.via.elements)
      writer.member("exampleEvents", line.facts.exampleEvents.elements)
      writer.member("context") { writer in
        for pair in line.key.context { writer.member(pair.key, pair.value) }
      }
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
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
