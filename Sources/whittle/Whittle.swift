// Where the program starts: arguments in, exit status out.

import CAllocator
import Glibc
import Synchronization

/// The program.
package enum Whittle {
  /// Carries out the command line of the process, and ends it.
  package static func main() -> Never {
    // A reader that goes away must not kill the process: `write` reports it, and `OutputStream` ends quietly.
    _ = signal(SIGPIPE, SIG_IGN)
    whittle_return_large_blocks()
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static let kept = Mutex<[any Sendable]>([])

  /// Keeps a value until the process ends, with all its memory: to take a large one apart, text by text, takes longer
  /// than to write it out.
  ///
  /// - Parameter value: What a command has finished with as its last act.
  static func keep(_ value: some Sendable) { kept.withLock { $0.append(value) } }

  /// Carries out a command line.
  ///
  /// - Parameter words: The arguments behind the program's name.
  /// - Returns: How it ended.
  static func run(_ words: [String]) -> ExitStatus {
    var console = Console()
    do throws(CommandError) {
      // What asks for no command needs none of their table.
      let invocation =
        try words.first.map(ArgumentParser.asksForVersion) == true
        ? .version : ArgumentParser(commands: CommandTable.commands).parse(words)
      switch invocation {
      case .help(let arguments):
        let help = Help(commands: CommandTable.commands, isColored: Console(arguments).colorsOutput)
        try print(help.text(path: arguments.path))
        return .done
      case .version:
        try print(Version.text)
        return .done
      case .run(let command, let arguments):
        guard case .job(let prepare) = command.body else { return .wrongUsage }
        console = Console(arguments)
        let job = try prepare(arguments)
        return try job.run(on: console)
      }
    } catch {
      console.report(error)
      return error.status
    }
  }

  private static func print(_ text: String) throws(CommandError) {
    var output = try OutputStream(nil)
    output.write(text.utf8)
    try output.finish()
  }
}
