// `usage --format text`: what was read, then one table for each principal.

import CloudTrail
import IAM
import Usage

extension UsageReport {
  /// Writes the report for people.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether a terminal shows them.
  public func writeText(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    writeSummary(to: &output, isColored: isColored)
    let ordered = ledger.usesInOrder(jobs: jobs)
    let principals = PrincipalLine.lines(of: ledger, ordered)
    let uses = Dictionary(uniqueKeysWithValues: ordered.map { ($0.principal, $0) })
    let reader = UseReader(ledger.uses, readsContext: false)
    for principal in principals where principal.principal.actsUnderIdentityPolicy && output.isOpen {
      write(principal, uses[principal.principal], reader, to: &output, isColored: isColored)
    }
    var others = TextTable(
      ("Identity", .left), ("Type", .left), ("Events", .right), ("Last seen", .left))
    for line in principals where !line.principal.actsUnderIdentityPolicy {
      others.add(
        .init(line.principal.identifier), .init(line.principal.kind.rawValue),
        .init(grouped(line.facts.events.count)), .init(timeText(line.facts.events.lastSeen)))
    }
    section("Under no identity policy that can be changed here", others, to: &output, isColored: isColored)
    var unresolved = TextTable(
      ("Event source", .left), ("Event name", .left), ("Events", .right), ("Why", .left))
    for (key, tally) in ledger.unresolved.sorted(by: { $0.key < $1.key }) {
      unresolved.add(
        .init(key.eventSource), .init(key.eventName), .init(grouped(tally.count)), .init(key.reason))
    }
    section("Not resolved to an action, so not covered", unresolved, to: &output, isColored: isColored)
  }

  private func section(
    _ title: String, _ table: TextTable, to output: inout some ByteOutput & ~Copyable, isColored: Bool
  ) {
    guard !table.isEmpty else { return }
    output.write(text: "\n" + TextStyle.paint(title, .heading, enabled: isColored) + "\n")
    table.write(to: &output, isColored: isColored)
  }

  private func write(
    _ principal: PrincipalLine, _ uses: UsageLedger.PrincipalPlaces?, _ reader: UseReader,
    to output: inout some ByteOutput & ~Copyable,
    isColored: Bool
  ) {
    let title = TextStyle.paint(terminalText(principal.principal.identifier), .heading, enabled: isColored)
    var facts = "\(principal.principal.kind.rawValue), \(counted(principal.facts.events.count, "event"))"
    facts += ", \(counted(principal.actions, "action")), \(counted(principal.resources, "resource"))"
    if principal.facts.denied > 0 { facts += ", \(grouped(principal.facts.denied)) denied" }
    output.write(text: "\n\(title)\n  \(facts)\n")
    var table = TextTable(
      ("Action", .left), ("Resource", .left), ("Calls", .right), ("First seen", .left), ("Last seen", .left),
      ("Outcome", .left))
    forEachLine(of: uses?.places ?? [], reader) { key, _, outcome, tally in
      var resource = key.resource
      for pair in key.context { resource += " [\(pair.key)=\(pair.value)]" }
      let outcome: TextTable.Cell =
        switch outcome {
        case .allowed: .init("")
        case .failed: .init("only failed", .warning)
        case .denied: .init("denied", .bad)
        }
      table.add(
        .init(key.action), .init(resource), .init(grouped(tally.count)), .init(timeText(tally.firstSeen)),
        .init(timeText(tally.lastSeen)), outcome)
    }
    table.write(to: &output, isColored: isColored)
  }

  // MARK: What was read

  /// Writes what was read and what it covers, a line each.
  func writeSummary(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    func row(_ title: String, _ text: String, _ style: TextStyle = .plain) {
      let label = title + String(repeating: " ", count: 10 - title.count)
      output.write(
        text: TextStyle.paint(label, .dim, enabled: isColored)
          + TextStyle.paint(terminalText(text), style, enabled: isColored) + "\n")
    }
    var read = "\(counted(summary.files, "file")), \(byteCount(summary.bytes))"
    read += ", \(counted(ledger.events.count, "event"))"
    if summary.duplicates > 0 { read += "; \(counted(summary.duplicates, "duplicate")) removed" }
    row("Read", read)
    var calls = counted(ledger.apiCalls, "API call")
    if ledger.otherCalls > 0 { calls += " and \(counted(ledger.otherCalls, "call")) of no such type" }
    calls += ", \(grouped(ledger.denied)) of them denied"
    let permissionless = ledger.permissionless.values.reduce(0) { $0 + $1.count }
    if permissionless > 0 { calls += ", \(grouped(permissionless)) in need of no permission" }
    if ledger.unresolvedEvents > 0 { calls += ", \(grouped(ledger.unresolvedEvents)) not resolved" }
    row("Calls", calls)
    if !notCalls.isEmpty {
      row("Besides", notCalls.map { "\(grouped($0.count)) \($0.kind)" }.joined(separator: ", "))
    }
    if let first = ledger.events.firstSeen, let last = ledger.events.lastSeen {
      row("Window", "\(timeText(first)) to \(timeText(last)) UTC, \(durationText(from: first, to: last))")
    }
    for (index, account) in coverageTexts().enumerated() { row(index == 0 ? "Coverage" : "", account) }
    for damage in summary.damaged { row("Damaged", "\(damage.path) \(damage.place)", .warning) }
    for warning in summary.warnings { row("Warning", warning, .warning) }
  }

  /// What the logs contain: a text for each account and category.
  private func coverageTexts() -> [String] {
    var texts: [String] = []
    var keys = ledger.coverage.keys[...]
    while let first = keys.first {
      // Regions of one account and category share a line; the keys are sorted by account, then region.
      let same = keys.filter { $0.account == first.account && $0.category == first.category }
      keys = keys.filter { !($0.account == first.account && $0.category == first.category) }[...]
      var places: [String] = []
      for key in same {
        let place = key.eventSource.isEmpty ? key.region : "\(key.eventSource) in \(key.region)"
        let hours = counted(ledger.coverage.hours[key]?.count ?? 0, "hour")
        places.append("\(place.isEmpty ? "no region" : place) (\(hours))")
      }
      let account = first.account.isEmpty ? "no account" : first.account
      texts.append("\(account), \(first.category): \(places.joined(separator: ", "))")
    }
    return texts
  }
}
