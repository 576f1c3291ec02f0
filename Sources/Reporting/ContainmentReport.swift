// What `whittle check --existing --proposed` says.

public import IAM
import JSONStream

/// The outcome of comparing proposed with existing policies.
public struct ContainmentReport: Sendable {
  /// What each proposed statement allows anew, or may allow; none where nothing is new.
  public let failures: [ContainmentResult]

  /// Creates a report.
  ///
  /// - Parameter failures: What `PolicyContainment.failures(of:)` answered.
  public init(failures: [ContainmentResult]) {
    self.failures = failures
  }

  /// Whether nothing new is allowed.
  public var holds: Bool { failures.isEmpty }

  /// Writes the report as one JSON document.
  ///
  /// A failure without witness is of the kind `undecided`: its conditions or patterns could not be compared.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeJSON(to output: inout some (ByteOutput & ~Copyable)) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("holds", holds)
    writer.member("failures", failures) { writer, failure in
      writer.member("kind", failure.witness == nil ? "undecided" : "newAccess")
      if let witness = failure.witness {
        writer.members(of: witness)
      } else {
        writer.member("principal", String?.none)
        writer.member("action", String?.none)
        writer.member("resource", String?.none)
        writer.member("context", object: { _ in })
      }
      writer.member("explanation", failure.explanation)
    }
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the report for people: a line for each failure, and below it the request that shows it.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether verdicts are coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    if holds {
      output.write(text: TextStyle.paint("no new access", .good, enabled: isColored))
      output.write(text: ": everything that the proposed policies allow, the existing policies allow\n")
    }
    for failure in failures {
      output.write(text: ContainmentReport.verdict(of: failure, isColored: isColored))
      output.write(text: ": \(terminalText(failure.explanation))\n")
      guard let witness = failure.witness else { continue }
      output.write(text: "  principal  \(terminalText(witness.request.principal.arn ?? "anyone"))\n")
      output.write(text: "  action     \(terminalText(witness.request.action.description))\n")
      output.write(text: "  resource   \(terminalText(witness.request.resource.arn ?? "*"))\n")
      for key in witness.contextKeys {
        let values = witness.request.context[key]?.all.map(terminalText).joined(separator: ", ") ?? ""
        output.write(text: "  context    \(terminalText(key)) = \(values)\n")
      }
    }
  }

  /// The verdict in two words.
  ///
  /// - Parameters:
  ///   - result: The result.
  ///   - isColored: Whether it is coloured.
  /// - Returns: The words.
  static func verdict(of result: ContainmentResult, isColored: Bool) -> String {
    switch (result.holds, result.conservative) {
    case (true, _): TextStyle.paint("no new access", .good, enabled: isColored)
    case (false, true): TextStyle.paint("not decided", .warning, enabled: isColored)
    case (false, false): TextStyle.paint("new access", .bad, enabled: isColored)
    }
  }
}

extension JSONWriter {
  /// Writes the members of a witness: `principal`, `action`, `resource`, `context`.
  mutating func members(of witness: AccessWitness) {
    let request = witness.request
    member("principal", request.principal.arn ?? "*")
    member("action", request.action.description)
    member("resource", request.resource.arn ?? "*")
    member(
      "context",
      object: { writer in
        for key in witness.contextKeys {
          switch request.context[key] {
          case nil: continue
          case .single(let value): writer.member(key, value)
          case .multiple(let values): writer.member(key, values)
          }
        }
      })
  }
}
