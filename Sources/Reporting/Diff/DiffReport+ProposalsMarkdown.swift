// The proposals of `diff --format markdown`.

import CloudTrail
import IAM
import LeastPrivilege

extension DiffReport {
  /// Writes the totals.
  func writeMarkdownTotals(to output: inout some ByteOutput & ~Copyable) {
    let total = diff.total
    let share = percent(total.unused, of: total.observable)
    output.write(
      text: "\(counted(diff.principals.count, "principal")), \(counted(total.granted, "granted action")): "
        + "**\(grouped(total.unused)) unused** (\(share) % of what these logs can show), "
        + "\(grouped(total.used + total.partlyUsed)) used, \(grouped(total.notObservable)) not observable\(total.furtherWords).\n\n"
    )
  }

  /// Writes the proposals.
  func writeMarkdownProposals(to output: inout some ByteOutput & ~Copyable) {
    for trim in diff.changes where output.isOpen {
      output.write(text: "\n## \(markdownCode(trim.subject.words))\n\n")
      let reached = counted(trim.sharing.principals.count, "principal")
      output.write(
        text: "\(trim.words.prefix(1).uppercased() + trim.words.dropFirst()); reaches \(reached). ")
      output.write(
        text: trim.proofs.map { ($0.holds ? "✓ " : "✗ ") + $0.text }.joined(separator: ", ") + ".\n")
      if let reservation = trim.reservation { output.write(text: "\n\(reservation).\n") }
      guard trim.outcome == .narrowed else { continue }
      if trim.isReformatted {
        output.write(text: "\nThe document came without line breaks; they are put in on both sides.\n")
      }
      let lines = trim.difference.hunks.flatMap { hunk in
        [hunk.header]
          + hunk.lines.map {
            String(Unicode.Scalar($0.kind.sign)) + terminalText(String(decoding: $0.text, as: UTF8.self))
          }
      }
      // A fence is longer than any run of backticks inside, so that nothing inside can end it.
      let longest = lines.map(Self.longestRunOfBackticks).max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      output.write(text: "\n\(fence)diff\n\(lines.joined(separator: "\n"))\n\(fence)\n")
    }
    let options = diff.replacements.flatMap { replacement in
      replacement.options.map { option in
        [
          markdownCode(replacement.subject.name), markdownCode(replacement.subject.holderWords),
          grouped(replacement.sharing.total.granted),
          markdownCode(option.words), grouped(option.total.granted), option.excessWords,
        ]
      }
    }
    section(
      "AWS managed policies, best replacement first",
      ["Policy", "Attached to", "Granted", "Put in its place", "Granted", "Excess"], options, to: &output)
    section(
      "Left as they are", ["Policy", "Unused", "Why"],
      leftAloneRows.map { [markdownCode($0.policy), $0.unused, markdownCode($0.reason)] }, to: &output)
    section(
      "Shared policies and groups",
      ["Shared by", "Principals", "Granted", "Unused by all", "Used by one alone"],
      sharedRows.map {
        [
          markdownCode($0.name), $0.principals, $0.granted, $0.unused,
          $0.sole.isEmpty ? "" : markdownCode($0.sole),
        ]
      }, to: &output)
    section(
      "Written afresh instead, from recorded use alone",
      ["Principal", "Policies", "Characters", "Proofs", "Not observable, left out"],
      rebuilt.map { rebuild in
        let check = rebuild.proposal.verification
        return [
          markdownCode(rebuild.principal.identifier), grouped(rebuild.proposal.policies.count),
          grouped(rebuild.size), check.holds ? "✓" : "✗", rebuild.leftOutWords,
        ]
      }, to: &output)
  }

  private func section(
    _ title: String, _ header: [String], _ rows: [[String]], to output: inout some ByteOutput & ~Copyable
  ) {
    guard !rows.isEmpty else { return }
    output.write(text: "\n## \(title)\n\n")
    writeMarkdownTable(header, rows: rows, to: &output)
  }

  private static func longestRunOfBackticks(_ text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
