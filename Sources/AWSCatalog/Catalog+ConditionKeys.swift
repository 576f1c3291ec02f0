// Condition keys and retired actions.

extension Catalog {
  /// The type of a condition key's values, or `nil` where the catalog does not know the key.
  ///
  /// A key with a variable part is known by its beginning: `aws:RequestTag/team` as `aws:RequestTag/${TagKey}`.
  ///
  /// - Parameter key: The key, in any case.
  /// - Returns: Such as `String`, `ARN` or `ArrayOfString`, as the Service Authorization Reference names it.
  public func conditionKeyType(_ key: String) -> String? {
    if let line = conditionKeyLine(key) { return line.text(1) }
    let stem = key.prefix { $0 != "/" }
    guard stem.count < key.count else { return nil }
    var found: String?
    for layer in [update?.tables.conditionKeys, tables.conditionKeys] where found == nil {
      layer?.forEachLine(matching: "\(stem)/*") { line in
        let name = line.text(0)
        if found == nil, name.contains("$") || name.contains("<") { found = line.text(1) }
      }
    }
    return found
  }

  /// What became of an action that AWS managed policies still name, or `nil` where it is not known to be retired.
  ///
  /// - Parameter name: The action, in any case.
  /// - Returns: Why the catalog has no such action: lower case, no full stop.
  public func retirement(of name: String) -> String? {
    tables.retiredActions.line(name)?.text(1)
  }

  private func conditionKeyLine(_ key: String) -> CatalogLine? {
    update?.tables.conditionKeys.line(key) ?? tables.conditionKeys.line(key)
  }
}
