// Containment against its definition: over seeded random policies, every request of a small universe is decided.

import TestSupport
import Testing

@testable import IAM

/// Random policies over a few actions, resources and keys, and all requests over the same.
private struct SmallWorld {
  var random: SeededGenerator

  static let actions = ["a:x", "a:y", "b:x", "b:yx"]
  static let resources = NaiveGlob.texts(over: ["p", "q"], upTo: 3)

  mutating func pick(_ choices: [String], upTo count: Int) -> [String] {
    (0..<Int.random(in: 1...count, using: &random)).compactMap { _ in random.pick(choices) }
  }

  mutating func condition() -> Condition {
    let text = ["u", "v", "ux"]
    let kinds: [(String, String, [String])] = [
      ("StringEquals", "k", pick(text, upTo: 2)), ("StringNotEquals", "k", pick(text, upTo: 2)),
      ("StringLike", "k", pick(["u*", "*x", "v", "?"], upTo: 2)),
      ("StringNotLike", "K", pick(["u*", "*x"], upTo: 2)),
      ("StringEqualsIgnoreCase", "k", pick(["U", "v"], upTo: 2)),
      ("StringEqualsIfExists", "k", pick(text, upTo: 2)),
      ("ForAnyValue:StringEquals", "k", pick(text, upTo: 2)),
      ("ForAllValues:StringEquals", "k", pick(text, upTo: 2)),
      ("ForAnyValue:StringNotEquals", "k", pick(text, upTo: 2)),
      ("ForAllValues:StringNotLike", "k", pick(["u*", "v"], upTo: 2)),
      ("Null", "k", pick(["true", "false"], upTo: 1)),
      ("NumericLessThan", "n", pick(["5", "10"], upTo: 1)),
      ("NumericGreaterThanEquals", "n", pick(["5", "7"], upTo: 1)),
      ("NumericNotEquals", "n", pick(["5", "7"], upTo: 2)), ("Bool", "f", pick(["true", "false"], upTo: 1)),
      ("BoolIfExists", "f", pick(["true", "false"], upTo: 1)),
      ("IpAddress", "i", pick(["10.0.0.0/8", "10.1.0.0/16"], upTo: 1)),
      ("NotIpAddress", "i", pick(["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"], upTo: 2)),
      ("StringEquals", "k", ["${t}"]), ("StringLike", "k", ["${t}*"]),
    ]
    let (name, key, values) = kinds[Int.random(in: 0..<kinds.count, using: &random)]
    return Condition(operatorName: name, key: key, values: values)
  }

  mutating func statement(allowing: Double) -> Statement {
    let actions = pick(["*", "a:*", "*:x", "a:x", "b:?", "A:Y", "b:*x"], upTo: 2)
    let resources = pick(
      ["*", "p*", "*q", "p", "pq*", "?", "*p*q*", "q?*", "p${t}", "${t}*", "*${?}"], upTo: 2)
    return Statement(
      effect: random.chance(allowing) ? .allow : .deny,
      actions: random.chance(0.15) ? .notAction(actions) : .action(actions),
      resources: random.chance(0.15) ? .notResource(resources) : .resource(resources),
      conditions: random.chance(0.5)
        ? (0..<Int.random(in: 1...2, using: &random)).map { _ in condition() } : [])
  }

  mutating func policy(statements count: Int, allowing: Double = 0.75) -> PolicyDocument {
    PolicyDocument(statements: (0..<count).map { _ in statement(allowing: allowing) })
  }

  /// Every action on every resource, in some of the contexts that matter to the policies.
  mutating func requests(for policies: [PolicyDocument]) -> [AccessRequest] {
    let conditions = policies.flatMap(\.statements).flatMap(\.conditions)
    let keys = Set(conditions.map { $0.key.lowercased() })
    let hasSets = conditions.contains { $0.operatorName.hasPrefix("For") }
    var contexts = [RequestContext()]
    func vary(_ key: String, _ values: [RequestContext.Value]) {
      contexts += contexts.flatMap { context in
        values.map { value in
          var context = context
          context[key] = value
          return context
        }
      }
    }
    if keys.contains("k") {
      vary("k", ["u", "v", "w", "ux", "U", "q", ""].map { .single($0) })
      if hasSets {
        vary("k", [.multiple(["u"]), .multiple(["u", "w"]), .multiple([]), .multiple(["v", "ux"])])
      }
    }
    if keys.contains("n") { vary("n", ["4", "5", "6", "7", "10", "x"].map { .single($0) }) }
    if keys.contains("f") { vary("f", ["true", "false"].map { .single($0) }) }
    if keys.contains("i") { vary("i", ["10.1.2.3", "10.2.2.3", "11.0.0.1"].map { .single($0) }) }
    if policies.contains(where: { String(decoding: $0.json(pretty: false), as: UTF8.self).contains("${t}") })
    {
      vary("t", ["q", "", "u"].map { .single($0) })
    }
    contexts = [RequestContext()] + contexts.shuffled(using: &random).prefix(20)
    let caller = PrincipalCandidates.user(in: PrincipalCandidates.account)
    return SmallWorld.actions.compactMap { ActionName($0) }.flatMap { action in
      SmallWorld.resources.flatMap { resource in
        contexts.map {
          AccessRequest(
            principal: caller, action: action,
            resource: RequestResource(arn: resource, account: PrincipalCandidates.account), context: $0)
        }
      }
    }
  }
}

@Suite struct ContainmentOracleTests {
  /// Compares a verdict with all requests of the world.
  private func check(
    _ existing: ApplicablePolicies, _ proposed: ApplicablePolicies, _ documents: [PolicyDocument],
    in world: inout SmallWorld, _ note: String
  ) -> ContainmentResult {
    let result = PolicyContainment(existing: existing).check(proposed: proposed)
    let before = PolicyEvaluator(existing)
    let after = PolicyEvaluator(proposed)
    if result.holds {
      #expect(result.witness == nil && !result.conservative)
      let counterexample = world.requests(for: documents).first {
        after.allows($0) && !before.allows($0)
      }
      #expect(counterexample == nil, "\(note): \(describe(documents))")
    } else if let witness = result.witness {
      #expect(!result.conservative)
      #expect(after.allows(witness.request) && !before.allows(witness.request), "\(note)")
    } else {
      #expect(result.conservative, "\(note): neither proof nor witness")
    }
    return result
  }

  private func describe(_ documents: [PolicyDocument]) -> String {
    documents.map { String(decoding: $0.json(pretty: false), as: UTF8.self) }.joined(separator: "\n")
  }

  @Test(arguments: 1...4)
  func verdictsAgreeWithEveryRequestOfASmallWorld(seed: UInt64) {
    var world = SmallWorld(random: SeededGenerator(seed: seed))
    var held = 0
    var undecided = 0
    for round in 0..<40 {
      let existing = world.policy(statements: Int.random(in: 1...4, using: &world.random))
      var proposed = world.policy(statements: Int.random(in: 1...2, using: &world.random))
      if round % 2 == 0 {
        // Policies made of the existing ones hold more often.
        proposed.statements = existing.statements.shuffled(using: &world.random)
        if round % 4 == 0, let first = proposed.statements.indices.first {
          proposed.statements[first].conditions.append(world.condition())
        }
        proposed.statements.removeAll { $0.effect == .allow && world.random.chance(0.3) }
      }
      let result = check(
        ApplicablePolicies(identity: [existing]), ApplicablePolicies(identity: [proposed]),
        [existing, proposed], in: &world,
        "seed \(seed), round \(round)")
      held += result.holds ? 1 : 0
      undecided += result.conservative ? 1 : 0
    }
    #expect(held > 5, "seed \(seed): only \(held) hold, which tests little")
    #expect(undecided < 5, "seed \(seed): \(undecided) are undecided")
  }

  @Test(arguments: 1...4)
  func layersLimitBothSides(seed: UInt64) {
    var world = SmallWorld(random: SeededGenerator(seed: 100 + seed))
    var held = 0
    for round in 0..<40 {
      let identity = world.policy(statements: 2)
      let boundary = world.policy(statements: 2, allowing: 0.8)
      let control = world.policy(statements: 2, allowing: 0.6)
      var proposed = world.policy(statements: 1, allowing: 1)
      if round % 2 == 0 { proposed.statements = identity.statements }
      let existing = ApplicablePolicies(
        identity: [identity], permissionBoundary: [boundary], serviceControlPolicies: [[control]])
      let keepsLimits = round % 4 < 2
      let after =
        keepsLimits
        ? ApplicablePolicies(
          identity: [proposed], permissionBoundary: [boundary], serviceControlPolicies: [[control]])
        : ApplicablePolicies(identity: [proposed])
      let result = check(
        existing, after, [identity, boundary, control, proposed], in: &world, "seed \(seed), round \(round)")
      if keepsLimits, round % 2 == 0 {
        #expect(result.holds, "seed \(seed), round \(round): \(result.explanation)")
      }
      held += result.holds ? 1 : 0
    }
    #expect(held > 5)
  }

  @Test(arguments: 1...4)
  func everyPolicyContainsItself(seed: UInt64) {
    var world = SmallWorld(random: SeededGenerator(seed: 200 + seed))
    for round in 0..<60 {
      let policies = [world.policy(statements: 3), world.policy(statements: 2)]
      let containment = PolicyContainment(existing: policies)
      #expect(containment.check(proposed: policies).holds, "seed \(seed), round \(round)")
      var narrowed = policies
      narrowed[0].statements.append(
        Statement(effect: .deny, actions: .action(["a:*"]), resources: .resource(["p*"])))
      #expect(containment.check(proposed: narrowed).holds, "seed \(seed), round \(round)")
      narrowed[0].statements.removeAll { $0.effect == .allow && world.random.chance(0.5) }
      #expect(containment.check(proposed: narrowed).holds, "seed \(seed), round \(round)")
    }
  }

  @Test(arguments: 1...4)
  func policiesOfResourcesAreComparedForEveryCaller(seed: UInt64) {
    var random = SeededGenerator(seed: 300 + seed)
    let role = "arn:aws:iam::111111111111:role/r"
    let sets: [PrincipalSet] = [
      .everyone, .typed([.init(type: "AWS", values: ["*"])]), .typed([.init(type: "AWS", values: [role])]),
      .typed([.init(type: "AWS", values: ["111111111111"])]),
      .typed([
        .init(type: "AWS", values: ["111111111111", role, "arn:aws:sts::111111111111:assumed-role/r/s"])
      ]),
      .typed([.init(type: "Service", values: ["ec2.amazonaws.com"])]),
      .typed([.init(type: "Federated", values: ["*"])]),
      .typed([.init(type: "AWS", values: ["arn:aws:iam::222222222222:user/u"])]),
    ]
    func policy(_ count: Int, allowing: Double) -> PolicyDocument {
      PolicyDocument(
        statements: (0..<count).map { _ in
          let set = sets[Int.random(in: 0..<sets.count, using: &random)]
          let isAllow = random.chance(allowing)
          return Statement(
            effect: isAllow ? .allow : .deny,
            principal: random.chance(isAllow ? 0 : 0.4) ? .notPrincipal(set) : .principal(set),
            actions: .action([random.chance(0.5) ? "a:*" : "a:x"]), resources: .resource(["*"]))
        })
    }
    var held = 0
    for round in 0..<80 {
      let existing = policy(3, allowing: 0.7)
      let proposed = policy(2, allowing: 0.7)
      let result = PolicyContainment(existing: [existing], policyType: .resource).check(proposed: [proposed])
      let before = ContainmentEvaluator(ApplicablePolicies(identity: [existing]), policyType: .resource)
      let after = ContainmentEvaluator(ApplicablePolicies(identity: [proposed]), policyType: .resource)
      let requests = ["a:x", "a:y"].compactMap { ActionName($0) }.flatMap { action in
        PrincipalCandidates.all(naming: sets).map { caller in
          AccessRequest(
            principal: caller, action: action,
            resource: RequestResource(arn: nil, account: "333333333333"))
        }
      }
      let counterexample = requests.first { after.allows($0) && !before.allows($0) }
      #expect(!result.conservative, "seed \(seed), round \(round)")
      #expect(
        result.holds == (counterexample == nil),
        "seed \(seed), round \(round): \(describe([existing, proposed]))")
      held += result.holds ? 1 : 0
    }
    #expect(held > 5)
  }
}
