// How far ARNs of a kind can be stretched: the colons in their last part.

extension Catalog {
  /// Words in the names of placeholders whose values are free text, colons included: object keys, topics, paths.
  private static let freeText = [
    "Path", "Object", "Topic", "Uri", "Url", "ARN", "Arn", "Alarm", "Pattern", "Route",
  ]

  /// How many colons the last part of the ARNs has at most that actions are called on.
  ///
  /// A stack's ARN ends in `stack/NAME/ID`, with no colon; a task definition's in `task-definition/NAME:REVISION`. A wildcard
  /// reaches beyond its segment, so that without such a limit `stack/a/*` would meet `*:stack/b/*`. See
  /// "IAM JSON policy elements: Resource" in the IAM User Guide.
  ///
  /// - Parameter pattern: An action, with wildcards behind the colon only.
  /// - Returns: The number, or `nil` where an action is unknown, names no resources, or names resources by free text.
  public func resourceColonLimit(actions pattern: String) -> Int? {
    guard let service = pattern.split(separator: ":").first, !service.contains("*"), !service.contains("?")
    else {
      return nil
    }
    let entries = actions(matching: pattern)
    var limit: Int?
    for entry in entries {
      let formats = entry.resourceTypes.flatMap(\.arnFormats)
      guard !formats.isEmpty else { return nil }
      for format in formats {
        guard let colons = Catalog.colonsInLastPart(of: format) else { return nil }
        limit = max(limit ?? 0, colons)
      }
    }
    return limit
  }

  /// The colons behind the fifth, or `nil` where a placeholder there is free text.
  private static func colonsInLastPart(of format: String) -> Int? {
    let parts = format.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, !freeText.contains(where: { parts[5].contains($0) }) else { return nil }
    return parts[5].utf8.count { $0 == UInt8(ascii: ":") }
  }
}
