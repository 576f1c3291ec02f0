// AWS managed policies: one by name, many by pattern.

extension Catalog {
  /// An AWS managed policy.
  ///
  /// - Parameter nameOrARN: Its name or its ARN, in any case.
  /// - Returns: The policy, or `nil` where there is none of that name.
  public func managedPolicy(_ nameOrARN: String) -> ManagedPolicy? {
    let name = nameOrARN.split(separator: "/").last.map(String.init) ?? ""
    guard let policy = tables.managedPolicies.line(name).map(managedPolicy) else { return nil }
    let isARN = nameOrARN.contains(":")
    return !isARN || nameOrARN.lowercased().hasSuffix(":policy\(policy.path)\(policy.name)".lowercased())
      ? policy : nil
  }

  /// The AWS managed policies whose names match a pattern, sorted by lower-case name.
  ///
  /// - Parameter pattern: The pattern: `*` stands for any characters, `?` for one, without regard to case.
  /// - Returns: The policies; none where no name matches.
  public func managedPolicies(matching pattern: String) -> [ManagedPolicy] {
    var policies: [ManagedPolicy] = []
    tables.managedPolicies.forEachLine(matching: pattern) { policies.append(managedPolicy($0)) }
    return policies
  }

  private func managedPolicy(_ line: CatalogLine) -> ManagedPolicy {
    ManagedPolicy(name: line.text(0), path: line.text(1), version: line.text(2), document: line.text(3))
  }
}
