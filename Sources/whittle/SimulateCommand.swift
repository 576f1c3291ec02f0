// `whittle simulate`: decides requests against policies, one JSON object a line each way.

import IAM
import JSONStream
import Reporting

extension Command {
  /// `simulate FILE|-`.
  static let simulate = Command(
    "simulate", summary: "decide requests against policies, and say why",
    synopses: ["FILE|- [--explain] [--format F]"],
    examples: [
      Example("decide every request of a file", "whittle simulate requests.jsonl"),
      Example("why is this one refused?", "whittle simulate request.json --explain --format text"),
      Example(
        "how many of the requests are allowed?",
        "whittle simulate - < requests.jsonl | jq -r .decision | sort | uniq -c"),
    ],
    details: [
      "Each line of the input is one JSON object: `id`, `principal` (`arn`, `type`, `account`), `action`, `resource` "
        + "(`arn`, `account`), `context`, and the policies that apply: `identityPolicies`, `permissionBoundary`, "
        + "`sessionPolicies`, `scps` and `rcps` (lists of levels, from root to account), `resourcePolicy`, "
        + "`vpcEndpointPolicies`. `null` means that no such policy applies. Other members are ignored. Nothing is "
        + "added to `context`: a key that is absent is absent.",
      "Each line that is not blank is answered by one line, in order: `decision` is `allowed`, `explicitDeny` or "
        + "`implicitDeny`, or null where `error` says why the line could not be decided; such lines make the exit "
        + "status 3.",
    ],
    operands: Operands(
      "FILE|-", count: 1...1, help: "requests, one JSON object a line; `-` for standard input"),
    options: [.explain, .format(.ndjson, .text), .output],
    body: .job { arguments in SimulateJob(arguments) })
}

extension CommandOption {
  /// `--explain`.
  static let explain = CommandOption(
    "explain", short: "e", help: "say of every statement whether it applies, and of the others why not")
}

/// Decides the requests of one input.
private struct SimulateJob: Job {
  let input: String
  let output: String?
  let format: OutputFormat
  let explains: Bool

  init(_ arguments: ParsedArguments) {
    input = arguments.operands.first ?? "-"
    output = arguments.value(.output)
    format = arguments.format(otherwise: .ndjson)
    explains = arguments.has(.explain)
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var lines = try InputLines(input)
    var stream = try OutputStream(output)
    var failures = 0
    while stream.isOpen, let line = try lines.next() {
      let answer: SimulationLine
      switch line {
      case .tooLong: answer = SimulationLine(id: nil, answer: .failed("the line is longer than 64 MiB"))
      case .text(let text, _):
        if text.allSatisfy(\.isJSONWhitespace) { continue }
        answer = decide(text)
      }
      if case .failed = answer.answer { failures += 1 }
      if format == .text {
        answer.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
      } else {
        answer.writeNDJSON(to: &stream)
      }
    }
    try stream.finish()
    if failures > 0 {
      console.warn(
        "\(failures) \(failures == 1 ? "line" : "lines") could not be decided; see `error` in the output")
    }
    return failures == 0 ? .done : .damagedInput
  }

  private func decide(_ line: [UInt8]) -> SimulationLine {
    do {
      let input = try SimulationRequest(json: line)
      let evaluator = PolicyEvaluator(input.policies)
      return SimulationLine(
        id: input.id,
        answer: .decided(
          evaluator.decide(input.request), statements: explains ? evaluator.explain(input.request) : nil))
    } catch {
      return SimulationLine(id: error.id, answer: .failed(error.message))
    }
  }
}
