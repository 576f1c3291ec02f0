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

/// What is to be granted to one principal.
struct UseSelection {
  /// The permissions with the indices of the uses behind each.
  private(set) var permissions: [Permission: Set<Int>] = [:]
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
    for number in chosen {
      let use = record.uses[number]
      let pattern = patterns[use.action]?[use.resource] ?? use.resource
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
    dropSubsumed()
  }

  private mutating func add(_ permission: Permission, _ use: Int) {
    permissions[permission, default: []].insert(use)
  }

  /// Condition keys of the essential context that a policy always demands.
  private static let demanded: Set<String> = ["iam:PassedToService", "kms:ViaService"]

  /// The conditions that the evidence of one use supports: the essential context always, and what the user asked
  /// for where every call of the use shows one and the same value.
  private static func conditions(of use: RecordedUse, options: SynthesisOptions) -> [Condition] {
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
    let byAction = Dictionary(grouping: permissions.keys, by: \.action)
    for (_, group) in byAction where group.count > 1 {
      let sorted = group.sorted { $0.order.lexicographicallyPrecedes($1.order) }
      // Only patterns and weaker conditions can contain another permission.
      let hasConditions = sorted.contains { !$0.conditions.isEmpty }
      let candidates = sorted.filter { hasConditions || ResourceNotation.hasWildcard($0.resource) }
      guard !candidates.isEmpty else { continue }
      let containers = candidates.map { ($0, ResourceNotation.pattern($0.resource)) }
      for permission in sorted {
        let pattern = ResourceNotation.pattern(permission.resource)
        let hasVariable = ResourceNotation.hasVariable(permission.resource)
        let container = containers.first { candidate, wildcard in
          guard candidate != permission, permissions[candidate] != nil,
            candidate.conditions.allSatisfy(permission.conditions.contains)
          else { return false }
          if candidate.resource == permission.resource { return true }
          if ResourceNotation.hasVariable(candidate.resource) { return false }
          return !hasVariable && wildcard.contains(pattern)
        }
        if let container, let uses = permissions.removeValue(forKey: permission) {
          permissions[container.0, default: []].formUnion(uses)
        }
      }
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
  /// What permissions are sorted by.
  var order: [String] {
    [action, resource] + conditions.flatMap { [$0.operatorName, $0.key] + $0.values }
  }
}
