// What a scan reads.

/// One thing named on the command line as a source of logs.
public enum LogInput: Hashable, Sendable {
  /// A file, or a directory that is walked.
  case path(String)
  /// Standard input.
  case standardInput

  /// Reads an argument: `-` is standard input, anything else a path.
  ///
  /// - Parameter argument: The argument.
  public init(argument: String) {
    self = argument == "-" ? .standardInput : .path(argument)
  }
}
