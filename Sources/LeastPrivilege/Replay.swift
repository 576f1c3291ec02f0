// Replays recorded uses against policies.
//
// A use is replayed under what the log proves of its context. Where the current grant allows the use only under
// conditions on keys that logs do not tell, nobody knows the values; then each statement of the grant that may have
// allowed the use makes a *scenario* of its own, in which its conditions hold and nothing else is known. The
// policies pass if they allow the use in every scenario: they then allow it wherever the grant did.

import CloudTrail
import IAM
import Usage

/// One way in which a use may have been made.
struct Scenario {
  /// The use, as an index.
  var use: Int
  /// The request.
  var request: AccessRequest
  /// Conditions that are taken to hold, though the log does not tell; `nil` where what the log tells is enough.
  var assumed: [Condition]?
}

/// Decides scenarios by some policies; scenarios in which the same statements apply share an evaluator.
struct ScenarioJudge {
  /// The policies.
  let documents: [PolicyDocument]
  /// The statements of the current grant, without their ids.
  let granted: Set<Statement>
  /// The control policies above the account.
  var controls: ControlPolicies? = nil

  /// What decides which statements apply in a scenario.
  private struct Key: Hashable {
    var assumed: [Condition]?
    var knownKeys: [String]
  }

  private var evaluators: [Key: PolicyEvaluator] = [:]

  /// Creates a judge.
  ///
  /// - Parameters:
  ///   - documents: The policies.
  ///   - granted: The statements of the current grant, without their ids.
  ///   - controls: The control policies above the account.
  init(_ documents: [PolicyDocument], granted: Set<Statement>, controls: ControlPolicies? = nil) {
    self.documents = documents
    self.granted = granted
    self.controls = controls
  }

  /// The evaluator for a scenario.
  ///
  /// - Parameter scenario: The scenario.
  /// - Returns: An evaluator of the policies with what the scenario assumes.
  mutating func evaluator(for scenario: Scenario) -> PolicyEvaluator {
    let known = scenario.request.context
    let isPlain = scenario.assumed == nil && controls?.service == nil
    let key = Key(assumed: scenario.assumed, knownKeys: isPlain ? [] : known.keys)
    if let evaluator = evaluators[key] { return evaluator }
    var identity = documents
    if let assumed = scenario.assumed {
      identity = documents.map { Replay.assuming(assumed, in: $0, known: known, granted: granted) }
    }
    let levels = controls?.service.map { levels in
      levels.map { $0.map { Replay.certain($0, known: known) } }
    }
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: identity, serviceControlPolicies: levels))
    evaluators[key] = evaluator
    return evaluator
  }
}

/// The outcome of replaying uses.
struct Replay {
  /// All scenarios of all uses.
  private(set) var scenarios: [Scenario] = []
  /// The uses that are not allowed, sorted as the uses are.
  private(set) var failures: [VerificationFailure] = []

  /// Replays uses.
  ///
  /// - Parameter subject: The policies and uses.
  init(_ subject: PolicyVerifier.Subject) {
    let statements = (subject.grant?.policies ?? []).flatMap { policy in
      policy.document.statements.map { GrantedStatement($0, version: policy.document.version) }
    }
    let grantEvaluator = subject.grant.map { PolicyEvaluator($0.applicable) }
    var judge = ScenarioJudge(
      subject.policies.map(\.document), granted: Set(statements.map(\.statement)),
      controls: subject.controls)
    for (index, use) in subject.uses.enumerated() {
      let request = Self.request(for: use, by: subject.principal)
      var ways = [Scenario(use: index, request: request, assumed: nil)]
      if let grantEvaluator, !grantEvaluator.allows(request) {
        let conditional = statements.flatMap { $0.scenarios(of: use, index, request) }
        if !conditional.isEmpty { ways = conditional }
      }
      for scenario in ways {
        let evaluator = judge.evaluator(for: scenario)
        scenarios.append(scenario)
        guard !evaluator.allows(scenario.request) else { continue }
        failures.append(
          VerificationFailure(
            kind: .wouldBeDenied, principal: subject.principal.identifier, action: use.action,
            resource: scenario.request.resource.arn ?? "*",
            context: Dictionary(use.context.map { ($0.key, $0.value) }) { $1 },
            explanation: evaluator.decide(scenario.request).reason))
        break
      }
    }
  }

  /// The request that a use was.
  ///
  /// The resource is taken as the caller's own account's: what another account has to allow beside is not in the
  /// caller's identity policies.
  ///
  /// - Parameters:
  ///   - use: The use.
  ///   - principal: Whose permissions it used.
  /// - Returns: The request, with the condition keys that the log proves.
  static func request(for use: RecordedUse, by principal: Principal) -> AccessRequest {
    let arn = ARN(principal.identifier)
    let account = arn?.account ?? principal.account
    var context: RequestContext = ["aws:PrincipalArn": .single(principal.identifier)]
    if let account { context["aws:PrincipalAccount"] = .single(account) }
    if principal.kind == .user {
      context["aws:PrincipalType"] = .single("User")
      if let name = arn?.resource.split(separator: "/").last {
        context["aws:username"] = .single(String(name))
      }
    } else {
      context["aws:PrincipalType"] = .single("AssumedRole")
    }
    for (key, values) in use.facts.observedContext {
      // A key with several values over the calls is no single request's; one with none was absent at times.
      guard !values.overflowed, values.elements.count == 1, let value = values.elements.first, !value.isEmpty
      else { continue }
      if key.text == "aws:SourceIp", !isSentByCaller(use, from: value) { continue }
      context[key.text] = .single(value)
    }
    if use.facts.regions.elements.count == 1, !use.facts.regions.overflowed {
      context["aws:RequestedRegion"] = .single(use.facts.regions.elements[0])
    }
    for pair in use.context {
      context[pair.key] = pair.key == "aws:CalledVia" ? .multiple([pair.value]) : .single(pair.value)
    }
    return AccessRequest(
      principal: RequestPrincipal(
        kind: principal.kind == .user ? .user : .role, arn: principal.identifier, account: account),
      action: ActionName(use.action) ?? ActionName(service: "", name: use.action),
      resource: RequestResource(arn: use.recorded == "*" ? nil : unescaped(use.recorded), account: account),
      context: context)
  }

  /// Whether every call of a use had an address in its request: a real one, not through an endpoint nor by a service.
  private static func isSentByCaller(_ use: RecordedUse, from address: String) -> Bool {
    let observed = use.facts.observedContext
    let endpoints = observed[ByteString("aws:SourceVpce")]?.elements ?? []
    return IPNetwork(address) != nil && use.facts.via.isEmpty
      && observed[ByteString("aws:ViaAWSService")] == nil && !endpoints.contains { !$0.isEmpty }
  }

  /// A resource of the ledger as AWS knows it: `${*}`, `${?}` and `${$}` undone.
  private static func unescaped(_ resource: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(resource.utf8)[...]
    while let byte = rest.first {
      let escape = Array(rest.prefix(4))
      if escape.count == 4, escape[0] == UInt8(ascii: "$"), escape[1] == UInt8(ascii: "{"),
        escape[3] == UInt8(ascii: "}"), "*?$".utf8.contains(escape[2])
      {
        bytes.append(escape[2])
        rest = rest.dropFirst(4)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A document in which assumed conditions hold.
  ///
  /// Statements with further conditions on unknown keys are taken as not applying, if they allow; denies of the
  /// current grant on unknown keys are left out, because they are in force today and let the use through.
  fileprivate static func assuming(
    _ assumed: [Condition], in document: PolicyDocument, known: RequestContext, granted: Set<Statement>
  ) -> PolicyDocument {
    var result = document
    result.statements = document.statements.compactMap { statement in
      var statement = statement
      let sid = statement.sid
      if statement.effect == .deny {
        statement.sid = nil
        let isKept = granted.contains(statement) && statement.conditions.contains { known[$0.key] == nil }
        statement.sid = sid
        return isKept ? nil : statement
      }
      statement.conditions.removeAll { condition in assumed.contains { $0.says(condition) } }
      return statement.conditions.contains { known[$0.key] == nil } ? nil : statement
    }
    return result
  }

  /// A control policy as far as it is certain: where nobody knows whether a condition holds, it is taken to let the use
  /// through.
  fileprivate static func certain(_ document: PolicyDocument, known: RequestContext) -> PolicyDocument {
    var result = document
    result.statements = document.statements.compactMap { statement in
      guard statement.conditions.contains(where: { known[$0.key] == nil }) else { return statement }
      guard statement.effect == .allow else { return nil }
      var statement = statement
      statement.conditions.removeAll { known[$0.key] == nil }
      return statement
    }
    return result
  }

  /// An allowing statement of the current grant.
  private struct GrantedStatement {
    /// The statement without its id.
    var statement: Statement
    let version: String?

    init(_ statement: Statement, version: String?) {
      self.statement = statement
      self.statement.sid = nil
      self.version = version
    }

    /// The scenarios in which this statement allowed a use.
    func scenarios(of use: RecordedUse, _ index: Int, _ request: AccessRequest) -> [Scenario] {
      guard statement.effect == .allow else { return [] }
      var assumed: [Condition] = []
      var bare = statement
      bare.conditions.removeAll { condition in
        guard request.context[condition.key] == nil else { return false }
        assumed.append(condition)
        return true
      }
      func allows(_ request: AccessRequest) -> Bool {
        let document = PolicyDocument(version: version, statements: [bare])
        return PolicyEvaluator(ApplicablePolicies(identity: [document])).allows(request)
      }
      // Where the log does not tell the resource, each resource of the grant may have been the one.
      if use.isWithinPattern, case .resource(let resources) = statement.resources,
        !resources.contains("*")
      {
        let recorded = ResourceNotation.pattern(use.recorded)
        return resources.compactMap { resource in
          guard ResourceNotation.pattern(resource).intersects(recorded) else { return nil }
          var request = request
          request.resource.arn = Replay.unescaped(resource)
          return allows(request) ? Scenario(use: index, request: request, assumed: assumed) : nil
        }
      }
      return allows(request) ? [Scenario(use: index, request: request, assumed: assumed)] : []
    }
  }
}

extension Condition {
  /// Whether two conditions demand the same, the order of values aside.
  func says(_ other: Condition) -> Bool {
    operatorName == other.operatorName && key == other.key && values.sorted() == other.values.sorted()
  }
}
