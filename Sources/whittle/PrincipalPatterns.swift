// `--principal`, for what comes from grants instead of logs.

import CloudTrail
import IAM

/// The patterns of `--principal`.
struct PrincipalPatterns: Sendable {
  private let patterns: [Wildcard]

  /// Prepares patterns.
  ///
  /// - Parameter patterns: The values of `--principal`; none matches everyone.
  init(_ patterns: [String]) {
    self.patterns = patterns.map { Wildcard($0) }
  }

  /// Whether a principal is one of those asked for, by ARN or by name.
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Whether a pattern matches.
  func match(_ principal: Principal) -> Bool {
    let name = principal.identifier.split(separator: "/").last.map(String.init) ?? principal.identifier
    return patterns.isEmpty || patterns.contains { $0.matches(principal.identifier) || $0.matches(name) }
  }
}
