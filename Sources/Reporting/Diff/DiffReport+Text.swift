// `diff --format text`: for each principal what it may do, what of that it did, and what it did besides.

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege

extension DiffReport {
  /// Writes the comparison for people.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether a terminal shows them.
  public func writeText(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    basis.writeSummary(to: &output, isColored: isColored)
    writeTotals(to: &output, isColored: isColored)
    writeProposals(to: &output, isColored: isColored)
    for principal in diff.principals where output.isOpen {
      output.write(text: "\n")
      DiffPage(diff: principal, isColored: isColored).write(to: &output)
    }
    findings.writeText(to: &output, isColored: isColored)
    if diff.principals.isEmpty { output.write(text: "\nnothing is granted and nothing was used\n") }
    guard !diff.problems.isEmpty else { return }
    var table = TextTable(("File", .left), ("Where", .left), ("What", .left))
    for problem in diff.problems {
      table.add(.init(problem.file), .init(problem.subject), .init(problem.message))
    }
    output.write(
      text: "\n" + TextStyle.paint("Could not be read of the grants", .warning, enabled: isColored) + "\n")
    table.write(to: &output, isColored: isColored)
  }
}

/// One principal's part of the text.
private struct DiffPage {
  let diff: PrincipalDiff
  let isColored: Bool
  private let width = 100

  init(diff: PrincipalDiff, isColored: Bool) {
    self.diff = diff
    self.isColored = isColored
  }

  func write(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: paint(terminalText(diff.principal.identifier), .heading) + "\n")
    output.write(text: "  " + summary() + "\n")
    if let boundary = diff.boundary {
      output.write(text: "  bounded by \(terminalText(boundary))\n")
    }
    writeLevels(to: &output)
    for statement in diff.statements { write(statement, to: &output) }
    if diff.denyStatements > 0 {
      output.write(text: "\n  \(counted(diff.denyStatements, "deny statement")) left alone\n")
    }
    writeUngranted(to: &output)
    writeDenied(to: &output)
  }

  private func paint(_ text: String, _ style: TextStyle) -> String {
    TextStyle.paint(text, style, enabled: isColored)
  }

  private func summary() -> String {
    let calls = diff.calls == 0 ? "no calls in these logs" : counted(diff.calls, "call")
    guard let identity = diff.identity else { return "\(calls); not among the grants given" }
    let total = diff.total
    var text = "\(calls); \(counted(total.granted, "action")) granted: \(grouped(total.used)) used"
    text += ", \(grouped(total.partlyUsed)) partly used, \(grouped(total.unused)) unused"
    text += ", \(grouped(total.notObservable)) not observable" + total.furtherWords
    return diff.matchedByName ? text + "; matched by name to \(terminalText(identity))" : text
  }

  private func writeLevels(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(
      ("Access level", .left), ("Granted", .right), ("Used", .right), ("Partly", .right), ("Unused", .right),
      ("Not observable", .right), ("Accessed", .right), ("Ineffective", .right))
    // The last two columns stand there only where something is in them.
    let total = diff.total
    for level in diff.counts where level.granted > 0 {
      table.add(
        .init(level.level.rawValue), .init(grouped(level.granted)), .init(grouped(level.used), .good),
        .init(grouped(level.partlyUsed), .warning), .init(grouped(level.unused), .bad),
        .init(grouped(level.notObservable), .dim),
        .init(total.accessed > 0 ? grouped(level.accessed) : "", .warning),
        .init(total.ineffective > 0 ? grouped(level.ineffective) : "", .dim))
    }
    if !table.isEmpty { output.write(text: "\n") }
    table.write(to: &output, isColored: isColored)
  }

  private func write(_ statement: StatementDiff, to output: inout some ByteOutput & ~Copyable) {
    let name = statement.statement.sid ?? "statement \(statement.index + 1)"
    let title = terminalText("\(statement.source.words), \(name)")
    output.write(
      text: "\n  " + paint(title, .heading) + ": " + paint(statement.status.words, statement.status.style)
        + "\n")
    for status in GrantStatus.allCases {
      let actions = statement.actions.filter { $0.status == status }
      guard !actions.isEmpty else { continue }
      let label = status.words + String(repeating: " ", count: 16 - status.words.count)
      let lines = status == .partlyUsed ? partly(actions) : wrap(names(actions))
      for (index, line) in lines.enumerated() {
        let head = index == 0 ? paint(label, status.style) : String(repeating: " ", count: label.count)
        output.write(text: "    \(head)\(terminalText(line))\n")
      }
    }
    if !statement.unknownActions.isEmpty {
      let list = statement.unknownActions.joined(separator: ", ")
      output.write(text: "    " + paint("no such action  ", .warning) + terminalText(list) + "\n")
    }
  }

  /// A line for each partly used action, with the resources granted in vain.
  private func partly(_ actions: [ActionDiff]) -> [String] {
    actions.map { action in
      let unused =
        action.resourcesUnused.isEmpty ? "" : "; not on \(action.resourcesUnused.joined(separator: ", "))"
      return "\(action.action) on \(action.resourcesUsed.joined(separator: ", "))\(unused)"
    }
  }

  /// The actions by name where they are few, otherwise how many of which service.
  private func names(_ actions: [ActionDiff]) -> [String] {
    if actions.count <= 24 { return actions.map(\.action) }
    var services: [(name: String, count: Int)] = []
    for action in actions {
      let service = String(action.action.prefix { $0 != ":" })
      if services.last?.name == service {
        services[services.count - 1].count += 1
      } else {
        services.append((name: service, count: 1))
      }
    }
    let largest = services.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    let shown = largest.prefix(12).map { "\($0.name) (\(grouped($0.count)))" }
    let rest = largest.dropFirst(12).reduce(0) { $0 + $1.count }
    let more =
      rest == 0 ? [] : ["and \(grouped(rest)) of \(counted(largest.count - 12, "further service"))"]
    return ["\(counted(actions.count, "action")) of \(counted(services.count, "service")):"] + shown + more
  }

  /// Lines of words with commas between them; a word that ends in a colon takes none.
  private func wrap(_ words: [String]) -> [String] {
    var lines = [""]
    for (index, word) in words.enumerated() {
      let text = index == words.count - 1 || word.hasSuffix(":") ? word : word + ","
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + text.count > width - 20 {
        lines.append(text)
      } else {
        lines[lines.count - 1] = last.isEmpty ? text : "\(last) \(text)"
      }
    }
    return lines
  }

  private func writeUngranted(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(
      ("Action", .left), ("Resource", .left), ("Calls", .right), ("Last seen", .left), ("Why", .left))
    for use in diff.usedWithoutGrant {
      table.add(
        .init(use.action), .init(use.resource), .init(grouped(use.calls)), .init(timeText(use.lastSeen)),
        .init(use.reason))
    }
    section("Used without a grant in an identity policy", table, to: &output)
  }

  private func writeDenied(to output: inout some ByteOutput & ~Copyable) {
    var table = TextTable(("Action", .left), ("Resource", .left), ("Attempts", .right), ("Last seen", .left))
    for attempt in diff.denied {
      table.add(
        .init(attempt.action, .bad), .init(attempt.resource), .init(grouped(attempt.attempts)),
        .init(timeText(attempt.lastSeen)))
    }
    section("Denied attempts", table, to: &output)
  }

  private func section(_ title: String, _ table: TextTable, to output: inout some ByteOutput & ~Copyable) {
    guard !table.isEmpty else { return }
    output.write(text: "\n  " + paint(title, .warning) + "\n")
    table.write(to: &output, indent: 4, isColored: isColored)
  }
}
