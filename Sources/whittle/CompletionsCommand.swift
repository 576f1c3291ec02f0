// `whittle completions`: scripts that complete the command line in a shell.

extension Command {
  /// `completions SHELL`.
  static let completions = Command(
    "completions", summary: "print a script that completes whittle's command line",
    synopses: Shell.allCases.map(\.rawValue),
    examples: [
      Example("complete in the running bash", "source <(whittle completions bash)"),
      Example(
        "complete in every fish from now on",
        "whittle completions fish > ~/.config/fish/completions/whittle.fish"),
      Example(
        "complete in every zsh, from a directory in fpath", "whittle completions zsh > ~/.zfunc/_whittle"),
    ],
    operands: Operands(
      "SHELL", count: 1...1, help: "bash, zsh or fish", words: Shell.allCases.map(\.rawValue)),
    body: .job { arguments in CompletionsJob(arguments) })
}

/// A shell whose command line can be completed.
package enum Shell: String, Hashable, Sendable, CaseIterable {
  /// GNU Bash, 3.2 or later.
  case bash
  /// Z shell.
  case zsh
  /// Fish, 3 or later.
  case fish
}

/// Prints the completions of one shell.
private struct CompletionsJob: Job {
  let shell: Shell

  init(_ arguments: ParsedArguments) {
    shell = arguments.operands.first.flatMap { Shell(rawValue: $0) } ?? .bash
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var output = try OutputStream(nil)
    output.write(Completions(commands: CommandTable.commands).script(for: shell).utf8)
    try output.finish()
    return .done
  }
}
