// One option of a command, as the parser, the help and the completions read it.

/// An option: its names, the form of its value and what it does.
package struct CommandOption: Hashable, Sendable {
  /// The form of an option's value; the parser refuses anything else.
  package enum Value: Hashable, Sendable {
    /// The option is a flag and takes no value.
    case none
    /// Any text that is not empty.
    case text(String)
    /// The path of a file or directory, or `-`.
    case path(String)
    /// A whole number within a range.
    case number(String, ClosedRange<Int>)
    /// A date, a time, or a span before the newest event.
    case time
    /// One of several words.
    case choice([String])

    /// The word that stands for the value in the help; `nil` for flags.
    package var placeholder: String? {
      switch self {
      case .none: nil
      case .text(let name), .path(let name), .number(let name, _): name
      case .time: "T"
      case .choice(let words): words.count > 4 ? "F" : words.joined(separator: "|")
      }
    }
  }

  /// The long name, without the dashes.
  package let name: String
  /// The one-letter name, where the option has one.
  package let short: Character?
  /// The form of the value.
  package let value: Value
  /// Whether the option may be given several times; otherwise the last one counts.
  package let isRepeatable: Bool
  /// Whether one mention may be followed by several values: `--existing a.json b.json`.
  package let takesSeveral: Bool
  /// What the option does: lower case, no full stop.
  package let help: String

  /// Creates an option.
  ///
  /// - Parameters:
  ///   - name: The long name, without the dashes.
  ///   - short: The one-letter name.
  ///   - value: The form of the value; a flag by default.
  ///   - isRepeatable: Whether it may be given several times.
  ///   - takesSeveral: Whether one mention may be followed by several values.
  ///   - help: What it does.
  package init(
    _ name: String, short: Character? = nil, _ value: Value = .none, isRepeatable: Bool = false,
    takesSeveral: Bool = false, help: String
  ) {
    self.takesSeveral = takesSeveral
    self.name = name
    self.short = short
    self.value = value
    self.isRepeatable = isRepeatable
    self.help = help
  }

  /// The option as the help shows it: `-o, --output PATH`.
  package var synopsis: String {
    let names = (short.map { "-\($0), " } ?? "    ") + "--\(name)"
    return value.placeholder.map { "\(names) \($0)\(takesSeveral ? "…" : "")" } ?? names
  }
}
