// Where a command speaks to people: notes, warnings and errors on standard error, and what the terminal allows.

import Glibc
import Reporting

/// The choices of `--color`, `--progress` and `--quiet`, settled against the terminal and the environment.
package struct Console: Sendable {
  /// Whether text on standard output is coloured.
  package let colorsOutput: Bool
  /// Whether text on standard error is coloured.
  package let colorsMessages: Bool
  /// Whether progress is shown on standard error.
  package let showsProgress: Bool
  /// Whether notes are left out.
  package let isQuiet: Bool

  /// Settles the choices of a command line.
  ///
  /// - Parameter arguments: The command line.
  package init(_ arguments: ParsedArguments) {
    self.init(
      color: arguments.choice(.color) ?? .auto, progress: arguments.choice(.progress) ?? .auto,
      isQuiet: arguments.has(.quiet))
  }

  /// Settles choices.
  ///
  /// `NO_COLOR` counts where it is set to anything but nothing (https://no-color.org); `--color always` wins.
  ///
  /// - Parameters:
  ///   - color: The value of `--color`.
  ///   - progress: The value of `--progress`.
  ///   - isQuiet: Whether `--quiet` was given.
  package init(color: Switch = .auto, progress: Switch = .auto, isQuiet: Bool = false) {
    func colors(_ descriptor: Int32) -> Bool {
      switch color {
      case .always: true
      case .never: false
      case .auto:
        isatty(descriptor) == 1 && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
      }
    }
    colorsOutput = colors(STDOUT_FILENO)
    colorsMessages = colors(STDERR_FILENO)
    self.isQuiet = isQuiet
    showsProgress = progress == .always || (progress == .auto && !isQuiet && isatty(STDERR_FILENO) == 1)
  }

  /// Prints a note; `--quiet` leaves it out.
  ///
  /// - Parameter text: The note; may come from input, so it is escaped.
  package func note(_ text: String) {
    if !isQuiet { say("whittle: ", text, style: .dim) }
  }

  /// Prints a warning about the input.
  ///
  /// - Parameter text: The warning; may come from input, so it is escaped.
  package func warn(_ text: String) { say("whittle: warning: ", text, style: .warning) }

  /// Prints an error with its hint.
  ///
  /// - Parameter error: The error.
  package func report(_ error: CommandError) {
    say("whittle: ", error.message, style: .bad)
    if let hint = error.hint { say("  ", hint, style: .plain) }
  }

  private func say(_ prefix: String, _ text: String, style: TextStyle) {
    let line = TextStyle.paint(prefix, style, enabled: colorsMessages) + terminalText(text) + "\n"
    _ = writeFully(Array(line.utf8), to: STDERR_FILENO)
  }
}

/// The value of an environment variable, or `nil` where it is not set.
///
/// - Parameter name: The variable's name.
/// - Returns: Its value.
package func environment(_ name: String) -> String? {
  // The process never changes its environment, so the pointer stays valid while it is copied.
  unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// The system's words for an error number.
///
/// - Parameter number: A value of `errno`.
/// - Returns: The text, in lower case as all messages are.
package func systemMessage(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  let words = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  return words.prefix(1).lowercased() + words.dropFirst()
}
