// What `whittle check --pairs` answers to one line.

public import IAM
import JSONStream

/// The answer to one pair of policy sets, ready to be written.
public struct ContainmentLine: Sendable {
  /// A verdict, or why there is none.
  public enum Answer: Sendable {
    /// The pair was compared.
    case compared(ContainmentResult)
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
  /// A line that could not be read holds nothing, so that a reader who looks at `holds` alone errs on the safe side.
  ///
  /// - Parameter output: Where the bytes go.
  public func writeNDJSON(to output: inout some (ByteOutput & ~Copyable)) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", id)
    switch answer {
    case .compared(let result):
      writer.member("holds", result.holds)
      if let witness = result.witness {
        writer.member("witness", object: { $0.members(of: witness) })
      } else {
        writer.member("witness", String?.none)
      }
      writer.member("conservative", result.conservative)
      writer.member("explanation", result.explanation)
      writer.member("error", String?.none)
    case .failed(let message):
      writer.member("holds", false)
      writer.member("witness", String?.none)
      writer.member("conservative", false)
      writer.member("explanation", String?.none)
      writer.member("error", message)
    }
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes the answer for people, in one line.
  ///
  /// - Parameters:
  ///   - output: Where the bytes go.
  ///   - isColored: Whether the verdict is coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    let name = id.map { terminalText($0) + ": " } ?? ""
    switch answer {
    case .failed(let message):
      output.write(text: "\(name)\(TextStyle.paint("not compared", .warning, enabled: isColored)): ")
      output.write(text: terminalText(message) + "\n")
    case .compared(let result):
      output.write(text: "\(name)\(ContainmentReport.verdict(of: result, isColored: isColored)): ")
      output.write(text: terminalText(result.explanation) + "\n")
    }
  }
}
