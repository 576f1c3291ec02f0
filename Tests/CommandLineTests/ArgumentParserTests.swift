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

  @Test(
    "times are instants or spans before the newest event",
    arguments: [
      ("90d", TimeBound.beforeNewest(seconds: 7_776_000)), ("12h", .beforeNewest(seconds: 43_200)),
      ("0s", .beforeNewest(seconds: 0)),
    ])
  func spans(text: String, bound: TimeBound) { #expect(TimeBound(text) == bound) }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "d", "-1d", "+1d", "1.5h", "90", "tomorrow", "99999999999999999999d", "9223372036854775807w",
    ])
  func noTimes(text: String) { #expect(TimeBound(text) == nil) }

  @Test("the graver status wins, whatever the order")
  func statuses() {
    for one in ExitStatus.allCases {
      #expect(one.or(one) == one)
      for other in ExitStatus.allCases { #expect(one.or(other) == other.or(one)) }
    }
    #expect(ExitStatus.damagedInput.or(.answerIsNo) == .answerIsNo)
  }
}
