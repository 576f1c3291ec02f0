// `diff --format sarif`: findings for code scanning, as "Static Analysis Results Interchange Format (SARIF) Version
// 2.1.0" has them. A policy is no file, so that each result names its place as a logical location.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream
import LeastPrivilege

/// What `diff` can find.
private enum DiffRule: String, CaseIterable {
  case unusedPermissions = "unused-permissions"
  case unusedPolicy = "unused-policy"
  case oversizedManagedPolicy = "oversized-aws-managed-policy"
  case useWithoutGrant = "use-without-grant"

  var level: String {
    switch self {
    case .unusedPermissions, .unusedPolicy, .oversizedManagedPolicy: "warning"
    case .useWithoutGrant: "note"
    }
  }

  var description: String {
    switch self {
    case .unusedPermissions: "A policy grants actions that nobody whom it reaches has used."
    case .unusedPolicy: "Nothing of a policy is used by anybody whom it reaches."
    case .oversizedManagedPolicy:
      "An AWS managed policy grants more than is used, and something smaller would do."
    case .useWithoutGrant: "Something was used that no identity policy grants today."
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
    writer.endArray()
    writer.member("columnKind", "unicodeCodePoints")
    writer.endObject()
    writer.endArray()
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
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
