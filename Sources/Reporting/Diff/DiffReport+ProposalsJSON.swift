// The proposals of `diff --format json`.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream
import LeastPrivilege

extension JSONWriter {
  /// Writes the members of a comparison that hold its totals and proposals.
  mutating func proposals(of diff: PolicyDiff) {
    member("totals") { writer in
      let total = diff.total
      writer.member("principals", diff.principals.count)
      writer.counts(total)
      writer.member("unusedPercent", percent(total.unused, of: total.observable))
    }
    member("policies", diff.trims) { $0.members(of: $1) }
    member("awsManagedPolicies", diff.replacements) { $0.members(of: $1) }
    member("groups", diff.groups) { $0.members(of: $1) }
    member("rebuilds", diff.rebuilds) { $0.members(of: $1) }
  }

  /// Writes the members of what is proposed for a policy.
  mutating func members(of trim: PolicyTrim) {
    members(of: trim.subject)
    member("outcome", trim.outcome.word)
    if case .leftAlone(let reason) = trim.outcome {
      member("reason", reason)
    } else {
      member("reason", String?.none)
    }
    members(of: trim.sharing)
    member("excess", trim.excess)
    member("verification") { $0.members(of: trim.verification) }
    member("reformatted", trim.isReformatted)
    let document = trim.isChange ? trim.after.flatMap { try? PolicyDocument(json: $0) } : nil
    if let document { member("document", document) } else { member("document", String?.none) }
    let patch = trim.isChange ? trim.patch(path: trim.subject.pathParts.joined(separator: "/") + ".json") : []
    member("patch", String(decoding: patch, as: UTF8.self))
  }

  /// Writes the members of what could replace an AWS managed policy.
  mutating func members(of replacement: ManagedReplacement) {
    members(of: replacement.subject)
    member("holder", replacement.subject.holder)
    members(of: replacement.sharing)
    members(ofOutcome: replacement)
    member("replacements", replacement.options) { writer, option in
      writer.member("kind", option.kind.rawValue)
      writer.member("name", option.name)
      writer.member("arn", option.arn)
      writer.member("counts", option.counts) { $0.level($1) }
      writer.member("withinQuotas", option.isWithinQuota)
      if let document = option.document { writer.member("document", document) }
    }
  }

  /// Writes the members of what the members of a group use of it.
  mutating func members(of group: GroupDiff) {
    member("group", group.arn)
    members(of: group.sharing)
  }

  /// Writes what becomes of an attachment.
  fileprivate mutating func members(ofOutcome replacement: ManagedReplacement) {
    member("outcome", replacement.outcome.word)
    let proposal = replacement.proposal
    if case .leftAlone(let reason) = replacement.outcome {
      member("reason", reason)
    } else {
      member("reason", String?.none)
    }
    member("replacedBy", proposal?.kind.rawValue)
    member("replacementArn", proposal.flatMap { $0.kind == .detach || $0.kind == .covered ? nil : $0.arn })
    member("verification") { $0.members(of: replacement.verification) }
  }

  /// Writes the members of what would be written afresh for a principal.
  mutating func members(of rebuild: RebuildProposal) {
    ProposalReport.write(rebuild.proposal, to: &self) { $0.member("document", $1.document) }
    member("leftOut", rebuild.leftOut)
  }

  fileprivate mutating func members(of verification: TrimVerification) {
    member("complete", verification.complete)
    member("usesReplayed", verification.usesReplayed)
    member("noNewAccess", verification.noNewAccess)
    member("idempotent", verification.idempotent)
    member("withinQuotas", verification.withinQuotas)
    member("failures", verification.failures) { $0.members(of: $1) }
  }

  fileprivate mutating func members(of subject: PolicySubject) {
    member("kind", subject.kind.rawValue)
    member("name", subject.name)
    member("arn", subject.arn)
    member("account", subject.account)
    member("attachments", subject.attachments)
  }

  private mutating func members(of sharing: GrantSharing) {
    member("principals", sharing.principals.map(\.identifier))
    member("counts", sharing.counts) { $0.level($1) }
    member("usedByOneAlone", sharing.soleUses) { writer, use in
      writer.member("action", use.action)
      writer.member("principal", use.principal.identifier)
    }
  }

  /// Writes the counts of one access level.
  mutating func level(_ counts: LevelCounts) {
    member("accessLevel", counts.level.rawValue)
    self.counts(counts)
  }

  private mutating func counts(_ counts: LevelCounts) {
    member("granted", counts.granted)
    member("used", counts.used)
    member("partlyUsed", counts.partlyUsed)
    member("unused", counts.unused)
    member("notObservable", counts.notObservable)
    member("accessed", counts.accessed)
    member("ineffective", counts.ineffective)
  }
}

extension DiffReport {
  /// The manifest of a directory of proposals.
  ///
  /// - Parameters:
  ///   - generator: The program and its version; a later run knows its own directories by it.
  ///   - files: The path of each changed or new policy's file, by its ARN or its holder's, a space and its name.
  ///   - all: The paths of all files, the manifest aside.
  /// - Returns: The bytes of the manifest.
  package func manifest(generator: String, files: [String: String], all: [String]) -> [UInt8] {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("generator", generator)
    writer.member("policies", diff.trims.filter(\.isChange)) { writer, trim in
      writer.members(of: trim.subject)
      writer.member("outcome", trim.outcome.word)
      let path = files["\(trim.subject.arn) \(trim.subject.name)"]
      writer.member("file", trim.after == nil ? nil : path)
      writer.member("patch", path.map { "\($0).patch" })
      writer.member("verification") { $0.members(of: trim.verification) }
    }
    writer.member("replacements", diff.replacements.filter { $0.proposal != nil }) { writer, replacement in
      writer.members(of: replacement.subject)
      writer.member("holder", replacement.subject.holder)
      writer.members(of: replacement)
      writer.member(
        "file", replacement.proposal?.arn.flatMap { files["\($0) \(replacement.proposal?.name ?? "")"] })
    }
    writer.member("summary", object: basis.writeSummary)
    writer.member("coverage", object: basis.writeCoverage)
    writer.member("files", all.sorted())
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
