// Completions for fish.

extension Completions {
  /// The script for fish.
  func fish() -> String {
    var lines = [
      "# Completion of whittle for fish; made by `whittle completions fish`.",
      "function __whittle_at",
      "  set -l at",
      "  for word in (commandline -opc)[2..-1]",
      "    switch \"$at $word\"",
    ]
    lines += entries.map { "      case \(quoted(" " + $0.key))\n        set at \(quoted(" " + $0.key))" }
    lines += ["    end", "  end", "  test \"$at\" = \"$argv[1]\"", "end", "complete -c whittle -f"]
    lines += commands.map { line(at: "", "-a \(quoted($0.name)) -d \(quoted($0.summary))") }
    lines.append(line(at: "", "-l version -s V -d 'print the versions'"))
    lines += CommandOption.everywhere.map { line(at: "", declaration(of: $0)) }
    for entry in entries {
      let at = " " + entry.key
      lines += entry.command.subcommands.map {
        line(at: at, "-a \(quoted($0.name)) -d \(quoted($0.summary))")
      }
      if let words = entry.command.operands?.words, !words.isEmpty {
        lines.append(line(at: at, "-a \(quoted(words.joined(separator: " ")))"))
      }
      if entry.takesPaths { lines.append(line(at: at, "-F")) }
      lines += entry.options.map { line(at: at, declaration(of: $0)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(at path: String, _ rest: String) -> String {
    "complete -c whittle -n \(quoted("__whittle_at \"\(path)\"")) \(rest)"
  }

  private func declaration(of option: CommandOption) -> String {
    var text = "-l \(option.name)" + (option.short.map { " -s \($0)" } ?? "")
    switch option.value {
    case .none: break
    case .path: text += " -r -F"
    case .choice(let words): text += " -x -a \(quoted(words.joined(separator: " ")))"
    case .text, .number, .time: text += " -x"
    }
    return text + " -d \(quoted(option.help))"
  }
}
