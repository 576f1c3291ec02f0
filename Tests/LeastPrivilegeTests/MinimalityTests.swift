// The check for superfluous elements, against taking each out and replaying everything.

import AWSCatalog
import CloudTrail
import IAM
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

@Suite struct MinimalityTests {
  private static let app = LedgerMaker.role("app")

  private static func uses(_ random: inout SeededGenerator) -> [RecordedUse] {
    (0..<Int.random(in: 1...8, using: &random)).map { _ in
      var facts = UseFacts()
      facts.allowed.add(at: Timestamp(secondsSinceEpoch: 1_790_000_000))
      let resource = random.pick(["*", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a/k"]) ?? ""
      let context =
        random.chance(0.3) ? [ContextPair(key: "kms:ViaService", value: random.pick(["x", "y"]) ?? "")] : []
      return RecordedUse(
        action: random.pick(["s3:GetObject", "s3:GetAcl", "ec2:RunInstances"]) ?? "", resource: resource,
        recorded: resource, context: context, facts: facts)
    }
  }

  private static func policy(_ random: inout SeededGenerator) -> PolicyDocument {
    func some(_ texts: [String]) -> [String] {
      texts.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).sorted()
    }
    return PolicyDocument(
      statements: (0..<Int.random(in: 1...4, using: &random)).map { number in
        Statement(
          sid: "S\(number)", effect: .allow,
          actions: .action(some(["s3:GetObject", "s3:Get*", "S3:getacl", "ec2:RunInstances", "*"])),
          resources: .resource(some(["*", "arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:s3:::b", "arn:*"])),
          conditions: random.chance(0.3)
            ? [Condition(operatorName: "StringEquals", key: "kms:ViaService", values: ["x"])] : [])
      })
  }

  /// A document without one action or resource of a statement; a statement that is left with none is gone.
  private static func without(
    _ document: PolicyDocument, _ index: Int, action: Int? = nil, resource: Int? = nil
  ) -> PolicyDocument {
    var document = document
    if let action, case .action(var list) = document.statements[index].actions {
      list.remove(at: action)
      document.statements[index].actions = .action(list)
      if list.isEmpty { document.statements.remove(at: index) }
    }
    if let resource, case .resource(var list)? = document.statements[index].resources {
      list.remove(at: resource)
      document.statements[index].resources = .resource(list)
      if list.isEmpty { document.statements.remove(at: index) }
    }
    return document
  }

  @Test(arguments: 0..<400) func `an element is superfluous where all uses pass without it`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let uses = Self.uses(&random)
    let document = Self.policy(&random)
    func subject(_ document: PolicyDocument, _ uses: [RecordedUse]) -> PolicyVerifier.Subject {
      PolicyVerifier.Subject(
        policies: [NamedPolicy(name: "p", document: document, size: 0, evidence: [])], principal: Self.app,
        uses: uses)
    }
    // Of those that do not pass there is nothing to say.
    let failing = Set(Replay(subject(document, uses)).failures.map { [$0.action, $0.resource] })
    let passing = uses.filter { !failing.contains([$0.action, $0.recorded]) }
    func allPass(_ document: PolicyDocument) -> Bool {
      Replay(subject(document, passing)).failures.isEmpty
    }
    var expected: [[String?]] = []
    for (index, statement) in document.statements.enumerated() {
      guard case .action(let actions) = statement.actions,
        case .resource(let resources)? = statement.resources
      else { continue }
      for place in actions.indices where allPass(Self.without(document, index, action: place)) {
        expected.append([actions[place], nil])
      }
      for place in resources.indices where allPass(Self.without(document, index, resource: place)) {
        expected.append([nil, resources[place]])
      }
    }
    let verification = PolicyVerifier(catalog: .embedded).verify(subject(document, passing))
    let found = verification.failures.filter { $0.kind == .notMinimal }.map { [$0.action, $0.resource] }
    #expect(verification.complete)
    #expect(found == expected, "seed \(seed): \(document) \(passing.map { [$0.action, $0.recorded] })")
  }
}
