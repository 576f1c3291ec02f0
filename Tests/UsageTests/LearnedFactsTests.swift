// ARNs of IAM without their paths.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import Usage

@Suite("Facts learnt from events")
struct LearnedFactsTests {
  /// Law: taking a path off bytes gives what taking it off parts gives.
  @Test("A path is what stands between the type and the name", arguments: UInt64(1)...20)
  func paths(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "user", "role", "group", "policy", "instance-profile", "server-certificate", "mfa", "/", "/", "/", "ci",
      "app", "*",
      "\u{e9}", ":",
    ]
    let heads = [
      "arn:aws:iam::111122223333:", "arn:aws-cn:iam:eu:1:", "arn:aws:iam:::", "arn:aws:sts::1:", "arn:iam:",
      "",
    ]
    for _ in 0..<500 {
      let tail = (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(parts) ?? "" }
      let arn = (random.pick(heads) ?? "") + tail.joined()
      #expect(LearnedFacts.withoutPath(arn) == Self.withoutPath(arn), "seed \(seed): \(arn)")
    }
  }

  /// Law: what nothing may be learnt about keeps its key, whatever is learnt.
  @Test("Resources are passed over only where nothing can be told of them", arguments: UInt64(1)...20)
  func passedOver(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var facts = LearnedFacts()
    facts.learn(.identity(arn: "arn:aws:iam::1:role/ci/app"))
    facts.learn(.alias(arn: "arn:aws:kms:eu:1:alias/app", key: "arn:aws:kms:eu:1:key/1"))
    let parts = [
      "arn", "aws", "iam", "kms", "eu", "1", ":", ":", "::", "role/", "app", "alias/", "instance-profile/",
    ]
    let heads = ["arn:aws:iam::1:", "arn:aws:kms:eu:1:", "arn:aws:s3:::", "*", ""]
    let actions = ["iam:PassRole", "iam:GetRole", "sts:AssumeRole", "kms:Decrypt", "kms:CreateAlias"]
    var changed = 0
    for _ in 0..<500 {
      let tail = (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(parts) ?? "" }
      let key = UseKey(
        principal: Principal(kind: .role, identifier: "arn:aws:iam::1:role/ci/app", account: "1"),
        action: random.pick(actions) ?? "", resource: (random.pick(heads) ?? "") + tail.joined())
      let settled = facts.settled(key)
      if settled.count == 1, settled[0].0 == key, settled[0].1 == nil { continue }
      changed += 1
      let mayTell = LearnedFacts.mayTell(ofResource: key.resource.utf8.span)
      #expect(mayTell, "seed \(seed): \(key.action) \(key.resource)")
    }
    #expect(changed > 0, "seed \(seed)")
  }

  private static func withoutPath(_ arn: String) -> String? {
    let types = ["user", "role", "group", "policy", "instance-profile", "server-certificate"]
    guard let parsed = ARN(arn), parsed.service == "iam" else { return nil }
    let parts = parsed.resource.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, let type = parts.first, types.contains(String(type)), let name = parts.last,
      !name.isEmpty
    else { return nil }
    return parts.count == 2 ? arn : "arn:\(parsed.partition):iam::\(parsed.account):\(type)/\(name)"
  }
}
