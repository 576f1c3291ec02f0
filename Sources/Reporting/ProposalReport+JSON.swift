// `policy --format json`, and the manifest of `policy --output DIR`.

import CloudTrail
import IAM
import JSONStream
import LeastPrivilege

extension ProposalReport {
  /// Writes the proposals as one JSON document.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("principals", proposals) { writer, proposal in
      ProposalReport.write(proposal, to: &writer) { writer, policy in
        writer.member("document", policy.document)
      }
    }
    writer.member("summary", object: basis.writeSummary)
    writer.member("coverage", object: basis.writeCoverage)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the proposals as one JSON object a line, a principal each.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter()
    for proposal in proposals where output.isOpen {
      writer.beginObject()
      ProposalReport.write(proposal, to: &writer) { writer, policy in
        writer.member("document", policy.document)
      }
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
  }

  /// The manifest of a directory of policies: everything but the documents, which are files of their own.
  ///
  /// - Parameters:
  ///   - generator: The program and its version; a later run knows its own directories by it.
  ///   - files: The path of each policy's file, in the order of the proposals and their policies.
  ///   - otherFiles: The paths of all other files, the manifest aside.
  ///   - includesDenied: Whether refused attempts are granted too.
  /// - Returns: The bytes of the manifest.
  package func manifest(
    generator: String, files: [[String]], otherFiles: [String], includesDenied: Bool = false
  ) -> [UInt8] {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("generator", generator)
    writer.member("includesDenied", includesDenied)
    writer.member("principals", zip(proposals, files)) { writer, entry in
      var paths = entry.1[...]
      ProposalReport.write(entry.0, to: &writer) { writer, _ in
        writer.member("file", paths.popFirst())
      }
    }
    writer.member("summary", object: basis.writeSummary)
    writer.member("coverage", object: basis.writeCoverage)
    writer.member("files", (files.joined() + otherFiles).sorted())
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }

  static func write(
    _ proposal: PrincipalProposal, to writer: inout JSONWriter,
    document: (inout JSONWriter, NamedPolicy) -> Void
  ) {
    writer.member("principal", proposal.principal.identifier)
    writer.member("type", proposal.principal.kind.rawValue)
    writer.member("standing", proposal.standing.rawValue)
    writer.member("policies", proposal.policies) { writer, policy in
      writer.member("name", policy.name)
      writer.member("size", policy.size)
      document(&writer, policy)
      writer.member("evidence", policy.evidence, write)
    }
    writer.member("packing") { writer in
      writer.member("policies", proposal.packing.policies)
      writer.member("lowerBound", proposal.packing.lowerBound)
      writer.member("attachmentLimit", proposal.packing.attachmentLimit)
      writer.member("alreadyAttached", proposal.packing.alreadyAttached)
      writer.member("statementBound", proposal.packing.statementBound)
      writer.member("toDetachFirst", proposal.packing.toDetachFirst)
      writer.member("keepsAttached", proposal.packing.keepsAttached)
      writer.member("freeSlots", proposal.packing.freeSlots)
      writer.member("detachments", proposal.packing.detachments) { writer, detachment in
        writer.member("policy", detachment.policy)
        writer.member("before", proposal.policies[detachment.replacement].name)
        writer.member("uncoveredUses", detachment.uncoveredUses)
      }
      writer.member("proof", proposal.packing.proof)
    }
    writer.member("verification") { write(proposal.verification, to: &$0) }
    writer.member("unresolvedResources", proposal.unresolvedResources) { writer, resource in
      writer.member("action", resource.action)
      writer.member("reason", resource.reason)
    }
    writer.member("notGranted", proposal.notGranted) { $0.members(of: $1) }
    writer.member("denied", proposal.denied) { $0.members(of: $1) }
  }

  private static func write(_ writer: inout JSONWriter, _ evidence: StatementEvidence) {
    writer.member("sid", evidence.sid)
    writer.member("uses", evidence.uses)
    writer.member("calls", evidence.calls)
    writer.member("firstSeen", evidence.firstSeen)
    writer.member("lastSeen", evidence.lastSeen)
    writer.member("exampleEvents", evidence.exampleEvents)
    writer.member("patterns", evidence.patterns) { writer, pattern in
      writer.member("pattern", pattern.pattern)
      writer.member("distinctResources", pattern.distinctResources)
    }
  }

  private static func write(_ verification: Verification, to writer: inout JSONWriter) {
    writer.member("complete", verification.complete)
    writer.member("usesReplayed", verification.usesReplayed)
    writer.member("noNewAccess", optional: verification.noNewAccess)
    writer.member("minimal", verification.minimal)
    writer.member("excess", verification.excess) { writer, excess in
      writer.member("kind", excess.kind.rawValue)
      writer.member("policy", excess.policy)
      writer.member("sid", excess.sid)
      writer.member("pattern", excess.pattern)
      writer.member("distinctUsed", excess.distinctUsed)
      writer.member("extraActions", excess.extraActions)
      writer.member("reason", excess.reason)
    }
    writer.member("withinQuotas", verification.withinQuotas)
    writer.member("failures", verification.failures) { $0.members(of: $1) }
  }
}

extension JSONWriter {
  /// Writes the members of a use without a grant.
  mutating func members(of use: UngrantedUse) {
    member("action", use.action)
    member("resource", use.resource)
    member("count", use.calls)
    member("firstSeen", use.firstSeen)
    member("lastSeen", use.lastSeen)
    member("reason", use.reason)
  }

  /// Writes the members of a denied attempt.
  mutating func members(of attempt: DeniedAttempt) {
    member("action", attempt.action)
    member("resource", attempt.resource)
    member("count", attempt.attempts)
    member("firstSeen", attempt.firstSeen)
    member("lastSeen", attempt.lastSeen)
  }

  /// Writes the members of a promise that does not hold, as `check --format json` has them.
  mutating func members(of failure: VerificationFailure) {
    member("kind", failure.kind.rawValue)
    member("principal", failure.principal)
    member("action", failure.action)
    member("resource", failure.resource)
    member("context") { writer in
      for key in failure.context.keys.sorted() { writer.member(key, failure.context[key]) }
    }
    member("explanation", failure.explanation)
  }
}
