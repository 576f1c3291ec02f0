// Roles that people use in clearly different ways.

import CloudTrail
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

@Suite struct SplitCandidateTests {
  private static func users(_ use: [String: [String]]) -> RoleUsers {
    var users = RoleUsers()
    for (name, actions) in use {
      for action in actions { users.insert(action, by: RoleUser(evidence: .session, name: name)) }
    }
    return users
  }

  private static func split(_ use: [String: [String]]) -> SplitCandidate? {
    SplitCandidate("role", users(use))
  }

  @Test func `people who share little of what they do are told apart`() throws {
    let split = try #require(
      Self.split([
        // Two of three, and three of four, are much the same.
        "anna": ["ec2:A", "ec2:B", "ec2:C"], "ben": ["ec2:B", "ec2:C", "ec2:D", "s3:X"],
        // One of three is a third of hers, but nothing of Anna's.
        "carla": ["lambda:A", "lambda:B", "s3:X", "s3:Y"],
        "erik": ["ec2:A", "lambda:A"],
      ]))
    // Ben's s3:X is a quarter of what Carla did: less than a third.
    #expect(split.groups.map { $0.members.map(\.name) } == [["anna", "ben"], ["carla"]])
    #expect(split.groups[0].actions == ["ec2:A", "ec2:B", "ec2:C", "ec2:D", "s3:X"])
    #expect(split.groups[0].notNeeded == ["lambda:A", "lambda:B", "s3:Y"])
    #expect(split.groups[1].notNeeded == ["ec2:A", "ec2:B", "ec2:C", "ec2:D"])
    #expect(split.others.map(\.name) == ["erik"])
    #expect(split.isComplete)
  }

  @Test func `a third in common is enough to be alike, and so is doing a part of what others do`() {
    #expect(Self.split(["anna": ["a", "b", "c"], "ben": ["c", "d", "e"]]) == nil)
    let everything = (0..<40).map { "s3:Action\($0)" }
    #expect(Self.split(["anna": everything, "ben": Array(everything.prefix(3))]) == nil)
    #expect(Self.split(["anna": ["a", "b", "c"], "ben": ["d", "e"]]) == nil)
    #expect(Self.split(["anna": ["a", "b", "c"]]) == nil)
    // Whoever did more than the ledger keeps may have done all that others did.
    let more = (0...RoleUsers.actionLimit).map { "s3:Action\($0)" }
    #expect(Self.split(["anna": more, "ben": ["a", "b", "c"]]) == nil)
  }

  @Test func `a role that only services assume is nobody's`() throws {
    func found(_ trust: String) throws -> Int {
      var maker = LedgerMaker()
      let role = LedgerMaker.role("app")
      maker.use(role, "s3:ListAllMyBuckets", "*")
      maker.ledger.principals[role, default: PrincipalFacts()].users = Self.users([
        "thumbnails": ["a", "b", "c"], "mails": ["d", "e", "f"],
      ])
      let grants = try AccountGrants(
        """
        {"RoleDetailList":[{"Path":"/","RoleName":"app","Arn":"\(role.identifier)","AssumeRolePolicyDocument":
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":\(trust)}]}}]}
        """)
      let diff = PolicyDiff(ledger: maker.ledger, grants: grants)
      return AccountFindings(of: diff, ledger: maker.ledger, grants: grants).splitCandidates.count
    }
    #expect(try found(#"{"Service":"lambda.amazonaws.com"}"#) == 0)
    #expect(try found(#"{"AWS":"arn:aws:iam::111122223333:root"}"#) == 1)
    #expect(try found(#"{"Service":"ec2.amazonaws.com","AWS":"arn:aws:iam::111122223333:root"}"#) == 1)
  }

  /// The oracle joins the two most alike groups with everything worked out anew each time.
  private static func naive(_ use: [String: Set<String>]) -> Set<Set<String>> {
    var groups = use.filter { $0.value.count >= 3 }.sorted { $0.key < $1.key }.map {
      (members: [$0.key], actions: $0.value)
    }
    while true {
      var best: (Int, Int, shared: Int, smaller: Int)?
      for left in groups.indices {
        for right in groups.indices where left < right {
          let shared = groups[left].actions.intersection(groups[right].actions).count
          let smaller = min(groups[left].actions.count, groups[right].actions.count)
          guard shared * 3 >= smaller else { continue }
          if let known = best, known.shared * smaller >= shared * known.smaller { continue }
          best = (left, right, shared, smaller)
        }
      }
      guard let best else { return Set(groups.map { Set($0.members) }) }
      groups[best.0].members += groups[best.1].members
      groups[best.0].actions.formUnion(groups[best.1].actions)
      groups.remove(at: best.1)
    }
  }

  @Test func `groups are apart, hold everybody, and do not depend on order`() {
    var found = 0
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var use: [String: Set<String>] = [:]
      for person in 0..<Int.random(in: 2...9, using: &random) {
        // Each has a job, and now and then does something else.
        let job = Int.random(in: 0..<3, using: &random)
        for _ in 0..<Int.random(in: 1...12, using: &random) {
          let kind = Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 0..<3, using: &random) : job
          use["user\(person)", default: []].insert("job\(kind):\(Int.random(in: 0..<8, using: &random))")
        }
      }
      let expected = Self.naive(use)
      let split = Self.split(use.mapValues(Array.init))
      #expect((split == nil) == (expected.count < 2), "seed \(seed)")
      guard let split else { continue }
      found += 1
      #expect(Set(split.groups.map { Set($0.members.map(\.name)) }) == expected, "seed \(seed)")
      let all = Set(use.filter { $0.value.count >= 3 }.flatMap(\.value))
      for (number, group) in split.groups.enumerated() {
        #expect(Set(group.actions).union(group.notNeeded) == all, "seed \(seed)")
        for other in split.groups.dropFirst(number + 1) {
          let shared = Set(group.actions).intersection(other.actions).count
          #expect(shared * 3 < min(group.actions.count, other.actions.count), "seed \(seed)")
        }
      }
    }
    #expect(found > 50)
  }
}
