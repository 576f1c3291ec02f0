// The evaluator against its slow twin, the laws that any order of evaluation obeys, and the documented cases.

import TestSupport
import Testing

@testable import IAM

/// Random policies over a universe so small that statements meet.
struct PolicyGenerator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func some(_ items: [String], _ range: ClosedRange<Int>) -> [String] {
    (0..<Int.random(in: range, using: &random)).map { _ in random.pick(items) ?? "*" }
  }

  mutating func statement(principals: Bool) -> Statement {
    let actions = some(["*", "a:*", "A:read", "a:Write", "b:Read", "b:*e", "*:Read", "?:w*"], 1...3)
    let resources = some(["*", "arn:aws:a:::x", "arn:aws:a:::x/*", "arn:aws:a:::?", "arn:aws:a:::*y"], 1...2)
    var conditions: [Condition] = []
    if random.chance(0.4) {
      let name = random.pick([
        "StringEquals", "StringEqualsIfExists", "StringNotEquals", "StringNotEqualsIfExists",
      ])
      conditions = [
        Condition(
          operatorName: name ?? "StringEquals", key: random.pick(["k", "L"]) ?? "k",
          values: some(["1", "2"], 1...2))
      ]
    }
    var principal: Statement.PrincipalElement?
    if principals {
      let values = some(
        [
          "*", "111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:user/u",
          "arn:aws:iam::111111111111:role/r", "arn:aws:sts::111111111111:assumed-role/r/s",
        ], 1...2)
      principal =
        random.chance(0.1)
        ? .principal(.everyone)
        : .principal(
          .typed([
            .init(type: "AWS", values: values),
            .init(type: "Service", values: some(["s.amazonaws.com"], 0...1)),
          ]))
    }
    return Statement(
      effect: random.chance(0.25) ? .deny : .allow, principal: principal,
      actions: random.chance(0.2) ? .notAction(actions) : .action(actions),
      resources: random.chance(0.2) ? .notResource(resources) : .resource(resources), conditions: conditions)
  }

  mutating func document(principals: Bool = false) -> PolicyDocument {
    PolicyDocument(
      statements: (0..<Int.random(in: 1...3, using: &random)).map { _ in statement(principals: principals) })
  }

  mutating func documents(principals: Bool = false) -> [PolicyDocument] {
    (0..<Int.random(in: 1...2, using: &random)).map { _ in document(principals: principals) }
  }

  mutating func policies() -> ApplicablePolicies {
    var policies = ApplicablePolicies(identity: documents())
    if random.chance(0.3) { policies.permissionBoundary = documents() }
    if random.chance(0.3) { policies.session = documents() }
    if random.chance(0.3) { policies.serviceControlPolicies = [documents(), documents()] }
    if random.chance(0.2) { policies.resourceControlPolicies = [documents(principals: true)] }
    if random.chance(0.6) { policies.resourcePolicy = document(principals: true) }
    if random.chance(0.2) { policies.vpcEndpoint = documents(principals: true) }
    return policies
  }

  mutating func request() -> AccessRequest {
    let principal =
      random.pick([
        RequestPrincipal(kind: .user, arn: "arn:aws:iam::111111111111:user/u", account: "111111111111"),
        RequestPrincipal(
          kind: .assumedRole, arn: "arn:aws:sts::111111111111:assumed-role/r/s", account: "111111111111"),
        RequestPrincipal(kind: .service, arn: "s.amazonaws.com", account: nil),
      ]) ?? RequestPrincipal(kind: .anonymous, arn: nil, account: nil)
    var context = RequestContext()
    for key in ["K", "l"] where random.chance(0.6) {
      context[key] = .single(random.pick(["1", "2", "3"]) ?? "1")
    }
    let action = random.pick(["a:Read", "a:write", "B:read", "c:Other"]).flatMap { ActionName($0) }
    return AccessRequest(
      principal: principal, action: action ?? ActionName(service: "a", name: "Read"),
      resource: RequestResource(
        arn: random.pick(["arn:aws:a:::x", "arn:aws:a:::x/y", "arn:aws:a:::z", nil]) ?? nil,
        account: random.pick(["111111111111", "111111111111", "222222222222"])),
      context: context)
  }
}

@Suite struct PolicyEvaluatorTests {
  @Test(arguments: 0..<20)
  func decidesAsItsSlowTwin(seed: UInt64) {
    var generator = PolicyGenerator(seed: seed)
    for _ in 0..<20 {
      let policies = generator.policies()
      let evaluator = PolicyEvaluator(policies)
      let naive = NaivePolicyEvaluator(policies: policies)
      for _ in 0..<20 {
        let request = generator.request()
        let decision = evaluator.decide(request)
        let expected: Decision.Outcome =
          switch naive.decide(request) {
          case .allowed: .allowed
          case .explicitDeny: .explicitDeny
          case .implicitDeny: .implicitDeny
          }
        #expect(decision.outcome == expected, "seed \(seed): \(request) by \(policies): \(decision.reason)")
        #expect(evaluator.allows(request) == decision.isAllowed, "seed \(seed)")
        #expect(decision.missing.isEmpty == (decision.outcome != .implicitDeny), "seed \(seed)")
        // The explanation names exactly the statements that matched.
        let applying = evaluator.explain(request).filter(\.applies).map(\.statement)
        #expect(Set(applying).isSuperset(of: decision.matched), "seed \(seed)")
        if request.principal.kind != .service {
          #expect(Set(applying) == Set(decision.matched), "seed \(seed)")
        }
      }
    }
  }

  @Test(arguments: 0..<20)
  func aDenyNeverAllowsMoreAndAnAllowNeverLess(seed: UInt64) {
    var generator = PolicyGenerator(seed: seed)
    for _ in 0..<50 {
      let policies = generator.policies()
      var more = policies
      var statement = generator.statement(principals: false)
      more.identity.append(PolicyDocument(statements: [statement]))
      let request = generator.request()
      let before = PolicyEvaluator(policies).decide(request).outcome
      let after = PolicyEvaluator(more).decide(request).outcome
      if statement.effect == .deny { #expect(after != .allowed || before == .allowed, "seed \(seed)") }
      if statement.effect == .allow { #expect(before != .allowed || after == .allowed, "seed \(seed)") }
      // A Deny of the same breadth leaves nothing of it.
      statement.effect = .allow
      let allowed = PolicyEvaluator(ApplicablePolicies(identity: [PolicyDocument(statements: [statement])]))
      statement.effect = .deny
      more.identity.append(PolicyDocument(statements: [statement]))
      if allowed.allows(request), request.principal.kind != .service {
        #expect(PolicyEvaluator(more).decide(request).outcome == .explicitDeny, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<20)
  func orderOfPoliciesAndStatementsDoesNotMatter(seed: UInt64) {
    var generator = PolicyGenerator(seed: seed)
    for _ in 0..<50 {
      let policies = generator.policies()
      var shuffled = policies
      shuffled.identity.shuffle(using: &generator.random)
      for index in shuffled.identity.indices {
        shuffled.identity[index].statements.shuffle(using: &generator.random)
      }
      shuffled.resourcePolicy?.statements.shuffle(using: &generator.random)
      let request = generator.request()
      #expect(
        PolicyEvaluator(policies).decide(request).outcome
          == PolicyEvaluator(shuffled).decide(request).outcome,
        "seed \(seed)")
    }
  }

  // MARK: Documented cases

  static let account = "111122223333"
  static let allowAll = PolicyDocument(
    statements: [Statement(effect: .allow, actions: .action(["*"]), resources: .resource(["*"]))])

  static func resourcePolicy(
    _ effect: Statement.Effect = .allow, _ principal: Statement.PrincipalElement
  ) -> PolicyDocument {
    PolicyDocument(
      statements: [
        Statement(effect: effect, principal: principal, actions: .action(["*"]), resources: .resource(["*"]))
      ])
  }

  static func aws(_ values: String...) -> PrincipalSet { .typed([.init(type: "AWS", values: values)]) }

  static func outcome(
    _ kind: RequestPrincipal.Kind, _ arn: String?, action: String = "s3:GetObject",
    resource: String? = "arn:aws:s3:::b/k", owner: String? = nil, _ policies: ApplicablePolicies
  ) -> Decision.Outcome {
    let request = AccessRequest(
      principal: RequestPrincipal(kind: kind, arn: arn, account: nil),
      action: ActionName(action) ?? ActionName(service: "s3", name: "GetObject"),
      resource: RequestResource(arn: resource, account: owner))
    return PolicyEvaluator(policies).decide(request).outcome
  }

  static let user = "arn:aws:iam::111122223333:user/team/ann"
  static let session = "arn:aws:sts::111122223333:assumed-role/deploy/ci"
  static let federated = "arn:aws:sts::111122223333:federated-user/ann"
  static let root = "arn:aws:iam::111122223333:root"

  @Test func theRootUserNeedsNoPolicyButObeysControlPolicies() {
    var policies = ApplicablePolicies(identity: [])
    #expect(PolicyEvaluatorTests.outcome(.root, PolicyEvaluatorTests.root, policies) == .allowed)
    policies.permissionBoundary = []
    #expect(PolicyEvaluatorTests.outcome(.root, PolicyEvaluatorTests.root, policies) == .allowed)
    policies.serviceControlPolicies = [[PolicyEvaluatorTests.allowAll], []]
    #expect(PolicyEvaluatorTests.outcome(.root, PolicyEvaluatorTests.root, policies) == .implicitDeny)
    policies = ApplicablePolicies(
      identity: [], resourcePolicy: PolicyEvaluatorTests.resourcePolicy(.deny, .principal(.everyone)))
    #expect(PolicyEvaluatorTests.outcome(.root, PolicyEvaluatorTests.root, policies) == .explicitDeny)
    policies.resourcePolicy = nil
    #expect(
      PolicyEvaluatorTests.outcome(.root, PolicyEvaluatorTests.root, owner: "999999999999", policies)
        == .implicitDeny)
  }

  @Test func aFederatedSessionHasOnlyWhatItsSessionPoliciesHave() {
    var policies = ApplicablePolicies(identity: [PolicyEvaluatorTests.allowAll])
    let arn = PolicyEvaluatorTests.federated
    #expect(PolicyEvaluatorTests.outcome(.federatedUser, arn, policies) == .implicitDeny)
    policies.session = [PolicyEvaluatorTests.allowAll]
    #expect(PolicyEvaluatorTests.outcome(.federatedUser, arn, policies) == .allowed)
    policies.session = nil
    for (principal, outcome) in [
      (PolicyEvaluatorTests.federated, .allowed), (PolicyEvaluatorTests.user, .implicitDeny),
    ] as [(String, Decision.Outcome)] {
      policies.resourcePolicy = PolicyEvaluatorTests.resourcePolicy(
        .allow, .principal(PolicyEvaluatorTests.aws(principal)))
      #expect(PolicyEvaluatorTests.outcome(.federatedUser, arn, policies) == outcome)
    }
  }

  @Test func keyAndTrustPoliciesHaveToAllow() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    var policies = ApplicablePolicies(identity: [PolicyEvaluatorTests.allowAll])
    let user = PolicyEvaluatorTests.user
    for (principal, withIdentity, alone) in [
      ("arn:aws:iam::111122223333:user/other", Decision.Outcome.implicitDeny, Decision.Outcome.implicitDeny),
      (PolicyEvaluatorTests.root, .allowed, .implicitDeny), (user, .allowed, .allowed),
      ("*", .allowed, .allowed),
    ] {
      for (action, resource) in [
        ("kms:Decrypt", key), ("sts:AssumeRole", "arn:aws:iam::111122223333:role/r"),
      ] {
        policies.resourcePolicy = PolicyEvaluatorTests.resourcePolicy(
          .allow, .principal(PolicyEvaluatorTests.aws(principal)))
        policies.identity = [PolicyEvaluatorTests.allowAll]
        #expect(
          PolicyEvaluatorTests.outcome(.user, user, action: action, resource: resource, policies)
            == withIdentity)
        policies.identity = []
        #expect(
          PolicyEvaluatorTests.outcome(.user, user, action: action, resource: resource, policies) == alone)
      }
    }
  }

  @Test func aRoleWithAPathIsNamedByItsSessions() {
    for (principal, outcome) in [
      ("arn:aws:iam::111122223333:role/deploy", .allowed),
      ("arn:aws:iam::111122223333:role/path/deploy", .allowed),
      ("arn:aws:iam::999999999999:role/deploy", .implicitDeny),
      ("arn:aws:iam::111122223333:user/deploy", .implicitDeny),
      ("arn:aws:sts::111122223333:assumed-role/deploy/other", .implicitDeny),
      (PolicyEvaluatorTests.root, .implicitDeny),
    ] as [(String, Decision.Outcome)] {
      let policy = PolicyEvaluatorTests.resourcePolicy(
        .allow, .principal(PolicyEvaluatorTests.aws(principal)))
      let policies = ApplicablePolicies(identity: [], resourcePolicy: policy)
      #expect(
        PolicyEvaluatorTests.outcome(.assumedRole, PolicyEvaluatorTests.session, policies) == outcome,
        "\(principal)")
    }
  }

  @Test func notPrincipalWithDenyAsksForEveryLevel() {
    let role = "arn:aws:iam::111122223333:role/deploy"
    let (session, root) = (PolicyEvaluatorTests.session, PolicyEvaluatorTests.root)
    for (listed, outcome) in [
      ([session, role, root], .allowed), ([session, root], .explicitDeny), ([session, role], .explicitDeny),
      ([role, root], .explicitDeny), ([root], .explicitDeny), (["*"], .allowed),
    ] as [([String], Decision.Outcome)] {
      let policy = PolicyEvaluatorTests.resourcePolicy(
        .deny, .notPrincipal(.typed([.init(type: "AWS", values: listed)])))
      var policies = ApplicablePolicies(identity: [PolicyEvaluatorTests.allowAll], resourcePolicy: policy)
      #expect(PolicyEvaluatorTests.outcome(.assumedRole, session, policies) == outcome, "\(listed)")
      policies.permissionBoundary = [PolicyEvaluatorTests.allowAll]
      #expect(PolicyEvaluatorTests.outcome(.assumedRole, session, policies) == .explicitDeny, "\(listed)")
    }
  }

  @Test func servicesAndStrangersHaveResourcePoliciesOnly() {
    let service = Statement.PrincipalElement.principal(
      .typed([.init(type: "Service", values: ["s3.amazonaws.com"])]))
    for (kind, arn, principal, outcome) in [
      (.service, "s3.amazonaws.com", service, .allowed),
      (.service, "ec2.amazonaws.com", service, .implicitDeny),
      (.service, "s3.amazonaws.com", .principal(PolicyEvaluatorTests.aws("*")), .implicitDeny),
      (.service, "s3.amazonaws.com", .principal(.everyone), .allowed),
      (.anonymous, nil, .principal(.everyone), .allowed), (.anonymous, nil, service, .implicitDeny),
      (.anonymous, nil, .principal(PolicyEvaluatorTests.aws("*")), .allowed),
      (
        .other, "accounts.google.com",
        .principal(.typed([.init(type: "Federated", values: ["accounts.google.com"])])),
        .allowed
      ),
    ] as [(RequestPrincipal.Kind, String?, Statement.PrincipalElement, Decision.Outcome)] {
      let policies = ApplicablePolicies(
        identity: [], serviceControlPolicies: [[]],
        resourcePolicy: PolicyEvaluatorTests.resourcePolicy(.allow, principal))
      #expect(PolicyEvaluatorTests.outcome(kind, arn, policies) == outcome)
    }
  }

  @Test func controlPoliciesDoNotReachServiceLinkedRoles() {
    let policies = ApplicablePolicies(
      identity: [PolicyEvaluatorTests.allowAll], serviceControlPolicies: [[]], resourceControlPolicies: [[]])
    let role = "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    #expect(PolicyEvaluatorTests.outcome(.role, role, policies) == .allowed)
    #expect(PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, policies) == .implicitDeny)
  }

  @Test func whatCannotBeUnderstoodAllowsNothing() {
    let unknown = Condition(operatorName: "StringIs", key: "k", values: ["1"])
    for effect in [Statement.Effect.allow, .deny] {
      let odd = [
        Statement(
          effect: effect, actions: .action(["*"]), resources: .resource(["*"]), conditions: [unknown]),
        Statement(effect: effect, actions: .action(["*"]), resources: nil),
      ]
      for statement in odd {
        let document = PolicyDocument(statements: [statement])
        let policies = ApplicablePolicies(
          identity: effect == .allow ? [document] : [PolicyEvaluatorTests.allowAll, document])
        #expect(
          PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, policies)
            == (effect == .allow ? .implicitDeny : .explicitDeny))
      }
      let nameless = PolicyDocument(
        statements: [Statement(effect: effect, actions: .action(["*"]), resources: .resource(["*"]))])
      let policies = ApplicablePolicies(identity: [], resourcePolicy: nameless)
      #expect(
        PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, policies)
          == (effect == .allow ? .implicitDeny : .explicitDeny))
    }
  }

  @Test func resourcesOfAWSHaveNoOtherAccount() {
    let policies = ApplicablePolicies(identity: [PolicyEvaluatorTests.allowAll])
    for resource in ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:ec2:eu-west-1::image/ami-1", nil] {
      #expect(
        PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, resource: resource, policies)
          == .allowed)
    }
    #expect(
      PolicyEvaluatorTests.outcome(
        .user, PolicyEvaluatorTests.user, resource: "arn:aws:sqs:eu-west-1:999999999999:q", policies)
        == .implicitDeny)
  }

  @Test func lookAlikesAreOthers() {
    // The Kelvin sign is no `k`, and a decomposed é no composed one, although Swift's strings compare equal.
    for (pattern, resource) in [
      ("arn:aws:s3:::K", "arn:aws:s3:::\u{212A}"), ("arn:aws:s3:::\u{E9}", "arn:aws:s3:::e\u{301}"),
    ] {
      let policy = PolicyDocument(
        statements: [Statement(effect: .allow, actions: .action(["*"]), resources: .resource([pattern]))])
      let policies = ApplicablePolicies(identity: [policy])
      #expect(
        PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, resource: resource, policies)
          == .implicitDeny)
      #expect(
        PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, resource: pattern, policies)
          == .allowed)
    }
    let action = PolicyDocument(
      statements: [Statement(effect: .allow, actions: .action(["kms:Decrypt"]), resources: .resource(["*"]))])
    let policies = ApplicablePolicies(identity: [action])
    #expect(
      PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, action: "\u{212A}ms:Decrypt", policies)
        == .implicitDeny)
    #expect(
      PolicyEvaluatorTests.outcome(.user, PolicyEvaluatorTests.user, action: "KMS:DECRYPT", policies)
        == .allowed)
  }
}
