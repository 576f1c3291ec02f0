// `whittle usage`: who used which action on which resource, how often, when.

import Reporting

extension Command {
  /// `usage LOGS…`.
  static let usage = Command(
    "usage", summary: "who used which action on which resource, how often, when",
    synopses: ["LOGS… [--principal PATTERN]… [--since T] [--format F]"],
    examples: [
      Example("what did everyone do?", "whittle usage cloudtrail-logs/"),
      Example(
        "what did one role do with S3 in the last 90 days of the logs?",
        "whittle usage cloudtrail-logs/ --principal app --service s3 --since 90d"),
      Example(
        "one use a line, for jq and friends",
        "cat logs/*.json | whittle usage - --format ndjson | jq -r .action | sort | uniq -c"),
    ],
    details: [
      "Formats are recognised by content: CloudTrail files, plain or compressed, arrays, newline-delimited and "
        + "concatenated events, and what common tools wrap around them.",
      "`json` is a summary with principals, what could not be resolved, and coverage; `ndjson` and `csv` have one "
        + "use a line.",
    ],
    operands: .logs,
    options: CommandOption.reading + [.format(.text, .json, .ndjson, .csv, .markdown), .output],
    body: .job { arguments throws(CommandError) in try UsageJob(arguments) })
}

/// Reports recorded use.
private struct UsageJob: Job {
  let reading: ReadingOptions
  let format: OutputFormat
  let output: String?

  init(_ arguments: ParsedArguments) throws(CommandError) {
    reading = try ReadingOptions(arguments)
    format = arguments.format()
    output = arguments.value(.output)
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let (report, status) = try reading.read(on: console)
    var stream = try OutputStream(output)
    switch format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    case .csv: report.writeCSV(to: &stream)
    case .markdown: report.writeMarkdown(to: &stream)
    default: report.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
    }
    try stream.finish()
    Whittle.keep(report)
    return status
  }
}
