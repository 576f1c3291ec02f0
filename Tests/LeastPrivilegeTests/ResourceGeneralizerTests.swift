// Generalisation: which names become which patterns, and the laws that make it safe.

import IAM
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

@Suite struct ResourceGeneralizerTests {
  @Test(arguments: [
    ("arn:aws:s3:::logs/2026/11/20/3f2a9c1d-app.gz", "arn:aws:s3:::logs/????/??/??/*-app.gz"),
    ("arn:aws:s3:::photos/cats/tom.jpg", "arn:aws:s3:::photos/cats/tom.jpg"),
    ("arn:aws:s3:::photos", "arn:aws:s3:::photos"),
    (
      "arn:aws:s3:::trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/x.json.gz",
      "arn:aws:s3:::trail/AWSLogs/111122223333/CloudTrail/eu-west-1/????/??/??/x.json.gz"
    ),
    (
      "arn:aws:s3:::up/0f8fad5b-d9cb-469f-a165-70867728950e/raw.bin", "arn:aws:s3:::up/*/raw.bin"
    ),
    (
      "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:log-stream:2026/11/20/[$LATEST]ab12",
      "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:log-stream:*"
    ),
    (
      "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f",
      "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f"
    ),
    ("arn:aws:ec2:eu-west-1::image/ami-0abc", "arn:aws:ec2:eu-west-1::image/*"),
    (
      "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
      "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"
    ),
    (
      "arn:aws:codebuild:eu-west-1:111122223333:build/site:0f8fad5b-d9cb-469f-a165-70867728950e",
      "arn:aws:codebuild:eu-west-1:111122223333:build/site:*"
    ),
    (
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/0f8fad5b",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/*"
    ),
    (
      "arn:aws:dynamodb:eu-west-1:111122223333:table/events-20261120",
      "arn:aws:dynamodb:eu-west-1:111122223333:table/events-????????"
    ),
    (
      "arn:aws:kms:eu-west-1:111122223333:key/0f8fad5b-d9cb-469f-a165-70867728950e",
      "arn:aws:kms:eu-west-1:111122223333:key/0f8fad5b-d9cb-469f-a165-70867728950e"
    ),
    ("arn:aws:iam::111122223333:role/app-2026-11-20", "arn:aws:iam::111122223333:role/app-2026-11-20"),
    ("*", "*"),
    ("arn:aws:s3:::photos/${*}2026", "arn:aws:s3:::photos/${*}????"),
    ("arn:aws:s3:::photos/*", "arn:aws:s3:::photos/*"),
  ])
  func `a name is generalised by itself`(resource: String, pattern: String) {
    let patterns = ResourceGeneralizer(generalization: .safe).patterns(for: [resource])
    #expect(patterns == [resource: pattern])
  }

  @Test func `a crowded folder becomes a pattern, the bucket never does`() {
    let cats = Set(
      (0..<30).map { "arn:aws:s3:::photos/cats/cat\(Character(UnicodeScalar(UInt8(97 + $0 % 26))))\($0)x" })
    let safe = ResourceGeneralizer(generalization: .safe)
    #expect(Set(safe.patterns(for: cats).values) == ["arn:aws:s3:::photos/cats/*"])
    let roots = Set(cats.map { $0.replacing("cats/", with: "") })
    #expect(Set(safe.patterns(for: roots).values) == roots)
    let budgeted = ResourceGeneralizer(generalization: .budget(10))
    #expect(Set(budgeted.patterns(for: roots).values) == ["arn:aws:s3:::photos/*"])
  }

  private static func names(_ random: inout SeededGenerator) -> Set<String> {
    let heads = [
      "arn:aws:s3:::", "arn:aws:s3:::", "arn:aws:sqs:eu-west-1:111122223333:",
      "arn:aws:iam::111122223333:role/",
      "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:",
      "arn:aws-cn:dynamodb:cn-north-1:1:table/",
    ]
    let words = [
      "a", "b", "logs", "2026", "11", "2026-11-20", "3f2a9c1d", "1699999999", "20261120T0305Z",
      "111122223333", "x.gz",
      "", "*", "?", "${*}", "é",
    ]
    return Set(
      (0..<Int.random(in: 0...60, using: &random)).map { _ in
        let count = Int.random(in: 1...5, using: &random)
        let tail = (0..<count).map { _ in random.pick(words) ?? "" }.joined(
          separator: random.pick(["/", "-", ":"]) ?? "/")
        return (random.pick(heads) ?? "") + "n" + tail
      })
  }

  @Test(arguments: 0..<200)
  func `every pattern contains its resource and keeps account, region, service and bucket`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let generalization = random.pick([Generalization.none, .safe, .budget(1), .budget(3)]) ?? .safe
    let names = Self.names(&random)
    let patterns = ResourceGeneralizer(generalization: generalization).patterns(for: names)
    #expect(Set(patterns.keys) == names)
    for (resource, pattern) in patterns {
      #expect(ResourceNotation.pattern(pattern).contains(ResourceNotation.pattern(resource)))
      guard let before = ARN(resource), let after = ARN(pattern) else { continue }
      #expect(before.partition == after.partition && before.service == after.service)
      #expect(before.region == after.region && before.account == after.account)
      if before.service == "s3", let slash = before.resource.firstIndex(of: "/") {
        #expect(after.resource.hasPrefix(before.resource[...slash]), "\(resource) -> \(pattern)")
      }
    }
  }

  @Test(arguments: 0..<200) func `more resources never take a pattern away`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let generalizer = ResourceGeneralizer(
      generalization: random.pick([.safe, .budget(1), .budget(3)]) ?? .safe)
    let few = Self.names(&random)
    let many = few.union(Self.names(&random))
    let before = generalizer.patterns(for: few)
    let after = generalizer.patterns(for: many)
    for (resource, pattern) in before {
      let wider = after[resource] ?? ""
      #expect(
        ResourceNotation.pattern(wider).contains(ResourceNotation.pattern(pattern)),
        "\(resource): \(pattern) became \(wider)")
    }
  }
}
