// Which principals are asked for, by ARN or by name.

package import CloudTrail
import IAM

/// The values of `--principal`.
package struct PrincipalPatterns: Sendable {
  private let patterns: [Wildcard]

  /// Prepares patterns.
  ///
  /// - Parameter patterns: Patterns of ARNs and names; none matches everyone.
  package init(_ patterns: [String]) {
    self.patterns = patterns.map { Wildcard($0) }
  }

  /// Whether everyone is asked for.
  var isEmpty: Bool { patterns.isEmpty }

  /// Whether a principal is one of those asked for, by ARN or by name.
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Whether a pattern matches.
  package func match(_ principal: Principal) -> Bool {
    let name = principal.identifier.split(separator: "/").last.map(String.init) ?? principal.identifier
    return patterns.isEmpty || patterns.contains { $0.matches(principal.identifier) || $0.matches(name) }
  }

  /// Whether a principal may turn out to be one of those asked for when its path is known.
  ///
  /// - Parameter principal: The principal as an event tells it, perhaps without path.
  /// - Returns: Whether a pattern matches it, or some ARN with a path in it.
  func mayMatch(_ principal: Principal) -> Bool {
    if match(principal) { return true }
    let identifier = principal.identifier
    guard principal.kind == .role || principal.kind == .user,
      LearnedFacts.hasNoPath(identifier), let slash = identifier.lastIndex(of: "/")
    else { return false }
    let withPath = Wildcard(tokens: [
      .literal(String(identifier[...slash])), .anyText, .literal(String(identifier[slash...])),
    ])
    return patterns.contains { $0.intersects(withPath) }
  }
}
