// Every operator, with every qualifier and suffix, against every state of the request's key.

import IAM
import Testing

@Suite struct ConditionOperatorTests {
  /// A policy value for an operator without negation, a request value that matches it, and one that does not.
  static let samples: [(ConditionOperator.Comparison, policy: String, match: String, miss: String)] = [
    (.stringEquals, "Ann*", "Ann*", "Anna"), (.stringEqualsIgnoreCase, "ÉmIl", "éMiL", "Emil"),
    (.stringLike, "a?c*", "abcde", "ac"), (.numericEquals, "10.50", "1050e-2", "10.5000001"),
    (.numericLessThan, "0", "-0.1", "0"), (.numericLessThanEquals, "-3", "-3.0", "-2.99"),
    (.numericGreaterThan, "99999999999999999999", "100000000000000000000", "99999999999999999999"),
    (.numericGreaterThanEquals, "1e3", "1000", "999.9"),
    (.dateEquals, "2026-11-21T01:00:00+01:00", "2026-11-21", "2026-11-21T00:00:00.000000001Z"),
    (.dateLessThan, "2026-11", "2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z"),
    (.dateLessThanEquals, "1350432000", "2012-10-17T00:00:00Z", "2012-10-17T00:00:01Z"),
    (.dateGreaterThan, "2026", "2026-01-01T00:00:01Z", "2025-12-31"),
    (.dateGreaterThanEquals, "2026-11-20T12:34Z", "1795178040", "1795178039"),
    (.bool, "true", "True", "false"), (.binaryEquals, "QmluYXJ5", "Binary", "binary"),
    (.ipAddress, "203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
    (.arnEquals, "arn:aws:iam::*:role/a*", "arn:aws:iam::123456789012:role/a/b:c", "arn:aws:iam::1:user/a"),
    (.arnLike, "arn:aws:sns:*:123456789012:t?", "arn:aws:sns:eu-west-1:123456789012:t1", "arn:aws:sns"),
  ]

  /// What the request has for the key.
  static func states(_ match: String, _ miss: String) -> [RequestContext.Value?] {
    [
      nil, .single(match), .single(miss), .multiple([match]), .multiple([miss]), .multiple([match, miss]),
      .multiple([]),
    ]
  }

  /// The answers for each of the states, in order; `.` is false.
  static let table: [(ConditionOperator.Qualifier?, ifExists: Bool, positive: String, negated: String)] = [
    (nil, false, ".T.T.T.", "T.T.T.T"), (nil, true, "TT.T.TT", "T.T.T.T"),
    (.forAllValues, false, "TT.T..T", "T.T.T.T"), (.forAllValues, true, "TT.T..T", "T.T.T.T"),
    (.forAnyValue, false, ".T.T.T.", "..T.TT."), (.forAnyValue, true, "TT.T.TT", "T.T.TTT"),
  ]

  /// The operators that answer the opposite of another for each value.
  static let negations: [ConditionOperator.Comparison: [ConditionOperator.Comparison]] = Dictionary(
    grouping: ConditionOperator.Comparison.allCases.filter(\.isNegated), by: \.positive)

  static func answers(_ condition: Condition, _ states: [RequestContext.Value?], key: String) -> String {
    let policy = PolicyDocument(
      statements: [
        Statement(
          effect: .allow, actions: .action(["*"]), resources: .resource(["*"]), conditions: [condition])
      ])
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: [policy]))
    return states.map { state in
      var context = RequestContext()
      if let state { context[key] = state }
      let request = AccessRequest(
        principal: RequestPrincipal(
          kind: .user, arn: "arn:aws:iam::123456789012:user/u", account: "123456789012"),
        action: ActionName(service: "s3", name: "GetObject"), resource: RequestResource(arn: nil),
        context: context)
      return evaluator.allows(request) ? "T" : "."
    }.joined()
  }

  @Test func everyOperatorFollowsTheTable() {
    for (comparison, policy, match, miss) in ConditionOperatorTests.samples {
      let states = ConditionOperatorTests.states(match, miss)
      for (qualifier, ifExists, positive, negated) in ConditionOperatorTests.table {
        let name = ConditionOperator(comparison, qualifier: qualifier, ifExists: ifExists).description
        let condition = Condition(operatorName: name, key: "aws:Key", values: ["none of them", policy])
        #expect(ConditionOperatorTests.answers(condition, states, key: "AWS:key") == positive, "\(name)")
        for other in ConditionOperatorTests.negations[comparison] ?? [] {
          let name = ConditionOperator(other, qualifier: qualifier, ifExists: ifExists).description
          let condition = Condition(operatorName: name, key: "aws:Key", values: ["none of them", policy])
          #expect(ConditionOperatorTests.answers(condition, states, key: "AWS:key") == negated, "\(name)")
        }
      }
    }
  }

  @Test func theTableCoversEveryOperator() {
    let covered = Set(ConditionOperatorTests.samples.map(\.0)).union([.null])
    #expect(Set(ConditionOperator.Comparison.allCases.map(\.positive)) == covered)
  }

  @Test func nullAsksForTheKeyAlone() {
    let states = ConditionOperatorTests.states("a", "b") + [.single("")]
    for (value, answers) in [("true", "T.....T."), ("false", ".TTTTT.T"), ("neither", "........")] {
      let condition = Condition(operatorName: "Null", key: "k", values: [value])
      #expect(ConditionOperatorTests.answers(condition, states, key: "k") == answers, "\(value)")
    }
  }

  @Test func anEmptyTextIsAnEmptySetUnderAQualifier() {
    let states: [RequestContext.Value?] = [.single(""), .multiple([""]), .multiple(["", "a"])]
    for (name, answers) in [
      ("StringEquals", "..T"), ("ForAllValues:StringEquals", "TT."), ("ForAnyValue:StringEquals", "..T"),
    ] {
      let condition = Condition(operatorName: name, key: "k", values: ["a"])
      #expect(ConditionOperatorTests.answers(condition, states, key: "k") == answers, "\(name)")
    }
  }

  @Test func aConditionWithoutValuesMatchesNothing() {
    let states = ConditionOperatorTests.states("a", "b")
    let positive = Condition(operatorName: "StringEquals", key: "k", values: [])
    #expect(ConditionOperatorTests.answers(positive, states, key: "k") == ".......")
    let negated = Condition(operatorName: "StringNotEquals", key: "k", values: [])
    #expect(ConditionOperatorTests.answers(negated, states, key: "k") == "TTTTTTT")
  }

  @Test(arguments: [
    "stringequals", "StringEqualsIfexists", "NullIfExists", "ForSomeValue:StringEquals", "ForAllValues:", "",
    ":",
    "ForAllValues:ForAllValues:Bool", "IfExists", "NotBool",
  ])
  func unknownOperatorsAreNone(name: String) {
    #expect(ConditionOperator(name) == nil)
  }

  @Test func namesRoundTrip() {
    for comparison in ConditionOperator.Comparison.allCases {
      for qualifier in [nil] + ConditionOperator.Qualifier.allCases {
        for ifExists in [false, true] where !(comparison == .null && ifExists) {
          let one = ConditionOperator(comparison, qualifier: qualifier, ifExists: ifExists)
          #expect(ConditionOperator(one.description) == one)
        }
      }
    }
  }
}
