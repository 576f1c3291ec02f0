// Containment by example: what the check has to see through, and what it says.

import TestSupport
import Testing

@testable import IAM

@Suite struct ContainmentTests {
  static func policy(_ statements: String, version: String = "2012-10-17") throws -> PolicyDocument {
    try PolicyDocument(json: Array("{\"Version\":\"\(version)\",\"Statement\":[\(statements)]}".utf8))
  }

  static func allow(_ action: String, _ resource: String, _ condition: String = "") -> String {
    statement("Allow", action, resource, condition)
  }

  static func deny(_ action: String, _ resource: String, _ condition: String = "") -> String {
    statement("Deny", action, resource, condition)
  }

  private static func statement(_ effect: String, _ action: String, _ resource: String, _ condition: String)
    -> String
  {
    "{\"Effect\":\"\(effect)\",\"Action\":\"\(action)\",\"Resource\":\"\(resource)\""
      + (condition.isEmpty ? "}" : ",\"Condition\":{\(condition)}}")
  }

  func check(_ existing: String, _ proposed: String) throws -> ContainmentResult {
    PolicyContainment(existing: [try ContainmentTests.policy(existing)])
      .check(proposed: [try ContainmentTests.policy(proposed)])
  }

  /// Conditions as the inside of a `Condition` element: each narrower one, and the wider one that it implies.
  static let implications: [(narrow: String, wide: String)] = [
    (#""StringEquals":{"k":"a"}"#, #""StringEquals":{"K":["a","b"]}"#),
    (#""StringEquals":{"k":"abc"}"#, #""StringLike":{"k":"a*"}"#),
    (#""StringLike":{"k":"ab*"}"#, #""StringLike":{"k":"a*"}"#),
    (#""StringEquals":{"k":"a"}"#, #""StringEqualsIgnoreCase":{"k":"A"}"#),
    (#""StringEquals":{"k":"a"}"#, #""StringEqualsIfExists":{"k":"a"}"#),
    (#""StringEquals":{"k":"a"}"#, #""StringNotEquals":{"k":"b"}"#),
    (#""StringEquals":{"k":"a"}"#, #""Null":{"k":"false"}"#),
    (#""StringEquals":{"k":"a"}"#, #""ForAnyValue:StringEquals":{"k":["a","b"]}"#),
    (#""StringNotEquals":{"k":["a","b"]}"#, #""StringNotEquals":{"k":"a"}"#),
    (#""StringNotLike":{"k":"a*"}"#, #""StringNotEquals":{"k":"abc"}"#),
    (#""ForAllValues:StringEquals":{"k":"a"}"#, #""ForAllValues:StringLike":{"k":["a","b*"]}"#),
    (#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#, #""IpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]}"#),
    (
      #""IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}"#,
      #""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#
    ),
    (
      #""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
      #""IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}"#
    ),
    (#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, #""NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#),
    (#""NumericLessThan":{"n":"5"}"#, #""NumericLessThanEquals":{"n":"5"}"#),
    (#""NumericLessThan":{"n":"5"}"#, #""NumericNotEquals":{"n":"7"}"#),
    (#""DateLessThan":{"d":"2026-01-01T00:00:00Z"}"#, #""DateLessThan":{"d":"2026-06-01T00:00:00Z"}"#),
    (#""Bool":{"f":"true"}"#, #""BoolIfExists":{"f":"true"}"#),
    (#""ArnEquals":{"a":"arn:aws:iam::1:role/x"}"#, #""ArnLike":{"a":"arn:aws:iam::*:role/*"}"#),
    (#""ArnLike":{"a":"arn:aws:sns:*:1:t"}"#, #""StringLike":{"a":"arn:aws:sns:*:1:t"}"#),
    (#""StringEquals":{"k":"${aws:username}"}"#, #""StringLike":{"k":"*${aws:username}*"}"#),
    (#""StringEquals":{"k":"a"},"Bool":{"f":"true"}"#, #""StringEquals":{"k":"a"}"#),
  ]

  @Test(arguments: implications)
  func narrowerConditionsAreNoNewAccess(narrow: String, wide: String) throws {
    let (narrowAllow, wideAllow) = (
      ContainmentTests.allow("s3:*", "*", narrow), ContainmentTests.allow("s3:*", "*", wide)
    )
    let result = try check(wideAllow, narrowAllow)
    #expect(result.holds, "\(result.explanation)")
    // A Deny is the dual: the wider one leaves less.
    let everything = ContainmentTests.allow("s3:*", "*")
    let dual = try check(
      everything + "," + ContainmentTests.deny("s3:*", "*", narrow),
      everything + "," + ContainmentTests.deny("s3:*", "*", wide))
    #expect(dual.holds, "\(dual.explanation)")
  }

  @Test(arguments: implications.filter { !$0.wide.contains("10.128") })
  func widerConditionsAreNewAccess(narrow: String, wide: String) throws {
    let result = try check(
      ContainmentTests.allow("s3:*", "*", narrow), ContainmentTests.allow("s3:*", "*", wide))
    if narrow.contains("/9") { return }
    #expect(!result.holds && !result.conservative && result.witness != nil, "\(result.explanation)")
  }

  @Test(arguments: [
    ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/*"),
    ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}*"),
    ("arn:aws:s3:::b/${AWS:UserName}/x", "arn:aws:s3:::b/${aws:username}/?"),
    ("arn:aws:s3:::${*}", "arn:aws:s3:::?"),
  ])
  func variablesStandForWhatTheyMay(narrow: String, wide: String) throws {
    #expect(try check(ContainmentTests.allow("s3:*", wide), ContainmentTests.allow("s3:*", narrow)).holds)
    let back = try check(ContainmentTests.allow("s3:*", narrow), ContainmentTests.allow("s3:*", wide))
    #expect(back.witness != nil, "\(back.explanation)")
  }

  @Test func aVariableMayTakeWhateverADenyNames() throws {
    let existing =
      ContainmentTests.allow("s3:*", "*") + ","
      + ContainmentTests.deny("s3:*", "arn:aws:s3:::b/${aws:username}/*")
    let result = try check(existing, ContainmentTests.allow("s3:GetObject", "arn:aws:s3:::b/alice/x"))
    #expect(result.witness?.request.context["aws:username"] == .single("alice"), "\(result.explanation)")
  }

  @Test func aVariableIsNotItsOwnName() throws {
    let variable = ContainmentTests.allow("s3:*", "arn:aws:s3:::${aws:username}")
    let old = try ContainmentTests.policy(variable, version: "2008-10-17")
    let new = try ContainmentTests.policy(variable)
    #expect(PolicyContainment(existing: [old]).check(proposed: [new]).witness != nil)
    #expect(PolicyContainment(existing: [new]).check(proposed: [old]).witness != nil)
    #expect(PolicyContainment(existing: [old]).check(proposed: [old]).holds)
  }

  @Test func piecesAddUpAcrossStatementsAndPolicies() throws {
    let pieces = ["a*", "b*"].map { ContainmentTests.allow("s3:*", "arn:aws:s3:::\($0)") }
    let rest = #"{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::a*","arn:aws:s3:::b*"]}"#
    let existing = try (pieces + [rest]).map { try ContainmentTests.policy($0) }
    let proposed = [try ContainmentTests.policy(ContainmentTests.allow("S3:GetObject", "*"))]
    #expect(PolicyContainment(existing: existing).check(proposed: proposed).holds)
    let hole = PolicyContainment(existing: [existing[0], existing[2]]).check(proposed: proposed)
    #expect(hole.witness?.request.resource.arn?.hasPrefix("arn:aws:s3:::b") == true, "\(hole.explanation)")
    let parted =
      #"{"Effect":"Allow","NotAction":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:G*","Resource":"*"}"#
    #expect(try check(parted, ContainmentTests.allow("*", "*")).holds)
  }

  @Test func witnessesPreferRealActions() throws {
    let names = ActionNames(["s3:PutObject", "s3:GetObject", "s3:GetBucketAcl"])
    let existing = [try ContainmentTests.policy(ContainmentTests.allow("s3:GetObject*", "*"))]
    let proposed = [try ContainmentTests.policy(ContainmentTests.allow("s3:Get*", "*"))]
    let result = PolicyContainment(existing: existing, universe: .init(actions: .all(preferred: names)))
      .check(proposed: proposed)
    #expect(result.witness?.request.action.description == "s3:GetBucketAcl")
    #expect(result.explanation.contains("`s3:GetBucketAcl`"))
    let closed = PolicyContainment(
      existing: existing, universe: .init(actions: .only(ActionNames(["s3:GetObject", "s3:PutObject"]))))
    #expect(closed.check(proposed: proposed).holds)
  }

  @Test func aLimitOnColonsKeepsResourcesReal() throws {
    let existing = [
      try ContainmentTests.policy(
        ContainmentTests.allow("*", "*") + ","
          + ContainmentTests.deny("*", "arn:aws:dynamodb:*:*:table/secret"))
    ]
    let proposed = [
      try ContainmentTests.policy(
        ContainmentTests.allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/dev-*"))
    ]
    #expect(PolicyContainment(existing: existing).check(proposed: proposed).witness != nil)
    let universe = PolicyContainment.RequestUniverse { _ in 0 }
    #expect(PolicyContainment(existing: existing, universe: universe).check(proposed: proposed).holds)
  }

  @Test func witnessesNameTheStatementAndItsContext() throws {
    let result = try check(
      ContainmentTests.allow("s3:*", "*", #""StringEquals":{"aws:PrincipalTag/Team":"red"}"#),
      ContainmentTests.allow("s3:*", "*", #""StringEquals":{"aws:PrincipalTag/Team":["red","blue"]}"#))
    let witness = try #require(result.witness)
    #expect(witness.statement == StatementReference(policy: 0, statement: 0, sid: nil))
    #expect(witness.contextKeys == ["aws:PrincipalTag/Team"])
    #expect(witness.request.context["aws:PrincipalTag/Team"] == .single("blue"))
  }

  @Test func pathologicalPatternsAreAnsweredInTime() throws {
    let many = String(repeating: "a*", count: 900)
    let spread = (0..<60).map { "\"arn:aws:s3:::*\(String(repeating: "?a*", count: 10))\($0)*\"" }
    let questions = (1...40).map { "\"*a\(String(repeating: "?", count: $0))b*\"" }
    let existing = try ContainmentTests.policy(
      #"{"Effect":"Allow","Action":"s3:*","Resource":[\#(spread.joined(separator: ","))]},"#
        + #"{"Effect":"Allow","Action":"s3:*","Resource":[\#(questions.joined(separator: ","))]},"#
        + ContainmentTests.allow("s3:*", "\(many)b"))
    for resource in ["\(many)*", "*a*a*a*a*a*a*a*a*b*"] {
      let proposed = try ContainmentTests.policy(ContainmentTests.allow("s3:Get*", resource))
      let elapsed = ContinuousClock().measure {
        let result = PolicyContainment(existing: [existing]).check(proposed: [proposed])
        #expect(!result.holds, "\(resource)")
      }
      #expect(elapsed < .seconds(40), "\(resource.prefix(40)) took \(elapsed) in a debug build")
    }
  }

  @Test func manyOverlappingConditionsAreAnsweredInTime() throws {
    let existing = try ContainmentTests.policy(
      (0..<40).map { index in
        ContainmentTests.allow(
          "s3:*", "arn:aws:s3:::*\(index)*",
          #""StringLike":{"k\#(index % 7)":"*\#(index)*"},"NumericLessThan":{"n\#(index % 5)":"\#(index)"}"#)
      }.joined(separator: ","))
    let proposed = try ContainmentTests.policy(
      ContainmentTests.allow("s3:*", "*", #""StringLike":{"k1":"*1*"}"#))
    let elapsed = ContinuousClock().measure {
      let result = PolicyContainment(existing: [existing]).check(proposed: [proposed])
      #expect(!result.holds)
    }
    #expect(elapsed < .seconds(40), "took \(elapsed) in a debug build")
  }
}
