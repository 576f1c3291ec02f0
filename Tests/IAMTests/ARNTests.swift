// ARNs cut at their colons, held to the standard library's way to do that.

import IAM
import TestSupport
import Testing

@Suite("Amazon Resource Names") struct ARNTests {
  /// The definition: six segments, of which the first is `arn` and partition, service and resource are not empty.
  private static func segments(_ text: String) -> [String]? {
    let parts = text.unicodeScalars.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      .map { String($0) }
    guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty else {
      return nil
    }
    return Array(parts[1...])
  }

  @Test("ARNs are what the definition says", arguments: 1...4 as ClosedRange<UInt64>)
  func twin(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "arn", "arn:", ":", "::", "aws", "s3", "eu-west-1", "111122223333", "photos/cat.jpg", "a", "\u{301}",
      "é", "*",
    ]
    var parsed = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &random)
      let start = random.chance(0.7) ? "arn:" : ""
      let text = start + (0..<count).map { _ in random.pick(pieces) ?? "" }.joined()
      let found = ARN(text).map { [$0.partition, $0.service, $0.region, $0.account, $0.resource] }
      let expected = ARNTests.segments(text)
      #expect(
        found?.map { Array($0.utf8) } == expected?.map { Array($0.utf8) },
        "seed \(seed): \(text.debugDescription)")
      if let arn = ARN(text) {
        parsed += 1
        #expect(Array(arn.description.utf8) == Array(text.utf8), "seed \(seed)")
      }
    }
    #expect(parsed > 100)
  }
}
