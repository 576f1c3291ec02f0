// Findings about whole accounts, as `whittle diff --format json` and `ndjson` have them.

import CloudTrail
import IAM
import JSONStream
import LeastPrivilege
import Usage

extension FindingsReport {
  /// Writes the findings as members of a JSON object.
  ///
  /// - Parameter writer: Where the members go.
  func writeMembers(to writer: inout JSONWriter) {
    writer.member("ineffective", findings.ineffective) { $0.members(of: $1) }
    writer.member("deadWeight", findings.deadWeight) { $0.members(of: $1) }
    writer.member("sharedShapes", findings.sharedShapes) { $0.members(of: $1) }
    writer.member("splitCandidates", findings.splitCandidates) { $0.members(of: $1) }
    writer.member("accounts", findings.coverage) { $0.members(of: $1) }
  }

  /// Writes the findings, one JSON object a line.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - lines: Makes the lines.
  func write(to output: inout some ByteOutput & ~Copyable, _ lines: inout RecordLines) {
    lines.write("ineffective", findings.ineffective, to: &output) { $0.members(of: $1) }
    lines.write("deadWeight", findings.deadWeight, to: &output) { $0.members(of: $1) }
    lines.write("sharedShape", findings.sharedShapes, to: &output) { $0.members(of: $1) }
    lines.write("splitCandidate", findings.splitCandidates, to: &output) { $0.members(of: $1) }
    lines.write("account", findings.coverage, to: &output) { $0.members(of: $1) }
  }
}

extension JSONWriter {
  fileprivate mutating func members(of principal: AccountFindings.PrincipalIneffective) {
    member("principal", principal.principal)
    member("grants", principal.grants) { writer, grant in
      writer.member("policy", grant.source.name)
      writer.member("policyKind", grant.source.kind.rawValue)
      writer.member("index", grant.index)
      writer.member("sid", grant.sid)
      writer.member("reason", grant.reason)
      writer.member("actions", grant.actions)
    }
  }

  fileprivate mutating func members(of item: DeadWeight) {
    member("kind", item.kind.rawValue)
    member("subject", item.subject)
    member("detail", item.detail)
    member("proven", item.isProven)
    member("reason", item.reason)
    member("lastUsed", item.lastUsed)
    member("created", item.created)
  }

  fileprivate mutating func members(of shape: SharedShape) {
    member("account", shape.account)
    member("shareBy", shape.isGroup ? "group" : "managedPolicy")
    member("actions", shape.actions)
    member("members", shape.members) { writer, member in
      writer.member("principal", member.principal)
      writer.member("similarityPercent", member.similarity)
      writer.member("excess", member.excess)
    }
  }

  fileprivate mutating func members(of split: SplitCandidate) {
    member("role", split.role)
    member("groups", split.groups) { writer, group in
      writer.member("members", group.members) { $0.members(of: $1) }
      writer.member("actions", group.actions)
      writer.member("notNeeded", group.notNeeded)
    }
    member("others", split.others) { $0.members(of: $1) }
    member("complete", split.isComplete)
  }

  private mutating func members(of user: RoleUser) {
    member("evidence", user.evidence.rawValue)
    member("name", user.name)
  }

  fileprivate mutating func members(of account: AccountCoverage) {
    member("account", account.account)
    member("from", account.window?.lowerBound)
    member("until", account.window?.upperBound)
    member("coveredHours", account.hours)
    member("missingHours", account.missingHours)
    member("gaps", account.gaps) { writer, gap in
      writer.member("from", gap.lowerBound)
      writer.member("until", gap.upperBound)
    }
    member("regions", account.regions)
    member("dataServices", account.dataServices)
  }
}
