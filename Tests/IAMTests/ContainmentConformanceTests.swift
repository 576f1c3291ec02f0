// Containment cases drawn from other projects and from AWS's own examples, with their expected answers.

import Foundation
import JSONStream
import TestSupport
import Testing

@testable import IAM

@Suite(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
struct ContainmentConformanceTests {
  /// Cases whose expected answer AWS's documentation contradicts.
  static let rejected: [String: String] = {
    let version = "\"Version\": without 2012-10-17, `${aws:username}` stands for itself"
    let mutated = "quacky/mutations/ec2/exp_single/ec2_allow_ebs_volume_owners/policy"
    return ["\(mutated)/0_0→ec2/exp_single/ec2_allow_ebs_volume_owners/policy": version]
  }()

  /// What the Service Authorization Reference says of the resources of actions that the cases need it for.
  static let universe = PolicyContainment.RequestUniverse { action in
    ["cloudformation:": 0, "ecs:": 1].first { action.hasPrefix($0.key) }?.value
  }

  static func policies(_ value: JSONValue?) throws -> [PolicyDocument] {
    let documents = value?.elements.isEmpty == false ? value?.elements : value.map { [$0] }
    return try (documents ?? []).map { document in
      var writer = JSONWriter()
      writer.write(document)
      return try PolicyDocument(json: writer.bytes)
    }
  }

  func check(_ file: String, _ answer: (JSONValue) throws -> (result: ContainmentResult, isPassed: Bool))
    throws
  {
    let cases = try ConformanceTests.cases(file)
    #expect(cases.count > 0)
    for test in cases {
      let (result, expected) = try answer(test.value)
      if let document = ContainmentConformanceTests.rejected[test.id] {
        #expect(result.holds != expected, "\(test.id) passes, although \(document) contradicts it")
        continue
      }
      #expect(result.holds == expected, "\(test.id): \(result.explanation)")
      #expect(!result.conservative, "\(test.id): \(result.explanation)")
      #expect((result.witness == nil) == result.holds, "\(test.id): \(result.explanation)")
    }
  }

  @Test func newAccessIsFoundAsExpected() throws {
    try check("noNewAccess") { test in
      let type = try #require(PolicyContainment.PolicyType(rawValue: test["policyType"]?.string ?? ""))
      let containment = PolicyContainment(
        existing: try ContainmentConformanceTests.policies(test["existing"]), policyType: type,
        universe: ContainmentConformanceTests.universe)
      let proposed = try ContainmentConformanceTests.policies(test["new"])
      let clock = ContinuousClock()
      var result: ContainmentResult?
      let elapsed = clock.measure { result = containment.check(proposed: proposed) }
      if elapsed > .milliseconds(300) { print("slow", test["id"]?.string ?? "", elapsed) }
      return (try #require(result), test["expected"]?.string == "pass")
    }
  }

  @Test func accessNotGrantedIsFoundAsExpected() throws {
    try check("accessNotGranted") { test in
      let type = try #require(PolicyContainment.PolicyType(rawValue: test["policyType"]?.string ?? ""))
      func list(_ name: String) -> [String]? {
        let value = test["access"]?[name] ?? .null
        return value == .null ? nil : value.elements.compactMap(\.string)
      }
      let result = PolicyContainment.checkAccessNotGranted(
        actions: list("actions"), resources: list("resources"),
        in: try ContainmentConformanceTests.policies(test["policy"]), policyType: type)
      return (result, test["expected"]?.string == "pass")
    }
  }

  @Test func publicAccessIsFoundAsExpected() throws {
    try check("noPublicAccess") { test in
      let result = PolicyContainment.checkNoPublicAccess(
        in: try ContainmentConformanceTests.policies(test["policy"]))
      return (result, test["expected"]?.string == "pass")
    }
  }

  @Test func patternsOverlapAsExpected() throws {
    for test in try ConformanceTests.cases("overlap") {
      let left = Wildcard(test.value["a"]?.string ?? "")
      let right = Wildcard(test.value["b"]?.string ?? "")
      #expect(left.intersects(right) == test.value["expected"]?.bool, "\(test.id)")
      #expect(right.intersects(left) == test.value["expected"]?.bool, "\(test.id)")
    }
  }

  @Test func resourcesFitARNFormatsAsExpected() throws {
    for test in try ConformanceTests.cases("arnFormat") {
      let format = ARNFormat(test.value["arnFormat"]?.string ?? "")
      #expect(
        format.admits(test.value["resource"]?.string ?? "") == test.value["expected"]?.bool, "\(test.id)")
    }
  }
}
