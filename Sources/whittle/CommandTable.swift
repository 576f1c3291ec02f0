// The table that defines the program: parsing, both helps, completions and suggestions are made from it.

/// The commands of the program.
package enum CommandTable {
  /// Every command, in the order of the help.
  package static let commands: [Command] = [
    .usage, .policy, .diff, .check, .explain, .simulate, .catalog, .completions,
  ]
}
