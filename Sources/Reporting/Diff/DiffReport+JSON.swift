// `diff --format json` and `ndjson`.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream
import LeastPrivilege

extension DiffReport {
  /// Writes the comparison as one JSON document.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("principals", diff.principals) { $0.members(of: $1) }
    writer.proposals(of: diff)
    writer.member("problems", diff.problems) { writer, problem in
      writer.member("file", problem.file)
      writer.member("subject", problem.subject)
      writer.member("message", problem.message)
    }
    findings.writeMembers(to: &writer)
    writer.member("summary", object: basis.writeSummary)
    writer.member("coverage", object: basis.writeCoverage)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the comparison as one JSON object a line, a principal each.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter()
    for principal in diff.principals where output.isOpen {
      writer.beginObject()
      writer.members(of: principal)
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
  }
}

extension JSONWriter {
  /// Writes the members of one principal's comparison.
  fileprivate mutating func members(of diff: PrincipalDiff) {
    member("principal", diff.principal.identifier)
    member("type", diff.principal.kind.rawValue)
    member("identity", diff.identity)
    member("matchedByName", diff.matchedByName)
    member("calls", diff.calls)
    member("boundary", diff.boundary)
    member("denyStatements", diff.denyStatements)
    member("counts", diff.counts) { writer, counts in
      writer.member("accessLevel", counts.level.rawValue)
      writer.member("granted", counts.granted)
      writer.member("used", counts.used)
      writer.member("partlyUsed", counts.partlyUsed)
      writer.member("unused", counts.unused)
      writer.member("notObservable", counts.notObservable)
    }
    member("statements", diff.statements) { writer, statement in
      writer.member("policy") { writer in
        writer.member("kind", statement.source.kind.rawValue)
        writer.member("name", statement.source.name)
        writer.member("arn", statement.source.arn)
        writer.member("group", statement.source.group)
      }
      writer.member("index", statement.index)
      writer.member("sid", statement.statement.sid)
      writer.member("status", statement.status.rawValue)
      writer.member("actions", statement.actions) { writer, action in
        writer.member("action", action.action)
        writer.member("status", action.status.rawValue)
        writer.member("calls", action.calls)
        writer.member("lastSeen", action.lastSeen)
        writer.member("resourcesUsed", action.resourcesUsed)
        writer.member("resourcesUnused", action.resourcesUnused)
      }
      writer.member("unknownActions", statement.unknownActions)
    }
    member("usedWithoutGrant", diff.usedWithoutGrant) { $0.members(of: $1) }
    member("denied", diff.denied) { $0.members(of: $1) }
  }
}
