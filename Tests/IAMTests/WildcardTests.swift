// `Wildcard` against its definition: exhaustively over small patterns and texts, then over seeded larger ones.

import IAM
import TestSupport
import Testing

@Suite struct WildcardTests {
  @Test(arguments: [
    ("*", ""), ("*", "anything:at/all"), ("", ""), ("s3:Get*", "s3:GetObject"), ("a?c", "abc"),
    ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/object.jpg"), ("*b*", "aba"), ("??", "éü"),
    ("a?b", "a\u{1F600}b"), ("*\u{1F600}", "x\u{1F600}"), ("a*a*b", "aaaab"),
  ])
  func matching(pattern: String, text: String) {
    #expect(Wildcard(pattern).matches(text))
  }

  @Test(arguments: [
    ("", "a"), ("?", ""), ("a?c", "ac"), ("s3:Get*", "S3:GetObject"), ("*.jpg", "a.jpg.exe"),
    ("a*b", "a"), ("??", "é"), ("é", "e\u{301}"), ("a**b", "acbc"),
  ])
  func notMatching(pattern: String, text: String) {
    #expect(!Wildcard(pattern).matches(text))
  }

  @Test func caseIsFoldedForASCIILettersOnly() {
    let pattern = Wildcard("S3:get*É", caseInsensitive: true)
    #expect(pattern.matches("s3:GETobjectÉ"))
    #expect(!pattern.matches("s3:GETobjecté"))
    #expect(!Wildcard("k", caseInsensitive: true).matches("\u{212A}"))
    #expect(!Wildcard("[", caseInsensitive: true).matches("{"))
  }

  @Test func literalTokensStandForThemselves() {
    let pattern = Wildcard(tokens: [.literal("a*"), .anyCharacter, .anyText, .literal("?")])
    #expect(pattern.matches("a*xyz?"))
    #expect(!pattern.matches("abxyz?"))
    #expect(pattern.description == "a${*}?*${?}")
    #expect(Wildcard(tokens: [.literal("*")]).literal == "*")
    #expect(Wildcard(tokens: [.literal("a"), .literal("b")]).tokens == [.literal("ab")])
  }

  @Test(arguments: [
    ("**", "*"), ("*?*?", "??*"), ("a**b", "a*b"), ("", ""), ("?*", "?*"), ("*?a*", "?*a*"),
  ])
  func canonicalForm(pattern: String, canonical: String) {
    #expect(Wildcard(pattern).description == canonical)
    #expect(Wildcard(pattern) == Wildcard(canonical))
  }

  @Test func literalsAreKnown() {
    #expect(Wildcard("arn:aws:s3:::b").literal == "arn:aws:s3:::b")
    #expect(Wildcard("S3:Get", caseInsensitive: true).literal == "s3:get")
    #expect(Wildcard("a?").literal == nil)
    #expect(Wildcard("***").matchesEverything)
    #expect(!Wildcard("?*").matchesEverything)
  }

  @Test func everySmallPatternMatchesAsDefined() {
    let texts = NaiveGlob.texts(over: ["a", "b"], upTo: 5)
    for pattern in NaiveGlob.texts(over: ["a", "b", "?", "*"], upTo: 5) {
      let wildcard = Wildcard(pattern)
      for text in texts where wildcard.matches(text) != NaiveGlob.matches(pattern, text) {
        Issue.record("`\(pattern)` on `\(text)`")
      }
    }
  }

  @Test func everySmallPairComparesAsDefined() {
    // `x` is the character that no pattern names; texts are long enough to tell any two patterns of this size apart.
    let texts = NaiveGlob.texts(over: ["a", "x"], upTo: 7)
    let patterns = NaiveGlob.texts(over: ["a", "?", "*"], upTo: 4)
    let languages = patterns.map { pattern in texts.map { NaiveGlob.matches(pattern, $0) } }
    for (left, leftLanguage) in zip(patterns, languages) {
      for (right, rightLanguage) in zip(patterns, languages) {
        let contains = zip(leftLanguage, rightLanguage).allSatisfy { $0 || !$1 }
        let intersects = zip(leftLanguage, rightLanguage).contains { $0 && $1 }
        #expect(Wildcard(left).contains(Wildcard(right)) == contains, "`\(left)` contains `\(right)`")
        #expect(Wildcard(left).intersects(Wildcard(right)) == intersects, "`\(left)` meets `\(right)`")
        #expect((Wildcard(left) == Wildcard(right)) == (leftLanguage == rightLanguage), "\(left) = \(right)")
      }
    }
  }

  @Test(arguments: 1...20)
  func randomPatternsMatchAndCompareAsDefined(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let pattern = random.text(over: ["a", "b", "é", "*", "*", "?"], lengths: 0...9)
      let other = random.text(over: ["a", "b", "é", "*", "*", "?"], lengths: 0...9)
      let text = random.text(over: ["a", "b", "é", "\u{1F600}"], lengths: 0...12)
      let (left, right) = (Wildcard(pattern), Wildcard(other))
      #expect(
        left.matches(text) == NaiveGlob.matches(pattern, text), "seed \(seed): `\(pattern)` on `\(text)`")
      // A text of one pattern, with its `*` and `?` filled in, tells what comparison may claim.
      let filled = other.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "*": result += random.text(over: ["a", "x"], lengths: 0...3)
        case "?": result += random.text(over: ["a", "x"], lengths: 1...1)
        default: result.unicodeScalars.append(scalar)
        }
      }
      #expect(right.matches(filled), "seed \(seed): `\(other)` on `\(filled)`")
      if left.contains(right) { #expect(left.matches(filled), "seed \(seed): `\(pattern)` ⊇ `\(other)`") }
      if left.matches(filled) { #expect(left.intersects(right), "seed \(seed): `\(pattern)` ∩ `\(other)`") }
      #expect(left.intersects(right) == right.intersects(left))
      #expect(left.contains(left) && Wildcard("*").contains(left) && left.intersects(left))
    }
  }

  @Test func comparisonKnowsCase() {
    let lower = Wildcard("s3:get*")
    let folded = Wildcard("S3:Get*", caseInsensitive: true)
    #expect(folded.contains(lower) && !lower.contains(folded))
    #expect(folded.intersects(Wildcard("S3:GETOBJECT")) && Wildcard("S3:GETOBJECT").intersects(folded))
    #expect(Wildcard("*").contains(folded) && Wildcard("??:*").contains(folded))
    #expect(Wildcard("?3:*").contains(Wildcard("s3:*", caseInsensitive: true)))
  }

  @Test func manyStarsTakeNoLongerThanTheyShould() {
    let text = String(repeating: "a", count: 6000)
    let pattern = String(repeating: "a*", count: 2000) + "b"
    let elapsed = ContinuousClock().measure {
      #expect(!Wildcard(pattern).matches(text))
      #expect(Wildcard(pattern + "*").contains(Wildcard(pattern)))
      #expect(!Wildcard(pattern).contains(Wildcard(pattern + "*")))
      #expect(Wildcard(pattern).intersects(Wildcard(String(repeating: "*a", count: 2000) + "*")))
    }
    #expect(elapsed < .seconds(20), "took \(elapsed)")
  }

  @Test func anUndecidedComparisonIsNoContainment() {
    let larger = Wildcard("*a" + String(repeating: "?", count: 40) + "b*")
    let smaller = Wildcard(String(repeating: "*a", count: 60) + "*")
    let elapsed = ContinuousClock().measure { #expect(!larger.contains(smaller)) }
    #expect(elapsed < .seconds(20), "took \(elapsed)")
  }

  @Test(arguments: 1...5)
  func bytesThatAreNotUTF8AreCharactersToo(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let bytes = (0..<12).map { _ in UInt8.random(in: 0...255, using: &random) }
      func matches(_ pattern: String) -> Bool { Wildcard(pattern).matches(utf8: bytes.span) }
      #expect(matches("*") && matches("?*"), "seed \(seed): \(bytes)")
      #expect(!matches("?????????????") && !matches("*\u{10FFFF}!"), "seed \(seed): \(bytes)")
    }
  }
}
