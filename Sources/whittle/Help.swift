// Both helps, rendered from the table.

import Reporting

/// The help of the program and of each command.
package struct Help: Sendable {
  private let commands: [Command]
  private let isColored: Bool
  private let width = 100

  /// Creates the help of a table of commands.
  ///
  /// - Parameters:
  ///   - commands: The table.
  ///   - isColored: Whether headings are coloured.
  package init(commands: [Command], isColored: Bool) {
    self.commands = commands
    self.isColored = isColored
  }

  /// The help of a command.
  ///
  /// - Parameter path: The command's names from the top; empty for the program.
  /// - Returns: The text.
  package func text(path: [String]) -> String {
    var command: Command? = nil
    var level = commands
    for name in path {
      command = level.first { $0.name == name }
      level = command?.subcommands ?? []
    }
    return command.map { text(of: $0, path: path) } ?? programText()
  }

  private func programText() -> String {
    var text = "Least-privilege IAM policies from what CloudTrail recorded, with proof. Works offline.\n"
    text += heading("Examples") + examples(commands.compactMap(\.examples.first))
    text += heading("Commands") + rows(commands.map { ($0.name, $0.summary) })
    text += heading("Options of every command")
    let version = CommandOption("version", short: "V", help: "print the program's and the catalog's version")
    text += rows((CommandOption.everywhere + [version]).map { ($0.synopsis, $0.help) })
    text += heading("Exit status") + rows(ExitStatus.allCases.map { (String($0.rawValue), $0.meaning) })
    text += "\n`whittle COMMAND --help` shows a command's examples and options.\n"
    return text
  }

  private func text(of command: Command, path: [String]) -> String {
    let name = (["whittle"] + path).joined(separator: " ")
    var text = "\(name): \(command.summary)\n"
    text += heading("Examples") + examples(command.examples)
    text += heading("Usage") + command.synopses.map { "  \(name) \($0)\n" }.joined()
    if !command.subcommands.isEmpty {
      text += heading("Commands") + rows(command.subcommands.map { ($0.name, $0.summary) })
    }
    if let operands = command.operands {
      text += heading("Operands") + rows([(operands.placeholder, operands.help)])
    }
    if !command.options.isEmpty {
      text += heading("Options") + rows(command.options.map { ($0.synopsis, $0.help) })
    }
    text +=
      heading("Options of every command") + rows(CommandOption.everywhere.map { ($0.synopsis, $0.help) })
    for paragraph in command.details {
      text += "\n" + wrap(paragraph, indent: 0).map { $0 + "\n" }.joined()
    }
    return text
  }

  private func heading(_ title: String) -> String {
    "\n" + TextStyle.paint(title, .heading, enabled: isColored) + "\n"
  }

  private func examples(_ examples: [Command.Example]) -> String {
    examples.map { "  " + TextStyle.paint("# \($0.purpose)", .dim, enabled: isColored) + "\n  \($0.line)\n" }
      .joined()
  }

  private func rows(_ rows: [(String, String)]) -> String {
    let column = min(34, rows.map(\.0.count).max() ?? 0)
    return rows.map { left, right in
      let lines = wrap(right, indent: column + 4)
      let first = "  " + left + String(repeating: " ", count: max(2, column - left.count + 2))
      let startsBelow = left.count > column
      let indent = String(repeating: " ", count: column + 4)
      let head = startsBelow ? "  \(left)\n\(indent)" : first
      return head + lines.joined(separator: "\n" + indent) + "\n"
    }.joined()
  }

  private func wrap(_ text: String, indent: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + word.count > width - indent {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = last.isEmpty ? String(word) : "\(last) \(word)"
      }
    }
    return lines
  }
}
