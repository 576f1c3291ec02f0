// Families of resources: bounded, and the same for any order and partition of the events.

import CloudTrail
import IAM
import TestSupport
import Testing

@testable import Usage

@Suite("Generalisation of ledgers")
struct GeneralizationTests {
  private static let role = Principal(
    kind: .role, identifier: "arn:aws:iam::111122223333:role/app", account: "111122223333")

  /// Resources of a few families, some of them large.
  private static func resources(_ random: inout SeededGenerator, _ count: Int) -> [String] {
    let heads = [
      "arn:aws:s3:::logs/", "arn:aws:s3:::logs/", "arn:aws:s3:::photos/",
      "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:",
      "arn:aws:dynamodb:eu-west-1:111122223333:table/", "arn:aws:sqs:eu-west-1:111122223333:",
      "arn:aws:kms:eu-west-1:111122223333:key/",
    ]
    let words = [
      "a", "b", "users", "2026", "11", "07", "2026-11-20", "3f2a9c1d", "1699999999", "20261120T0305Z",
      "111122223333", "x.gz", "5f1c2a34-9d21-4c3b-8f10-0123456789ab", "${*}", "é", "", "q",
    ]
    return (0..<count).map { _ in
      let depth = Int.random(in: 1...6, using: &random)
      let tail = (0..<depth).map { _ in random.pick(words) ?? "" }.joined(
        separator: random.pick(["/", "/", "-", ":"]) ?? "/")
      return (random.pick(heads) ?? "") + "n" + tail
    }
  }

  private static func ledger(_ resources: some Sequence<String>) -> UsageLedger {
    var ledger = UsageLedger()
    for resource in resources {
      let key = UseKey(principal: role, action: "s3:GetObject", resource: resource)
      ledger.uses[key, default: UseFacts()].allowed.add(at: Timestamp(secondsSinceEpoch: 1_700_000_000))
    }
    return ledger
  }

  /// Law: names are cut over bytes as they are over characters.
  @Test("Names are cut where their parts end", arguments: UInt64(1)...40)
  func cuts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "arn:aws:", "arn:aws-cn:", "s3:", "logs:", "codebuild:", "ec2:", "ecs:", "iam:", "states:", "sqs:",
      "ssm:", ":",
      ":", "::", "eu-west-1:", "111122223333:", "accesspoint/", "ap", "object/", "/", "/", "log-group:", "g",
      ":",
      "log-stream:", "build/", "image/", "task/", "task-definition/", "execution:", "session/", "x", "\u{e9}",
      "2026",
      "*", "?", "${*}", "${aws:username}", "$",
    ]
    for _ in 0..<500 {
      let resource =
        (random.pick(["arn:aws:s3:::", "arn:aws:logs:eu-west-1:1:", "arn:aws:ecs:::", "arn:aws:ec2:::", ""])
          ?? "")
        + (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(parts) ?? "" }.joined()
      let name = SplitName(resource)
      let text = TextSplitName(resource)
      #expect(name?.stem == text?.stem && name?.tail == text?.tail, "seed \(seed): \(resource)")
      #expect(name?.kind == text?.kind && name?.isTyped == text?.isTyped, "seed \(seed): \(resource)")
      #expect(name?.folders == text?.folders, "seed \(seed): \(resource)")
    }
  }

  @Test("A mark behind a separator does not hide it")
  func combiningMarks() {
    #expect(SplitName("arn:aws:s3:::logs/\u{301}a")?.stem.utf8.count == "arn:aws:s3:::logs/".utf8.count)
    #expect(SplitName("arn:aws:sqs:eu-west-1:1:a/\u{301}b/c")?.tail.utf8.count == "\u{301}b/c".utf8.count)
  }

  @Test("Each rung is a function of the rung below, and contains it", arguments: UInt64(1)...60)
  func ladder(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for resource in Self.resources(&random, 20) {
      guard let name = SplitName(resource) else { continue }
      var levels = [GeneralizationLevel.exact]
      while let next = levels.last?.next { levels.append(next) }
      for low in levels {
        let lower = name.stem + low.tail(of: name)
        guard let again = SplitName(lower) else {
          Issue.record("seed \(seed): \(lower) has no family any more")
          continue
        }
        #expect(again.stem.sameBytes(as: name.stem), "seed \(seed)")
        for high in levels where high >= low {
          let direct = name.stem + high.tail(of: name)
          #expect(
            direct.sameBytes(as: again.stem + high.tail(of: again)), "seed \(seed): \(resource), \(lower)")
          #expect(
            ResourceNotation.pattern(direct).contains(ResourceNotation.pattern(lower)),
            "seed \(seed): \(lower) became \(direct)")
        }
      }
    }
  }

  @Test(
    "A generalised ledger depends on the set of its resources alone, however it was split and when it was generalised",
    arguments: UInt64(1)...20)
  func orderFree(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let limit = random.pick([1, 3, 10, 40]) ?? 3
    let resources = Self.resources(&random, 150)
    var whole = Self.ledger(resources)
    whole.generalize(limit: limit)

    var parts = [UsageLedger](repeating: UsageLedger(), count: 4)
    for resource in resources.shuffled(using: &random) {
      let part = Int.random(in: 0..<parts.count, using: &random)
      parts[part].merge(Self.ledger([resource]))
      if Int.random(in: 0..<10, using: &random) == 0 { parts[part].generalize(limit: limit) }
    }
    var merged = parts.shuffled(using: &random).reduce(into: UsageLedger()) { joined, part in
      joined.merge(part)
      if Bool.random(using: &random) { joined.generalize(limit: limit) }
    }
    merged.generalize(limit: limit)
    let same = merged == whole
    #expect(same, "seed \(seed)")

    var twice = whole
    twice.generalize(limit: limit)
    let unchanged = twice == whole
    #expect(unchanged, "seed \(seed)")
    let calls = whole.uses.values.reduce(0) { $0 + $1.total.count }
    #expect(calls == resources.count, "seed \(seed): no call is lost")
  }

  @Test("Ten thousand objects become few patterns that say how many they stand for")
  func bounded() {
    let names = (0..<10_000).map { "arn:aws:s3:::logs/app/user\($0 % 5_000)/f\(["a", "b"][$0 / 5_000])" }
    var ledger = Self.ledger(names)
    ledger.generalize()
    #expect(ledger.uses.keys.map(\.resource) == ["arn:aws:s3:::logs/app/*"])
    let distinct = ledger.uses.values.first?.resources.value ?? 0
    #expect((9_000...11_000).contains(distinct))
    #expect(ledger.uses.values.first?.resources.isExact == false)
  }

  @Test("Few resources, and resources that guard others, stay as they are")
  func kept() {
    let few = (0..<UsageLedger.familyLimit).map { "arn:aws:s3:::logs/2026-11-20/file\($0)" }
    let keys = (0..<3_000).map { "arn:aws:kms:eu-west-1:111122223333:key/\($0)" }
    let exact = Self.ledger(few + keys)
    var ledger = exact
    ledger.generalize()
    let unchanged = ledger == exact
    #expect(unchanged)
  }
}

@Suite("Distinct counts")
struct DistinctCountTests {
  @Test(
    "A count depends on the set of texts alone, is exact while small, and close when large",
    arguments: [0, 1, 256, 257, 5_000])
  func counting(size: Int) {
    var random = SeededGenerator(seed: UInt64(size) + 1)
    let texts = (0..<size).map { "arn:aws:s3:::b/\($0)" }
    var whole = DistinctCount()
    for text in texts { whole.insert(text) }
    var left = DistinctCount()
    var right = DistinctCount()
    for text in (texts + texts).shuffled(using: &random) {
      if Bool.random(using: &random) { left.insert(text) } else { right.insert(text) }
    }
    left.formUnion(right)
    #expect(left == whole)
    #expect(whole.isExact == (size <= 256))
    if whole.isExact { #expect(whole.value == size) }
    #expect(abs(whole.value - size) <= size / 5)
  }
}

/// A resource cut as a text, character by character.
private struct TextSplitName {
  var stem: String
  var tail: String
  var kind: SplitName.Kind
  var isTyped = true

  init?(_ resource: String) {
    guard !ResourceNotation.hasVariable(resource), let arn = ARN(resource) else { return nil }
    let guarded = ["iam", "kms", "sts", "secretsmanager", "organizations", "sso", "acm"]
    guard !guarded.contains(arn.service), let cut = Self.cut(arn) else { return nil }
    tail = String(cut.tail)
    stem = String(resource.dropLast(tail.count))
    kind = cut.kind
    isTyped = cut.isTyped
    if ResourceNotation.hasWildcard(stem) { return nil }
  }

  var folders: [String] {
    let parts = tail.split(separator: "/", omittingEmptySubsequences: false)
    let folders = (0..<parts.count).map { parts[..<$0].map { $0 + "/" }.joined() }
    return folders.count > 1 && folders.last == tail ? folders.dropLast() : folders
  }

  /// What types whose members come and go begin with, and what stands between their parents.
  private static let runs: [(type: String, parents: Int, separator: Character)] = [
    ("logs:log-group:", 1, ":"), ("codebuild:build/", 1, ":"), ("codebuild:build-batch/", 1, ":"),
    ("codebuild:report/", 1, ":"), ("cloudformation:stack/", 1, "/"), ("cloudformation:changeSet/", 1, "/"),
    ("ec2:image/", 0, "/"), ("ecs:task/", 1, "/"), ("ecs:task-definition/", 1, ":"),
    ("ecs:container-instance/", 1, "/"), ("states:execution:", 1, ":"), ("ssm:session/", 0, "/"),
    ("ssm:automation-execution/", 0, "/"), ("batch:job/", 0, "/"), ("elasticmapreduce:cluster/", 0, "/"),
  ]

  private static func cut(_ arn: ARN) -> (tail: Substring, kind: SplitName.Kind, isTyped: Bool)? {
    let resource = arn.resource
    if arn.service == "s3", arn.account.isEmpty || resource.hasPrefix("accesspoint/") {
      let marker = resource.hasPrefix("accesspoint/") ? "/object/" : "/"
      guard let found = resource.firstRange(of: marker), found.upperBound < resource.endIndex else {
        return nil
      }
      return (resource[found.upperBound...], .object, true)
    }
    for run in runs where "\(arn.service):\(resource)".hasPrefix(run.type) {
      var rest = "\(arn.service):\(resource)".dropFirst(run.type.count)
      for _ in 0..<run.parents {
        guard let found = rest.firstIndex(of: run.separator) else { return nil }
        rest = rest[found...].dropFirst()
      }
      if arn.service == "logs" {
        guard rest.hasPrefix("log-stream:") else { return nil }
        rest = rest.dropFirst("log-stream:".count)
      }
      return rest.isEmpty ? nil : (rest, .run, true)
    }
    guard let separator = resource.dropFirst().firstIndex(where: { $0 == "/" || $0 == ":" }) else {
      return (resource[...], .dated, false)
    }
    let rest = resource[separator...].dropFirst()
    return rest.isEmpty ? nil : (rest, arn.service == "ec2" ? .plain : .dated, true)
  }
}
