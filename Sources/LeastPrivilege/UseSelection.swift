// From uses to permissions: which uses are granted, on which pattern, under which conditions.

import AWSCatalog
import IAM
import Usage

/// An action on a resource pattern under conditions, with the uses behind it.
struct Permission: Hashable {
  /// The action.
  var action: String
  /// The resource pattern, in policy notation.
  var resource: String
  /// The conditions, in canonical order.
  var conditions: [Condition]
}

/// A permission with the uses behind it.
struct UsedPermission {
  /// The permission.
  var permission: Permission
  /// The uses, as indices, ascending; at least one.
  var uses: [Int]
}

/// What is to be granted to one principal.
struct UseSelection {
  /// The permissions, each once, sorted.
  private(set) var permissions: [UsedPermission] = []
  /// Deny statements of the current grant, which stay.
  private(set) var carriedDenies: [StatementDraft] = []
  /// Uses that the current grant does not allow, sorted.
  private(set) var notGranted: [UngrantedUse] = []
  /// The same as indices.
  private(set) var notGrantedKeys: Set<Int> = []
  /// Uses that are granted on more than one resource because theirs is unknown, sorted.
  private(set) var unresolvedResources: [UnresolvedResource] = []

  /// Selects what to grant.
  ///
  /// - Parameters:
  ///   - record: The uses of the principal.
  ///   - options: What the user chose.
  ///   - grant: The current grant; `nil` where none is known.
  ///   - isGone: Whether the account no longer has the principal.
  init(_ record: PrincipalUses, options: SynthesisOptions, grant: PrincipalGrant?, isGone: Bool = false) {
    let chosen = record.uses.indices.filter {
      record.uses[$0].wasPermitted || options.includeDenied && record.uses[$0].facts.denied.count > 0
    }
    // Generalisation looks at the resources of one action at a time: what one action was used on must not widen
    // another.
    var resources: [String: Set<String>] = [:]
    for index in chosen {
      resources[record.uses[index].action, default: []].insert(record.uses[index].resource)
    }
    let generalizer = ResourceGeneralizer(
      generalization: options.generalization, inAllRegions: options.inAllRegions)
    let patterns = resources.mapValues { generalizer.patterns(for: $0) }
    let index = grant.map { GrantIndex(isGone ? nil : $0, principal: record.principal) }
    if let grant { carriedDenies = Self.denies(of: grant) }
    var unresolved: Set<UnresolvedResource> = []
    var places: [Permission: Int] = [:]
    func add(_ permission: Permission, _ use: Int) {
      if let place = places[permission] {
        permissions[place].uses.append(use)
      } else {
        places[permission] = permissions.count
        permissions.append(UsedPermission(permission: permission, uses: [use]))
      }
    }
    // Uses stand in order of their actions.
    var action: String?
    var patternsOfAction: [String: String] = [:]
    for number in chosen {
      let use = record.uses[number]
      if use.action != action {
        action = use.action
        patternsOfAction = patterns[use.action] ?? [:]
      }
      let pattern = patternsOfAction[use.resource] ?? use.resource
      let evidence = Self.conditions(of: use, options: options)
      let openReason = use.facts.unresolvedReason.map {
        UnresolvedResource(action: use.action, reason: $0)
      }
      guard let index else {
        add(Permission(action: use.action, resource: pattern, conditions: evidence), number)
        if let openReason { unresolved.insert(openReason) }
        continue
      }
      switch index.coverage(of: use, pattern: pattern) {
      case .granted(let ways):
        if let openReason { unresolved.insert(openReason) }
        for way in ways {
          add(
            Permission(
              action: use.action, resource: way.resource,
              conditions: ConditionBlock.joined(evidence, way.conditions)), number)
        }
      case .notGranted(let reason):
        notGrantedKeys.insert(number)
        let tally = options.includeDenied && !use.wasPermitted ? use.facts.denied : use.permitted
        notGranted.append(
          UngrantedUse(
            action: use.action, resource: use.resource, calls: tally.count, firstSeen: tally.firstSeen,
            lastSeen: tally.lastSeen, reason: reason))
      }
    }
    unresolvedResources = unresolved.sorted { ($0.action, $0.reason) < ($1.action, $1.reason) }
    // Uses stand in order, and permissions so nearly.
    permissions.sort { $0.permission.precedes($1.permission) }
    dropSubsumed()
  }

  /// Condition keys of the essential context that a policy always demands.
  private static let demanded: Set<String> = ["iam:PassedToService", "kms:ViaService"]

  /// The conditions that the evidence of one use supports: the essential context always, and what the user asked
  /// for where every call of the use shows one and the same value.
  private static func conditions(of use: RecordedUse, options: SynthesisOptions) -> [Condition] {
    if use.context.isEmpty, options.conditions.isEmpty { return [] }
    var conditions = use.context.filter { demanded.contains($0.key) }.map {
      Condition(
        operatorName: "StringEquals", key: $0.key, values: [ResourceNotation.literalText(of: $0.value)])
    }
    for wanted in EvidenceCondition.allCases where options.conditions.contains(wanted) {
      if let condition = EvidenceReader.condition(wanted, of: use) { conditions.append(condition) }
    }
    return ConditionBlock.canonical(conditions)
  }

  /// Drops permissions that another one of the same action contains, and hands their uses to it.
  ///
  /// One contains another where its pattern contains the other's and it demands nothing that the other does not.
  private mutating func dropSubsumed() {
    var start = permissions.startIndex
    while start < permissions.endIndex {
      let action = permissions[start].permission.action
      let end = permissions[start...].firstIndex { $0.permission.action != action } ?? permissions.endIndex
      if end - start > 1 { Self.dropSubsumed(&permissions[start..<end]) }
      start = end
    }
    permissions.removeAll { $0.uses.isEmpty }
    for place in permissions.indices { permissions[place].uses.sortAndJoin() }
  }

  /// Hands the uses of permissions of one action that another one contains to that one, and leaves them without.
  ///
  /// Only patterns and equal resources can contain a resource; which of the permissions are which is found out once, so
  /// that each is compared with few others.
  ///
  /// - Parameter group: Permissions of one action, sorted.
  static func dropSubsumed(_ group: inout ArraySlice<UsedPermission>) {
    let hasConditions = group.contains { !$0.permission.conditions.isEmpty }
    let hasVariable = group.map { ResourceNotation.hasVariable($0.permission.resource) }
    let patterns = group.map { ResourceNotation.pattern($0.permission.resource) }
    let open = patterns.indices.filter { !hasVariable[$0] && !patterns[$0].isLiteral }
    guard hasConditions || !open.isEmpty else { return }
    let first = group.startIndex
    var alike: [Wildcard: [Int]] = [:]
    var sameText: [String: [Int]] = [:]
    if hasConditions {
      for place in patterns.indices {
        sameText[group[first + place].permission.resource, default: []].append(place)
        if !hasVariable[place], patterns[place].isLiteral {
          alike[patterns[place], default: []].append(place)
        }
      }
    }
    for place in patterns.indices {
      let conditions = group[first + place].permission.conditions
      /// Whether a permission may stand for this one, its resource aside.
      func isWeaker(_ other: Int) -> Bool {
        other != place && !group[first + other].uses.isEmpty
          && group[first + other].permission.conditions.allSatisfy(conditions.contains)
      }
      var container: Int?
      if hasConditions {
        container = sameText[group[first + place].permission.resource]?.first(where: isWeaker)
      }
      if !hasVariable[place] {
        let pattern = patterns[place]
        for other in [
          open.first { isWeaker($0) && patterns[$0].contains(pattern) },
          pattern.isLiteral ? alike[pattern]?.first(where: isWeaker) : nil,
        ] {
          if let other { container = min(container ?? other, other) }
        }
      }
      guard let container else { continue }
      group[first + container].uses += group[first + place].uses
      group[first + place].uses = []
    }
  }

  /// The deny statements of a grant, each once, in the order of the policies.
  private static func denies(of grant: PrincipalGrant) -> [StatementDraft] {
    var seen: Set<Statement> = []
    var drafts: [StatementDraft] = []
    for policy in grant.policies {
      for var statement in policy.document.statements where statement.effect == .deny {
        statement.sid = nil
        guard seen.insert(statement).inserted else { continue }
        drafts.append(
          StatementDraft(
            sid: "KeptDeny\(drafts.count + 1)", effect: .deny, actions: [], resources: [], verbatim: statement
          ))
      }
    }
    return drafts
  }
}

extension Permission {
  /// Whether this permission stands before another: by action, resource and conditions.
  ///
  /// - Parameter other: The other permission.
  /// - Returns: Whether it comes first.
  func precedes(_ other: Permission) -> Bool {
    if action != other.action { return action < other.action }
    if resource != other.resource { return resource < other.resource }
    return conditions.flatMap(\.words).lexicographicallyPrecedes(other.conditions.flatMap(\.words))
  }
}

extension Condition {
  /// What conditions are sorted by.
  var words: [String] { [operatorName, key] + values }
}

extension [Int] {
  /// Sorts numbers and leaves one of each.
  mutating func sortAndJoin() {
    guard !indices.dropFirst().allSatisfy({ self[$0 - 1] < self[$0] }) else { return }
    sort()
    var last: Int?
    removeAll { number in
      defer { last = number }
      return number == last
    }
  }
}
