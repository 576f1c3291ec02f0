// `diff --format sarif`: findings for code scanning, as "Static Analysis Results Interchange Format (SARIF) Version
// 2.1.0" has them. A policy is no file, so that each result names its place as a logical location.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream
import LeastPrivilege
import Usage

/// What `diff` can find.
private enum DiffRule: String, CaseIterable {
  case unusedPermissions = "unused-permissions"
  case unusedPolicy = "unused-policy"
  case oversizedManagedPolicy = "oversized-aws-managed-policy"
  case useWithoutGrant = "use-without-grant"
  case ineffectiveGrant = "ineffective-grant"
  case administrator = "unused-administrator"
  case deadWeight = "dead-weight"
  case splitCandidate = "role-used-in-different-ways"

  var level: String {
    switch self {
    case .unusedPermissions, .unusedPolicy, .oversizedManagedPolicy, .deadWeight: "warning"
    case .administrator: "error"
    case .useWithoutGrant, .ineffectiveGrant, .splitCandidate: "note"
    }
  }

  var description: String {
    switch self {
    case .unusedPermissions: "A policy grants actions that nobody whom it reaches has used."
    case .unusedPolicy: "Nothing of a policy is used by anybody whom it reaches."
    case .oversizedManagedPolicy:
      "An AWS managed policy grants more than is used, and something smaller would do."
    case .useWithoutGrant: "Something was used that no identity policy grants today."
    case .ineffectiveGrant: "A boundary, a control policy or a Deny blocks something that is granted."
    case .administrator: "Somebody is an administrator and does not use it."
    case .deadWeight: "An identity, a policy or a credential that nobody needs."
    case .splitCandidate: "People use a role in clearly different ways."
    }
  }
}

extension DiffReport {
  /// Writes the findings as a SARIF log.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - version: The program's version.
  public func writeSARIF(to output: inout some ByteOutput & ~Copyable, version: String) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
    writer.member("version", "2.1.0")
    writer.name("runs")
    writer.beginArray()
    writer.beginObject()
    writer.member("tool") { writer in
      writer.member("driver") { writer in
        writer.member("name", "whittle")
        writer.member("version", version)
        writer.member("rules", DiffRule.allCases) { writer, rule in
          writer.member("id", rule.rawValue)
          writer.member("shortDescription") { $0.member("text", rule.description) }
          writer.member("defaultConfiguration") { $0.member("level", rule.level) }
        }
      }
    }
    writer.name("results")
    writer.beginArray()
    for trim in diff.changes { write(trim, to: &writer) }
    for replacement in diff.replacements where !replacement.options.isEmpty {
      write(replacement, to: &writer)
    }
    for principal in diff.principals {
      for use in principal.usedWithoutGrant {
        result(
          .useWithoutGrant, principal.principal.identifier, kind: "identity",
          "\(use.action) on \(use.resource): \(counted(use.calls, "call")); \(use.reason)", to: &writer)
      }
    }
    for principal in diff.principals { write(principal, to: &writer) }
    for item in findings.findings.deadWeight {
      let doubt = item.isProven ? "" : " (not proven)"
      result(
        .deadWeight, item.subject, kind: "identity", "\(item.words): \(item.reason)\(doubt)", to: &writer)
    }
    for role in findings.findings.splitCandidates {
      let groups = role.groups.map { FindingsReport.list($0.members.map(\.name), limit: 6) }
      result(
        .splitCandidate, role.role, kind: "identity",
        "\(counted(groups.count, "group")) of people share little of what they do: "
          + groups.joined(separator: "; "), to: &writer)
    }
    writer.endArray()
    writer.member("columnKind", "unicodeCodePoints")
    writer.endObject()
    writer.endArray()
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  private func write(_ principal: PrincipalDiff, to writer: inout JSONWriter) {
    let name = principal.principal.identifier
    for grant in principal.ineffective {
      let statement = grant.sid ?? "statement \(grant.index + 1)"
      result(
        .ineffectiveGrant, name, kind: "identity",
        "\(grant.source.words), \(statement): \(counted(grant.actions.count, "action")) such as "
          + "\(grant.actions.first ?? "-"); \(grant.reason)", to: &writer)
    }
    for statement in principal.statements where statement.isAdministrative && statement.status != .used {
      let title = statement.statement.sid ?? "statement \(statement.index + 1)"
      result(.administrator, name, kind: "identity", "\(statement.source.words), \(title)", to: &writer)
    }
  }

  private func write(_ trim: PolicyTrim, to writer: inout JSONWriter) {
    let total = trim.sharing.total
    let place = trim.subject.isManaged ? trim.subject.arn : "\(trim.subject.arn)/\(trim.subject.name)"
    let levels = trim.sharing.counts.filter { $0.unused > 0 }.map {
      "\($0.level.rawValue) \(grouped($0.unused))"
    }
    let unused = "\(grouped(total.unused)) of \(counted(total.granted, "granted action")) unused"
    let detail = levels.isEmpty ? "" : " (\(levels.joined(separator: ", ")))"
    result(
      trim.outcome == .removed ? .unusedPolicy : .unusedPermissions, place, kind: "policy",
      "\(trim.subject.words): \(trim.words). \(unused)\(detail), over "
        + "\(counted(trim.sharing.principals.count, "principal"))", to: &writer)
  }

  private func write(_ replacement: ManagedReplacement, to writer: inout JSONWriter) {
    let total = replacement.sharing.total
    let best = replacement.options.first.map { "; \($0.words)" } ?? ""
    result(
      .oversizedManagedPolicy, replacement.subject.holder ?? replacement.subject.arn, kind: "identity",
      "\(replacement.subject.words) on \(replacement.subject.holderWords): \(grouped(total.unused)) of \(counted(total.granted, "granted action")) unused by "
        + "\(counted(replacement.sharing.principals.count, "principal")) in account \(replacement.subject.account)\(best)",
      to: &writer)
  }

  private func result(
    _ rule: DiffRule, _ place: String, kind: String, _ message: String, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("ruleId", rule.rawValue)
    writer.member("ruleIndex", DiffRule.allCases.firstIndex(of: rule) ?? 0)
    writer.member("level", rule.level)
    writer.member("message") { $0.member("text", message) }
    writer.member("locations", [place]) { writer, place in
      writer.member("logicalLocations", [place]) { writer, place in
        writer.member("name", PolicySubject.shortName(place))
        writer.member("fullyQualifiedName", place)
        writer.member("kind", kind)
      }
    }
    writer.endObject()
  }
}
