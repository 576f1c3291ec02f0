// Patterns over the actions: what `s3:Get*` and its like expand to, held against the definition.

import AWSCatalog
import TestSupport
import Testing

@Suite struct PatternTests {
  let catalog = Catalog.embedded
  static let names = Catalog.embedded.actionNames(matching: "*")

  @Test func wildcardsExpandAsIAMExpandsThem() {
    let all = catalog.actionNames(matching: "*")
    #expect(catalog.actionNames(matching: "*:*") == all)
    #expect(catalog.actionNames(matching: "**") == all)
    #expect(catalog.actionNames(matching: "") == [])
    #expect(catalog.actionNames(matching: "s3") == [])
    #expect(catalog.actionNames(matching: "s3:") == [])
    #expect(catalog.actionNames(matching: "s3:GetObject") == ["s3:GetObject"])
    #expect(catalog.actionNames(matching: "S3:getobject") == ["s3:GetObject"])
    #expect(catalog.actionNames(matching: "s3:?etObject") == ["s3:GetObject"])
    #expect(catalog.actionNames(matching: "s3:GetObject?") == [])
    #expect(catalog.actionNames(matching: "s3:*").allSatisfy { $0.hasPrefix("s3:") })
    #expect(catalog.actionNames(matching: "s3:*Object").contains("s3:PutObject"))
    #expect(!catalog.actionNames(matching: "s3:*Object").contains("s3:PutObjectAcl"))
  }

  /// For patterns made of real names, the expansion is exactly what the definition of `*` and `?` says.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func expansionEqualsTheDefinition(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sample = (0..<40).compactMap { _ in random.pick(Self.names) }
    var pattern = Array(try #require(sample.first))
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let from = Int.random(in: 0..<pattern.count, using: &random)
      let to = Int.random(in: from...min(pattern.count, from + 8), using: &random)
      pattern.replaceSubrange(from..<to, with: random.chance(0.7) ? ["*"] : ["?"])
    }
    if random.chance(0.3) { pattern = Array(String(pattern).uppercased()) }
    let text = String(pattern)
    let expanded = Set(catalog.actionNames(matching: text))
    for name in sample {
      let expected = NaiveGlob.matches(text.lowercased(), name.lowercased())
      #expect(expanded.contains(name) == expected, "seed \(seed): `\(text)` against \(name)")
    }
    #expect(catalog.actionCount(matching: text) == expanded.count)
    #expect(catalog.actions(matching: text).map(\.action) == catalog.actionNames(matching: text))
  }

  /// A pattern of many stars is no way to stop the program.
  @Test func hostilePatternsAreAnsweredInTime() {
    let stars = String(repeating: "*a", count: 200)
    #expect(catalog.actionNames(matching: stars).isEmpty)
    #expect(catalog.actionNames(matching: String(repeating: "?", count: 5000)).isEmpty)
    #expect(catalog.actionNames(matching: "s3:\u{0}*é\u{1F600}").isEmpty)
  }
}
