// The patterns of an Action or Resource element, arranged so that a long list of names costs one look-up.
//
// A resource pattern is matched against the whole ARN, its colons included: the IAM User Guide ("Using wildcards in
// resource ARNs") lets a `*` at the end of a segment reach beyond the colon, and the ARN operators of conditions,
// which stop there, are described as the exception. A pattern that stops at colons on paper may thus match more
// than its author meant, which is the side on which a check for new access has to err.

/// A list of patterns, any of which may match.
struct PatternSet: Sendable {
  /// ASCII texts without wildcards.
  ///
  /// Swift compares strings by canonical equivalence, which for ASCII is by bytes.
  private var literals: Set<String> = []
  private var wildcards: [Wildcard] = []
  /// Patterns whose variables are put in for each request.
  private var variables: [VariableText] = []
  private var matchesEverything = false
  private let isCaseInsensitive: Bool

  /// Prepares the patterns of an `Action` or `NotAction` element.
  ///
  /// - Parameter actions: The patterns, compared without regard to case; variables have no meaning in them.
  init(actions: [String]) {
    isCaseInsensitive = true
    for action in actions { add(Wildcard(action, caseInsensitive: true)) }
  }

  /// Prepares the patterns of a `Resource` or `NotResource` element.
  ///
  /// - Parameters:
  ///   - resources: The patterns.
  ///   - version: The `Version` of the policy.
  init(resources: [String], version: String?) {
    isCaseInsensitive = false
    for resource in resources {
      guard resource.hasByte(UInt8(ascii: "$")) else {
        add(Wildcard(resource))
        continue
      }
      let text = VariableText(resource, version: version)
      if text.isConstant {
        // An escape needs no value, so that this always resolves.
        add(Wildcard(tokens: text.resolved(in: RequestContext(), wildcards: true) ?? []))
      } else {
        variables.append(text)
      }
    }
  }

  private mutating func add(_ pattern: Wildcard) {
    if pattern.matchesEverything {
      matchesEverything = true
    } else if let literal = pattern.literal, literal.isASCII {
      literals.insert(literal)
    } else {
      wildcards.append(pattern)
    }
  }

  /// Whether some pattern matches a text.
  ///
  /// A variable that has neither value nor default makes its pattern match nothing.
  ///
  /// - Parameters:
  ///   - text: The text; in lower case for actions.
  ///   - isASCII: Whether all of its bytes are ASCII.
  ///   - context: The request's condition keys.
  /// - Returns: Whether some pattern matches.
  func matches(_ text: String, isASCII: Bool, in context: RequestContext) -> Bool {
    if matchesEverything { return true }
    if isASCII, !literals.isEmpty, literals.contains(text) { return true }
    for pattern in wildcards where pattern.matches(text) { return true }
    for pattern in variables {
      guard let tokens = pattern.resolved(in: context, wildcards: true) else { continue }
      if Wildcard(tokens: tokens).matches(text) { return true }
    }
    return false
  }
}
