// `whittle policy`: the smallest policies that cover the recorded use.

import CloudTrail
import IAM
import LeastPrivilege
import Reporting

extension Command {
  /// `policy LOGS… [--granted FILE]…`.
  static let policy = Command(
    "policy", summary: "smallest policies that cover the recorded use",
    synopses: ["LOGS… [--granted FILE]… [--output DIR] [--format F]"],
    examples: [
      Example("policies for everyone in the logs", "whittle policy cloudtrail-logs/"),
      Example(
        "nothing beyond what is granted today, a file for each policy",
        "whittle policy cloudtrail-logs/ --granted account.json --output policies/"),
      Example(
        "Terraform for one role, every resource by its own name",
        "whittle policy cloudtrail-logs/ --principal app --generalize none --format terraform"),
    ],
    details: [
      "What is printed is proved first, by code that is not the synthesiser's: the policies allow every recorded "
        + "use; with --granted they allow nothing that is not granted today; nothing can be taken out of them but "
        + "what is listed; they keep IAM's quotas. A proof that fails is shown, and makes the exit status 1.",
      "With --output DIR each policy is a file of its own, DIR/ACCOUNT/role|user/NAME/POLICYNAME.json, beside a "
        + "manifest.json with proofs and evidence, and the files of a format for deployment: "
        + "DIR/ACCOUNT/policies.tf or .yaml, or DIR/apply.sh and DIR/rollback.sh. DIR is replaced as a whole, and "
        + "only where an earlier run wrote it. Standard output then has the answer in text, json, ndjson or "
        + "markdown. Without --output, --format cli prints the apply script.",
      "Denied attempts are listed and not granted, unless --include-denied is given.",
      GrantsReading.help, GrantsReading.organizationHelp,
    ],
    operands: .logs,
    options: [
      .granted, .organization, .includeDenied, .generalize, .maximumSize, .conditions, .attachmentLimit,
    ]
      + CommandOption.reading + [
        .format(.text, .json, .ndjson, .markdown, .terraform, .cloudformation, .cli), .outputDirectory,
      ],
    body: .job { arguments throws(CommandError) in try PolicyJob(arguments) })
}

extension CommandOption {
  /// `--output` of commands that write many files.
  static let outputDirectory = CommandOption(
    "output", short: "o", .path("DIR"), help: "directory to write the policies to, a file each")
  /// `--include-denied`.
  static let includeDenied = CommandOption(
    "include-denied", help: "grant also what was attempted and refused")
  /// `--generalize`.
  static let generalize = CommandOption(
    "generalize", .text("none|safe|N"),
    help:
      "name every resource (none), make patterns of names that change from call to call (safe, the default), "
      + "or of any family of more than N resources")
  /// `--max-size`.
  static let maximumSize = CommandOption(
    "max-size", .number("N", 256...6144), help: "most characters of a policy; IAM's quota, 6144, by default")
  /// `--conditions`.
  static let conditions = CommandOption(
    "conditions", .choice(EvidenceCondition.allCases.map(\.rawValue)), isRepeatable: true,
    help:
      "demand what all of the evidence has: \(EvidenceCondition.allCases.map(\.rawValue).joined(separator: ", "))"
  )
  /// `--attachment-limit`.
  static let attachmentLimit = CommandOption(
    "attachment-limit", .number("N", 1...20),
    help: "managed policies that one principal may have attached; 10 unless the quota was raised")
}

/// Writes policies.
private struct PolicyJob: Job {
  let reading: ReadingOptions
  let sources: GrantSources
  let options: SynthesisOptions
  let format: OutputFormat
  let output: String?

  init(_ arguments: ParsedArguments) throws(CommandError) {
    reading = try ReadingOptions(arguments)
    sources = GrantSources(arguments)
    var options = SynthesisOptions(
      includeDenied: arguments.has(.includeDenied), maximumSize: arguments.number(.maximumSize) ?? 6144,
      conditions: Set(arguments.values(.conditions).compactMap(EvidenceCondition.init)),
      attachmentLimit: arguments.number(.attachmentLimit) ?? 10)
    if let text = arguments.value(.generalize) {
      guard let choice = Generalization(text) else {
        throw CommandError(
          .badValue, "`\(text)` is no value of `--generalize`: none, safe, or a positive number",
          hint: "see `whittle policy --help`")
      }
      options.generalization = choice
    }
    self.options = options
    format = arguments.format()
    output = arguments.value(.outputDirectory)
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    var directory: OutputDirectory? = nil
    if let output { directory = try OutputDirectory(output) }
    let (grants, grantsStatus) = try sources.read(on: console)
    let catalog = try reading.catalog.load()
    let (basis, status) = try reading.read(on: console, catalog: catalog)
    for problem in grants?.problems ?? [] {
      console.warn("`\(problem.file)`: \(problem.subject): \(problem.message)")
    }
    let proposals = PolicySynthesizer(options: options, catalog: catalog)
      .proposals(for: basis.ledger, grants: grants, jobs: reading.jobs)
    warnOfUnmetConditions(proposals, on: console)
    let report = ProposalReport(proposals, basis: basis)
    if [.terraform, .cloudformation, .cli].contains(format) {
      for name in report.undeployable {
        console.warn("`\(name)` is left out: IAM allows no such name, so the log is wrong or forged")
      }
    }
    if directory != nil {
      directory?.add(report, format: format, includesDenied: options.includeDenied)
      try directory?.finish()
    }
    var stream = try OutputStream(nil)
    write(report, to: &stream, isColored: console.colorsOutput)
    try stream.finish()
    let holds = proposals.allSatisfy { $0.verification.holds }
    return status.or(grantsStatus).or(holds ? .done : .answerIsNo)
  }

  /// Tells which of the conditions asked for the evidence supports nowhere.
  private func warnOfUnmetConditions(_ proposals: [PrincipalProposal], on console: Console) {
    let demanded = Set(
      proposals.flatMap(\.policies).flatMap(\.document.statements).flatMap(\.conditions).map(\.key))
    for wanted in EvidenceCondition.allCases
    where options.conditions.contains(wanted) && !demanded.contains(wanted.conditionKey) {
      console.warn(
        "`--conditions \(wanted.rawValue)` demands nothing: the logs show no use with one `\(wanted.conditionKey)`"
          + " in every call")
    }
  }

  private func write(_ report: ProposalReport, to stream: inout OutputStream, isColored: Bool) {
    switch format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    case .markdown: report.writeMarkdown(to: &stream)
    case .terraform where output == nil: PolicyTerraform.render(report.proposals, into: &stream)
    case .cloudformation where output == nil: PolicyCloudFormation.render(report.proposals, into: &stream)
    case .cli where output == nil: PolicyCommandScript.renderApply(report.proposals, into: &stream)
    default: report.writeText(to: &stream, isColored: isColored, showsDocuments: output == nil)
    }
  }
}

extension OutputDirectory {
  /// Adds every policy of a report as a file of its own, the files for deployment, and the manifest.
  fileprivate mutating func add(_ report: ProposalReport, format: OutputFormat, includesDenied: Bool) {
    var taken: Set<String> = []
    let files = report.proposals.map { proposal in
      proposal.policies.map { policy in
        let path = OutputDirectory.path(of: policy, for: proposal.principal, taken: &taken)
        add(path, policy.document.json(pretty: true) + [UInt8(ascii: "\n")])
        return path
      }
    }
    var others: [String] = []
    func render(_ path: String, isExecutable: Bool = false, _ bytes: [UInt8]) {
      others.append(path)
      add(path, bytes, isExecutable: isExecutable)
    }
    if format == .cli {
      var apply: [UInt8] = []
      var rollback: [UInt8] = []
      PolicyCommandScript.renderApply(report.proposals, into: &apply)
      PolicyCommandScript.renderRollback(report.proposals, into: &rollback)
      render("apply.sh", isExecutable: true, apply)
      render("rollback.sh", isExecutable: true, rollback)
    }
    let accounts = Dictionary(grouping: report.proposals) { OutputDirectory.account(of: $0.principal) }
    for (account, proposals) in accounts.sorted(by: { $0.key < $1.key }) {
      guard proposals.contains(where: { !$0.policies.isEmpty }) else { continue }
      var bytes: [UInt8] = []
      if format == .terraform {
        PolicyTerraform.render(proposals, into: &bytes)
        render("\(account)/policies.tf", bytes)
      } else if format == .cloudformation {
        PolicyCloudFormation.render(proposals, into: &bytes)
        render("\(account)/policies.yaml", bytes)
      }
    }
    add(
      OutputDirectory.manifestName,
      report.manifest(
        generator: "whittle \(Version.program)", files: files, otherFiles: others,
        includesDenied: includesDenied))
  }

  /// The directory of a principal's account.
  private static func account(of principal: Principal) -> String {
    safeName(ARN(principal.identifier)?.account ?? principal.account ?? "unknown")
  }

  /// `ACCOUNT/role|user/NAME/POLICYNAME.json`, with a number where hostile names would share a file.
  private static func path(
    of policy: NamedPolicy, for principal: Principal, taken: inout Set<String>
  ) -> String {
    let name = principal.identifier.split(separator: "/").last.map(String.init) ?? principal.identifier
    let kind = principal.kind == .role ? "role" : "user"
    let stem = "\(account(of: principal))/\(kind)/\(safeName(name))/\(safeName(policy.name))"
    var path = "\(stem).json"
    var number = 2
    // File systems may fold case; IAM's names are unique without regard to it.
    while !taken.insert(path.lowercased()).inserted {
      path = "\(stem)~\(number).json"
      number += 1
    }
    return path
  }
}
