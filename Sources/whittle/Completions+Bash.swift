// Completions for bash and zsh, which share the walk over the words and differ in how they take the answer.

extension Completions {
  /// The script for bash.
  func bash() -> String {
    """
    # Completion of whittle for bash; made by `whittle completions bash`.
    _whittle() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} i
      local -a typed=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
      # Bash splits `--format=json` at the sign.
      if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
    \(walk())
      COMPREPLY=()
      if [[ $kind == words ]]; then
        COMPREPLY=($(compgen -W "$values" -- "$word"))
      elif [[ $kind == paths ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -f -- "$word")
      fi
    }
    complete -F _whittle whittle

    """
  }

  /// The script for zsh.
  func zsh() -> String {
    """
    #compdef whittle
    # Completion of whittle for zsh; made by `whittle completions zsh`.
    _whittle() {
      local word=$words[CURRENT] before=$words[CURRENT-1] i
      local -a typed=("${(@)words[2,CURRENT-1]}")
    \(walk())
      if [[ $kind == words ]]; then
        compadd -- ${=values}
      elif [[ $kind == paths ]]; then
        _files
      fi
    }
    if [[ $funcstack[1] == _whittle ]]; then _whittle; else compdef _whittle whittle; fi

    """
  }

  /// The part that finds out what may stand at the cursor: reads `typed`, `word` and `before`; sets `kind` to
  /// `words`, `paths` or `nothing`, and `values` to the words.
  private func walk() -> String {
    let global = CommandOption.everywhere.flatMap(names) + ["--version", "-V"]
    var lines = [
      "local at= kind=words values=\(quoted(commands.map(\.name).joined(separator: " ")))",
      "local options=\(quoted(global.joined(separator: " ")))",
      "for i in \"${typed[@]}\"; do",
      "  case \"$at $i\" in",
    ]
    lines += entries.map { "    \(quoted(" " + $0.key))) at=\(quoted(" " + $0.key)) ;;" }
    lines += ["  esac", "done", "case \"$at\" in"]
    for entry in entries {
      let options = entry.options.flatMap(names).joined(separator: " ")
      let kind = entry.takesPaths ? "paths" : "words"
      let values = entry.words.joined(separator: " ")
      lines.append(
        "  \(quoted(" " + entry.key))) kind=\(kind) values=\(quoted(values)) options=\(quoted(options)) ;;")
    }
    lines += ["esac", "if [[ $word == -* ]]; then kind=words values=$options; fi", "case \"$at $before\" in"]
    for entry in entries {
      for option in entry.options {
        let patterns = names(of: option).map { quoted(" \(entry.key) \($0)") }.joined(separator: "|")
        switch option.value {
        case .none: break
        case .path: lines.append("  \(patterns)) kind=paths ;;")
        case .choice(let words):
          lines.append("  \(patterns)) kind=words values=\(quoted(words.joined(separator: " "))) ;;")
        case .text, .number, .time: lines.append("  \(patterns)) kind=nothing ;;")
        }
      }
    }
    lines.append("esac")
    return lines.map { "  " + $0 }.joined(separator: "\n")
  }
}
