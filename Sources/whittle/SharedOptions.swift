// The options that mean the same in every command that has them. A command lists those it takes.

extension CommandOption {
  /// Options that every command takes, also in front of the command's name.
  package static let everywhere: [CommandOption] = [.quiet, .progress, .color, .help]

  /// `--help`.
  package static let help = CommandOption("help", short: "h", help: "show examples and options")
  /// `--quiet`.
  package static let quiet = CommandOption("quiet", short: "q", help: "print no notes and no progress")
  /// `--progress`.
  package static let progress = CommandOption(
    "progress", .choice(Switch.allCases.map(\.rawValue)),
    help: "show progress on standard error; auto: on a terminal")
  /// `--color`.
  package static let color = CommandOption(
    "color", .choice(Switch.allCases.map(\.rawValue)),
    help: "colour the text; auto: on a terminal, unless NO_COLOR is set")

  /// `--granted`.
  package static let granted = CommandOption(
    "granted", short: "g", .path("FILE"), isRepeatable: true,
    help:
      "what is granted: get-account-authorization-details, permission sets, Terraform state or plan, CloudFormation, or "
      + "policies, in JSON, or a directory of them")

  /// `--principal`.
  package static let principal = CommandOption(
    "principal", short: "p", .text("PATTERN"), isRepeatable: true,
    help: "only these principals: ARN or name, `*` and `?` match")
  /// `--account`.
  package static let account = CommandOption(
    "account", .text("PATTERN"), isRepeatable: true, help: "only events of these accounts")
  /// `--region`.
  package static let region = CommandOption(
    "region", .text("PATTERN"), isRepeatable: true, help: "only events of these regions")
  /// `--service`.
  package static let service = CommandOption(
    "service", .text("PATTERN"), isRepeatable: true, help: "only these services, such as `s3`")
  /// `--since`.
  package static let since = CommandOption(
    "since", .time, help: "only events from this time on: ISO date or time, or `90d`, `12h` before the newest"
  )
  /// `--until`.
  package static let until = CommandOption(
    "until", .time, help: "only events before this time: ISO date or time, or `90d`, `12h` before the newest")
  /// `--strict`.
  package static let strict = CommandOption(
    "strict", help: "fail, and write nothing, where input is damaged or unresolved")
  /// `--jobs`.
  package static let jobs = CommandOption(
    "jobs", short: "j", .number("N", 1...1024), help: "threads; all cores by default")

  /// The options of every command that reads logs, in the order of the help.
  package static let reading: [CommandOption] = [
    .principal, .account, .region, .service, .since, .until, .strict, .jobs, .catalog,
  ]

  /// `--output`.
  package static let output = CommandOption(
    "output", short: "o", .path("PATH"),
    help: "file, or directory where many files come out; standard output by default")

  /// `--format`, with the formats that one command supports.
  ///
  /// - Parameter formats: The formats; the first is the default.
  /// - Returns: The option.
  package static func format(_ formats: OutputFormat...) -> CommandOption {
    CommandOption(
      "format", short: "f", .choice(formats.map(\.rawValue)),
      help: "\(formats.map(\.rawValue).joined(separator: ", ")); \(formats[0].rawValue) by default")
  }
}

/// The values of `--color` and `--progress`.
package enum Switch: String, Hashable, Sendable, CaseIterable {
  /// On where the stream is a terminal.
  case auto
  /// On.
  case always
  /// Off.
  case never
}

/// The formats that answers come in; a command supports some of them.
package enum OutputFormat: String, Hashable, Sendable, CaseIterable {
  /// For people.
  case text
  /// One JSON document.
  case json
  /// One JSON object a line.
  case ndjson
  /// Comma-separated values, RFC 4180.
  case csv
  /// GitHub-flavoured Markdown.
  case markdown
  /// One self-contained HTML page.
  case html
  /// Static Analysis Results Interchange Format, for code scanning.
  case sarif
  /// HashiCorp configuration language.
  case terraform
  /// An AWS CloudFormation template.
  case cloudformation
  /// A shell script of AWS CLI commands.
  case cli
}
