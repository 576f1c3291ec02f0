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
      .granted, .organization, .includeDenied, .generalize, .regions, .maximumSize, .conditions,
      .attachmentLimit, .keepAttached,
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
  /// `--regions`.
  static let regions = CommandOption(
    "regions", .choice(RegionChoice.allCases.map(\.rawValue)),
    help:
      "name the regions that were used (named, the default), allow every region (all), or make the region a variable of "
      + "the template where its policies name one alone (variable; terraform and cloudformation)")
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

extension CommandOption {
  /// `--keep-attached`.
  static let keepAttached = CommandOption(
    "keep-attached",
    help: "fit the policies beside what is attached today, within the limit; by default they take its place")
}

/// What becomes of the regions in resources.
private enum RegionChoice: String, CaseIterable {
  /// They stay.
  case named
  /// What was used in one is granted in all.
  case all
  /// Templates have a variable for them.
  case variable
}

/// Writes policies.
private struct PolicyJob: Job {
  let reading: ReadingOptions
  let sources: GrantSources
  let options: SynthesisOptions
  let format: OutputFormat
  let namesRegion: Bool
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
    let regions = arguments.value(.regions).flatMap(RegionChoice.init) ?? .named
    options.inAllRegions = regions == .all
    options.keepsAttached = arguments.has(.keepAttached)
    if options.keepsAttached, arguments.values(.granted).isEmpty {
      throw CommandError(
        .conflict, "`--keep-attached` needs `--granted`, which says what is attached",
        hint: "see `whittle policy --help`")
    }
    self.options = options
    format = arguments.format()
    namesRegion = regions == .variable
    if namesRegion, ![.terraform, .cloudformation].contains(format) {
      throw CommandError(
        .conflict, "`--regions variable` needs `--format terraform` or `cloudformation`",
        hint: "a policy in JSON has no variables for regions; `--regions all` allows every region")
    }
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
      directory?.add(
        report, format: format, namesRegion: namesRegion, includesDenied: options.includeDenied)
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
    case .terraform where output == nil:
      PolicyTerraform.render(report.proposals, namesRegion: namesRegion, into: &stream)
    case .cloudformation where output == nil:
      PolicyCloudFormation.render(report.proposals, namesRegion: namesRegion, into: &stream)
    case .cli where output == nil: PolicyCommandScript.renderApply(report.proposals, into: &stream)
    default: report.writeText(to: &stream, isColored: isColored, showsDocuments: output == nil)
    }
  }
}

extension OutputDirectory {
  /// Adds every policy of a report as a file of its own, the files for deployment, and the manifest.
  fileprivate mutating func add(
    _ report: ProposalReport, format: OutputFormat, namesRegion: Bool, includesDenied: Bool
  ) {
    var taken: Set<String> = []
    let files = report.proposals.map { proposal in
      proposal.policies.map { policy in
        let path = OutputDirectory.uniquePath(
          OutputDirectory.stem(of: policy, for: proposal.principal), taken: &taken)
        add(path, policy.document.json(pretty: true) + [UInt8(ascii: "\n")])
        return path
      }
    }
    let others = addDeployment(
      of: report.proposals.filter { !$0.policies.isEmpty }, format: format,
      account: { OutputDirectory.account(of: $0.principal) },
      DeploymentRenderer(
        apply: { PolicyCommandScript.renderApply($0, into: &$1) },
        rollback: { PolicyCommandScript.renderRollback($0, into: &$1) },
        terraform: { PolicyTerraform.render($0, namesRegion: namesRegion, into: &$1) },
        cloudFormation: { PolicyCloudFormation.render($0, namesRegion: namesRegion, into: &$1) }))
    add(
      OutputDirectory.manifestName,
      report.manifest(
        generator: "whittle \(Version.program)", files: files, otherFiles: others,
        includesDenied: includesDenied))
  }

  /// The account of a principal.
  private static func account(of principal: Principal) -> String {
    ARN(principal.identifier)?.account ?? principal.account ?? "unknown"
  }

  /// `ACCOUNT/role|user/NAME/POLICYNAME`.
  private static func stem(of policy: NamedPolicy, for principal: Principal) -> String {
    let name = principal.identifier.split(separator: "/").last.map(String.init) ?? principal.identifier
    let kind = principal.kind == .role ? "role" : "user"
    return [account(of: principal), kind, name, policy.name].map(safeName).joined(separator: "/")
  }
}
