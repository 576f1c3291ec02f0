// `whittle diff`: what is granted but unused.

import LeastPrivilege
import Reporting
import Usage

extension Command {
  /// `diff LOGS… --granted FILE…`.
  static let diff = Command(
    "diff", summary: "what is granted but unused, and what was used without a grant",
    synopses: ["LOGS… --granted FILE… [--principal PATTERN]… [--format F]"],
    examples: [
      Example(
        "what does each principal hold that it never used?",
        "whittle diff cloudtrail-logs/ --granted account.json"),
      Example(
        "one role, as Markdown for a pull request",
        "whittle diff cloudtrail-logs/ --granted account.json --principal app --format markdown"),
    ],
    details: [
      "`unused` is claimed only where the logs could have shown use. Actions that CloudTrail does not log, or logs "
        + "as data events that these logs do not contain, are `not observable`.",
      GrantsReading.help, GrantsReading.organizationHelp,
    ],
    operands: .logs,
    options: [.granted, .organization] + CommandOption.reading + [
      .format(.text, .json, .ndjson, .csv, .markdown), .output,
    ],
    body: .job { arguments throws(CommandError) in try DiffJob(arguments) })
}

/// Holds grants against use.
private struct DiffJob: Job {
  let reading: ReadingOptions
  let sources: GrantSources
  let format: OutputFormat
  let output: String?

  init(_ arguments: ParsedArguments) throws(CommandError) {
    reading = try ReadingOptions(arguments)
    sources = GrantSources(arguments)
    if sources.granted.isEmpty {
      throw CommandError(
        .badOperand, "`whittle diff` needs `--granted FILE`",
        hint: "make one with `aws iam get-account-authorization-details`")
    }
    format = arguments.format()
    output = arguments.value(.output)
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let (grants, grantsStatus) = try sources.read(on: console)
    let catalog = try reading.catalog.load()
    let (basis, status) = try reading.read(on: console, catalog: catalog)
    let patterns = PrincipalPatterns(reading.filter.principals)
    let diff = PolicyDiff(
      ledger: basis.ledger, grants: grants ?? AccountGrants(), where: patterns.match,
      catalog: catalog)
    let report = DiffReport(diff, basis: basis)
    var stream = try OutputStream(output)
    switch format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    case .csv: report.writeCSV(to: &stream)
    case .markdown: report.writeMarkdown(to: &stream)
    default: report.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
    }
    try stream.finish()
    return status.or(grantsStatus)
  }
}
