// The frame of the command line, seen through the built program.

import TestSupport
import Testing
import whittle

@Suite("Command frame")
struct FrameTests {
  @Test(
    "wrong usage is said on standard error with a hint, and ends with 2",
    arguments: [
      ([], "needs a command"),
      (["completons", "bash"], "did you mean `completions`"),
      (["completions", "bsh"], "did you mean `bash`"),
      (["completions"], "needs SHELL"),
      (["completions", "bash", "zsh"], "unexpected operand `zsh`"),
      (["--colour", "never", "completions", "bash"], "did you mean `--color`"),
      (["--color", "sometimes", "completions", "bash"], "one of auto, always, never"),
      (["--color"], "needs a value"),
      (["--quiet=yes", "completions", "bash"], "takes no value"),
      (["usage", "x", "--since", "tomorrow"], "an ISO date or time, or a span"),
      (["usage", "x", "--since", "-1d"], "an ISO date or time, or a span"),
      (["usage", "x", "--jobs", "0"], "a whole number from 1"),
      (["usage", "x", "--jobs", "many"], "a whole number from 1"),
      (["usage", "x", "--principal="], "it is empty"),
      (["usage", "x", "--format", "yaml"], "one of text, json, ndjson, csv, markdown"),
      (["usage", "-", "-"], "can be read once only"),
      (["policy", "x", "--generalize", "some"], "none, safe, or a positive number"),
      (["policy", "x", "--max-size", "7000"], "a whole number from 256 to 6144"),
      (["diff", "x"], "needs `--granted FILE`"),
      (["-x"], "unknown option `-x`"),
      (["completions", "\u{1B}[31mred"], "\\u{1b}[31mred"),
    ])
  func wrongUsage(arguments: [String], message: String) throws {
    let result = try WhittleProcess.run(arguments)
    #expect(result.status == ExitStatus.wrongUsage.rawValue)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("whittle: "))
    #expect(result.errors.contains(message))
    #expect(result.errors.split(separator: "\n").count == 2, "one line for what is wrong, one for what to do")
  }

  @Test("help of every command has examples first, and ends with 0")
  func help() throws {
    for command in CommandTable.commands {
      for path in [[command.name]] + command.subcommands.map({ [command.name, $0.name] }) {
        let result = try WhittleProcess.run(path + ["--help"])
        #expect(result.status == 0)
        #expect(result.lines.dropFirst().first == "Examples", "\(path)")
        #expect(result.errors.isEmpty)
        #expect(try WhittleProcess.run(["help"] + path).output == result.output)
      }
    }
    #expect(try WhittleProcess.run(["--help"]).text.contains("Exit status"))
  }

  @Test("the version names the program and fits one line")
  func version() throws {
    let result = try WhittleProcess.run(["--version"])
    #expect(result.status == 0)
    #expect(result.text.contains(/^whittle \d+\.\d+\.\d+ \(catalog of \d{4}-\d{2}-\d{2}\)\n$/))
  }

  @Test("colour is off without a terminal, on with `--color always`, whatever NO_COLOR says")
  func color() throws {
    let plain = try WhittleProcess.run(["--help"]).text
    let forced = ["--help", "--color", "always"]
    let colored = try WhittleProcess.run(forced, environment: ["NO_COLOR": "1"]).text
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[1mExamples\u{1B}[0m"))
    // `script` gives the program a terminal.
    let terminal = "script -qec \"$whittle --help\" /dev/null"
    #expect(
      try WhittleProcess.shell(terminal, environment: ["TERM": "xterm", "NO_COLOR": ""]).text.contains(
        "\u{1B}"))
    let asked = ["TERM": "xterm", "NO_COLOR": "1"]
    #expect(!(try WhittleProcess.shell(terminal, environment: asked).text.contains("\u{1B}")))
  }

  @Test("a reader that goes away is no error; a full device is")
  func closedOutput() throws {
    let closed = try WhittleProcess.shell("$whittle completions bash | head -1; echo ${PIPESTATUS[0]}")
    #expect(closed.lines.last == "0")
    #expect(closed.errors.isEmpty)
    let full = try WhittleProcess.shell("$whittle completions bash > /dev/full")
    #expect(full.status == ExitStatus.cannotBeDone.rawValue)
    #expect(full.errors.contains("cannot write"))
  }

  @Test("completions load in bash and complete what the table knows")
  func completions() throws {
    func complete(_ line: String) throws -> [String] {
      try WhittleProcess.shell(
        """
        source <($whittle completions bash)
        COMP_WORDS=(\(line) ''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _whittle
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      ).lines
    }
    #expect(try complete("whittle") == CommandTable.commands.map(\.name))
    #expect(try complete("whittle completions") == ["bash", "zsh", "fish"])
    #expect(try complete("whittle completions --color") == ["auto", "always", "never"])
    #expect(try complete("whittle usage testdata --format").contains("ndjson"))
    #expect(try complete("whittle diff --since").isEmpty)
  }
}
