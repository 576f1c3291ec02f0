// `whittle check`: do policies still allow what is used, and do they allow anything new?

import LeastPrivilege
import Reporting

extension Command {
  /// `check POLICY… LOGS…`, `check --existing FILE… --proposed FILE…` and `check --pairs FILE|-`.
  static let check = Command(
    "check", summary: "what would policies break, and do they allow anything new?",
    synopses: [
      "POLICY… LOGS… [--granted FILE]… [--organization FILE]… [--principal PATTERN]… [--format F]",
      "--existing FILE… --proposed FILE… [--policy-type T] [--organization FILE]… [--format F]",
      "--pairs FILE|- [--organization FILE]… [--format F]",
    ],
    examples: [
      Example(
        "would this policy let the role do what it did?",
        "whittle check policy.json cloudtrail-logs/ --principal app"),
      Example(
        "are the policies that Whittle wrote still enough for newer logs?",
        "whittle check policies/ cloudtrail-logs/"),
      Example(
        "may this change be merged?", "whittle check --existing main/app.json --proposed branch/app.json"),
      Example(
        "is one policy within the union of others?",
        "whittle check --existing base.json extra.json --proposed smaller.json"),
      Example(
        "which of many proposals allow something new?",
        "whittle check --pairs pairs.jsonl | jq -r 'select(.holds | not) | .id'"),
    ],
    details: [
      "Policies and logs are told apart by content. A directory that `whittle policy --output` wrote is held "
        + "principal by principal to all that its manifest promises; other policies, taken together, have to allow "
        + "what every principal did that --principal asks for. With --organization the policies count only as far as the "
        + "service control policies above the principal's account let them.",
      "Policies that were made with --granted carry conditions of the current grant, and logs do not tell whether these "
        + "were met. With the same --granted, a use is replayed under the conditions that the grant allows it under, and "
        + "the policies may allow nothing that is not granted today.",
      GrantsReading.help, GrantsReading.organizationHelp,
      "Whether proposed policies allow anything new is answered exactly over patterns of actions and resources, with "
        + "NotAction, NotResource and Deny, and over conditions wherever these can be compared. What is new is shown by "
        + "a request that the proposed policies allow and the existing ones do not, confirmed by the engine of `whittle "
        + "simulate`. Where a comparison cannot be decided, the answer is no, and says so. A file is a policy, a list of "
        + "policies, or the output of an AWS CLI command that has one, such as `aws iam get-policy-version`.",
      "With --organization and --account, only what the service control policies above that account let through counts as new "
        + "access of an identity policy. Resource control policies do not count here: they bind resources, and those that a "
        + "policy names may be of other accounts. Resource policies are compared without either, which errs on the safe side.",
      "Each line of --pairs is one JSON object: `id`, `policyType` (`IDENTITY_POLICY` or `RESOURCE_POLICY`), `existing` "
        + "and `proposed` (a policy, or a list of policies). Other members are ignored. Each line that is not blank is "
        + "answered by one line, in order: `holds`, `witness` (`principal`, `action`, `resource`, `context`), "
        + "`conservative`, `explanation`, `error`.",
      "The exit status is 1 where something would break, is new or may be new.",
    ],
    operands: Operands(
      "POLICY… LOGS…", count: 0...Int.max,
      help: "policy documents or directories of `whittle policy --output`, and CloudTrail logs"),
    options: [.granted, .organization, .existing, .proposed, .policyType, .pairs] + CommandOption.reading
      + [.format(.text, .json, .ndjson), .output],
    body: .job { (arguments) throws(CommandError) in try CheckJobs.make(arguments) })
}

/// Chooses the form of the command.
private enum CheckJobs {
  static func make(_ arguments: ParsedArguments) throws(CommandError) -> any Job {
    let existing = arguments.values(.existing)
    let proposed = arguments.values(.proposed)
    let format: OutputFormat? = arguments.choice(.format(.text, .json, .ndjson))
    if let operand = arguments.operands.first, arguments.has(.pairs) || !existing.isEmpty || !proposed.isEmpty
    {
      throw CommandError(.badOperand, "unexpected operand `\(operand)`", hint: "see `whittle check --help`")
    }
    if let pairs = arguments.value(.pairs) {
      guard existing.isEmpty, proposed.isEmpty, !arguments.has(.policyType) else {
        throw CommandError(
          .conflict, "`--pairs` cannot be combined with `--existing`, `--proposed` or `--policy-type`",
          hint: "each line of the pairs names its policies and their `policyType`")
      }
      return PairsJob(
        input: pairs, limits: try ComparisonLimits(arguments), output: arguments.value(.output),
        isText: format == .text,
        jobs: ReadingOptions.jobs(arguments))
    }
    if existing.isEmpty, proposed.isEmpty {
      guard !arguments.operands.isEmpty, !arguments.has(.policyType) else {
        throw CommandError(
          .badOperand, "`whittle check` needs POLICY… LOGS…, `--existing` and `--proposed`, or `--pairs`",
          hint: "see `whittle check --help`")
      }
      return CheckJob(arguments)
    }
    guard !existing.isEmpty, !proposed.isEmpty else {
      throw CommandError(
        .conflict, "`--existing` and `--proposed` need each other", hint: "see `whittle check --help`")
    }
    if format == .ndjson {
      throw CommandError(.conflict, "`--format ndjson` needs `--pairs`", hint: "use `--format json`")
    }
    return ComparisonJob(
      existing: existing, proposed: proposed, limits: try ComparisonLimits(arguments),
      type: arguments.value(.policyType),
      output: arguments.value(.output), isJSON: format == .json)
  }
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
