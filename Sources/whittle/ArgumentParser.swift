// Command lines in, inert values out. Nothing is read or written here.
//
// Options may stand anywhere, also before the command's name: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`;
// `--` ends them; `-` alone is an operand. The first words that are not options name the command.

import Usage

/// What a command line asks for.
package enum Invocation {
  /// Help on the command that the arguments name, or on the program where they name none.
  case help(ParsedArguments)
  /// The program's and the catalog's version.
  case version
  /// A command with its arguments.
  case run(Command, ParsedArguments)
}

/// Parses command lines against a table of commands.
package struct ArgumentParser: Sendable {
  private let commands: [Command]

  /// Creates a parser.
  ///
  /// - Parameter commands: The table.
  package init(commands: [Command]) {
    self.commands = commands
  }

  /// Whether a word in front of any command asks for the version.
  ///
  /// - Parameter word: An argument.
  /// - Returns: Whether it does.
  static func asksForVersion(_ word: String) -> Bool { word == "--version" || word == "-V" }

  /// Parses a command line.
  ///
  /// - Parameter words: The arguments behind the program's name.
  /// - Returns: What the line asks for.
  /// - Throws: ``CommandError`` with a code of wrong usage.
  package func parse(_ words: [String]) throws(CommandError) -> Invocation {
    var line = CommandLineState(commands: commands)
    var rest = words[...]
    while let word = rest.popFirst() {
      if line.optionsEnded || word == "-" || !word.hasPrefix("-") {
        try line.take(operand: word)
      } else if word == "--" {
        line.optionsEnded = true
      } else if ArgumentParser.asksForVersion(word), line.path.isEmpty {
        return .version
      } else {
        try line.take(option: word, rest: &rest)
      }
    }
    return try line.invocation()
  }
}

/// A command line half read.
private struct CommandLineState {
  /// The commands that the next word may name; empty once the command is known.
  var candidates: [Command]
  var command: Command?
  var path: [String] = []
  var operands: [String] = []
  var values: [String: [String]] = [:]
  var optionsEnded = false
  var wantsHelp = false

  init(commands: [Command]) {
    candidates = commands
  }

  var commandText: String { (["whittle"] + path).joined(separator: " ") }

  var seeHelp: String { "see `\(commandText) --help`" }

  mutating func take(operand word: String) throws(CommandError) {
    guard !candidates.isEmpty else { return operands.append(word) }
    if path.isEmpty, word == "help" {
      wantsHelp = true
      return
    }
    guard let found = candidates.first(where: { $0.name == word }) else {
      let names = candidates.map(\.name)
      throw CommandError(
        .unknownCommand, "unknown command `\(path.isEmpty ? "" : path.joined(separator: " ") + " ")\(word)`",
        hint: hint(for: word, among: names) ?? "the commands are \(names.joined(separator: ", ")); \(seeHelp)"
      )
    }
    command = found
    candidates = found.subcommands
    path.append(word)
  }

  mutating func take(option word: String, rest: inout ArraySlice<String>) throws(CommandError) {
    let options = CommandOption.everywhere + (command?.options ?? [])
    let isLong = word.hasPrefix("--")
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var attached: String? = nil
    let found: CommandOption?
    if isLong {
      found = options.first { "--\($0.name)" == parts[0] }
      attached = parts.count == 2 ? parts[1] : nil
    } else {
      found = options.first { $0.short.map { "-\($0)" } == String(word.prefix(2)) }
      attached = word.count > 2 ? String(word.dropFirst(2)) : nil
    }
    guard let option = found else {
      throw CommandError(
        .unknownOption, "unknown option `\(parts[0])`",
        hint: hint(for: parts[0], among: options.map { "--\($0.name)" }) ?? seeHelp)
    }
    if option.value == .none {
      if !isLong, let attached {
        rest = ["-\(attached)"] + rest
      } else if attached != nil {
        throw CommandError(.badValue, "option `--\(option.name)` takes no value", hint: seeHelp)
      }
      wantsHelp = wantsHelp || option.name == "help"
      values[option.name, default: []].append("")
      return
    }
    guard let text = attached ?? rest.popFirst() else {
      throw CommandError(
        .badValue, "option `--\(option.name)` needs a value \(option.value.placeholder ?? "")", hint: seeHelp)
    }
    try check(text, of: option)
    values[option.name, default: []].append(text)
    while option.takesSeveral, attached == nil, let next = rest.first, next == "-" || !next.hasPrefix("-") {
      rest.removeFirst()
      try check(next, of: option)
      values[option.name, default: []].append(next)
    }
  }

  private func check(_ text: String, of option: CommandOption) throws(CommandError) {
    func refuse(_ wanted: String, _ hint: String? = nil) -> CommandError {
      CommandError(.badValue, "`\(text)` is no value of `--\(option.name)`: \(wanted)", hint: hint ?? seeHelp)
    }
    switch option.value {
    case .none: break
    case .text, .path:
      if text.isEmpty { throw refuse("it is empty") }
    case .number(_, let range):
      guard let number = Int(text), range.contains(number) else {
        throw refuse(
          range.upperBound == .max
            ? "a whole number from \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
    case .time:
      if TimeBound(text) == nil { throw refuse("an ISO date or time, or a span such as `90d` or `12h`") }
    case .choice(let words):
      if !words.contains(text) {
        throw refuse("one of \(words.joined(separator: ", "))", hint(for: text, among: words))
      }
    }
  }

  private var arguments: ParsedArguments {
    ParsedArguments(path: path, operands: operands, values: values)
  }

  private func hint(for word: String, among names: [String]) -> String? {
    nearestName(to: word, among: names).map { "did you mean `\($0)`?" }
  }

  func invocation() throws(CommandError) -> Invocation {
    if wantsHelp { return .help(arguments) }
    guard let command, candidates.isEmpty else {
      let names = candidates.map(\.name).joined(separator: ", ")
      throw CommandError(
        .badOperand, "`\(commandText)` needs a command", hint: "the commands are \(names); \(seeHelp)")
    }
    let allowed = command.operands?.count ?? 0...0
    if operands.count < allowed.lowerBound, let missing = command.operands {
      throw CommandError(
        .badOperand, "`\(commandText)` needs \(missing.placeholder): \(missing.help)", hint: seeHelp)
    }
    if operands.count > allowed.upperBound {
      throw CommandError(.badOperand, "unexpected operand `\(operands[allowed.upperBound])`", hint: seeHelp)
    }
    if let words = command.operands?.words, !words.isEmpty {
      for operand in operands where !words.contains(operand) {
        throw CommandError(
          .badOperand, "unknown word `\(operand)`: one of \(words.joined(separator: ", "))",
          hint: hint(for: operand, among: words) ?? seeHelp)
      }
    }
    return .run(command, arguments)
  }
}
