// The tables about proposals that text and Markdown share, as rows of plain text.

import CloudTrail
import LeastPrivilege

extension DiffReport {
  /// What is not touched: the policy, how many of its actions are unused, and why it stays.
  var leftAloneRows: [(policy: String, unused: String, reason: String)] {
    diff.trims.compactMap { trim in
      guard case .leftAlone(let reason) = trim.outcome else { return nil }
      return (trim.subject.words, grouped(trim.sharing.total.unused), reason)
    }
      + diff.replacements.compactMap { replacement in
        guard case .leftAlone(let reason) = replacement.outcome else { return nil }
        return (replacement.subject.attachmentWords, grouped(replacement.sharing.total.unused), reason)
      }
  }

  /// What several principals share: the group or policy, how many share it, what it grants, what all of them leave unused, and
  /// what one of them alone uses.
  var sharedRows: [(name: String, principals: String, granted: String, unused: String, sole: String)] {
    let shared =
      diff.groups.map { ("group \(PolicySubject.shortName($0.arn))", $0.sharing) }
      + diff.trims.filter(\.subject.isManaged).map { ($0.subject.words, $0.sharing) }
    return shared.filter { $0.1.principals.count > 1 }.map { name, sharing in
      let sole = sharing.soleUses.prefix(3).map {
        "\($0.action) (\(PolicySubject.shortName($0.principal.identifier)))"
      }
      let more = sharing.soleUses.count > 3 ? " and \(grouped(sharing.soleUses.count - 3)) more" : ""
      return (
        name, grouped(sharing.principals.count), grouped(sharing.total.granted),
        grouped(sharing.total.unused),
        sole.joined(separator: ", ") + more
      )
    }
  }

  /// The policies that would be written afresh; those of principals that used nothing would be none.
  var rebuilt: [RebuildProposal] { diff.rebuilds.filter { !$0.proposal.policies.isEmpty } }
}

extension RebuildProposal {
  /// How many characters its policies have together.
  var size: Int { proposal.policies.reduce(0) { $0 + $1.size } }

  /// What it leaves out that the logs cannot show, in a few words.
  var leftOutWords: String { leftOut.isEmpty ? "none" : grouped(leftOut.count) }
}
