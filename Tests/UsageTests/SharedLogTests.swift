// The resolver on real logs: how many resources it tells, and whether AWS's own statements agree.

import AWSCatalog
import CloudTrail
import Foundation
import IAM
import JSONStream
import TestSupport
import Testing

@testable import Usage

@Suite("Real logs", .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
struct SharedLogTests {
  private static func scan(_ source: String = "", jobs: Int = 2) throws -> UsageScan.Result {
    let folder = try Fixtures.shared("logs")
    let sources =
      source.isEmpty
      ? try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "derived" } : [source]
    return try UsageScan(inputs: sources.map { .path(folder + "/" + $0) }, jobs: jobs).run()
  }

  @Test("Of the uses whose action supports resource-level permissions, 97 % name one; the rest say why")
  func coverage() throws {
    let ledger = try SharedLogTests.scan().ledger
    var named = 0
    var unnamed = 0
    for (key, facts) in ledger.uses {
      guard let entry = Catalog.embedded.action(key.action), !entry.resourceTypes.isEmpty else { continue }
      if key.resource == "*" {
        unnamed += 1
        #expect(facts.unresolvedReason != nil, "\(key.action) by \(key.principal.identifier)")
      } else {
        named += 1
      }
    }
    #expect(named > 1_000)
    #expect(Double(named) / Double(named + unnamed) >= 0.97, "\(named) named, \(unnamed) not")
  }

  @Test("Every action is in the catalog, and every resource matches one of its action's ARN formats")
  func formats() throws {
    for (key, facts) in try SharedLogTests.scan().ledger.uses {
      let entry = try #require(Catalog.embedded.action(key.action), "\(key.action)")
      #expect(entry.action == key.action)
      if key.resource == "*" { continue }
      let arn = try #require(ARN(key.resource), "\(key.resource)")
      let formats = entry.resourceTypes.flatMap(\.arnFormats).compactMap { ARNFormat($0) }
      #expect(
        formats.contains { $0.matches(arn) }, "\(key.action) \(key.resource) by \(facts.rules.elements)")
    }
  }

  @Test("The role-passing calls of the invictus logs yield their permissions to pass roles")
  func passedRoles() throws {
    let uses = try SharedLogTests.scan("invictus").ledger.uses.keys.filter { $0.action == "iam:PassRole" }
    let passed = Set(
      uses.map { use in
        [use.resource.split(separator: "/").last.map(String.init) ?? ""] + use.context.map(\.value)
      })
    #expect(
      passed == [
        ["stratus-red-team-ec2-steal-credentials-role", "ec2.amazonaws.com"],
        ["stratus-red-team-ec2-enumerate-role", "ec2.amazonaws.com"],
        ["stratus-red-team-usr-data-role", "ec2.amazonaws.com"],
        ["stratus-red-team-remove-flow-logs-role", "vpc-flow-logs.amazonaws.com"],
        ["stratus-red-team-backdoor-f-lambda", "lambda.amazonaws.com"],
        ["stratus-red-team-olc-lambda-xhfgzaowxc", "lambda.amazonaws.com"],
        ["stratus-red-team-trust-anchor-role", "rolesanywhere.amazonaws.com"],
      ])
  }

  @Test("The actions that AWS's denial messages state are those that the resolver names")
  func statedActions() throws {
    let path = try Fixtures.shared("../reference/actions-stated-by-aws.tsv")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
    var checked = 0
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count > 2, let stated = Catalog.embedded.canonicalName(fields[2]) else { continue }
      let mapping = Catalog.embedded.operation(source: fields[0], name: fields[1])
      #expect(mapping.actions.contains(stated), "\(fields[0]) \(fields[1])")
      checked += 1
    }
    #expect(checked >= 19)
  }

  @Test("Results are the same for any order of the inputs and any number of threads")
  func orderFree() throws {
    let folder = try Fixtures.shared("logs/stratus")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let paths = files.map { LogInput.path(folder + "/" + $0) }
    let one = try UsageScan(inputs: paths, jobs: 1).run()
    let two = try UsageScan(inputs: paths.reversed(), jobs: 2).run()
    let recorded = try [1, 2].map { try UsageScan(inputs: paths, jobs: $0).record().ledger }
    let sameLedger = recorded[0] == recorded[1] && one.ledger == two.ledger
    #expect(sameLedger)
    #expect(one.summary == two.summary)
  }
}
