// Findings about whole accounts, as rows of `whittle diff --format csv`.

import IAM
import LeastPrivilege
import Usage

extension FindingsReport {
  /// Writes the findings as comma-separated rows, in the columns of the comparison.
  ///
  /// Whatever is blocked stands in the rows of its statements already.
  ///
  /// - Parameter output: Where the bytes go.
  func writeCSV(to output: inout some ByteOutput & ~Copyable) {
    for item in findings.deadWeight where output.isOpen {
      DiffRow(
        record: "deadWeight", principal: item.subject, policy: item.detail ?? "", status: item.kind.rawValue,
        lastSeen: item.lastUsed?.description ?? "", reason: item.reason
      ).write(to: &output)
    }
    for shape in findings.sharedShapes where output.isOpen {
      for member in shape.members {
        DiffRow(
          record: "sharedShape", principal: member.principal,
          status: shape.isGroup ? "group" : "managedPolicy",
          reason: "\(member.similarity)% alike with \(shape.members[0].principal); excess: "
            + (member.excess.isEmpty ? "none" : member.excess.joined(separator: " "))
        ).write(to: &output)
      }
    }
    for role in findings.splitCandidates where output.isOpen {
      for (index, group) in role.groups.enumerated() {
        for member in group.members {
          DiffRow(
            record: "splitCandidate", principal: role.role, status: "group \(index + 1)",
            reason: "\(member.name); not needed: \(group.notNeeded.joined(separator: " "))"
          ).write(to: &output)
        }
      }
    }
  }
}
