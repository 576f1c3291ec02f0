// Command lines in, inert values out.

import Testing
import whittle

@Suite("Arguments")
struct ArgumentParserTests {
  @Test("the nearest name is within a third of the word, or begins with it")
  func nearestNames() {
    #expect(nearestName(to: "uasge", among: ["usage", "policy"]) == "usage")
    #expect(nearestName(to: "--frmat", among: ["--format", "--granted"]) == "--format")
    #expect(nearestName(to: "sim", among: ["usage", "simulate"]) == "simulate")
    #expect(nearestName(to: "xyz", among: ["usage", "policy"]) == nil)
  }

  @Test("edit distance is a metric and counts a swap as one")
  func distances() {
    #expect(editDistance("ab", "ba") == 1)
    #expect(editDistance("", "abc") == 3)
    let words = ["", "a", "b", "ab", "ba", "aab", "abc", "cab"]
    for one in words {
      for other in words {
        #expect(editDistance(one, other) == editDistance(other, one))
        #expect((editDistance(one, other) == 0) == (one == other))
      }
    }
  }

  @Test("the graver status wins, whatever the order")
  func statuses() {
    for one in ExitStatus.allCases {
      #expect(one.or(one) == one)
      for other in ExitStatus.allCases { #expect(one.or(other) == other.or(one)) }
    }
    #expect(ExitStatus.damagedInput.or(.answerIsNo) == .answerIsNo)
  }
}
