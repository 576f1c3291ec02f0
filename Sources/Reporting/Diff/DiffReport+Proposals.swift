// The proposals of `diff --format text`: what to take out, what to put in the place of AWS's policies, who shares what.

import CloudTrail
import IAM
import LeastPrivilege

extension DiffReport {
  /// Writes the totals: the first thing that a reader wants to know.
  func writeTotals(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    let total = diff.total
    let share = percent(total.unused, of: total.observable)
    func paint(_ text: String, _ style: TextStyle) -> String {
      TextStyle.paint(text, style, enabled: isColored)
    }
    var text =
      "\n\(counted(diff.principals.count, "principal")), \(counted(total.granted, "granted action")): "
    text += paint("\(grouped(total.unused)) unused", .bad) + " (\(share) % of what these logs can show), "
    text += "\(grouped(total.used + total.partlyUsed)) used, \(grouped(total.notObservable)) not observable"
    text += total.furtherWords + "\n"
    output.write(text: text)
    let changes = diff.changes
    let gone = changes.count { $0.outcome == .removed }
    let kept = changes.allSatisfy(\.verification.holds)
    if !changes.isEmpty {
      let proofs = kept ? "; every recorded use stays allowed, and nothing new is" : ""
      output.write(
        text: "Trim: \(counted(changes.count - gone, "policy", "policies")) to narrow, "
          + "\(grouped(gone)) to delete\(proofs)\n")
    }
    let replaced = diff.replacements.compactMap(\.proposal)
    if !replaced.isEmpty {
      let detached = replaced.count { $0.kind == .detach || $0.kind == .covered }
      output.write(
        text: "AWS managed: \(counted(replaced.count - detached, "attachment")) to replace, "
          + "\(grouped(detached)) to detach; every recorded use stays allowed, and nothing new is\n")
    }
  }

  /// Writes the proposals.
  func writeProposals(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    for trim in diff.changes where output.isOpen { write(trim, to: &output, isColored: isColored) }
    writeLeftAlone(to: &output, isColored: isColored)
    writeReplacements(to: &output, isColored: isColored)
    writeSharing(to: &output, isColored: isColored)
    writeRebuilds(to: &output, isColored: isColored)
  }

  private func write(_ trim: PolicyTrim, to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    func paint(_ text: String, _ style: TextStyle) -> String {
      TextStyle.paint(text, style, enabled: isColored)
    }
    let reached = counted(trim.sharing.principals.count, "principal")
    output.write(
      text: "\n" + paint(terminalText(trim.subject.words), .heading)
        + ": \(terminalText(trim.words)); reaches \(reached)\n")
    let proofs = trim.proofs.map { paint($0.holds ? "✓" : "✗", $0.holds ? .good : .bad) + " \($0.text)" }
    output.write(text: "  " + proofs.joined(separator: "  ") + "\n")
    if let reservation = trim.reservation { output.write(text: "  \(reservation)\n") }
    if trim.detail.isCoarse {
      output.write(
        text:
          "  wildcards keep \(counted(trim.excess.count, "unused action")), because the quota leaves no room for names\n"
      )
    }
    // Of a policy that goes, nobody needs to read every line as removed.
    guard trim.outcome == .narrowed else { return }
    if trim.isReformatted {
      output.write(text: "  (the document came without line breaks; they are put in on both sides)\n")
    }
    for hunk in trim.difference.hunks {
      output.write(text: "  " + paint(hunk.header, .dim) + "\n")
      for line in hunk.lines {
        let sign = String(Unicode.Scalar(line.kind.sign))
        let text = sign + terminalText(String(decoding: line.text, as: UTF8.self))
        let style: TextStyle =
          switch line.kind {
          case .kept: .plain
          case .removed: .bad
          case .added: .good
          }
        output.write(text: "  " + paint(text, style) + "\n")
      }
    }
  }

  private func writeLeftAlone(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    var table = TextTable(("Policy", .left), ("Unused", .right), ("Why", .left))
    for row in leftAloneRows { table.add(.init(row.policy), .init(row.unused), .init(row.reason)) }
    section("Left as they are", table, to: &output, isColored: isColored)
  }

  private func writeReplacements(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    var table = TextTable(
      ("AWS managed policy", .left), ("Attached to", .left), ("Granted", .right), ("Used", .right),
      ("Put in its place", .left), ("Granted", .right), ("Excess", .left))
    for replacement in diff.replacements {
      let total = replacement.sharing.total
      for (index, option) in replacement.options.enumerated() {
        let isFirst = index == 0
        table.add(
          .init(isFirst ? replacement.subject.name : ""),
          .init(isFirst ? replacement.subject.holderWords : ""),
          .init(isFirst ? grouped(total.granted) : ""),
          .init(isFirst ? grouped(total.used + total.partlyUsed) : ""),
          .init((isFirst ? "" : "or ") + option.words), .init(grouped(option.total.granted), .good),
          .init(option.excessWords))
      }
    }
    section(
      "AWS managed policies, best replacement first: the scripts attach it, then detach the policy", table,
      to: &output,
      isColored: isColored)
  }

  private func writeSharing(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    var table = TextTable(
      ("Shared by", .left), ("Principals", .right), ("Granted", .right), ("Unused by all", .right),
      ("Used by one alone", .left))
    for row in sharedRows {
      table.add(
        .init(row.name), .init(row.principals), .init(row.granted), .init(row.unused, .bad), .init(row.sole))
    }
    section("Shared policies and groups", table, to: &output, isColored: isColored)
  }

  private func writeRebuilds(to output: inout some ByteOutput & ~Copyable, isColored: Bool) {
    var table = TextTable(
      ("Principal", .left), ("Policies", .right), ("Characters", .right), ("Complete", .left),
      ("Nothing new", .left), ("Minimal", .left), ("Within quotas", .left),
      ("Not observable, left out", .right))
    for rebuild in rebuilt {
      func mark(_ holds: Bool?) -> TextTable.Cell {
        // Of a principal that the grants do not describe nobody can say what is new.
        guard let holds else { return .init("–") }
        return .init(holds ? "✓" : "✗", holds ? .good : .bad)
      }
      let check = rebuild.proposal.verification
      table.add(
        .init(rebuild.principal.identifier), .init(grouped(rebuild.proposal.policies.count)),
        .init(grouped(rebuild.size)), mark(check.complete), mark(check.noNewAccess), mark(check.minimal),
        mark(check.withinQuotas), .init(rebuild.leftOutWords, rebuild.leftOut.isEmpty ? .plain : .bad))
    }
    section(
      "Written afresh instead, from recorded use alone (documents: whittle policy)", table, to: &output,
      isColored: isColored)
  }

  private func section(
    _ title: String, _ table: TextTable, to output: inout some ByteOutput & ~Copyable, isColored: Bool
  ) {
    guard !table.isEmpty else { return }
    output.write(text: "\n" + TextStyle.paint(title, .heading, enabled: isColored) + "\n")
    table.write(to: &output, isColored: isColored)
  }
}
