// The unified format of GNU diff: what a reviewer reads, and what `patch` and `git apply` take.

/// The difference of two texts, in hunks with three lines of context.
struct UnifiedDiff {
  /// What a line of a hunk is.
  enum Kind {
    case kept, removed, added

    /// The sign in front of the line.
    var sign: UInt8 {
      switch self {
      case .kept: UInt8(ascii: " ")
      case .removed: UInt8(ascii: "-")
      case .added: UInt8(ascii: "+")
      }
    }
  }

  /// Lines that belong together.
  struct Hunk {
    /// `@@ -1,4 +1,3 @@`.
    var header: String
    /// The lines with what they are.
    var lines: [(kind: Kind, text: ArraySlice<UInt8>)]
  }

  /// The hunks; none where the texts are equal.
  private(set) var hunks: [Hunk] = []

  private static let context = 3

  /// Compares texts; a last line without a line break is taken to have one.
  ///
  /// - Parameters:
  ///   - old: The old text; empty for a file that is new.
  ///   - new: The new text; empty for a file that goes.
  /// - Complexity: O(*n* · *d*) in the number of lines and of differences.
  init(from old: [UInt8], to new: [UInt8]) {
    let oldLines = Self.lines(of: old)
    let newLines = Self.lines(of: new)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in newLines.difference(from: oldLines) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var script: [(kind: Kind, text: ArraySlice<UInt8>)] = []
    var position = 0
    for (index, line) in oldLines.enumerated() {
      if removed.contains(index) {
        script.append((.removed, line))
        continue
      }
      while added.contains(position) {
        script.append((.added, newLines[position]))
        position += 1
      }
      script.append((.kept, line))
      position += 1
    }
    while position < newLines.count {
      script.append((.added, newLines[position]))
      position += 1
    }
    hunks = Self.hunks(of: script)
  }

  /// How many lines are removed, and how many added.
  var lineCounts: (removed: Int, added: Int) {
    hunks.reduce((0, 0)) { counts, hunk in
      (
        counts.0 + hunk.lines.count { $0.kind == .removed }, counts.1 + hunk.lines.count { $0.kind == .added }
      )
    }
  }

  /// The difference as a file that `patch -p1` and `git apply` take.
  ///
  /// - Parameter path: The file's path, below `a/` and `b/`.
  /// - Returns: The bytes; none where the texts are equal.
  func patch(path: String) -> [UInt8] {
    guard !hunks.isEmpty else { return [] }
    let isGone = hunks.count == 1 && hunks[0].lines.allSatisfy { $0.kind == .removed }
    var bytes = Array("--- a/\(path)\n+++ \(isGone ? "/dev/null" : "b/\(path)")\n".utf8)
    for hunk in hunks {
      bytes += Array("\(hunk.header)\n".utf8)
      for line in hunk.lines { bytes += [line.kind.sign] + line.text + [0x0A] }
    }
    return bytes
  }

  private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func hunks(of script: [(kind: Kind, text: ArraySlice<UInt8>)]) -> [Hunk] {
    var hunks: [Hunk] = []
    var oldLine = 1
    var newLine = 1
    var index = 0
    var numbers: [(old: Int, new: Int)] = []
    for line in script {
      numbers.append((oldLine, newLine))
      if line.kind != .added { oldLine += 1 }
      if line.kind != .removed { newLine += 1 }
    }
    while let first = script[index...].firstIndex(where: { $0.kind != .kept }) {
      var end = first
      // Changes with no more than twice the context between them share a hunk.
      while let next = script[(end + 1)...].firstIndex(where: { $0.kind != .kept }),
        next - end <= 2 * context + 1
      {
        end = next
      }
      let range = max(index, first - context)..<min(script.count, end + 1 + context)
      let lines = Array(script[range])
      let old = lines.count { $0.kind != .added }
      let new = lines.count { $0.kind != .removed }
      // A side without lines is named by the line before it.
      let start = numbers[range.lowerBound]
      hunks.append(
        Hunk(
          header: "@@ -\(side(start.old, old)) +\(side(start.new, new)) @@", lines: lines))
      index = range.upperBound
    }
    return hunks
  }

  private static func side(_ start: Int, _ count: Int) -> String {
    let line = count == 0 ? start - 1 : start
    return count == 1 ? "\(line)" : "\(line),\(count)"
  }
}
