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
  ///   - principals: Which principals to compare; all by default. Proposals for policies that others share with them are
  ///     made from the use of all.
  ///   - services: Patterns of the services whose calls were read, so that disuse of others is not claimed; all where
  ///     there are none.
  ///   - options: What proposals are made with; `nil` for none, where the ledger does not hold all use.
  ///   - accesses: What AWS recorded of attempts; nothing by default.
  ///   - catalog: The AWS reference.
  public init(
    ledger: UsageLedger, grants: AccountGrants, where principals: (Principal) -> Bool = { _ in true },
    services: [String] = [], options: SynthesisOptions? = SynthesisOptions(),
    accesses: LastAccessedReport = LastAccessedReport(), catalog: Catalog = .embedded
  ) {
    let maker = DiffMaker(
      ledger: ledger, services: services, organization: grants.organization, catalog: catalog)
    var records = GrantedRecord.all(of: ledger, grants: grants, catalog: catalog)
    if !accesses.isEmpty {
      let evidence = AccessEvidence(accesses, ledger: ledger, catalog: catalog)
      for index in records.indices {
        let record = records[index]
        records[index].uses.accessed = evidence.accessed(by: record) { maker.hiddenServices(of: record) }
      }
    }
    let wanted = records.map { principals($0.uses.principal) }
    self.init(
      principals: zip(records, wanted).filter(\.1).map { maker.diff(of: $0.0.uses, grant: $0.0.grant) },
      problems: grants.problems)
    guard let options else { return }
    let trimmer = AccountTrimmer(
      records: records, grants: grants, options: options, maker: maker, catalog: catalog)
    (trims, replacements) = trimmer.proposals { wanted[$0] }
    groups = trimmer.groups { wanted[$0] }
    let byPrincipal = Dictionary(
      self.principals.map { ($0.principal, $0) }, uniquingKeysWith: { first, _ in first })
    rebuilds = PolicySynthesizer(options: options, catalog: catalog)
      .proposals(for: ledger, grants: grants).filter { principals($0.principal) }
      .map { RebuildProposal($0, beside: byPrincipal[$0.principal]) }
  }
}

/// A principal's uses beside its grant.
struct GrantedRecord {
  /// The uses; none where the logs do not have the principal.
  var uses: PrincipalUses
  /// The grant; `nil` where the account has no such principal.
  var grant: PrincipalGrant?

  /// Every principal that can carry a policy, of the ledger or of the grants, sorted.
  static func all(of ledger: UsageLedger, grants: AccountGrants, catalog: Catalog) -> [GrantedRecord] {
    var records: [GrantedRecord] = []
    var seen: Set<String> = []
    for uses in PrincipalUses.all(of: ledger) where uses.principal.canCarryPolicy {
      let grant = grants.grant(of: uses.principal, catalog: catalog)
      if let arn = grant?.identity.arn { seen.insert(arn) }
      records.append(GrantedRecord(uses: uses, grant: grant))
    }
    for (arn, identity) in grants.identities where identity.kind != .group && !seen.contains(arn) {
      let principal = Principal(
        kind: identity.kind == .user ? .user : .role, identifier: arn, account: identity.account)
      guard principal.canCarryPolicy else { continue }
      records.append(
        GrantedRecord(
          uses: PrincipalUses(principal: principal, uses: []),
          grant: grants.grant(of: identity, catalog: catalog)))
    }
    return records.sorted { $0.uses.principal < $1.uses.principal }
  }
}

/// Compares one principal after another, with what all comparisons share; a class, because it caches that.
final class DiffMaker {
  private let ledger: UsageLedger
  let table: ActionTable
  let coverage: CoverageIndex
  private let effective: EffectivePermissions
  /// The comparison of elements that nothing used, by account.
  private var unusedActions: [ExpansionKey: [ActionDiff]] = [:]

  private struct ExpansionKey: Hashable {
    var actions: [Int]
    var account: String
    var regions: GrantedRegions?
  }

  init(ledger: UsageLedger, services: [String] = [], organization: Organization? = nil, catalog: Catalog) {
    self.ledger = ledger
    table = ActionTable(catalog: catalog)
    effective = EffectivePermissions(organization: organization, catalog: catalog)
    coverage = CoverageIndex(ledger.coverage, services: services, catalog: catalog)
  }

  func diff(of record: PrincipalUses, grant: PrincipalGrant?) -> PrincipalDiff {
    let permitted = record.uses.filter(\.wasPermitted)
    let account = ARN(record.principal.identifier)?.account ?? ""
    let byAction = Dictionary(grouping: permitted) { $0.action.lowercased() }
    var statements: [StatementDiff] = []
    var denies = 0
    for policy in grant?.policies ?? [] {
      for (index, statement) in policy.document.statements.enumerated() {
        guard statement.effect == .allow else {
          denies += 1
          continue
        }
        statements.append(
          diff(
            of: statement, at: index, in: policy.source, byAction: byAction, account: account,
            accessed: record.accessed))
      }
    }
    let ineffective = grant.map(effective.ineffective) ?? []
    mark(ineffective, in: &statements)
    var result = PrincipalDiff(
      principal: record.principal, identity: grant?.identity.arn,
      matchedByName: grant?.matchedByName ?? false,
      calls: ledger.principals[record.principal]?.events.count ?? 0, statements: statements,
      denyStatements: denies, boundary: grant?.identity.boundary,
      usedWithoutGrant: withoutGrant(record, permitted, grant), denied: record.deniedAttempts,
      counts: counts(of: statements))
    result.ineffective = ineffective
    return result
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

  func diff(
    of statement: Statement, at index: Int, in source: PolicySource, byAction: [String: [RecordedUse]],
    account: String, accessed: AccessedActions = AccessedActions()
  ) -> StatementDiff {
    let granted = table.granted(by: statement)
    var actions = unused(statement, granted, account: account)
    if !byAction.isEmpty {
      let resources = GrantedResources(statement.resources)
      let texts = resources.isInverted ? [] : resources.patterns.map(\.text)
      for (name, uses) in byAction {
        guard let position = table.position(of: name, in: granted.actions) else { continue }
        var tally = Tally()
        var touched: Set<String> = []
        for use in uses {
          guard let reached = resources.reached(by: use) else { continue }
          touched.formUnion(reached)
          tally.merge(use.permitted)
        }
        guard tally.count > 0 else { continue }
        let isWhole = resources.isInverted || texts.allSatisfy(touched.contains)
        actions[position] = ActionDiff(
          action: actions[position].action, status: isWhole ? .used : .partlyUsed, calls: tally.count,
          lastSeen: tally.lastSeen,
          resourcesUsed: texts.filter(touched.contains),
          resourcesUnused: texts.filter { !touched.contains($0) })
      }
    }
    mark(&actions, accessed)
    return StatementDiff(
      source: source, index: index, statement: statement, actions: actions,
      unknownActions: granted.unknown)
  }

  /// The actions of a statement as they stand where nothing used them.
  private func unused(
    _ statement: Statement, _ granted: ActionTable.Expansion, account: String
  ) -> [ActionDiff] {
    let regions = GrantedRegions(statement.resources)
    let key = ExpansionKey(actions: granted.actions, account: account, regions: regions)
    if let known = unusedActions[key] { return known }
    let actions = granted.actions.map { number in
      let entry = table.entries[number]
      return ActionDiff(
        action: entry.action,
        status: coverage.isObservable(entry, account: account, regions: regions) ? .unused : .notObservable,
        calls: 0, lastSeen: nil, resourcesUsed: [], resourcesUnused: [])
    }
    unusedActions[key] = actions
    return actions
  }

  /// Counts each action once, under the best status that any statement gives it.
  func counts(of statements: [StatementDiff]) -> [LevelCounts] {
    var best: [GrantStatus?] = Array(repeating: nil, count: table.entries.count)
    for statement in statements {
      let numbers = table.granted(by: statement.statement).actions
      for (number, action) in zip(numbers, statement.actions) {
        if let known = best[number], known <= action.status { continue }
        best[number] = action.status
      }
    }
    var counts = AccessLevel.allCases.map {
      LevelCounts(level: $0, granted: 0, used: 0, partlyUsed: 0, unused: 0, notObservable: 0)
    }
    let positions = Dictionary(
      uniqueKeysWithValues: AccessLevel.allCases.enumerated().map { ($0.element, $0.offset) })
    for (number, status) in best.enumerated() {
      guard let status, let position = positions[table.entries[number].accessLevel] else { continue }
      counts[position].granted += 1
      switch status {
      case .used: counts[position].used += 1
      case .partlyUsed: counts[position].partlyUsed += 1
      case .unused: counts[position].unused += 1
      case .notObservable: counts[position].notObservable += 1
      case .accessed: counts[position].accessed += 1
      case .ineffective: counts[position].ineffective += 1
      }
    }
    return counts.filter { $0.granted > 0 }
  }
}
