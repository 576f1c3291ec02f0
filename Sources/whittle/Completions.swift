// Completion scripts, written from the table, so that they know what the parser knows.
//
// The scripts of bash and zsh walk the words in front of the cursor to find the command (`usage`, `catalog action`),
// then offer its subcommands, options, option values or operand words; where a path may stand, the shell completes
// paths. Fish has a declarative form: one `complete` line for each thing that may stand somewhere.

/// Writes completion scripts for a table of commands.
package struct Completions: Sendable {
  /// A command with its full path, such as `catalog action`.
  struct Entry: Sendable {
    let path: [String]
    let command: Command

    var key: String { path.joined(separator: " ") }
    var options: [CommandOption] { command.options + CommandOption.everywhere }
    /// The words that may stand where the next operand or subcommand stands.
    var words: [String] { command.subcommands.map(\.name) + (command.operands?.words ?? []) }
    var takesPaths: Bool { words.isEmpty && command.operands != nil }
  }

  let commands: [Command]
  let entries: [Entry]

  /// Creates the completions of a table.
  ///
  /// - Parameter commands: The table.
  package init(commands: [Command]) {
    self.commands = commands
    entries = Completions.flatten(commands, below: [])
  }

  /// The script for a shell.
  ///
  /// - Parameter shell: The shell.
  /// - Returns: Its text.
  package func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash()
    case .zsh: zsh()
    case .fish: fish()
    }
  }

  private static func flatten(_ commands: [Command], below path: [String]) -> [Entry] {
    commands.flatMap { command in
      let own = path + [command.name]
      return [Entry(path: own, command: command)] + flatten(command.subcommands, below: own)
    }
  }

  /// The names of an option as one would type them.
  func names(of option: CommandOption) -> [String] {
    ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
  }

  /// Text between single quotes for any of the three shells; the quote itself is closed, escaped and reopened.
  func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
