// `check`: whether policies hold, and what speaks against it.

import JSONStream
public import LeastPrivilege

/// The answer of a check.
public struct CheckReport: Sendable {
  /// What speaks against the policies, in the order of principals; empty where they hold.
  public let failures: [VerificationFailure]

  /// Creates a report.
  ///
  /// - Parameter failures: What speaks against the policies.
  public init(_ failures: [VerificationFailure]) { self.failures = failures }

  /// Writes the answer as one JSON document.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.member("holds", failures.isEmpty)
    writer.member("failures", failures) { $0.members(of: $1) }
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the failures as one JSON object a line.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some ByteOutput & ~Copyable) {
    var writer = JSONWriter()
    for failure in failures where output.isOpen {
      writer.beginObject()
      writer.members(of: failure)
      writer.endObject()
      writer.endLine()
      output.write(writer.bytes)
      writer.removeAll()
    }
  }

  /// Writes the answer for people.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeText(to output: inout some ByteOutput & ~Copyable) {
    if failures.isEmpty {
      output.write(text: "The policies hold.\n")
      return
    }
    var principal = ""
    for failure in failures where output.isOpen {
      if failure.principal != principal {
        principal = failure.principal
        output.write(text: "\(terminalText(principal))\n")
      }
      let what = [failure.action, failure.resource.map { "on \($0)" }].compactMap(\.self).joined(
        separator: " ")
      let line = what.isEmpty ? failure.explanation : "\(what): \(failure.explanation)"
      output.write(text: "  \(failure.kind.rawValue)  \(terminalText(line))\n")
    }
  }
}
