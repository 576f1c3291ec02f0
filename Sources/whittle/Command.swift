// One command, as the parser, both helps and the completions read it.

/// A command of the program: what it is called, what it takes and what makes its job.
package struct Command: Sendable {
  /// A command line with what it does.
  package struct Example: Hashable, Sendable {
    /// What the line does: lower case, no full stop.
    package let purpose: String
    /// The line as one would type it.
    package let line: String

    /// Creates an example.
    ///
    /// - Parameters:
    ///   - purpose: What the line does.
    ///   - line: The line.
    package init(_ purpose: String, _ line: String) {
      self.purpose = purpose
      self.line = line
    }
  }

  /// The operands that a command takes.
  package struct Operands: Hashable, Sendable {
    /// How the synopsis names them, such as `LOGS…`.
    package let placeholder: String
    /// How many there may be.
    package let count: ClosedRange<Int>
    /// What they are, for the help and the message about a missing one: lower case, no full stop.
    package let help: String
    /// The words that are accepted; empty where the operands are paths or free text.
    package let words: [String]

    /// Creates the description of a command's operands.
    ///
    /// - Parameters:
    ///   - placeholder: How the synopsis names them.
    ///   - count: How many there may be.
    ///   - help: What they are.
    ///   - words: The words that are accepted, if it is one of several.
    package init(_ placeholder: String, count: ClosedRange<Int>, help: String, words: [String] = []) {
      self.placeholder = placeholder
      self.count = count
      self.help = help
      self.words = words
    }

    /// Log files, directories, `-` or ledgers: at least one.
    package static let logs = Operands(
      "LOGS…", count: 1...Int.max,
      help: "CloudTrail logs in any mixture: files, directories (walked), `-` for standard input")
  }

  /// What a command is made of.
  package enum Body: Sendable {
    /// Commands below this one.
    case group([Command])
    /// Turns arguments into a job; reads and writes nothing.
    case job(@Sendable (ParsedArguments) throws(CommandError) -> any Job)
  }

  /// The name.
  package let name: String
  /// What the command does: lower case, no full stop.
  package let summary: String
  /// The operands and options that matter, one line for each way to use the command.
  package let synopses: [String]
  /// The examples, the most useful first.
  package let examples: [Example]
  /// What else a user must know, in paragraphs.
  package let details: [String]
  /// The operands, where the command takes any.
  package let operands: Operands?
  /// The options, those that every command takes aside.
  package let options: [CommandOption]
  /// The commands below this one, or what makes the job.
  package let body: Body

  /// Creates a command.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - summary: What it does.
  ///   - synopses: Its operands and options, a line for each way to use it.
  ///   - examples: The examples.
  ///   - details: What else a user must know, in paragraphs.
  ///   - operands: The operands.
  ///   - options: The options.
  ///   - body: The commands below it, or what makes the job.
  package init(
    _ name: String, summary: String, synopses: [String], examples: [Example], details: [String] = [],
    operands: Operands? = nil, options: [CommandOption] = [], body: Body
  ) {
    self.name = name
    self.summary = summary
    self.synopses = synopses
    self.examples = examples
    self.details = details
    self.operands = operands
    self.options = options
    self.body = body
  }

  /// The commands below this one; empty for a command that does something itself.
  package var subcommands: [Command] {
    if case .group(let commands) = body { commands } else { [] }
  }
}

/// What a command line asks for, as an inert value: made from arguments alone, and then run.
package protocol Job: Sendable {
  /// Does what was asked.
  ///
  /// - Parameter console: Where notes, progress and answers go.
  /// - Returns: How it ended.
  /// - Throws: What kept it from being done.
  func run(on console: Console) throws(CommandError) -> ExitStatus
}
