// `diff --format csv`: one table. A row for each granted action of each statement, and one for each proposal and finding.
//
// What a row is about is told by `record`, so that a spreadsheet's filter picks one sort of them. Cells that say nothing of such a
// thing are empty.

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege

/// One row of the table.
struct DiffRow {
  var record: String
  var principal = ""
  var policy = ""
  var policyKind = ""
  var statement = ""
  var sid = ""
  var action = ""
  var status = ""
  var calls = ""
  var lastSeen = ""
  var resourcesUsed = ""
  var resourcesUnused = ""
  var reason = ""
  var lastAccessed = ""

  /// The titles of the columns; new ones are added at the end.
  static let header = [
    "principal", "policy", "policyKind", "statement", "sid", "action", "status", "calls", "lastSeen",
    "resourcesUsed", "resourcesUnused", "record", "reason", "lastAccessed",
  ]

  /// Writes the row.
  ///
  /// - Parameter output: Where the bytes go.
  func write(to output: inout some ByteOutput & ~Copyable) {
    CSVWriter.write(
      [
        principal, policy, policyKind, statement, sid, action, status, calls, lastSeen, resourcesUsed,
        resourcesUnused, record, reason, lastAccessed,
      ], to: &output)
  }
}

extension DiffReport {
  /// Writes the comparison as comma-separated values.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeCSV(to output: inout some ByteOutput & ~Copyable) {
    CSVWriter.write(DiffRow.header, to: &output)
    for principal in diff.principals where output.isOpen { write(principal, to: &output) }
    writeProposals(to: &output)
    findings.writeCSV(to: &output)
    for problem in diff.problems where output.isOpen {
      DiffRow(
        record: "problem", principal: problem.subject, policy: problem.file, reason: problem.message
      ).write(to: &output)
    }
  }

  private func write(_ principal: PrincipalDiff, to output: inout some ByteOutput & ~Copyable) {
    let name = principal.principal.identifier
    for statement in principal.statements {
      let obstacles = principal.ineffective.filter {
        $0.index == statement.index && $0.source == statement.source
      }
      var reasons: [String: String] = [:]
      for obstacle in obstacles { for action in obstacle.actions { reasons[action] = obstacle.reason } }
      for action in statement.actions {
        DiffRow(
          record: "statement", principal: name, policy: statement.source.name,
          policyKind: statement.source.kind.rawValue, statement: String(statement.index),
          sid: statement.statement.sid ?? "", action: action.action, status: action.status.rawValue,
          calls: String(action.calls), lastSeen: action.lastSeen?.description ?? "",
          resourcesUsed: action.resourcesUsed.joined(separator: " "),
          resourcesUnused: action.resourcesUnused.joined(separator: " "),
          reason: reasons[action.action] ?? "",
          lastAccessed: action.lastAccessed?.description ?? ""
        ).write(to: &output)
      }
    }
    for use in principal.usedWithoutGrant {
      DiffRow(
        record: "usedWithoutGrant", principal: name, action: use.action, status: "usedWithoutGrant",
        calls: String(use.calls), lastSeen: use.lastSeen?.description ?? "", resourcesUsed: use.resource,
        reason: use.reason
      ).write(to: &output)
    }
    for attempt in principal.denied {
      DiffRow(
        record: "denied", principal: name, action: attempt.action, status: "denied",
        calls: String(attempt.attempts), lastSeen: attempt.lastSeen?.description ?? "",
        resourcesUsed: attempt.resource
      ).write(to: &output)
    }
  }

  private func writeProposals(to output: inout some ByteOutput & ~Copyable) {
    for trim in diff.trims where output.isOpen {
      DiffRow(
        record: "policy", principal: trim.subject.arn, policy: trim.subject.name,
        policyKind: trim.subject.kind.rawValue, status: trim.outcome.word,
        reason: "\(trim.words); reaches \(counted(trim.sharing.principals.count, "principal"))"
      ).write(to: &output)
    }
    for replacement in diff.replacements where output.isOpen {
      for option in replacement.options {
        DiffRow(
          record: "awsManagedPolicy", principal: replacement.subject.account,
          policy: replacement.subject.name, policyKind: replacement.subject.kind.rawValue,
          status: option.kind.rawValue, reason: "\(option.words); excess: \(option.excessWords)"
        ).write(to: &output)
      }
    }
    for group in diff.groups where output.isOpen {
      let total = group.sharing.total
      DiffRow(
        record: "group", principal: group.arn,
        reason:
          "\(counted(group.sharing.principals.count, "principal")), \(counted(total.granted, "granted action")), "
          + "\(grouped(total.unused)) unused by all"
      ).write(to: &output)
    }
    for rebuild in rebuilt where output.isOpen {
      DiffRow(
        record: "rebuild", principal: rebuild.principal.identifier,
        status: rebuild.proposal.verification.holds ? "proved" : "unproved",
        reason:
          "\(counted(rebuild.proposal.policies.count, "policy", "policies")) of \(grouped(rebuild.size)) characters; "
          + "not observable and left out: \(rebuild.leftOutWords)"
      ).write(to: &output)
    }
  }
}
