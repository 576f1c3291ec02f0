// `whittle check`: do policies hold?

import LeastPrivilege
import Reporting

extension Command {
  /// `check POLICY… LOGS…`.
  static let check = Command(
    "check", summary: "replay recorded use against policies: what would break?",
    synopses: ["POLICY… LOGS… [--principal PATTERN]… [--format F]"],
    examples: [
      Example(
        "would this policy let the role do what it did?",
        "whittle check policy.json cloudtrail-logs/ --principal app"),
      Example(
        "are the policies that Whittle wrote still enough for newer logs?",
        "whittle check policies/ cloudtrail-logs/"),
    ],
    details: [
      "Policies and logs are told apart by content. A directory that `whittle policy --output` wrote is held "
        + "principal by principal to all that its manifest promises; other policies, taken together, have to allow "
        + "what every principal did that --principal asks for.",
      "The exit status is 1 where something would break.",
    ],
    operands: Operands(
      "POLICY… LOGS…", count: 1...Int.max,
      help: "policy documents or directories of `whittle policy --output`, and CloudTrail logs"),
    options: CommandOption.reading + [.format(.text, .json, .ndjson), .output],
    body: .job { arguments throws(CommandError) in CheckJob(arguments) })
}

/// Replays use and tells what would break.
private struct CheckJob: Job {
  let arguments: ParsedArguments

  init(_ arguments: ParsedArguments) { self.arguments = arguments }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let (failures, status) = try CheckReplay(arguments: arguments).run(on: console)
    let report = CheckReport(failures)
    var stream = try OutputStream(arguments.value(.output))
    switch arguments.format() {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    default: report.writeText(to: &stream)
    }
    try stream.finish()
    return status.or(failures.isEmpty ? .done : .answerIsNo)
  }
}
