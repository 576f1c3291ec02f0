// Why a command was not carried out.

/// A command that was used wrongly or could not be done, with what to do next.
package struct CommandError: Error, Hashable, Sendable {
  /// What went wrong; decides the exit status.
  package enum Code: Hashable, Sendable {
    /// The command's name is not in the table.
    case unknownCommand
    /// The option is not one of the command's.
    case unknownOption
    /// An option's value is missing, unexpected or not of its form.
    case badValue
    /// An operand is missing or one too many.
    case badOperand
    /// Options that exclude each other, or one that needs another.
    case conflict
    /// Input that the command cannot do without is missing or unreadable.
    case inputMissing
    /// Input was damaged or unresolved and `--strict` was given.
    case strict
    /// The output could not be written.
    case outputFailed
  }

  /// What went wrong.
  package let code: Code
  /// The message: lower case, no full stop, user input in backticks.
  package let message: String
  /// What to do next, where there is something to do.
  package let hint: String?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What went wrong.
  ///   - message: The message.
  ///   - hint: What to do next.
  package init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// The exit status that the error leads to.
  package var status: ExitStatus {
    switch code {
    case .unknownCommand, .unknownOption, .badValue, .badOperand, .conflict: .wrongUsage
    case .inputMissing, .strict, .outputFailed: .cannotBeDone
    }
  }
}
