// A command line after parsing: names and texts that the table has accepted.

/// The operands and option values of one command line, each in the form that the table asks for.
package struct ParsedArguments: Hashable, Sendable {
  /// The command's names from the top, such as `["catalog", "info"]`.
  package let path: [String]
  /// The operands in order.
  package let operands: [String]
  /// The values of each option given, in order; a flag has one empty value for each time it stands there.
  private let values: [String: [String]]

  /// Creates the arguments of a command.
  ///
  /// - Parameters:
  ///   - path: The command's names from the top.
  ///   - operands: The operands.
  ///   - values: The values of each option by its long name.
  package init(path: [String], operands: [String], values: [String: [String]]) {
    self.path = path
    self.operands = operands
    self.values = values
  }

  /// Whether the option was given.
  ///
  /// - Parameter option: The option.
  /// - Returns: `true` where it stands on the command line.
  package func has(_ option: CommandOption) -> Bool { values[option.name] != nil }

  /// The last value of an option, or `nil` where it was not given.
  ///
  /// - Parameter option: The option.
  /// - Returns: The value as written.
  package func value(_ option: CommandOption) -> String? { values[option.name]?.last }

  /// All values of a repeatable option, in order.
  ///
  /// - Parameter option: The option.
  /// - Returns: The values as written.
  package func values(_ option: CommandOption) -> [String] { values[option.name] ?? [] }

  /// The number given to an option of the form ``CommandOption/Value/number(_:_:)``.
  ///
  /// - Parameter option: The option.
  /// - Returns: The number, or `nil` where the option was not given.
  package func number(_ option: CommandOption) -> Int? { value(option).flatMap { Int($0) } }

  /// The word given to an option of the form ``CommandOption/Value/choice(_:)``.
  ///
  /// - Parameter option: The option.
  /// - Returns: The word as a value of the wanted type, or `nil` where the option was not given.
  package func choice<Word: RawRepresentable<String>>(_ option: CommandOption) -> Word? {
    value(option).flatMap { Word(rawValue: $0) }
  }

  /// The format asked for; text where none was.
  ///
  /// - Parameter otherwise: The command's default format.
  /// - Returns: The value of `--format`.
  package func format(otherwise: OutputFormat = .text) -> OutputFormat {
    values["format"]?.last.flatMap { OutputFormat(rawValue: $0) } ?? otherwise
  }
}
