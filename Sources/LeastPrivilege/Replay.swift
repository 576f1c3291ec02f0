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
  /// The evaluator of nearly all scenarios: those that assume nothing, where no control policies are.
  private var plain: PolicyEvaluator?

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
    if isPlain { plain = evaluator }
    return evaluator
  }

  /// Whether the policies allow the request of a scenario.
  ///
  /// - Parameter scenario: The scenario.
  /// - Returns: Whether they do, with what the scenario assumes.
  mutating func allows(_ scenario: Scenario) -> Bool {
    if scenario.assumed == nil, controls?.service == nil, let plain { return plain.allows(scenario.request) }
    return evaluator(for: scenario).allows(scenario.request)
  }
}

/// The ways in which recorded uses may have been made, whatever the policies that they are replayed against.
struct UseWays {
  /// All scenarios; those of a use stand together, in the order of the uses.
  private(set) var scenarios: [Scenario] = []
  /// The statements of the current grant, without their ids.
  let granted: Set<Statement>

  /// Finds the ways.
  ///
  /// - Parameters:
  ///   - uses: The uses.
  ///   - principal: Whose permissions they used.
  ///   - grant: The current grant; `nil` where none is known.
  init(of uses: [RecordedUse], by principal: Principal, grant: PrincipalGrant?) {
    let statements = (grant?.policies ?? []).flatMap { policy in
      policy.document.statements.map { GrantedStatement($0, version: policy.document.version) }
    }
    granted = Set(statements.map(\.statement))
    let grantEvaluator = grant.map { PolicyEvaluator($0.applicable) }
    var maker = RequestMaker(principal)
    scenarios.reserveCapacity(uses.count)
    for index in uses.indices {
      let request = maker.request(for: uses[index])
      if let grantEvaluator, !grantEvaluator.allows(request) {
        let conditional = statements.flatMap { $0.scenarios(of: uses[index], index, request) }
        if !conditional.isEmpty {
          scenarios += conditional
          continue
        }
      }
      scenarios.append(Scenario(use: index, request: request, assumed: nil))
    }
  }
}

/// The outcome of replaying uses.
struct Replay {
  /// All scenarios of all uses, of a use that fails those up to the first that does.
  private(set) var scenarios: [Scenario]
  /// The uses that are not allowed, sorted as the uses are.
  private(set) var failures: [VerificationFailure] = []

  /// Replays uses.
  ///
  /// - Parameter subject: The policies and uses.
  init(_ subject: PolicyVerifier.Subject) {
    self.init(subject, UseWays(of: subject.uses, by: subject.principal, grant: subject.grant))
  }

  /// Replays uses whose ways are known.
  ///
  /// - Parameters:
  ///   - subject: The policies and uses.
  ///   - ways: The ways in which these uses may have been made.
  init(_ subject: PolicyVerifier.Subject, _ ways: UseWays) {
    var judge = ScenarioJudge(
      subject.policies.map(\.document), granted: ways.granted, controls: subject.controls)
    scenarios = ways.scenarios
    var failed: Int?
    var left: Set<Int> = []
    for place in ways.scenarios.indices {
      let scenario = ways.scenarios[place]
      if scenario.use == failed {
        left.insert(place)
        continue
      }
      guard !judge.allows(scenario) else { continue }
      let use = subject.uses[scenario.use]
      failed = scenario.use
      failures.append(
        VerificationFailure(
          kind: .wouldBeDenied, principal: subject.principal.identifier, action: use.action,
          resource: scenario.request.resource.arn ?? "*",
          context: Dictionary(use.context.map { ($0.key, $0.value) }) { $1 },
          explanation: judge.evaluator(for: scenario).decide(scenario.request).reason))
    }
    if !left.isEmpty {
      scenarios = ways.scenarios.indices.filter { !left.contains($0) }.map { ways.scenarios[$0] }
    }
  }

  /// The request that a use was.
  ///
  /// - Parameters:
  ///   - use: The use.
  ///   - principal: Whose permissions it used.
  /// - Returns: The request, with the condition keys that the log proves.
  static func request(for use: RecordedUse, by principal: Principal) -> AccessRequest {
    var maker = RequestMaker(principal)
    return maker.request(for: use)
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
        request.resource.arn = ResourceNotation.unescaped(resource)
        return allows(request) ? Scenario(use: index, request: request, assumed: assumed) : nil
      }
    }
    return allows(request) ? [Scenario(use: index, request: request, assumed: assumed)] : []
  }
}

extension Condition {
  /// Whether two conditions demand the same, the order of values aside.
  func says(_ other: Condition) -> Bool {
    operatorName == other.operatorName && key == other.key && values.sorted() == other.values.sorted()
  }
}
