// `diff --format markdown`: for pull requests and tickets.

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege

extension DiffReport {
  /// Writes the comparison as GitHub-flavoured Markdown.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeMarkdown(to output: inout some ByteOutput & ~Copyable) {
    output.write(text: "# Granted against used\n\n")
    writeMarkdownTotals(to: &output)
    let statuses = self.statuses
    writeMarkdownTable(
      ["Principal", "Calls", "Granted"] + statuses.map(\.title),
      rows: diff.principals.map { principal in
        let total = principal.total
        let numbers = [principal.calls, total.granted] + statuses.map { total.count(of: $0) }
        return [markdownCode(principal.principal.identifier)] + numbers.map(grouped)
      }, to: &output)
    writeMarkdownProposals(to: &output)
    for principal in diff.principals where output.isOpen { write(principal, to: &output) }
    findings.writeMarkdown(to: &output)
  }

  /// The statuses that have a column: those that come with special input only where there are any.
  private var statuses: [GrantStatus] {
    let total = diff.total
    return GrantStatus.allCases.filter { status in
      (status != .accessed && status != .ineffective) || total.count(of: status) > 0
    }
  }

  private func write(_ principal: PrincipalDiff, to output: inout some ByteOutput & ~Copyable) {
    guard !principal.statements.isEmpty || !principal.usedWithoutGrant.isEmpty || !principal.denied.isEmpty
    else {
      return
    }
    output.write(text: "\n## \(markdownCode(principal.principal.identifier))\n")
    if !principal.statements.isEmpty {
      output.write(text: "\n")
      let rows = principal.statements.map { statement in
        func count(_ status: GrantStatus) -> String {
          grouped(statement.actions.count { $0.status == status })
        }
        let name = statement.statement.sid.map(markdownCode) ?? grouped(statement.index + 1)
        return [markdownCode(statement.source.words), name, statement.status.words]
          + statuses.map(count)
      }
      writeMarkdownTable(
        ["Policy", "Statement", "Status"] + statuses.map(\.title), rows: rows, to: &output)
    }
    if !principal.usedWithoutGrant.isEmpty {
      output.write(text: "\nUsed without a grant in an identity policy:\n\n")
      writeMarkdownTable(
        ["Action", "Resource", "Calls", "Why"],
        rows: principal.usedWithoutGrant.map {
          [markdownCode($0.action), markdownCode($0.resource), grouped($0.calls), markdownCode($0.reason)]
        }, to: &output)
    }
    if !principal.denied.isEmpty {
      output.write(text: "\nDenied attempts:\n\n")
      writeMarkdownTable(
        ["Action", "Resource", "Attempts"],
        rows: principal.denied.map {
          [markdownCode($0.action), markdownCode($0.resource), grouped($0.attempts)]
        }, to: &output)
    }
  }
}
