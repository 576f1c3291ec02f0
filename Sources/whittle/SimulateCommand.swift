// `whittle simulate`: decides requests against policies, one JSON object a line each way.

import CloudTrail
import IAM
import JSONStream
import LeastPrivilege
import Reporting

extension Command {
  /// `simulate FILE|-`.
  static let simulate = Command(
    "simulate", summary: "decide requests against policies, and say why",
    synopses: ["FILE|- [--granted FILE]… [--organization FILE]… [--explain] [--format F]"],
    examples: [
      Example("decide every request of a file", "whittle simulate requests.jsonl"),
      Example("why is this one refused?", "whittle simulate request.json --explain --format text"),
      Example(
        "decide requests by what an account grants", "whittle simulate requests.jsonl --granted account.json"),
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
      "With --granted, identity-based policies, permissions boundary and, for sts:AssumeRole, the role's trust policy "
        + "are taken from the account where a line does not have the member at all. With --organization, `scps` are those above the "
        + "caller's account and `rcps` those above the resource's, in the same way.",
      GrantsReading.organizationHelp,
    ],
    operands: Operands(
      "FILE|-", count: 1...1, help: "requests, one JSON object a line; `-` for standard input"),
    options: [.granted, .organization, .explain, .format(.ndjson, .text), .output],
    body: .job { arguments throws(CommandError) in try SimulateJob(arguments) })
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
  let granted: [String]
  let organization: [String]
  let format: OutputFormat
  let explains: Bool

  init(_ arguments: ParsedArguments) throws(CommandError) {
    input = arguments.operands.first ?? "-"
    output = arguments.value(.output)
    granted = arguments.values(.granted)
    organization = arguments.values(.organization)
    format = arguments.format(otherwise: .ndjson)
    explains = arguments.has(.explain)
    if (granted + organization + [input]).count(where: { $0 == "-" }) > 1 {
      throw CommandError(
        .conflict, "only one of requests, grants and organisation can come from standard input")
    }
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let (grants, grantsStatus) = try GrantsReading.read(granted, on: console)
    let (tree, treeStatus) = try GrantsReading.readOrganization(
      organization, accounts: grants?.accounts ?? [], on: console)
    let status = grantsStatus.or(treeStatus)
    var decider = RequestDecider(grants: grants, organization: tree, explains: explains)
    var lines = try InputLines(input)
    var stream = try OutputStream(output)
    var failures = 0
    while stream.isOpen, let line = try lines.next() {
      let answer: SimulationLine
      switch line {
      case .tooLong: answer = SimulationLine(id: nil, answer: .failed("the line is longer than 64 MiB"))
      case .text(let text, _):
        if text.allSatisfy(\.isJSONWhitespace) { continue }
        answer = decider.decide(text)
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
    return failures == 0 ? status : status.or(.damagedInput)
  }
}

/// Decides requests line by line, by their own policies and those of an account.
private struct RequestDecider {
  let grants: AccountGrants?
  let organization: Organization?
  let explains: Bool
  /// Evaluators of callers whose requests bring no policies of their own; as many as the account has principals.
  private var evaluators: [Caller: PolicyEvaluator] = [:]

  /// What decides which policies apply to a request that brings none.
  private struct Caller: Hashable {
    var principal: RequestPrincipal
    var resourceAccount: String?
  }

  init(grants: AccountGrants?, organization: Organization?, explains: Bool) {
    self.grants = grants
    self.organization = organization
    self.explains = explains
  }

  mutating func decide(_ line: [UInt8]) -> SimulationLine {
    do throws(SimulationError) {
      let input = try SimulationRequest(json: line)
      let evaluator = try evaluator(for: input)
      return SimulationLine(
        id: input.id,
        answer: .decided(
          evaluator.decide(input.request), statements: explains ? evaluator.explain(input.request) : nil))
    } catch {
      return SimulationLine(id: error.id, answer: .failed(error.message))
    }
  }

  private mutating func evaluator(for input: SimulationRequest) throws(SimulationError) -> PolicyEvaluator {
    let granted: Set<PolicyLayer> = grants == nil ? [] : [.identity, .permissionBoundary, .resource]
    let governed: Set<PolicyLayer> =
      organization == nil ? [] : [.serviceControlPolicy, .resourceControlPolicy]
    guard !input.absentLayers.isDisjoint(with: granted.union(governed)) else {
      return PolicyEvaluator(input.policies)
    }
    var others = ApplicablePolicies(identity: [])
    let trust = input.absentLayers.contains(.resource) ? trustPolicy(for: input.request) : nil
    let bringsNone = trust == nil && input.absentLayers.count == PolicyLayer.allCases.count
    let caller = Caller(principal: input.request.principal, resourceAccount: input.request.resourceAccount)
    if bringsNone, let evaluator = evaluators[caller] { return evaluator }
    others.resourcePolicy = trust
    if let grants, let principal = Principal(input.request.principal), input.absentLayers.contains(.identity)
    {
      guard let grant = grants.grant(of: principal) else {
        throw SimulationError(
          id: input.id, message: "the grants do not have `\(principal.identifier)`; give `identityPolicies`")
      }
      guard grant.missing.isEmpty else {
        let names = grant.missing.map { "`\($0)`" }.joined(separator: ", ")
        throw SimulationError(
          id: input.id, message: "the grants do not say what \(names) of `\(principal.identifier)` holds")
      }
      others.identity = grant.applicable.identity
      others.permissionBoundary = grant.applicable.permissionBoundary
    }
    if let organization {
      let request = input.request
      let account = request.principal.account ?? request.principal.arn.flatMap { ARN($0)?.account }
      others.serviceControlPolicies = account.flatMap { organization.controls(of: $0).service }
      others.resourceControlPolicies = (request.resourceAccount ?? account).flatMap {
        organization.controls(of: $0).resource
      }
    }
    let evaluator = PolicyEvaluator(input.policies(completedBy: others))
    if bringsNone { evaluators[caller] = evaluator }
    return evaluator
  }

  /// The trust policy of the role that a request wants to assume.
  private func trustPolicy(for request: AccessRequest) -> PolicyDocument? {
    guard let grants, request.action.description.lowercased().hasPrefix("sts:assumerole"),
      let arn = request.resource.arn
    else {
      return nil
    }
    return grants.identities[arn]?.trustPolicy
  }
}

extension AccessRequest {
  /// The account that owns the resource, where the request tells.
  fileprivate var resourceAccount: String? {
    resource.account ?? resource.arn.flatMap { ARN($0)?.account }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension Principal {
  /// The user or role whose policies a caller of a simulated request has; `nil` for other callers.
  fileprivate init?(_ caller: RequestPrincipal) {
    guard let text = caller.arn, let arn = ARN(text) else { return nil }
    switch caller.kind {
    case .user: self.init(kind: .user, identifier: text, account: arn.account)
    case .role: self.init(kind: .role, identifier: text, account: arn.account)
    case .assumedRole:
      let path = arn.resource.split(separator: "/")
      guard path.count > 1 else { return nil }
      let role = "arn:\(arn.partition):iam::\(arn.account):role/\(path[1])"
      self.init(kind: .role, identifier: role, account: arn.account)
    case .federatedUser, .root, .service, .anonymous, .other: return nil
    }
  }
}
