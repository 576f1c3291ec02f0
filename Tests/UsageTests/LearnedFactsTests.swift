// ARNs of IAM without their paths.

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
