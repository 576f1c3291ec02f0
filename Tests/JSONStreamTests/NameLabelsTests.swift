// Texts taken apart into names and the skeleton around them, held to a slow twin that follows the definition.

import CScan
import TestSupport
import Testing

@testable import JSONStream

/// The definition, character by character.
private struct SlowLabels {
  var words: Set<String> = []
  var stems: [String] = []
  var beginnings: [String] = []
  var prefixes: Set<String> = []

  var labels: [String] = []
  var skeleton: [String] = []
  var isWhole = true

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
  }

  static func runs(_ bytes: ArraySlice<UInt8>) -> [(bytes: ArraySlice<UInt8>, isRun: Bool)] {
    var parts: [(ArraySlice<UInt8>, Bool)] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      var end = place
      while end < bytes.endIndex {
        let isInner =
          bytes[end] == 0x2D && end > place && end + 1 < bytes.endIndex && isAlphanumeric(bytes[end + 1])
        guard isAlphanumeric(bytes[end]) || isInner else { break }
        end += 1
      }
      let isRun = end > place
      if !isRun { end += 1 }
      parts.append((bytes[place..<end], isRun))
      place = end
    }
    return parts
  }

  static func runs(_ text: String) -> [(run: String, isRun: Bool)] {
    runs(Array(text.utf8)[...]).map { (String(decoding: $0.bytes, as: UTF8.self), $0.isRun) }
  }

  mutating func add(words text: String) {
    for part in SlowLabels.runs(text)
    where part.isRun && part.run.contains(where: { "0123456789".contains($0) }) {
      words.insert(part.run.lowercased())
      for piece in part.run.split(separator: "-") { words.insert(piece.lowercased()) }
    }
  }

  /// The label in a run, and what stays before it; `nil` where there is none.
  func label(_ run: String) -> (before: String, label: String)? {
    let hasDigit = run.contains { "0123456789".contains($0) }
    guard hasDigit, run.utf8.count >= 4 else { return nil }
    let small = run.lowercased()
    if run.allSatisfy({ "0123456789".contains($0) }) { return ("", run) }
    let parts = small.split(separator: "-")
    if parts.map(\.count) == [8, 4, 4, 4, 12], small.allSatisfy({ "0123456789abcdef-".contains($0) }) {
      return ("", run)
    }
    if words.contains(small) || beginnings.contains(where: { small.hasPrefix($0) }) { return nil }
    if stems.contains(where: { small.contains($0) }) { return nil }
    guard let hyphen = run.firstIndex(of: "-"), prefixes.contains(run[..<hyphen].lowercased()) else {
      return ("", run)
    }
    let rest = String(run[run.index(after: hyphen)...])
    return label(rest).map { (run[...hyphen] + $0.before, $0.label) }
  }

  mutating func append(_ text: String) {
    for (run, isRun) in SlowLabels.runs(text) {
      guard isRun, let found = label(run) else {
        if !isRun, let byte = run.utf8.first, byte < 0x20 || byte == 0x25 || byte == 0x5C { isWhole = false }
        skeleton.append(run)
        continue
      }
      let number = labels.firstIndex(of: found.label) ?? labels.count
      if number == labels.count { labels.append(found.label) }
      let name = found.label
      let parts = name.split(separator: "-")
      let length =
        parts.count == 1
        ? "\(name.utf8.count)" : "\(name.utf8.count > 32) \(parts.last.map { $0.utf8.count == 6 } ?? false)"
      let sorts = [
        name.contains { "0123456789".contains($0) }, name.contains { $0.isUppercase },
        name.contains { $0.isLowercase }, parts.count > 1,
      ]
      skeleton.append(contentsOf: [found.before, "<\(number) \(length) \(sorts)>"])
    }
    skeleton.append("end")
  }
}

@Suite struct NameLabelsTests {
  private static let pieces = [
    "a", "b7", "Z", "9", "0", "-", "--", "/", ":", ".", "%", "\\", "\t", "\u{E9}", "vol", "vol-", "i-", "mi-",
    "policy", "Policy", "versionId", "s3", "route53", "wafv2", "s3-outposts", "aws", "AWS-", "us-gov-",
    "east",
    "0a1b2c3d", "123456789012", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee1", "AROC7E598EE6F3133789", "eu-west-1",
    "0123456789abcdef0123456789abcdef", "name-A1b2C3", "poli", "cy", "pOLIcy5",
  ]

  private static func labels(
    _ kernel: StringIndex.Kernel = .fastest
  ) -> (fast: NameLabels, slow: SlowLabels) {
    let words = "s3 s3-outposts:route53 wafv2 a1b2-vol7 abcdefgh1 abcdefgh-12345678"
    let stems = ["policy", "versionId"]
    let beginnings = ["aws", "us-gov-"]
    var vocabulary = LabelVocabulary(stems: stems, beginnings: beginnings)
    unsafe words.utf8.span.withUnsafeBytes { unsafe vocabulary.add($0) }
    var slow = SlowLabels()
    slow.add(words: words)
    slow.stems = stems.map { $0.lowercased() }
    slow.beginnings = beginnings
    for prefix in ["vol", "i", "tgw", "attach"] {
      vocabulary.add(prefix: prefix)
      slow.prefixes.insert(prefix)
    }
    return (NameLabels(vocabulary, kernel: kernel), slow)
  }

  /// The labels that were found.
  private static func found(_ labels: NameLabels) -> [String] {
    let letters = labels.allLetters
    return labels.labels.indices.map { String(decoding: letters[labels.range($0)], as: UTF8.self) }
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...9, using: &random)).map { _ in
      let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
      return Bool.random(using: &random) ? piece : String(piece.shuffled(using: &random))
    }.joined()
  }

  /// Law: labels are those of the definition, and skeletons are equal just where those of the definition are.
  @Test(arguments: 1...8 as ClosedRange<UInt64>, StringIndex.Kernel.allCases.filter(\.isSupported))
  func twin(seed: UInt64, kernel: StringIndex.Kernel) {
    var random = SeededGenerator(seed: seed)
    var (fast, slow) = NameLabelsTests.labels(kernel)
    let empty = slow
    var digests: [[String]: JSONDigest] = [:]
    var skeletons: [JSONDigest: [String]] = [:]
    for _ in 0..<3_000 {
      fast.reset()
      slow = empty
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let text = NameLabelsTests.text(&random)
        fast.append(text)
        slow.append(text)
      }
      #expect(fast.isWhole == slow.isWhole, "seed \(seed)")
      guard fast.isWhole, slow.isWhole else { continue }
      #expect(NameLabelsTests.found(fast) == slow.labels, "seed \(seed)")
      let skeleton = [slow.skeleton.joined(separator: "\u{0}")]
      #expect(
        digests.updateValue(fast.digest, forKey: skeleton) ?? fast.digest == fast.digest, "seed \(seed)")
      #expect(skeletons.updateValue(skeleton, forKey: fast.digest) ?? skeleton == skeleton, "seed \(seed)")
    }
  }

  /// Law: every kernel finds the runs of the definition that have a digit, and the bytes that are in the way, wherever a
  /// part of a text begins and ends.
  @Test(arguments: StringIndex.Kernel.allCases.filter(\.isSupported))
  func kernelsFindNames(kernel: StringIndex.Kernel) {
    var random = SeededGenerator(seed: 11)
    let bytes = Array("aZ09-%\\\u{1}/\u{7F}".utf8)
    for round in 0..<2_000 {
      // Long runs are seldom made of all bytes.
      let pool = random.chance(0.5) ? bytes : Array(bytes.shuffled(using: &random).prefix(3))
      let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        random.chance(0.9)
          ? pool.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      let start = Int.random(in: 0...text.count, using: &random)
      let range = start..<Int.random(in: start...text.count, using: &random)
      let shortest = Int.random(in: 1...5, using: &random)
      var expected: [Range<Int>] = []
      var place = range.lowerBound
      for part in SlowLabels.runs(text[range]) {
        let here = place..<place + part.bytes.count
        place = here.upperBound
        let hasDigit = part.bytes.contains { (0x30...0x39).contains($0) }
        if part.isRun, hasDigit, here.count >= shortest { expected.append(here) }
        if part.bytes.contains(where: { $0 < 0x20 || $0 == 0x25 || $0 == 0x5C }) {
          expected.append(here.lowerBound..<here.lowerBound)
        }
      }
      expected.append(Int(UInt32.max)..<Int(UInt32.max))
      let found = unsafe text.withUnsafeBytes { text in
        unsafe withUnsafeTemporaryAllocation(of: whittle_scan_name.self, capacity: range.count + 1) { names in
          guard let first = names.baseAddress else { return [] as [Range<Int>] }
          unsafe kernel.findNames(in: text, range, shortest: shortest, into: first)
          return unsafe names[..<expected.count].map { Int($0.start)..<Int($0.end) }
        }
      }
      #expect(found == expected, "round \(round): \(text), \(range), from \(shortest) on")
    }
  }

  /// Law: going on from a beginning is the same as taking its texts apart again.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func beginnings(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (whole, _) = NameLabelsTests.labels()
    var (continued, _) = NameLabelsTests.labels()
    var beginnings = NameLabels.Beginnings()
    for _ in 0..<500 {
      let texts = (0..<4).map { _ in NameLabelsTests.text(&random) }
      let cut = Int.random(in: 0...4, using: &random)
      whole.reset()
      for text in texts[..<cut] { whole.append(text) }
      if random.chance(0.1) { beginnings.removeAll() }
      beginnings.append(whole)
      let number = beginnings.count - 1
      // What was taken apart before leaves no trace.
      continued.append(NameLabelsTests.text(&random))
      continued.restart(from: beginnings, Int.random(in: 0...number, using: &random))
      continued.restart(from: beginnings, number)
      for text in texts[cut...] {
        whole.append(text)
        continued.append(text)
      }
      #expect(continued.isWhole == whole.isWhole, "seed \(seed)")
      guard whole.isWhole else { continue }
      #expect(continued.digest == whole.digest, "seed \(seed)")
      #expect(NameLabelsTests.found(continued) == NameLabelsTests.found(whole), "seed \(seed)")
    }
  }

  /// Law: values are taken apart as their strings and numbers are, and names of members stay.
  @Test func values() throws {
    let json = Array(#"{"vol-0a1b2c3d":["vol-0a1b2c3d",{"k1234":"x-1234"},12345,1,true,null,"x-1234"]}"#.utf8)
    var tape = JSONTape()
    try tape.parse(json.span)
    var (fast, _) = NameLabelsTests.labels()
    unsafe tape.nodes.withUnsafeBufferPointer { nodes in
      unsafe json.withUnsafeBytes { text in unsafe fast.append(0, nodes, text) }
    }
    #expect(fast.isWhole)
    #expect(NameLabelsTests.found(fast) == ["0a1b2c3d", "x-1234", "12345"])
    for text in [#"{"a":"\u0041"}"#, #"{"a":1234e5}"#, #"{"a":"50%25"}"#] {
      fast.reset()
      let json = Array(text.utf8)
      try tape.parse(json.span)
      unsafe tape.nodes.withUnsafeBufferPointer { nodes in
        unsafe json.withUnsafeBytes { text in unsafe fast.append(0, nodes, text) }
      }
      #expect(!fast.isWhole, "\(text)")
    }
  }

  /// Texts without end, and labels without end, are given up rather than kept.
  @Test func bounds() {
    var (fast, _) = NameLabelsTests.labels()
    fast.append(String(repeating: "a/", count: 10_000))
    #expect(!fast.isWhole)
    fast.reset()
    for _ in 0..<20_000 { fast.append("") }
    #expect(!fast.isWhole)
    fast.reset()
    for number in 0..<200 { fast.append("n\(1_000 + number)") }
    #expect(!fast.isWhole)
    fast.reset()
    fast.append(String(repeating: "a1", count: 130))
    #expect(!fast.isWhole)
    fast.reset()
    fast.append("n1000")
    #expect(fast.isWhole && fast.labels.count == 1)
  }

  /// Law: made-up names are labels of the same length and sorts of characters, and none of the old ones.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func renamed(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var (fast, _) = NameLabelsTests.labels()
    for _ in 0..<500 {
      fast.reset()
      let text = NameLabelsTests.text(&random)
      fast.append(text)
      guard fast.isWhole, let letters = fast.renamed() else { continue }
      var bytes = Array(text.utf8)
      fast.find(in: Array(text.utf8).span) { range, number in
        bytes.replaceSubrange(range, with: letters[fast.range(number)])
      }
      let digest = fast.digest
      let old = NameLabelsTests.found(fast)
      let new = fast.labels.indices.map { String(decoding: letters[fast.range($0)], as: UTF8.self) }
      fast.reset()
      fast.append(String(decoding: bytes, as: UTF8.self))
      #expect(fast.digest == digest && NameLabelsTests.found(fast) == new, "seed \(seed): \(text)")
      #expect(Set(old).isDisjoint(with: new), "seed \(seed): \(text)")
    }
  }
}
