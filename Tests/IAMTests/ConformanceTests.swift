// Cases drawn from other projects and from AWS's own examples, with their expected answers.
//
// The files and their schema are described in the shared data's `conformance/README.md`. A case that fails here on
// purpose stands in `rejected` with the AWS document that shows it to be wrong.

import Foundation
import IAM
import JSONStream
import TestSupport
import Testing

@testable import IAM

@Suite(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
struct ConformanceTests {
  /// One line of a file.
  struct Case {
    let id: String
    let value: JSONValue
    let line: [UInt8]
  }

  static func cases(_ file: String) throws -> [Case] {
    let data = try Data(contentsOf: URL(filePath: Fixtures.shared("conformance/\(file).jsonl")))
    return try data.split(separator: 0x0A).map { line in
      let value = try JSONValue(parsing: [UInt8](line))
      return Case(id: value["id"]?.string ?? "", value: value, line: [UInt8](line))
    }
  }

  /// Cases whose expected answer AWS's documentation contradicts.
  static let rejected: [String: String] = {
    let operators = "\"Condition operators\": a negated operator is true where the key is absent"
    let version =
      "\"Version\": without variables the pattern stands for itself, and names another key than the value"
    return [
      "aspen/test_arn_not_equals#1": operators, "aspen/test_date_not_equals#1": operators,
      "aspen/test_not_ip_address#1": operators, "aspen/test_not_ip_address#6": operators,
      "aspen/test_numeric_not_equals#1": operators, "aspen/test_string_not_equals#1": operators,
      "aspen/test_string_not_like#1": operators,
      "aspen/test_string_like_variables#6": version, "aspen/test_string_like_variables#7": version,
    ]
  }()

  /// Runs a file's cases; each has to pass, or to fail and be rejected.
  func check(_ file: String, _ answer: (Case) throws -> (actual: String, expected: String)) throws {
    let cases = try ConformanceTests.cases(file)
    #expect(cases.count > 0)
    for test in cases {
      let (actual, expected) = try answer(test)
      if let document = ConformanceTests.rejected[test.id] {
        #expect(actual != expected, "\(test.id) passes, although \(document) contradicts it")
      } else {
        #expect(actual == expected, "\(test.id)")
      }
    }
  }

  @Test func requestsAreDecidedAsExpected() throws {
    try check("evaluate") { test in
      let input = try SimulationRequest(json: test.line)
      let decision = PolicyEvaluator(input.policies).decide(input.request)
      #expect(PolicyEvaluator(input.policies).allows(input.request) == decision.isAllowed)
      let expected = test.value["expected"]?.string ?? ""
      let actual =
        switch decision.outcome {
        case .allowed: "allowed"
        case .explicitDeny: expected == "denied" ? "denied" : "denied-explicit"
        case .implicitDeny: expected == "denied" ? "denied" : "denied-implicit"
        }
      return (actual, expected)
    }
  }

  @Test func conditionsHoldAsExpected() throws {
    try check("condition") { test in
      var members = [JSONMember("Effect", .string("Allow")), JSONMember("Action", .string("*"))]
      members.append(JSONMember("Resource", .string("*")))
      members.append(JSONMember("Condition", test.value["condition"] ?? .null))
      var document = [JSONMember("Statement", .object(members))]
      let version = test.value["version"] ?? .string("2012-10-17")
      if version != .null { document.append(JSONMember("Version", version)) }
      var writer = JSONWriter()
      writer.write(.object(document))
      var context = RequestContext()
      for member in test.value["context"]?.members ?? [] {
        context[member.name] =
          member.value.string.map { .single($0) }
          ?? .multiple(member.value.elements.compactMap(\.string))
      }
      let request = AccessRequest(
        principal: RequestPrincipal(
          kind: .user, arn: "arn:aws:iam::123456789012:user/u", account: "123456789012"),
        action: ActionName(service: "s3", name: "GetObject"), resource: RequestResource(arn: nil),
        context: context)
      let policy = try PolicyDocument(json: writer.bytes)
      let actual = PolicyEvaluator(ApplicablePolicies(identity: [policy])).allows(request)
      return ("\(actual)", "\(test.value["expected"]?.bool ?? false)")
    }
  }

  @Test func patternsMatchAsExpected() throws {
    try check("match") { test in
      let patterns =
        test.value["pattern"]?.string.map { [$0] } ?? test.value["pattern"]?.elements.compactMap(\.string)
      let value = test.value["value"]?.string ?? ""
      var context = RequestContext()
      for member in test.value["context"]?.members ?? [] {
        context[member.name] =
          member.value.string.map { .single($0) }
          ?? .multiple(member.value.elements.compactMap(\.string))
      }
      let version = "2012-10-17"
      let actual: Bool =
        switch test.value["mode"]?.string ?? "" {
        case "glob": (patterns ?? []).contains { Wildcard($0).matches(value) }
        case "globi": (patterns ?? []).contains { Wildcard($0, caseInsensitive: true).matches(value) }
        case "action":
          PatternSet(actions: patterns ?? []).matches(
            value.asciiLowercased, isASCII: value.isASCII, in: context)
        case "notAction":
          !PatternSet(actions: patterns ?? []).matches(
            value.asciiLowercased, isASCII: value.isASCII, in: context)
        case "notResource":
          !PatternSet(resources: patterns ?? [], version: version)
            .matches(value, isASCII: value.isASCII, in: context)
        default:
          PatternSet(resources: patterns ?? [], version: version)
            .matches(value, isASCII: value.isASCII, in: context)
        }
      return ("\(actual)", "\(test.value["expected"]?.bool ?? false)")
    }
  }

  @Test func principalsAreNamedAsExpected() throws {
    try check("principal") { test in
      let types = (test.value["value"]?.members ?? []).map { member in
        PrincipalSet.TypedPrincipals(
          type: member.name,
          values: member.value.string.map { [$0] } ?? member.value.elements.compactMap(\.string))
      }
      let principal = test.value["principal"]
      let kind = try #require(RequestPrincipal.Kind(rawValue: principal?["type"]?.string ?? ""))
      let caller = CallerIdentity(
        RequestPrincipal(kind: kind, arn: principal?["arn"]?.string, account: principal?["account"]?.string))
      let actual =
        switch PrincipalTest(.typed(types)).match(caller) {
        case .none: "no-match"
        case .account: "account-match"
        case .federatedUser: "session-user-match"
        case .role: kind == .role ? "match" : "session-role-match"
        case .itself, .everyone: "match"
        }
      return (actual, test.value["expected"]?.string ?? "")
    }
  }

  /// Of parliament's findings those that are about the grammar; the others are about services or good practice.
  static let grammarFindings: Set<String> = [
    "MALFORMED_JSON", "MALFORMED", "INVALID_ARN", "UNKNOWN_OPERATOR", "INVALID_SID", "DUPLICATE_SID",
  ]

  @Test func grammarFaultsOfTheLinterAreFound() throws {
    for test in try ConformanceTests.cases("lint") {
      let expected = test.value["expectedFindings"]?.elements.compactMap(\.string) ?? []
      var json = Array((test.value["policyText"]?.string ?? "").utf8)
      if let policy = test.value["policy"], policy != .null {
        var writer = JSONWriter()
        writer.write(policy)
        json = writer.bytes
      }
      // A policy with principals is checked as one of a resource.
      let document = try? PolicyDocument(json: json)
      let isResourceBased = document?.statements.contains { $0.principal != nil } ?? false
      let findings = document.map {
        PolicyValidation($0, as: isResourceBased ? .resourcePolicy : .managedPolicy).findings
      }
      // What parliament passes and AWS's grammar page does not: an `Id` in an identity-based policy. That a value does not
      // fit its operator it calls a type that does not match the key.
      let ignored: Set<PolicyValidation.Finding.Code> = [.invalidValue, .invalidVersion]
      let isFaulty = findings?.contains { !ignored.contains($0.code) && $0.path != "Id" } ?? true
      #expect(
        isFaulty == !ConformanceTests.grammarFindings.isDisjoint(with: expected),
        "\(test.id) \(expected) \(findings ?? [])")
    }
  }
}
