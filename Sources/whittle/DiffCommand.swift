// `whittle diff`: what is granted but unused, and the edit that removes it.

import IAM
import LeastPrivilege
import Reporting
import Usage

extension Command {
  /// `diff LOGS… --granted FILE…`.
  static let diff = Command(
    "diff", summary: "what is granted but unused, and the edit that removes it",
    synopses: ["LOGS… --granted FILE… [--principal PATTERN]… [--format F] [--output PATH] [--fail-on T]…"],
    examples: [
      Example(
        "what does each principal hold that it never used, and how is it taken out?",
        "whittle diff cloudtrail-logs/ --granted account.json"),
      Example(
        "one role, as Markdown for a pull request",
        "whittle diff cloudtrail-logs/ --granted account.json --principal app --format markdown"),
      Example(
        "trimmed policies as files, with patches and with scripts that carry them out and take them back",
        "whittle diff cloudtrail-logs/ --granted account.json --format cli --output trimmed/"),
      Example(
        "fail a pipeline where somebody holds more than 200 unused actions, or is an administrator in vain",
        "whittle diff cloudtrail-logs/ --granted account.json --fail-on unused-actions=200 --fail-on admin"),
    ],
    details: [
      "`unused` is claimed only where the logs could have shown use. Actions that CloudTrail does not log, or logs "
        + "as data events that these logs do not contain, are `not observable`, and stay in every proposal.",
      "A trimmed policy keeps its order, its Sids, its conditions, its denies and the text of what is not touched. "
        + "It is trimmed to the use of everyone that it reaches, and proved: it allows nothing that the old one "
        + "does not, keeps every recorded use, and stays the same when it is trimmed again. A policy that is a "
        + "permissions boundary too, or is attached to more than the grants show, is left as it is.",
      "With --format terraform, cloudformation or cli, or where PATH is a directory or ends in `/`, --output makes "
        + "a directory: DIR/ACCOUNT/policy/NAME.json and DIR/ACCOUNT/user|role|group/NAME/POLICY.json with a "
        + ".patch beside each, manifest.json, and DIR/ACCOUNT/policies.tf or .yaml, or DIR/apply.sh and "
        + "DIR/rollback.sh. DIR is replaced as a whole, and only where an earlier run wrote it.",
      "With --service or --region there are no proposals: what is left out would look unused. --principal limits the "
        + "answer, never the use that policies are trimmed to.",
      "--fail-on makes the exit status 1, and names who hit the threshold: unused-actions=N (a principal holds more "
        + "than N unused actions), percent=N (more than N % of what these logs can show is unused), admin (an "
        + "administrator that does not use all of it: a statement on every resource and under no condition allows "
        + "everything, or all actions of IAM by which its holder gives itself everything, so that IAMFullAccess counts as "
        + "AdministratorAccess does, and a boundary or control policy that blocks those clears it), "
        + "permissions-management (unused actions that change permissions), ineffective (granted, and blocked for "
        + "certain by a boundary, a control policy or a Deny), ungranted-use (used without an identity policy that grants "
        + "it), unproved (a proposal failed its checks). What is ineffective counts neither as unused nor as observable.",
      "--format ndjson has a line for each principal, proposal and finding, and csv a row; `record` tells which it is.",
      AccessSources.help, GrantsReading.help, GrantsReading.organizationHelp,
    ],
    operands: .logs,
    options: [.granted, .organization, .lastAccessed, .credentialReport, .now, .failOn, .generalize]
      + CommandOption.reading
      + [
        .format(.text, .json, .ndjson, .csv, .markdown, .terraform, .cloudformation, .cli, .sarif), .output,
      ],
    body: .job { arguments throws(CommandError) in try DiffJob(arguments) })
}

extension CommandOption {
  /// `--fail-on`.
  static let failOn = CommandOption(
    "fail-on", .text("T"), isRepeatable: true,
    help: "exit with status 1 where a threshold is hit: \(DiffThreshold.forms)")
}

/// Holds grants against use.
private struct DiffJob: Job {
  let reading: ReadingOptions
  /// Which principals the answer is about.
  ///
  /// The logs are read for all, because a policy is trimmed to the use of all.
  let principals: [String]
  let sources: GrantSources
  let credentials: CredentialSources
  let accesses: AccessSources
  let format: OutputFormat
  let output: String?
  let options: SynthesisOptions
  /// Whether the logs are read for all services and regions, so that policies can be trimmed to them.
  let makesProposals: Bool
  /// Each threshold as it was written.
  let thresholds: [(text: String, threshold: DiffThreshold)]

  init(_ arguments: ParsedArguments) throws(CommandError) {
    var reading = try ReadingOptions(arguments)
    principals = reading.filter.principals
    reading.filter.principals = []
    self.reading = reading
    sources = GrantSources(arguments)
    credentials = CredentialSources(arguments)
    accesses = AccessSources(arguments)
    if sources.granted.isEmpty {
      throw CommandError(
        .badOperand, "`whittle diff` needs `--granted FILE`",
        hint: "make one with `aws iam get-account-authorization-details`")
    }
    format = arguments.format()
    output = arguments.value(.output)
    // What other services and regions use would look unused.
    makesProposals = reading.filter.services.isEmpty && reading.filter.regions.isEmpty
    if !makesProposals, [.terraform, .cloudformation, .cli].contains(format) {
      throw CommandError(
        .badValue, "`--service` and `--region` leave out use that the policies are for",
        hint: "leave them out to get policies")
    }
    var options = SynthesisOptions()
    if let text = arguments.value(.generalize) {
      guard let choice = Generalization(text) else {
        throw CommandError(
          .badValue, "`\(text)` is no value of `--generalize`: none, safe, or a positive number",
          hint: "see `whittle diff --help`")
      }
      options.generalization = choice
    }
    self.options = options
    var thresholds: [(text: String, threshold: DiffThreshold)] = []
    for text in arguments.values(.failOn) {
      guard let threshold = DiffThreshold(text) else {
        throw CommandError(
          .badValue, "`\(text)` is no value of `--fail-on`: \(DiffThreshold.forms)",
          hint: "see `whittle diff --help`")
      }
      thresholds.append((text, threshold))
    }
    self.thresholds = thresholds
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var directory: OutputDirectory? = nil
    if let output, isDirectory(output) { directory = try OutputDirectory(output) }
    let (grants, grantsStatus) = try sources.read(on: console)
    let catalog = try reading.catalog.load()
    let (basis, status) = try reading.read(on: console, catalog: catalog)
    let patterns = PrincipalPatterns(principals)
    let (users, usersStatus) = try credentials.read(on: console)
    let (attempts, attemptsStatus) = try accesses.read(on: console)
    let diff = PolicyDiff(
      ledger: basis.ledger, grants: grants ?? AccountGrants(), where: patterns.match,
      services: reading.filter.services, options: makesProposals ? options : nil, accesses: attempts,
      catalog: catalog)
    if !makesProposals {
      console.note("no proposals: `--service` and `--region` leave out use that policies are for")
    }
    let findings = AccountFindings(
      of: diff, ledger: basis.ledger, grants: grants ?? AccountGrants(),
      comparesAll: principals.isEmpty, readsAll: reading.filter.services.isEmpty, credentials: users,
      accesses: attempts, now: credentials.now?.instant(newest: basis.ledger.events.lastSeen),
      catalog: catalog)
    let report = DiffReport(diff, basis: basis, findings: findings)
    if [.terraform, .cloudformation, .cli].contains(format) {
      for (name, reason) in ProposedChange.undeployable(diff) {
        console.warn("`\(name)` is left out: \(reason)")
      }
    }
    let isTree = directory != nil
    if isTree {
      directory?.add(report, format: format)
      try directory?.finish()
    }
    var stream = try OutputStream(isTree ? nil : output)
    switch format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    case .csv: report.writeCSV(to: &stream)
    case .markdown: report.writeMarkdown(to: &stream)
    case .sarif: report.writeSARIF(to: &stream, version: Version.program)
    case .terraform where !isTree: TrimTerraform.render(diff.trims, diff.replacements, into: &stream)
    case .cloudformation where !isTree:
      TrimCloudFormation.render(diff.trims, diff.replacements, into: &stream)
    case .cli where !isTree: TrimScript.renderApply(diff.trims, diff.replacements, into: &stream)
    default: report.writeText(to: &stream, isColored: console.colorsOutput && (output == nil || isTree))
    }
    try stream.finish()
    return status.or(grantsStatus).or(usersStatus).or(attemptsStatus).or(answer(diff, on: console))
  }

  /// Whether a path is to be a directory of files.
  private func isDirectory(_ path: String) -> Bool {
    [.terraform, .cloudformation, .cli].contains(format) || path.hasSuffix("/")
      || FileSystem.isDirectory(path)
  }

  /// Tells what hits a threshold.
  private func answer(_ diff: PolicyDiff, on console: Console) -> ExitStatus {
    var status = ExitStatus.done
    for (text, threshold) in thresholds {
      for hit in diff.hits(of: threshold) {
        console.warn("\(hit) (--fail-on \(text))")
        status = .answerIsNo
      }
    }
    return status
  }
}

/// A change that files are written for.
private enum ProposedChange {
  case trim(PolicyTrim)
  case replacement(ManagedReplacement)

  /// The account that it is for.
  var account: String {
    switch self {
    case .trim(let trim): trim.subject.account
    case .replacement(let replacement): replacement.subject.account
    }
  }

  /// Whether IAM could have such an identity and such a policy.
  var isDeployable: Bool {
    switch self {
    case .trim(let trim): trim.isDeployable
    case .replacement(let replacement): replacement.isDeployable
    }
  }

  /// The ARN of the policy, or of what holds it; the name of a document by itself.
  private var subject: String {
    switch self {
    case .trim(let trim): trim.subject.isBare ? trim.subject.name : trim.subject.arn
    case .replacement(let replacement): replacement.subject.holder ?? replacement.subject.arn
    }
  }

  /// The changes that a comparison proposes.
  static func all(_ diff: PolicyDiff) -> [ProposedChange] {
    diff.trims.filter(\.isChange).map(ProposedChange.trim)
      + diff.replacements.filter { $0.proposal != nil }.map(ProposedChange.replacement)
  }

  /// Why scripts and templates leave it out.
  private var obstacle: String {
    if case .trim(let trim) = self, trim.subject.isBare {
      return "it is a document by itself, and no policy that an account is known to have"
    }
    return "IAM allows no such identity or policy, so the grants are wrong"
  }

  /// What scripts and templates leave out, and why, sorted.
  static func undeployable(_ diff: PolicyDiff) -> [(name: String, reason: String)] {
    let left = all(diff).filter { !$0.isDeployable }
    return Dictionary(left.map { ($0.subject, $0.obstacle) }, uniquingKeysWith: { first, _ in first })
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The parts of changes that renderers tell apart.
  static func parts(_ changes: [ProposedChange]) -> (trims: [PolicyTrim], replacements: [ManagedReplacement])
  {
    (
      changes.compactMap { if case .trim(let trim) = $0 { trim } else { nil } },
      changes.compactMap { if case .replacement(let replacement) = $0 { replacement } else { nil } }
    )
  }

  /// A rendering of changes, made of one of their parts.
  static func rendering(
    _ write: @escaping ([PolicyTrim], [ManagedReplacement], inout [UInt8]) -> Void
  ) -> DeploymentRenderer<ProposedChange>.Rendering {
    { changes, bytes in
      let (trims, replacements) = parts(changes)
      write(trims, replacements, &bytes)
    }
  }
}

extension OutputDirectory {
  /// Adds every changed policy as a file of its own with its patch, the files for deployment, and the manifest.
  fileprivate mutating func add(_ report: DiffReport, format: OutputFormat) {
    var taken: Set<String> = []
    var files: [String: String] = [:]
    var others: [String] = []
    func newPath(_ parts: [String]) -> String {
      OutputDirectory.uniquePath(
        parts.map(OutputDirectory.safeName).joined(separator: "/"), taken: &taken)
    }
    func render(_ path: String, _ bytes: [UInt8]) {
      others.append(path)
      add(path, bytes)
    }
    let changes = ProposedChange.all(report.diff)
    let (trims, replacements) = ProposedChange.parts(changes)
    for trim in trims {
      let path = newPath(trim.subject.pathParts)
      files["\(trim.subject.arn) \(trim.subject.name)"] = path
      if let after = trim.after { render(path, after + (after.last == 0x0A ? [] : [0x0A])) }
      render("\(path).patch", trim.patch(path: path))
    }
    for replacement in replacements {
      guard let option = replacement.proposal, let arn = option.arn, let document = option.document else {
        continue
      }
      let path = newPath([replacement.subject.account, "policy", option.name])
      files["\(arn) \(option.name)"] = path
      render(path, document.json(pretty: true) + [0x0A])
    }
    others += addDeployment(
      of: changes.filter(\.isDeployable), format: format, account: \.account,
      DeploymentRenderer(
        apply: ProposedChange.rendering { TrimScript.renderApply($0, $1, into: &$2) },
        rollback: ProposedChange.rendering { TrimScript.renderRollback($0, $1, into: &$2) },
        terraform: ProposedChange.rendering { TrimTerraform.render($0, $1, into: &$2) },
        cloudFormation: ProposedChange.rendering { TrimCloudFormation.render($0, $1, into: &$2) },
        cloudFormationImport: ProposedChange.rendering { trims, _, bytes in
          TrimCloudFormation.renderImport(trims, into: &bytes)
        }))
    add(
      OutputDirectory.manifestName,
      report.manifest(generator: "whittle \(Version.program)", files: files, all: others))
  }
}
