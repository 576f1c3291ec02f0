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
    writer.member("problems", diff.problems) { $0.members(of: $1) }
    findings.writeMembers(to: &writer)
    writer.member("summary", object: basis.writeSummary)
    writer.member("coverage", object: basis.writeCoverage)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the comparison as one JSON object a line: each principal, proposal, finding and problem.
  ///
  /// What a line is about is told by `record`; its other members are those of the elements of the list in the JSON document.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    var lines = RecordLines()
    lines.write("principal", diff.principals, to: &output) { $0.members(of: $1) }
    lines.write("policy", diff.trims, to: &output) { $0.members(of: $1) }
    lines.write("awsManagedPolicy", diff.replacements, to: &output) { $0.members(of: $1) }
    lines.write("group", diff.groups, to: &output) { $0.members(of: $1) }
    lines.write("rebuild", diff.rebuilds, to: &output) { $0.members(of: $1) }
    findings.write(to: &output, &lines)
    lines.write("problem", diff.problems, to: &output) { $0.members(of: $1) }
  }
}

/// Writes JSON objects, one a line, each with what it is about.
struct RecordLines {
  private var writer = JSONWriter()

  /// Writes a line for each element of a list.
  ///
  /// - Parameters:
  ///   - record: What the lines are about.
  ///   - list: The elements.
  ///   - output: Where the bytes go.
  ///   - members: Writes the members of one.
  mutating func write<Element, Output: ByteOutput & ~Copyable>(
    _ record: String, _ list: [Element], to output: inout Output,
    _ members: (inout JSONWriter, Element) -> Void
  ) {
    for element in list where output.isOpen {
      writer.beginObject()
      writer.member("record", record)
      members(&writer, element)
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
  }
}

extension JSONWriter {
  /// Writes the members of what could not be read.
  fileprivate mutating func members(of problem: GrantProblem) {
    member("file", problem.file)
    member("subject", problem.subject)
    member("message", problem.message)
  }

  /// Writes the members of one principal's comparison.
  fileprivate mutating func members(of diff: PrincipalDiff) {
    member("principal", diff.principal.identifier)
    member("type", diff.principal.kind.rawValue)
    member("identity", diff.identity)
    member("matchedByName", diff.matchedByName)
    member("calls", diff.calls)
    member("boundary", diff.boundary)
    member("denyStatements", diff.denyStatements)
    member("counts", diff.counts) { $0.level($1) }
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
        writer.member("lastAccessed", action.lastAccessed)
      }
      writer.member("unknownActions", statement.unknownActions)
    }
    member("usedWithoutGrant", diff.usedWithoutGrant) { $0.members(of: $1) }
    member("denied", diff.denied) { $0.members(of: $1) }
  }
}
