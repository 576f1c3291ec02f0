// The resources that a granted statement names, prepared for the question which of them a use was on.

import IAM
import Usage

/// The `Resource` or `NotResource` element of a statement.
struct GrantedResources {
  /// The patterns as they are written, and what they match.
  let patterns: [(text: String, pattern: Wildcard)]
  /// Whether the patterns name what is left out.
  let isInverted: Bool

  /// Prepares an element.
  ///
  /// - Parameters:
  ///   - element: The element; one that is absent names nothing.
  ///   - hasVariables: Whether `${…}` means something, as it does from version 2012-10-17 on.
  init(_ element: Statement.ResourceElement?, hasVariables: Bool = true) {
    let texts: [String]
    switch element {
    case .resource(let patterns): (texts, isInverted) = (patterns, false)
    case .notResource(let patterns): (texts, isInverted) = (patterns, true)
    case nil: (texts, isInverted) = ([], false)
    }
    patterns = texts.map { text in
      (text, ResourceNotation.pattern(hasVariables ? text : ResourceNotation.literalText(of: text)))
    }
  }

  /// Whether a pattern may stand for a resource of an ARN format.
  ///
  /// The placeholders of a format match any text, colons too, so that the services are compared before: a pattern that names
  /// one stands for none of another.
  ///
  /// - Parameters:
  ///   - pattern: The pattern.
  ///   - format: The format.
  /// - Returns: Whether there may be such a resource.
  static func meet(
    _ pattern: (text: String, pattern: Wildcard), _ format: (text: String, pattern: Wildcard)
  ) -> Bool {
    if let named = service(pattern.text), let own = service(format.text), named != own { return false }
    return pattern.pattern.intersects(format.pattern)
  }

  /// The service that an ARN, or a pattern of one, names for certain.
  private static func service(_ text: String) -> Substring? {
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, !parts[2].contains(where: { "*?$".contains($0) }),
      !parts[0].contains("*"), !parts[1].contains(where: { "*?".contains($0) })
    else { return nil }
    return parts[2]
  }

  /// The patterns that a use was on, or `nil` where the element does not name its resource.
  ///
  /// A use within a pattern may have needed whatever part of the pattern is granted.
  ///
  /// - Parameter use: The use.
  /// - Returns: The patterns as they are written; none for an element that names what is left out.
  func reached(by use: RecordedUse) -> [String]? {
    let target = ResourceNotation.pattern(use.resource)
    let reached = patterns.filter {
      use.isWithinPattern && !isInverted ? $0.pattern.intersects(target) : $0.pattern.contains(target)
    }
    if isInverted { return reached.isEmpty ? [] : nil }
    return reached.isEmpty ? nil : reached.map(\.text)
  }
}
