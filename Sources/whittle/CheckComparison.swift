// `whittle check` without logs: does a proposal allow anything new?

import AWSCatalog
import IAM
import JSONStream
import Reporting

extension CommandOption {
  /// `--existing`.
  static let existing = CommandOption(
    "existing", short: "e", .path("FILE"), isRepeatable: true, takesSeveral: true,
    help: "policies in force today")
  /// `--proposed`.
  static let proposed = CommandOption(
    "proposed", short: "n", .path("FILE"), isRepeatable: true, takesSeveral: true,
    help: "policies that shall allow nothing new")
  /// `--pairs`.
  static let pairs = CommandOption(
    "pairs", .path("FILE|-"), help: "pairs of existing and proposed policies, one JSON object a line")
  /// `--policy-type`.
  static let policyType = CommandOption(
    "policy-type", .choice(["identity", "resource"]),
    help: "the kind of the policies; resource by default where a statement names principals")
}

extension PolicyContainment.RequestUniverse {
  /// Every request, with the actions and ARN formats of the Service Authorization Reference.
  static var catalog: PolicyContainment.RequestUniverse {
    let catalog = Catalog.embedded
    return PolicyContainment.RequestUniverse(
      actions: .all(preferred: ActionNames(catalog.actionNames(matching: "*"))),
      resourceColonLimit: { catalog.resourceColonLimit(actions: $0) })
  }
}

/// Compares two sets of files.
struct ComparisonJob: Job {
  let existing: [String]
  let proposed: [String]
  let type: String?
  let output: String?
  let isJSON: Bool

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let existing = try PolicyReading.read(existing)
    let proposed = try PolicyReading.read(proposed)
    let namesPrincipals = (existing + proposed).flatMap(\.statements).contains { $0.principal != nil }
    let isResource = type.map { $0 == "resource" } ?? namesPrincipals
    let containment = PolicyContainment(
      existing: existing, policyType: isResource ? .resource : .identity, universe: .catalog)
    let report = ContainmentReport(failures: containment.failures(of: ApplicablePolicies(identity: proposed)))
    var stream = try OutputStream(output)
    if isJSON {
      report.writeJSON(to: &stream)
    } else {
      report.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
    }
    try stream.finish()
    return report.holds ? .done : .answerIsNo
  }
}

/// Compares the pairs of one input.
struct PairsJob: Job {
  let input: String
  let output: String?
  let isText: Bool

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var lines = try InputLines(input)
    var stream = try OutputStream(output)
    let universe = PolicyContainment.RequestUniverse.catalog
    var failures = 0
    var hasNewAccess = false
    while stream.isOpen, let line = try lines.next() {
      let answer: ContainmentLine
      switch line {
      case .tooLong: answer = ContainmentLine(id: nil, answer: .failed("the line is longer than 64 MiB"))
      case .text(let text, _):
        if text.allSatisfy(\.isJSONWhitespace) { continue }
        answer = compare(text, universe)
      }
      switch answer.answer {
      case .failed: failures += 1
      case .compared(let result): hasNewAccess = hasNewAccess || !result.holds
      }
      if isText {
        answer.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
      } else {
        answer.writeNDJSON(to: &stream)
      }
    }
    try stream.finish()
    if failures > 0 {
      console.warn(
        "\(failures) \(failures == 1 ? "line" : "lines") could not be compared; see `error` in the output")
    }
    let status = failures == 0 ? ExitStatus.done : .damagedInput
    return status.or(hasNewAccess ? .answerIsNo : .done)
  }

  private func compare(_ line: [UInt8], _ universe: PolicyContainment.RequestUniverse) -> ContainmentLine {
    do {
      let pair = try ContainmentPair(json: line)
      let containment = PolicyContainment(
        existing: pair.existing, policyType: pair.policyType, universe: universe)
      return ContainmentLine(id: pair.id, answer: .compared(containment.check(proposed: pair.proposed)))
    } catch {
      return ContainmentLine(id: error.id, answer: .failed(error.message))
    }
  }
}
