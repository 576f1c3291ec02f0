// AWS managed policies: one by name, many by pattern, and those that cover a set of actions.

public import IAM

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

  /// The AWS managed policies that allow all of a set of actions, least excess first.
  ///
  /// Policies of service-linked roles are left out, since nobody can attach them. Resources and conditions are not
  /// compared; ``ManagedPolicyCover/restricted`` says where they narrow what is allowed.
  ///
  /// - Parameters:
  ///   - actions: The actions, in any case and without wildcards.
  ///   - limit: The most excess of a policy; any by default.
  /// - Returns: The policies, those with equal excess in the order of their names; none for an empty set.
  /// - Complexity: Reads the policies that name the services of the actions, some tens of milliseconds at most; less with a
  ///   small limit.
  public func managedPolicies(
    covering actions: [String], excessAtMost limit: Int = .max
  ) -> [ManagedPolicyCover] {
    let wanted = Set(actions.map { $0.lowercased() }).sortedByBytes()
    guard !wanted.isEmpty else { return [] }
    let services = Set(wanted.map { String($0.prefix { $0 != ":" }) })
    var covers: [ManagedPolicyCover] = []
    let all = actionNames(matching: "*")
    tables.managedPolicies.forEachLine(matching: "*") { line in
      let named = Set(line.list(3))
      guard named.contains("*") || services.isSubset(of: named), !line.text(1).hasPrefix("/aws-service-role/")
      else {
        return
      }
      let policy = managedPolicy(line)
      guard let allowed = AllowedActions(policy), let cover = cover(wanted, policy, allowed, of: all, limit)
      else { return }
      covers.append(cover)
    }
    return covers.sorted { left, right in
      left.excess != right.excess
        ? left.excess < right.excess : left.policy.name.utf8.lexicographicallyPrecedes(right.policy.name.utf8)
    }
  }

  /// The number of the catalog's actions that a policy document allows on some resource under some condition.
  ///
  /// - Parameter document: The document.
  /// - Returns: The number of actions that an `Allow` statement matches and no unconditional `Deny` on all resources.
  public func actionCount(allowedBy document: PolicyDocument) -> Int {
    count(AllowedActions(document)) ?? 0
  }

  private func cover(
    _ wanted: [String], _ policy: ManagedPolicy, _ allowed: AllowedActions, of all: [String], _ limit: Int
  ) -> ManagedPolicyCover? {
    var restricted: [String] = []
    for action in wanted {
      switch allowed.extent(of: action) {
      case .none: return nil
      case .restricted: restricted.append(canonicalName(action) ?? action)
      case .everywhere: break
      }
    }
    let known = wanted.count { canonicalName($0) != nil }
    let (most, isBeyond) = known.addingReportingOverflow(limit)
    guard let count = count(allowed, of: all, atMost: isBeyond ? .max : most) else { return nil }
    return ManagedPolicyCover(policy: policy, excess: count - known, restricted: restricted.sortedByBytes())
  }

  /// The number of actions, or `nil` where there are more than a limit.
  private func count(
    _ allowed: AllowedActions, of all: [String]? = nil, atMost limit: Int = .max
  ) -> Int? {
    var count = 0
    if allowed.patterns.contains("*") || allowed.hasNotAction {
      for name in all ?? actionNames(matching: "*") where allowed.extent(of: name) != .none {
        count += 1
        if count > limit { return nil }
      }
      return count
    }
    var names: Set<String> = []
    for pattern in allowed.patterns {
      names.formUnion(actionNames(matching: pattern))
      // What is denied takes from them again.
      if !allowed.denies, names.count > limit { return nil }
    }
    count = allowed.denies ? names.count { allowed.extent(of: $0) != .none } : names.count
    return count > limit ? nil : count
  }

  private func managedPolicy(_ line: CatalogLine) -> ManagedPolicy {
    ManagedPolicy(name: line.text(0), path: line.text(1), version: line.text(2), document: line.text(4))
  }
}

/// Which actions a policy allows, resources and conditions left aside.
private struct AllowedActions {
  /// How far an action is allowed.
  enum Extent {
    case none
    /// Only on some resources or under some conditions.
    case restricted
    case everywhere
  }

  private struct Rule {
    let patterns: [Wildcard]
    let isInverted: Bool
    let isRestricted: Bool

    func matches(_ action: String) -> Bool { patterns.contains { $0.matches(action) } != isInverted }
  }

  private var allow: [Rule] = []
  private var deny: [Rule] = []

  /// The patterns that are allowed.
  private(set) var patterns: Set<String> = []
  /// Whether some are allowed by `NotAction`.
  private(set) var hasNotAction = false
  /// Whether some are denied.
  var denies: Bool { !deny.isEmpty }

  init?(_ policy: ManagedPolicy) {
    guard let document = try? PolicyDocument(json: Array(policy.document.utf8)) else { return nil }
    self.init(document)
  }

  init(_ document: PolicyDocument) {
    for statement in document.statements {
      let restricted =
        !statement.conditions.isEmpty
        || !{
          if case .resource(let resources) = statement.resources { return resources.contains("*") }
          return false
        }()
      let rule: Rule
      switch statement.actions {
      case .action(let names):
        rule = Rule(patterns: names.map(AllowedActions.wildcard), isInverted: false, isRestricted: restricted)
        if statement.effect == .allow { patterns.formUnion(names.map { $0.lowercased() }) }
      case .notAction(let names):
        rule = Rule(patterns: names.map(AllowedActions.wildcard), isInverted: true, isRestricted: restricted)
        if statement.effect == .allow { hasNotAction = true }
      }
      if statement.effect == .allow { allow.append(rule) } else { deny.append(rule) }
    }
  }

  func extent(of action: String) -> Extent {
    var extent = Extent.none
    for rule in allow where rule.matches(action) {
      extent = rule.isRestricted && extent != .everywhere ? .restricted : .everywhere
    }
    for rule in deny where extent != .none && rule.matches(action) {
      extent = rule.isRestricted ? .restricted : .none
    }
    return extent
  }

  private static func wildcard(_ pattern: String) -> Wildcard { Wildcard(pattern, caseInsensitive: true) }
}
