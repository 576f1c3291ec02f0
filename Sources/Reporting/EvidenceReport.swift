// What `whittle explain` says: each use with the events behind it and the rule that read them.

import CloudTrail
import IAM
import JSONStream
public import Usage

/// The evidence of one run, for the renderers of its formats.
public struct EvidenceReport: Sendable {
  /// The uses, sorted.
  public var evidence: [UseEvidence]

  /// Creates a report.
  ///
  /// - Parameter evidence: The uses, sorted.
  public init(_ evidence: [UseEvidence]) { self.evidence = evidence }

  /// Writes the report for people.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether a terminal shows them.
  public func writeText(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    var principal: String?
    for use in evidence where output.isOpen {
      if principal != use.key.principal.identifier {
        let name = TextStyle.paint(terminalText(use.key.principal.identifier), .heading, enabled: isColored)
        output.write(text: principal == nil ? "\(name)\n" : "\n\(name)\n")
        principal = use.key.principal.identifier
      }
      write(use, to: &output, isColored: isColored)
    }
  }

  private func write(
    _ use: UseEvidence, to output: inout some ByteOutput & ~Copyable, isColored: Bool
  ) {
    output.write(text: "\n  \(terminalText(use.key.action)) on \(terminalText(use.key.resource))\n")
    func row(_ title: String, _ text: String, _ style: TextStyle = .plain) {
      let label = title + String(repeating: " ", count: 8 - title.count)
      output.write(
        text: "    " + TextStyle.paint(label, .dim, enabled: isColored)
          + TextStyle.paint(terminalText(text), style, enabled: isColored) + "\n")
    }
    for pair in use.key.context { row("where", "\(pair.key) is \(pair.value)") }
    use.facts.forEachOutcome { outcome, tally in
      let style: TextStyle = outcome == .allowed ? .plain : outcome == .failed ? .warning : .bad
      let text = outcome == .failed ? "only ever failed" : outcome.rawValue
      row(
        "calls",
        "\(grouped(tally.count)) \(text), \(timeText(tally.firstSeen)) to \(timeText(tally.lastSeen))", style)
    }
    for rule in use.facts.rules.elements { row("rule", RuleText.fragments(of: rule).joined(separator: "; ")) }
    for reason in use.facts.unresolvedReasons.elements { row("open", reason, .warning) }
    for event in use.events {
      var text = "\(timeText(event.time))  \(event.eventSource) \(event.eventName)"
      if !event.region.isEmpty { text += " in \(event.region)" }
      if let session = event.session { text += ", session \(session)" }
      if let address = event.sourceIPAddress { text += ", from \(address)" }
      if let error = event.errorCode { text += ", \(error)" }
      if !event.eventID.isEmpty { text += ", event \(event.eventID)" }
      row("event", text)
    }
    let shown = use.events.count
    let total = use.facts.total.count
    if total > shown { row("", "and \(counted(total - shown, "more event"))") }
  }

  /// Writes one JSON object a line, one for each use.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter()
    for use in evidence where output.isOpen {
      writer.beginObject()
      EvidenceReport.write(use, to: &writer)
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
  }

  /// Writes one JSON document.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("uses", evidence) { writer, use in EvidenceReport.write(use, to: &writer) }
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  private static func write(_ use: UseEvidence, to writer: inout JSONWriter) {
    writer.member("principal", use.key.principal.identifier)
    writer.member("action", use.key.action)
    writer.member("resource", use.key.resource)
    writer.member("context") { writer in
      for pair in use.key.context { writer.member(pair.key, pair.value) }
    }
    writer.member("outcome", use.facts.outcome.rawValue)
    writer.member("allowed", use.facts.allowed.count)
    writer.member("failed", use.facts.failed.count)
    writer.member("denied", use.facts.denied.count)
    writer.member("firstSeen", use.facts.total.firstSeen)
    writer.member("lastSeen", use.facts.total.lastSeen)
    writer.member("rules", use.facts.rules.elements)
    writer.member("unresolvedReasons", use.facts.unresolvedReasons.elements)
    writer.member("events", use.events) { writer, event in
      writer.member("eventID", event.eventID.isEmpty ? nil : event.eventID)
      writer.member("eventTime", event.time)
      writer.member("eventSource", event.eventSource)
      writer.member("eventName", event.eventName)
      writer.member("awsRegion", event.region)
      writer.member("outcome", event.outcome.rawValue)
      writer.member("errorCode", event.errorCode)
      writer.member("session", event.session)
      writer.member("sourceIPAddress", event.sourceIPAddress)
      writer.member("rule", event.rule)
    }
  }
}
