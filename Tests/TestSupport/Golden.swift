// Golden files: outputs that were looked at once and must not change unseen.

import Foundation
package import Testing

/// Compares an output with the golden file of that name, byte by byte.
///
/// A golden file that is absent, or that differs while `WHITTLE_RECORD_GOLDENS` is set, is written, and the test fails
/// all the same: a recording proves nothing, and the next run compares with it.
///
/// - Parameters:
///   - actual: The output.
///   - name: The file's path below `testdata/golden`.
///   - location: Where a failure is reported; the caller.
/// - Throws: What Foundation throws where the golden file cannot be written.
package func expectGolden(
  _ actual: [UInt8], _ name: String, location: SourceLocation = #_sourceLocation
) throws {
  let file = Fixtures.testdata.appending(path: "golden").appending(path: name)
  let expected = try? [UInt8](Data(contentsOf: file))
  if expected == actual { return }
  if expected == nil || ProcessInfo.processInfo.environment["WHITTLE_RECORD_GOLDENS"] != nil {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(actual).write(to: file)
    Issue.record("recorded golden file \(name): look at it, then run again", sourceLocation: location)
    return
  }
  let actualLines = String(decoding: actual, as: UTF8.self).split(
    separator: "\n", omittingEmptySubsequences: false)
  let expectedLines = String(decoding: expected ?? [], as: UTF8.self)
    .split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(actualLines, expectedLines).prefix { $0 == $1 }.count
  func text(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line]) : "(no such line)" }
  Issue.record(
    """
    output differs from golden file \(name) at line \(line + 1)
    golden: \(text(expectedLines))
    actual: \(text(actualLines))
    set WHITTLE_RECORD_GOLDENS=1 to record the output
    """, sourceLocation: location)
}
