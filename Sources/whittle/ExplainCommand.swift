// `whittle explain`: the evidence behind a grant.

import Reporting
import Usage

extension CommandOption {
  /// `--action`.
  static let action = CommandOption(
    "action", short: "a", .text("PATTERN"), isRepeatable: true,
    help: "only these actions, such as `s3:Get*`")
  /// `--resource`.
  static let resource = CommandOption(
    "resource", short: "r", .text("PATTERN"), isRepeatable: true,
    help: "only uses of these resources, or of patterns that cover them")
  /// `--events`.
  static let events = CommandOption(
    "events", .number("N", 1...1_000), help: "events shown of a use, the earliest; 3 by default")
}

extension Command {
  /// `explain LOGS… --principal ARN`.
  static let explain = Command(
    "explain", summary: "the evidence behind a grant: events, and the rule that read them",
    synopses: ["LOGS… --principal PATTERN [--action PATTERN]… [--resource PATTERN]… [--events N]"],
    examples: [
      Example("why does the role need all that?", "whittle explain cloudtrail-logs/ --principal app"),
      Example(
        "which calls wrote to this bucket?",
        "whittle explain cloudtrail-logs/ -p app --action 's3:Put*' --resource 'arn:aws:s3:::photos/*'"),
      Example(
        "every role that was passed, for jq",
        "whittle explain cloudtrail-logs/ -p '*' --action iam:PassRole --format ndjson | jq .resource"),
    ],
    details: [
      "A use is one action on one resource under one context. Each is shown with its calls, with the rule that derived "
        + "action and resource from them, and, where the resource stays open, with the reason.",
      "A resource given by `--resource` also finds the uses whose pattern covers it: an instance finds `instance/*`, "
        + "which stands where a launch was allowed before the instance had an id.",
    ],
    operands: .logs,
    options: [.action, .resource, .events] + CommandOption.reading + [
      .format(.text, .json, .ndjson), .output,
    ],
    body: .job { arguments throws(CommandError) in try ExplainJob(arguments) })
}

/// Shows the evidence of uses.
private struct ExplainJob: Job {
  let reading: ReadingOptions
  let actions: [String]
  let resources: [String]
  let events: Int
  let format: OutputFormat
  let output: String?

  init(_ arguments: ParsedArguments) throws(CommandError) {
    reading = try ReadingOptions(arguments)
    if reading.filter.principals.isEmpty {
      throw CommandError(
        .badOperand, "`whittle explain` needs `--principal PATTERN`",
        hint: "`whittle usage` lists the principals; `--principal '*'` is all of them")
    }
    actions = arguments.values(.action)
    resources = arguments.values(.resource)
    events = arguments.number(.events) ?? 3
    format = arguments.format()
    output = arguments.value(.output)
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let (evidence, basis, status) = try reading.read(on: console) { scan in
      var evidence = EvidenceScan(scan, limit: events)
      evidence.actions = actions
      evidence.resources = resources
      return try evidence.run()
    }
    if evidence.isEmpty, basis.ledger.events.count > 0 {
      console.warn("no use matches; `whittle usage` lists what there is")
    }
    let report = EvidenceReport(evidence)
    var stream = try OutputStream(output)
    switch format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    default: report.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
    }
    try stream.finish()
    return status
  }
}
