// `diff --format csv`: a row for each granted action of each statement.

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege

extension DiffReport {
  /// Writes the comparison as comma-separated values.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeCSV(to output: inout some ByteOutput & ~Copyable) {
    CSVWriter.write(
      [
        "principal", "policy", "policyKind", "statement", "sid", "action", "status", "calls", "lastSeen",
        "resourcesUsed", "resourcesUnused",
      ], to: &output)
    for principal in diff.principals where output.isOpen {
      for statement in principal.statements {
        for action in statement.actions {
          CSVWriter.write(
            [
              principal.principal.identifier, statement.source.name, statement.source.kind.rawValue,
              String(statement.index), statement.statement.sid ?? "", action.action, action.status.rawValue,
              String(action.calls), action.lastSeen?.description ?? "",
              action.resourcesUsed.joined(separator: " "), action.resourcesUnused.joined(separator: " "),
            ], to: &output)
        }
      }
      for use in principal.usedWithoutGrant {
        CSVWriter.write(
          [
            principal.principal.identifier, "", "", "", "", use.action, "usedWithoutGrant", String(use.calls),
            use.lastSeen?.description ?? "", use.resource, "",
          ], to: &output)
      }
    }
    findings.writeCSV(to: &output)
  }
}
