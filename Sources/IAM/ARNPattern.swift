// ARNs as the ARN condition operators compare them: segment by segment.

/// A pattern of an ARN condition, whose six segments are compared one by one.
///
/// In contrast to `StringLike`, a wildcard never reaches beyond the colon behind its segment; the sixth segment is
/// all that follows the fifth colon. See "Amazon Resource Name (ARN) condition operators" in the IAM User Guide.
struct ARNPattern: Hashable, Sendable {
  /// Six patterns, or none where any ARN will do.
  private let segments: [Wildcard]

  /// Creates a pattern, or returns `nil` where it has not six segments and so matches nothing.
  ///
  /// The pattern `*` alone matches every ARN.
  ///
  /// - Parameter tokens: The parts of the pattern.
  init?(_ tokens: [Wildcard.Token]) {
    if Wildcard(tokens: tokens).matchesEverything {
      segments = []
      return
    }
    var parts: [[Wildcard.Token]] = [[]]
    for token in tokens {
      guard case .literal(let text) = token else {
        parts[parts.count - 1].append(token)
        continue
      }
      let pieces = text.utf8.split(
        separator: UInt8(ascii: ":"), maxSplits: 6 - parts.count, omittingEmptySubsequences: false)
      for (index, piece) in pieces.enumerated() {
        if index > 0 { parts.append([]) }
        parts[parts.count - 1].append(.literal(String(Substring(piece))))
      }
    }
    guard parts.count == 6 else { return nil }
    segments = parts.map { Wildcard(tokens: $0) }
  }

  /// Whether a text is an ARN that the pattern matches.
  ///
  /// - Parameter text: The request's value.
  /// - Returns: Whether it matches.
  func matches(_ text: String) -> Bool {
    let bytes = text.utf8.span
    var start = 0
    var matchesSoFar = true
    for segment in 0..<6 {
      var end = bytes.count
      if segment < 5 {
        end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ":") { end += 1 }
        guard end < bytes.count else { return false }
      }
      if segment == 0, !(end == 3 && bytes[0] == 0x61 && bytes[1] == 0x72 && bytes[2] == 0x6E) {
        return false
      }
      if matchesSoFar, !segments.isEmpty {
        matchesSoFar = segments[segment].matches(utf8: bytes.extracting(start..<end))
      }
      start = end + 1
    }
    return matchesSoFar
  }
}
