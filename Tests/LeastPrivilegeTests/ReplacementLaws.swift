// The laws of replacing AWS managed policies, over an account before and after all proposals are carried out:
//
//   keeps every use      what was recorded of anyone, and allowed by identity policies, stays allowed
//   nothing new          what each principal is granted lies within what it was granted
//   hidden stays         what the logs could not have shown, and was allowed, stays allowed
//   denies stay          nobody has other denies than before
//   excess is exact      what is told of each option equals a count by a slower way

import AWSCatalog
import CloudTrail
import IAM
import TestSupport
import Testing
import Usage

@testable import LeastPrivilege

/// Holds replacements to their laws.
enum ReplacementLaws {
  /// Holds the proposals for an account to the laws.
  ///
  /// - Parameters:
  ///   - replacements: What is proposed.
  ///   - before: The account as it is.
  ///   - trimmed: The account with the trimmed policies.
  ///   - ledger: The recorded use.
  ///   - maker: What the proposals were made with.
  /// - Returns: The account once everything is carried out.
  /// - Throws: Where an option names a policy that is not there.
  static func hold(
    _ replacements: [ManagedReplacement], from before: AccountGrants, trimmed: AccountGrants,
    _ ledger: UsageLedger, _ maker: DiffMaker
  ) throws -> AccountGrants {
    let after = trimmed.applying(replacements)
    let probes = PrincipalUses.all(of: hiddenProbes(before, maker))
    for record in PrincipalUses.all(of: ledger) where record.principal.canCarryPolicy {
      guard let old = before.grant(of: record.principal), let new = after.grant(of: record.principal) else {
        continue
      }
      let name = record.principal.identifier
      let oldDocuments = old.policies.map(\.document)
      let newDocuments = new.policies.map(\.document)
      let allowedBefore = PolicyEvaluator(ApplicablePolicies(identity: oldDocuments))
      let allowedAfter = PolicyEvaluator(ApplicablePolicies(identity: newDocuments))
      for use in record.uses where use.wasPermitted {
        let request = Replay.request(for: use, by: record.principal)
        if allowedBefore.allows(request) {
          #expect(allowedAfter.allows(request), "use: \(name) \(use.action) on \(use.resource)")
        }
      }
      for probe in probes.first(where: { $0.principal == record.principal })?.uses ?? [] {
        let request = Replay.request(for: probe, by: record.principal)
        if allowedBefore.allows(request) {
          #expect(allowedAfter.allows(request), "hidden: \(name) \(probe.action) on \(probe.resource)")
        }
      }
      let contained = PolicyContainment(existing: oldDocuments).check(proposed: newDocuments)
      #expect(contained.holds, "new: \(name) \(contained.explanation)")
      #expect(denies(oldDocuments) == denies(newDocuments), "denies: \(name)")
    }
    for replacement in replacements {
      for option in replacement.options where option.isWithinQuota {
        let counts = try naiveCounts(of: option, for: replacement, after: after, ledger, maker)
        let told = Dictionary(uniqueKeysWithValues: option.counts.map { ($0.level, Row($0)) })
        #expect(counts == told, "excess: \(replacement.subject.name) \(option.kind) \(option.name)")
      }
    }
    return after
  }

  /// Uses that these logs cannot show, of everyone in the account.
  private static func hiddenProbes(_ grants: AccountGrants, _ maker: DiffMaker) -> UsageLedger {
    var probes = LedgerMaker()
    let account = LedgerMaker.account
    let hidden = [
      ("s3:GetObject", "arn:aws:s3:::bucket-x/in/a"), ("s3:PutObject", "arn:aws:s3:::other/a"),
      ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:\(account):table/orders"),
      ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:\(account):queue-7"),
      ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:\(account):log-group:g:log-stream:s"),
    ]
    for (arn, identity) in grants.identities where identity.kind != .group {
      let principal = Principal(
        kind: identity.kind == .user ? .user : .role, identifier: arn, account: identity.account)
      for (action, resource) in hidden {
        let traits = maker.table.actions(matching: action).map { maker.table.entries[$0] }
        if traits.contains(where: { maker.coverage.isObservable($0, account: identity.account) }) { continue }
        probes.use(principal, action, resource)
      }
    }
    return probes.ledger
  }

  private static func denies(_ documents: [PolicyDocument]) -> Set<Statement> {
    Set(
      documents.flatMap(\.statements).filter { $0.effect == .deny }.map { statement in
        var statement = statement
        statement.sid = nil
        return statement
      })
  }

  /// One row of counts.
  struct Row: Hashable {
    var granted = 0
    var used = 0
    var partlyUsed = 0
    var unused = 0
    var notObservable = 0

    init() {}

    init(_ counts: LevelCounts) {
      granted = counts.granted
      used = counts.used
      partlyUsed = counts.partlyUsed
      unused = counts.unused
      notObservable = counts.notObservable
    }
  }

  /// What an option grants and what of that is used, action by action of the catalog.
  private static func naiveCounts(
    of option: ReplacementOption, for replacement: ManagedReplacement, after: AccountGrants,
    _ ledger: UsageLedger, _ maker: DiffMaker
  ) throws -> [AccessLevel: Row] {
    let documents: [PolicyDocument]
    switch option.kind {
    case .detach, .covered: documents = []
    case .newPolicy: documents = try [#require(option.document)]
    case .awsManaged, .customerManaged:
      documents = try [#require(after.policy(arn: option.arn ?? "", catalog: .embedded)).document]
    case .group:
      // What the group grants of itself, whatever becomes of the AWS managed policies that it has.
      documents = option.documents
    }
    let allows = documents.flatMap(\.statements).filter { $0.effect == .allow }
    let uses = PrincipalUses.all(of: ledger).filter { replacement.sharing.principals.contains($0.principal) }
      .flatMap(\.uses).filter(\.wasPermitted)
    var best: [String: (AccessLevel, GrantStatus)] = [:]
    for statement in allows {
      for action in entries(statement.actions) {
        guard let status = status(of: action, in: statement, uses, maker, replacement.subject.account) else {
          continue
        }
        if let known = best[action.action], known.1 <= status { continue }
        best[action.action] = (action.accessLevel, status)
      }
    }
    var rows: [AccessLevel: Row] = [:]
    for (level, status) in best.values {
      var row = rows[level] ?? Row()
      row.granted += 1
      switch status {
      case .used: row.used += 1
      case .partlyUsed: row.partlyUsed += 1
      case .unused: row.unused += 1
      case .notObservable: row.notObservable += 1
      case .accessed, .ineffective: break
      }
      rows[level] = row
    }
    return rows
  }

  private static func entries(_ element: Statement.ActionElement) -> [ActionEntry] {
    switch element {
    case .action(let patterns):
      return patterns.flatMap { Catalog.embedded.actions(matching: $0) }
    case .notAction(let patterns):
      let wildcards = patterns.map { Wildcard($0, caseInsensitive: true) }
      return Catalog.embedded.actions(matching: "*").filter { entry in
        !wildcards.contains { $0.matches(entry.action) }
      }
    }
  }

  /// What a statement grants of an action; `nil` where none of its resources can be one of the action's.
  private static func status(
    of action: ActionEntry, in statement: Statement, _ uses: [RecordedUse], _ maker: DiffMaker,
    _ account: String
  ) -> GrantStatus? {
    let own = uses.filter { $0.action.lowercased() == action.action.lowercased() }
    func isHit(_ use: RecordedUse, _ text: String) -> Bool {
      let pattern = Wildcard(text)
      let target = ResourceNotation.pattern(use.resource)
      return use.isWithinPattern ? pattern.intersects(target) : pattern.contains(target)
    }
    if case .resource(let texts) = statement.resources {
      let isNamed: Bool =
        if case .action(let names) = statement.actions {
          names.contains { $0.lowercased() == action.action.lowercased() }
        } else {
          false
        }
      let formats = action.resourceTypes.flatMap(\.arnFormats).map { $0.replacing(/\$\{[^}]*\}/, with: "*") }
      let canBe = texts.contains { text in
        text == "*"
          || formats.contains { format in
            let services = [text, format].map { $0.split(separator: ":").dropFirst(2).first ?? "" }
            return (services[0] == services[1] || services[0] == "*")
              && Wildcard(text).intersects(Wildcard(format))
          }
      }
      guard isNamed || canBe else { return nil }
      let touched = texts.filter { text in own.contains { isHit($0, text) } }
      if touched.count == texts.count { return .used }
      if !touched.isEmpty { return .partlyUsed }
    }
    let traits = maker.table.actions(matching: action.action).map { maker.table.entries[$0] }
    return traits.allSatisfy {
      maker.coverage.isObservable($0, account: account, regions: GrantedRegions(statement.resources))
    } ? .unused : .notObservable
  }
}

extension AccountGrants {
  /// The grants once replacements are carried out.
  func applying(_ replacements: [ManagedReplacement]) -> AccountGrants {
    var result = self
    for replacement in replacements {
      guard let option = replacement.proposal, let holder = replacement.subject.holder else { continue }
      result.identities[holder]?.attachedPolicies.removeAll { $0 == replacement.subject.arn }
      guard let arn = option.arn else { continue }
      if option.kind == .group {
        if let group = identities[arn] { result.identities[holder]?.groups.append(group.name) }
        continue
      }
      guard option.isAttached else { continue }
      if let document = option.document {
        result.managedPolicies[arn] = GrantedPolicy(
          arn: arn, name: option.name, defaultVersion: "v1", versionCount: 1, document: document)
      }
      if !(result.identities[holder]?.attachedPolicies.contains(arn) ?? true) {
        result.identities[holder]?.attachedPolicies.append(arn)
      }
    }
    return result
  }
}
