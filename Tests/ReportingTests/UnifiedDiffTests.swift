// The unified format: what it says leads from the old text to the new one, with line numbers that are right.

import TestSupport
import Testing

@testable import Reporting

@Suite struct UnifiedDiffTests {
  /// Applies hunks, taking every line number at its word; `nil` where a line is not where it should be.
  private static func patched(_ old: [String], by diff: UnifiedDiff) -> [String]? {
    var result: [String] = []
    var position = 0
    for hunk in diff.hunks {
      let sides = hunk.header.split(separator: " ").map {
        $0.dropFirst().split(separator: ",").compactMap { Int($0) }
      }
      let before = hunk.lines.filter { $0.kind != .added }.map { String(decoding: $0.text, as: UTF8.self) }
      let after = hunk.lines.filter { $0.kind != .removed }.map { String(decoding: $0.text, as: UTF8.self) }
      let first = before.isEmpty ? sides[1][0] : sides[1][0] - 1
      guard sides[1].count == 1 ? before.count == 1 : before.count == sides[1][1],
        sides[2].count == 1 ? after.count == 1 : after.count == sides[2][1], first >= position,
        first + before.count <= old.count, Array(old[first..<(first + before.count)]) == before
      else { return nil }
      result += old[position..<first]
      guard result.count == (after.isEmpty ? sides[2][0] : sides[2][0] - 1) else { return nil }
      result += after
      position = first + before.count
    }
    return result + old[position...]
  }

  @Test(arguments: 0..<60) func `hunks lead from the old text to the new one`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let old = (0..<Int.random(in: 0...40, using: &random)).map { _ in random.pick(["a", "b", "c", "d"]) ?? ""
    }
    var new = old
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      if random.chance(0.5), !new.isEmpty {
        new.remove(at: Int.random(in: new.indices, using: &random))
      } else {
        new.insert("x", at: Int.random(in: 0...new.count, using: &random))
      }
    }
    func text(_ lines: [String]) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }
    let diff = UnifiedDiff(from: text(old), to: text(new))
    #expect(diff.hunks.isEmpty == (old == new))
    #expect(Self.patched(old, by: diff) == new)
  }

  @Test func `three lines of context, and hunks that touch are one`() {
    let old = (1...20).map { "\($0)\n" }.joined()
    let new = old.replacing("\n5\n", with: "\n").replacing("\n12\n", with: "\n").replacing(
      "\n20\n", with: "\n")
    let diff = UnifiedDiff(from: Array(old.utf8), to: Array(new.utf8))
    #expect(diff.hunks.map(\.header) == ["@@ -2,14 +2,12 @@", "@@ -17,4 +15,3 @@"])
    let patch = String(
      decoding: UnifiedDiff(from: Array("a\n".utf8), to: []).patch(path: "p.json"), as: UTF8.self)
    #expect(patch == "--- a/p.json\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
  }
}
