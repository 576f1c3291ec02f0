// Shortens statements: action wildcards without excess, and resource patterns.

import AWSCatalog
import IAM
import Usage

/// Writes the lists of a statement shorter.
struct StatementShortener {
  /// One step of shortening.
  enum Step: Hashable {
    /// Wildcards that match only used actions.
    case exactActions
    /// Folders with more than so many entries become patterns.
    case folders(Int)
    /// Names with so many characters in common at the start become one pattern.
    case prefixes(Int)
  }

  /// The steps in order of rising excess.
  static let steps: [Step] =
    [.exactActions] + [50, 20, 10, 5, 2, 1].map { .folders($0) }
    + [16, 12, 8, 6, 4, 3, 2, 1, 0].map { .prefixes($0) }

  /// The AWS reference.
  let catalog: Catalog

  /// A statement after one step.
  ///
  /// - Parameters:
  ///   - draft: The statement.
  ///   - step: The step.
  ///   - folders: The folders of its resources, where they are known; steps that need them note them.
  /// - Returns: A statement that allows at least the same.
  func shorten(_ draft: StatementDraft, _ step: Step, _ folders: inout ResourceFolders?) -> StatementDraft {
    var result = draft
    switch step {
    case .exactActions: result.actions = exactWildcards(for: draft.actions)
    case .folders(let limit):
      let known = folders ?? ResourceFolders(of: draft.resources, isBudgeted: true)
      folders = known
      result.resources = Self.withoutContained(known.distinctPatterns(crowd: limit))
    case .prefixes(let length):
      result.resources = Self.withoutContained(Self.prefixes(draft.resources, length))
    }
    return result
  }

  /// The fewest patterns `service:Prefix*` that match used actions only, and the actions that none of them matches.
  ///
  /// - Parameter actions: Used actions, or patterns, which stay.
  /// - Returns: The list, sorted.
  func exactWildcards(for actions: [String]) -> [String] {
    var result: [String] = []
    let byService = Dictionary(grouping: actions) { $0.split(separator: ":").first.map(String.init) ?? "" }
    for (service, used) in byService {
      guard used.count > 1 else {
        result += used
        continue
      }
      let known = catalog.actionNames(matching: "\(service):*").sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
      let wanted = Set(used)
      // Patterns and actions that the catalog does not have are kept as they are.
      result += wanted.subtracting(known)
      var index = 0
      while index < known.count {
        guard wanted.contains(known[index]) else {
          index += 1
          continue
        }
        var end = index
        while end < known.count, wanted.contains(known[end]) { end += 1 }
        result += cover(
          Array(known[index..<end]), before: index > 0 ? known[index - 1] : nil,
          after: end < known.count ? known[end] : nil, service: service)
        index = end
      }
    }
    return result.sorted()
  }

  /// Patterns for neighbours in the sorted list, of which the actions before and after are not used.
  private func cover(_ run: [String], before: String?, after: String?, service: String) -> [String] {
    var result: [String] = []
    var rest = run[...]
    while let first = rest.first {
      let bytes = Array(first.utf8)
      // The shortest beginning that neither neighbour shares covers the most.
      let shared = max(Self.commonPrefix(first, before), Self.commonPrefix(first, after))
      let shortest = max(service.utf8.count + 1, shared + 1)
      guard shortest < bytes.count else {
        result.append(first)
        rest = rest.dropFirst()
        continue
      }
      let prefix = String(decoding: bytes[..<shortest], as: UTF8.self)
      let covered = rest.prefix { $0.hasPrefix(prefix) }
      if covered.count > 1 {
        result.append(prefix + "*")
      } else {
        result.append(first)
      }
      rest = rest.dropFirst(max(1, covered.count))
    }
    return result
  }

  /// Patterns for names of one stem that begin alike.
  private static func prefixes(_ resources: [String], _ length: Int) -> Set<String> {
    var result: Set<String> = []
    var groups: [String: [String]] = [:]
    for resource in resources {
      guard let arn = ARN(resource), !ResourceNotation.hasVariable(resource) else {
        result.insert(resource)
        continue
      }
      var stem = "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
      var tail = arn.resource
      if arn.service != "s3", let cut = tail.dropFirst().firstIndex(where: { $0 == "/" || $0 == ":" }) {
        stem += tail[...cut]
        tail = String(tail[tail.index(after: cut)...])
      }
      let isCut =
        tail.utf8.count > length && !stem.hasByte(UInt8(ascii: "*")) && !stem.hasByte(UInt8(ascii: "?"))
      groups[stem + (isCut ? String(decoding: tail.utf8.prefix(length), as: UTF8.self) : tail), default: []]
        .append(resource)
    }
    for (prefix, members) in groups {
      // A prefix must not end inside an escape, nor hold a wildcard in place of a name.
      let hasEscape = prefix.hasByte(UInt8(ascii: "$")) && (prefix.hasSuffix("$") || prefix.contains("${"))
      if members.count > 1, !hasEscape {
        result.insert(prefix + "*")
      } else {
        result.formUnion(members)
      }
    }
    return result
  }

  /// The patterns without those that another one contains, sorted.
  static func withoutContained(_ patterns: Set<String>) -> [String] {
    let sorted = patterns.sorted()
    let wildcards = sorted.filter { ResourceNotation.hasWildcard($0) && !ResourceNotation.hasVariable($0) }
      .map { ($0, ResourceNotation.pattern($0)) }
    guard !wildcards.isEmpty else { return sorted }
    return sorted.filter { text in
      if ResourceNotation.hasVariable(text) { return true }
      let pattern = ResourceNotation.pattern(text)
      return !wildcards.contains { $0.0 != text && $0.1.contains(pattern) }
    }
  }

  private static func commonPrefix(_ left: String, _ right: String?) -> Int {
    guard let right else { return 0 }
    return zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
  }
}
