// How many texts are matched against a pattern in a second, beside the C library's `fnmatch`.

import Glibc
import IAM

extension Scenario {
  private static let patterns = [
    "arn:aws:s3:::photos/2026/*/raw/*.jpg", "arn:aws:s3:::*", "arn:aws:s3:::photos/2026/??/raw/img-*",
    "*:photos/*img*7.jpg", "arn:aws:s3:::photos/2026/11/raw/img-000017.jpg",
  ]

  private static let texts = (0..<1000).map { number in
    let digits = String(number)
    return
      "arn:aws:s3:::photos/2026/11/raw/img-\(String(repeating: "0", count: 6 - digits.count))\(digits).jpg"
  }

  /// The engine's patterns.
  static let matchPatterns = Scenario(
    "match", summary: "object ARNs matched against patterns of `*` and `?`", unit: "match",
    prepare: {
      let wildcards = patterns.map { Wildcard($0) }
      return {
        let matches = wildcards.reduce(0) { sum, pattern in sum + texts.count { pattern.matches($0) } }
        return Round(units: matches > 0 ? wildcards.count * texts.count : 0)
      }
    })

  /// The C library's, which scans brackets and honours the locale too.
  static let matchByFnmatch = Scenario(
    "match-fnmatch", summary: "the same by the C library's fnmatch", unit: "match",
    prepare: {
      let cPatterns = patterns.map { Array($0.utf8CString) }
      let cTexts = texts.map { Array($0.utf8CString) }
      return {
        var matches = 0
        // Both are NUL-terminated arrays that outlive the call.
        for pattern in cPatterns {
          for text in cTexts where unsafe fnmatch(pattern, text, 0) == 0 { matches += 1 }
        }
        return Round(units: matches > 0 ? cPatterns.count * cTexts.count : 0)
      }
    })
}
