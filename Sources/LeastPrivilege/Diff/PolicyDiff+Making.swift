// Holds grants against use, principal by principal.

public import AWSCatalog
public import CloudTrail
import IAM
public import Usage

extension PolicyDiff {
  /// Compares what accounts grant with what a ledger recorded.
  ///
  /// Every user and role of the grants stands in the result, used or not, and every principal of the ledger that
  /// can carry a policy, granted or not.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - grants: What is granted.
  ///   - principals: Which principals to compare; all by default.
  ///   - catalog: The AWS reference.
  public init(
    ledger: UsageLedger, grants: AccountGrants, where principals: (Principal) -> Bool = { _ in true },
    catalog: Catalog = .embedded
  ) {
    let maker = DiffMaker(ledger: ledger, grants: grants, catalog: catalog)
    var seen: Set<String> = []
    var diffs: [PrincipalDiff] = []
    for record in PrincipalUses.all(of: ledger) where record.principal.canCarryPolicy {
      let grant = grants.grant(of: record.principal, catalog: catalog)
      if let arn = grant?.identity.arn { seen.insert(arn) }
      if principals(record.principal) { diffs.append(maker.diff(of: record, grant: grant)) }
    }
    for (arn, identity) in grants.identities where identity.kind != .group && !seen.contains(arn) {
      let principal = Principal(
        kind: identity.kind == .user ? .user : .role, identifier: arn, account: identity.account)
      guard principal.canCarryPolicy, principals(principal) else { continue }
      let unused = PrincipalUses(principal: principal, uses: [])
      diffs.append(maker.diff(of: unused, grant: grants.grant(of: identity, catalog: catalog)))
    }
    self.init(principals: diffs.sorted { $0.principal < $1.principal }, problems: grants.problems)
  }
}

/// Compares one principal after another, with what all comparisons share.
final class DiffMaker {
  private let ledger: UsageLedger
  private let catalog: Catalog
  /// Catalog entries by statement element; a cache, as many statements grant the same, and the reason for a class.
  private var expansions: [Statement.ActionElement: [ActionEntry]] = [:]
  /// Services for which the logs contain data events, by account.
  private var dataServices: [String: Set<String>] = [:]
  private var managementAccounts: Set<String> = []

  init(ledger: UsageLedger, grants: AccountGrants, catalog: Catalog) {
    self.ledger = ledger
    self.catalog = catalog
    for key in ledger.coverage.keys {
      if key.category == "Management" {
        managementAccounts.insert(key.account)
      } else if key.category == "Data" {
        let service = catalog.servicePrefix(source: key.eventSource)
        dataServices[key.account, default: []].insert(service)
      }
    }
  }

  func diff(of record: PrincipalUses, grant: PrincipalGrant?) -> PrincipalDiff {
    let permitted = record.uses.filter(\.wasPermitted)
    let account = ARN(record.principal.identifier)?.account ?? ""
    var byAction: [String: [RecordedUse]] = [:]
    for use in permitted { byAction[use.action.lowercased(), default: []].append(use) }
    var statements: [StatementDiff] = []
    var denies = 0
    for policy in grant?.policies ?? [] {
      for (index, statement) in policy.document.statements.enumerated() {
        guard statement.effect == .allow else {
          denies += 1
          continue
        }
        statements.append(
          diff(of: statement, at: index, in: policy.source, byAction: byAction, account: account))
      }
    }
    return PrincipalDiff(
      principal: record.principal, identity: grant?.identity.arn,
      matchedByName: grant?.matchedByName ?? false,
      calls: ledger.principals[record.principal]?.events.count ?? 0, statements: statements,
      denyStatements: denies, boundary: grant?.identity.boundary,
      usedWithoutGrant: withoutGrant(record, permitted, grant), denied: record.deniedAttempts,
      counts: counts(of: statements))
  }

  /// The uses that the grant does not cover.
  private func withoutGrant(
    _ record: PrincipalUses, _ permitted: [RecordedUse], _ grant: PrincipalGrant?
  ) -> [UngrantedUse] {
    let index = GrantIndex(grant, principal: record.principal)
    return permitted.compactMap { use in
      guard case .notGranted(let reason) = index.coverage(of: use, pattern: use.resource) else { return nil }
      let calls = use.permitted
      return UngrantedUse(
        action: use.action, resource: use.resource, calls: calls.count, firstSeen: calls.firstSeen,
        lastSeen: calls.lastSeen, reason: reason)
    }
  }

  private func diff(
    of statement: Statement, at index: Int, in source: PolicySource, byAction: [String: [RecordedUse]],
    account: String
  ) -> StatementDiff {
    let granted: [(text: String, pattern: Wildcard)]
    var isNotResource = false
    switch statement.resources {
    case .resource(let patterns): granted = patterns.map { ($0, ResourceNotation.pattern($0)) }
    case .notResource(let patterns):
      granted = patterns.map { ($0, ResourceNotation.pattern($0)) }
      isNotResource = true
    case nil: granted = []
    }
    let texts = isNotResource ? [] : granted.map(\.text)
    let actions = entries(of: statement.actions).map { entry -> ActionDiff in
      let uses = byAction[entry.action.lowercased()] ?? []
      var tally = Tally()
      var touched: Set<String> = []
      for use in uses {
        let target = ResourceNotation.pattern(use.resource)
        // A use within a pattern may have needed whatever part of the pattern is granted.
        let matching = granted.filter {
          use.isWithinPattern && !isNotResource ? $0.pattern.intersects(target) : $0.pattern.contains(target)
        }
        guard matching.isEmpty == isNotResource else { continue }
        touched.formUnion(matching.map(\.text))
        tally.merge(use.permitted)
      }
      let status: GrantStatus
      if tally.count > 0 {
        status = isNotResource || texts.allSatisfy(touched.contains) ? .used : .partlyUsed
      } else {
        status = isObservable(entry, account: account) ? .unused : .notObservable
      }
      return ActionDiff(
        action: entry.action, status: status, calls: tally.count, lastSeen: tally.lastSeen,
        resourcesUsed: texts.filter(touched.contains),
        resourcesUnused: tally.count > 0 ? texts.filter { !touched.contains($0) } : [])
    }
    return StatementDiff(
      source: source, index: index, statement: statement, actions: actions,
      unknownActions: unknown(in: statement.actions))
  }

  /// Whether the logs could have shown the use of an action in an account (SEMANTICS §8).
  private func isObservable(_ entry: ActionEntry, account: String) -> Bool {
    switch entry.observability {
    case .never: return false
    case .management: return managementAccounts.contains(account)
    case .data:
      let service = entry.action.split(separator: ":").first.map(String.init) ?? ""
      return dataServices[account]?.contains(service) ?? false
    }
  }

  private func entries(of element: Statement.ActionElement) -> [ActionEntry] {
    if let known = expansions[element] { return known }
    let entries: [ActionEntry]
    switch element {
    case .action(let patterns):
      var byName: [String: ActionEntry] = [:]
      for pattern in patterns {
        for entry in catalog.actions(matching: pattern) { byName[entry.action] = entry }
      }
      entries = byName.values.sorted { $0.action < $1.action }
    case .notAction(let patterns):
      let excluded = patterns.map { Wildcard($0, caseInsensitive: true) }
      entries = catalog.actions(matching: "*").filter { entry in
        !excluded.contains { $0.matches(entry.action) }
      }
    }
    expansions[element] = entries
    return entries
  }

  private func unknown(in element: Statement.ActionElement) -> [String] {
    guard case .action(let patterns) = element else { return [] }
    return patterns.filter { catalog.actionCount(matching: $0) == 0 }
  }

  /// Counts each action once, under the best status that any statement gives it.
  private func counts(of statements: [StatementDiff]) -> [LevelCounts] {
    var best: [String: (level: AccessLevel, status: GrantStatus)] = [:]
    for statement in statements {
      let levels = entries(of: statement.statement.actions)
      for (entry, action) in zip(levels, statement.actions) {
        if let known = best[entry.action], known.status <= action.status { continue }
        best[entry.action] = (entry.accessLevel, action.status)
      }
    }
    return AccessLevel.allCases.compactMap { level in
      let statuses = best.values.filter { $0.level == level }.map(\.status)
      guard !statuses.isEmpty else { return nil }
      func count(_ status: GrantStatus) -> Int { statuses.count { $0 == status } }
      return LevelCounts(
        level: level, granted: statuses.count, used: count(.used), partlyUsed: count(.partlyUsed),
        unused: count(.unused), notObservable: count(.notObservable))
    }
  }
}
