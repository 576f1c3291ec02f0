// `whittle check` without logs: does a proposal allow anything new?

import AWSCatalog
import IAM
import JSONStream
import LeastPrivilege
import Reporting
import Usage

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

/// What limits the policies of both sides: the service control policies above the account that has them.
///
/// They bind the principals of the account, so that they say nothing of resource policies, whose callers may be of other accounts.
/// Resource control policies are left out: they bind resources, and those that a policy names may be of any account.
struct ComparisonLimits: Hashable, Sendable {
  /// The values of `--organization`.
  let organization: [String]
  /// The account that has the policies, where an organisation is given.
  let account: String

  /// Takes the options.
  ///
  /// - Parameter arguments: The command line.
  /// - Throws: ``CommandError/Code/conflict`` where an organisation is given without the one account that matters.
  init(_ arguments: ParsedArguments) throws(CommandError) {
    organization = arguments.values(.organization)
    let accounts = arguments.values(.account)
    account = accounts.first ?? ""
    guard !organization.isEmpty else { return }
    guard accounts.count == 1, account.utf8.count == 12,
      account.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else {
      throw CommandError(
        .conflict, "`--organization` needs the account of the policies here: `--account 111122223333`",
        hint: "see `whittle check --help`")
    }
  }

  /// Reads the organisation.
  ///
  /// - Parameter console: Where messages go.
  /// - Returns: The service control policies above the account, `nil` where none are in force, and the status that unusable
  ///   files lead to.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or describes no organisation.
  func read(on console: Console) throws(CommandError) -> (levels: [[PolicyDocument]]?, status: ExitStatus) {
    let (tree, status) = try GrantsReading.readOrganization(organization, accounts: [account], on: console)
    return (tree?.controls(of: account).service, status)
  }
}

extension PolicyContainment {
  /// Compares policies of one kind, within the service control policies above those of identities.
  ///
  /// - Parameters:
  ///   - existing: What is allowed today.
  ///   - type: The kind of the policies.
  ///   - levels: The service control policies, level by level.
  ///   - universe: Which requests are considered.
  init(
    existing: [PolicyDocument], type: PolicyType, within levels: [[PolicyDocument]]?,
    _ universe: RequestUniverse
  ) {
    if type == .identity {
      self.init(
        existing: ApplicablePolicies(identity: existing, serviceControlPolicies: levels), universe: universe)
    } else {
      self.init(existing: existing, policyType: type, universe: universe)
    }
  }
}

/// Compares two sets of files.
struct ComparisonJob: Job {
  let existing: [String]
  let proposed: [String]
  let limits: ComparisonLimits
  let type: String?
  let output: String?
  let isJSON: Bool

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let existing = try PolicyReading.read(existing)
    let proposed = try PolicyReading.read(proposed)
    let namesPrincipals = (existing + proposed).flatMap(\.statements).contains { $0.principal != nil }
    let isResource = type.map { $0 == "resource" } ?? namesPrincipals
    if isResource, !limits.organization.isEmpty {
      throw CommandError(
        .conflict, "`--organization` limits principals, and these are policies of a resource",
        hint: "leave it out; what holds without it holds with it")
    }
    let (levels, status) = try limits.read(on: console)
    let containment = PolicyContainment(
      existing: existing, type: isResource ? .resource : .identity, within: levels, .catalog)
    let report = ContainmentReport(
      failures: containment.failures(
        of: ApplicablePolicies(identity: proposed, serviceControlPolicies: levels)))
    var stream = try OutputStream(output)
    if isJSON {
      report.writeJSON(to: &stream)
    } else {
      report.writeText(to: &stream, isColored: console.colorsOutput && output == nil)
    }
    try stream.finish()
    return status.or(report.holds ? .done : .answerIsNo)
  }
}

/// Compares the pairs of one input.
struct PairsJob: Job {
  let input: String
  let limits: ComparisonLimits
  let output: String?
  let isText: Bool
  /// How many threads compare.
  let jobs: Int

  /// How many lines are compared at a time, and how long they may be together but for the last.
  private static let batchLimit = (lines: 256, bytes: 4 << 20)

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var lines = try InputLines(input)
    var stream = try OutputStream(output)
    let universe = PolicyContainment.RequestUniverse.catalog
    let (levels, organizationStatus) = try limits.read(on: console)
    var failures = 0
    var hasNewAccess = false
    while stream.isOpen {
      let batch = try PairsJob.batch(of: &lines)
      if batch.isEmpty { break }
      for answer in batch.map(jobs: jobs, { PairsJob.answer($0, levels, universe) }) where stream.isOpen {
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
    }
    try stream.finish()
    if failures > 0 {
      console.warn(
        "\(failures) \(failures == 1 ? "line" : "lines") could not be compared; see `error` in the output")
    }
    let status = organizationStatus.or(failures == 0 ? ExitStatus.done : .damagedInput)
    return status.or(hasNewAccess ? .answerIsNo : .done)
  }

  /// The next lines that are not blank; none behind the last.
  private static func batch(of lines: inout InputLines) throws(CommandError) -> [InputLines.Line] {
    var batch: [InputLines.Line] = []
    var bytes = 0
    while batch.count < batchLimit.lines, bytes < batchLimit.bytes, let line = try lines.next() {
      if case .text(let text, _) = line {
        if text.allSatisfy(\.isJSONWhitespace) { continue }
        bytes += text.count
      }
      batch.append(line)
    }
    return batch
  }

  private static func answer(
    _ line: InputLines.Line, _ levels: [[PolicyDocument]]?, _ universe: PolicyContainment.RequestUniverse
  ) -> ContainmentLine {
    guard case .text(let line, _) = line else {
      return ContainmentLine(id: nil, answer: .failed("the line is longer than 64 MiB"))
    }
    do {
      let pair = try ContainmentPair(json: line)
      let containment = PolicyContainment(
        existing: pair.existing, type: pair.policyType, within: levels, universe)
      let proposed = ApplicablePolicies(
        identity: pair.proposed, serviceControlPolicies: pair.policyType == .identity ? levels : nil)
      return ContainmentLine(id: pair.id, answer: .compared(containment.check(proposed: proposed)))
    } catch {
      return ContainmentLine(id: error.id, answer: .failed(error.message))
    }
  }
}
