// What `whittle simulate` answers to one line: a decision, or why there is none.

public import IAM
import JSONStream

/// The answer to one request, ready to be written.
public struct SimulationLine: Sendable {
  /// A decision with what is to be said about it.
  public enum Answer: Sendable {
    /// The request was decided; the statements explain it where that was asked for.
    case decided(Decision, statements: [StatementExplanation]?)
    /// The line could not be read.
    case failed(String)
  }

  /// The line's `id`, where it has one.
  public let id: String?
  /// The answer.
  public let answer: Answer

  /// Creates an answer.
  ///
  /// - Parameters:
  ///   - id: The line's `id`.
  ///   - answer: The answer.
  public init(id: String?, answer: Answer) {
    self.id = id
    self.answer = answer
  }

  /// Writes the answer as one line of NDJSON.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some (ByteOutput & ~Copyable)) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("id")
    writer.write(id)
    switch answer {
    case .decided(let decision, let statements):
      writer.name("decision")
      writer.write(decision.outcome.rawValue)
      writer.name("reason")
      writer.write(decision.reason)
      writer.name("matched")
      writer.beginArray()
      for statement in decision.matched {
        writer.beginObject()
        SimulationLine.write(statement, to: &writer)
        writer.endObject()
      }
      writer.endArray()
      writer.name("error")
      writer.writeNull()
      if let statements { write(decision, statements, to: &writer) }
    case .failed(let message):
      writer.name("decision")
      writer.writeNull()
      writer.name("reason")
      writer.writeNull()
      writer.name("matched")
      writer.write([String]())
      writer.name("error")
      writer.write(message)
    }
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  private func write(_ decision: Decision, _ statements: [StatementExplanation], to writer: inout JSONWriter)
  {
    writer.name("missing")
    writer.beginArray()
    for missing in decision.missing {
      writer.write(missing.layer.rawValue + (missing.level.map { "[\($0)]" } ?? ""))
    }
    writer.endArray()
    writer.name("statements")
    writer.beginArray()
    for explanation in statements {
      writer.beginObject()
      SimulationLine.write(explanation.statement, to: &writer)
      writer.name("applies")
      writer.write(explanation.applies)
      writer.name("explanation")
      writer.write(explanation.description)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ statement: MatchedStatement, to writer: inout JSONWriter) {
    writer.name("policy")
    writer.write(statement.policyPath)
    writer.name("statement")
    writer.write(statement.statement)
    writer.name("sid")
    writer.write(statement.sid)
    writer.name("effect")
    writer.write(statement.effect.rawValue)
  }

  /// Writes the answer for people: the outcome, the reason, and each statement that has to do with the action.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether the outcome is coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    let name = id.map { terminalText($0) + ": " } ?? ""
    switch answer {
    case .failed(let message):
      output.write(text: "\(name)\(TextStyle.paint("not decided", .warning, enabled: isColored)): ")
      output.write(text: terminalText(message) + "\n")
    case .decided(let decision, let statements):
      let outcome =
        switch decision.outcome {
        case .allowed: TextStyle.paint("allowed", .good, enabled: isColored)
        case .explicitDeny: TextStyle.paint("explicitly denied", .bad, enabled: isColored)
        case .implicitDeny: TextStyle.paint("implicitly denied", .bad, enabled: isColored)
        }
      output.write(text: "\(name)\(outcome): \(terminalText(decision.reason))\n")
      for explanation in statements ?? [] where explanation.obstacle != .action {
        let sid = explanation.statement.sid.map { " (\($0))" } ?? ""
        let line = "\(explanation.statement.path)\(sid) \(explanation.description)"
        output.write(text: "  \(explanation.applies ? "*" : "-") \(terminalText(line))\n")
      }
    }
  }
}
