// Narrows the `Resource` element of a statement to what was used.
//
// A list loses the entries that nothing used. A *wide* pattern (one that leaves the service, the account or all of the
// name open) gives way to the resources that were used, generalised as the synthesiser does. A pattern that somebody
// gave a name or its beginning (`arn:aws:s3:::photos/*`, `…:table/orders-*`) was meant for all that is below, and stays.

import IAM
import Usage

/// Writes the list of resources that some actions of a statement keep.
struct ResourceNarrowing {
  /// The element as it stands.
  let resources: GrantedResources
  /// How resources are generalised.
  let generalization: Generalization
  /// Whether `${…}` means something in the document.
  let hasVariables: Bool

  /// The entries that uses were on, as they are written.
  ///
  /// - Parameter uses: The uses.
  /// - Returns: The entries, in their order.
  func reached(by uses: some Sequence<RecordedUse>) -> [String] {
    var reached: Set<String> = []
    for use in uses { reached.formUnion(resources.reached(by: use) ?? []) }
    return resources.patterns.map(\.text).filter(reached.contains)
  }

  /// The entries that uses were on, wide ones narrowed to what was used.
  ///
  /// - Parameter uses: The uses by action; each is on a resource that the log tells.
  /// - Returns: The entries: those that stay in their order, others sorted in the place of the wide one.
  func narrowed(to uses: [[RecordedUse]]) -> [String] {
    let generalizer = ResourceGeneralizer(generalization: generalization)
    var result: [String] = []
    var taken: Set<String> = []
    for text in reached(by: uses.joined()) {
      guard let limit = resources.patterns.first(where: { $0.text == text })?.pattern else { continue }
      var values = [text]
      if Self.isWide(text) {
        var narrow: Set<String> = []
        for uses in uses {
          let used = Set(uses.map(\.resource)).filter { limit.contains(ResourceNotation.pattern($0)) }
          for (resource, pattern) in generalizer.patterns(for: used) {
            narrow.insert(within(text, limit, pattern, resource))
          }
        }
        // What reads as a variable in a new document is plain text in an old one, and the other way round.
        if hasVariables || !narrow.contains(where: { $0.utf8.contains(UInt8(ascii: "$")) }) {
          values = StatementShortener.withoutContained(narrow)
        }
      }
      for value in values where taken.insert(value).inserted { result.append(value) }
    }
    return result
  }

  /// A generalised pattern, or what of it lies within the old one.
  private func within(_ text: String, _ limit: Wildcard, _ pattern: String, _ resource: String) -> String {
    if limit.contains(ResourceNotation.pattern(pattern)) { return pattern }
    return ResourceNotation.narrowed(pattern, to: text) ?? resource
  }

  /// Whether a pattern leaves the service, the account or all of the name open.
  ///
  /// - Parameter text: The pattern as it is written.
  /// - Returns: Whether it is to be narrowed; never for one with a variable, which depends on who asks.
  static func isWide(_ text: String) -> Bool {
    guard ResourceNotation.hasWildcard(text), !text.contains("${") else { return false }
    guard let arn = ARN(text) else { return true }
    if arn.service.contains("*") || arn.service.contains("?") || arn.account.contains("*") { return true }
    let beginsOpen = { (name: Substring) in name.first == "*" || name.first == "?" }
    if arn.service == "s3" { return beginsOpen(arn.resource[...]) }
    guard let cut = arn.resource.dropFirst().firstIndex(where: { $0 == "/" || $0 == ":" }) else {
      return beginsOpen(arn.resource[...])
    }
    let type = arn.resource[..<cut]
    return type.contains("*") || beginsOpen(arn.resource[arn.resource.index(after: cut)...])
  }
}
