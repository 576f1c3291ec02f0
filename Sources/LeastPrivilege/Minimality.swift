// Checks that nothing can be taken out of policies, and lists what they allow beyond the use.
//
// Taking one action out of a statement breaks a use exactly if some scenario gets through that statement alone and,
// in it, through that action alone; the same goes for resources. So one pass over the scenarios, noting for each
// which statements, actions and resources match, answers for all elements at once what removing them one by one
// and replaying everything would answer.

import AWSCatalog
import CloudTrail
import IAM
import Usage

/// The outcome of the check for superfluous elements.
struct Minimality {
  /// Elements that no use needs.
  private(set) var failures: [VerificationFailure] = []
  /// What is allowed beyond the use, in the order of policies and statements.
  private(set) var excess: [Excess] = []

  private struct Entry {
    var policy: String
    var statement: Statement
    var actions: [(text: String, pattern: Wildcard)]
    var resources: [(text: String, pattern: Wildcard)]
    var actionIndex: PatternIndex
    var resourceIndex: PatternIndex
    var neededActions: [Bool]
    var neededResources: [Bool]
    /// For each action, and within it for each resource, whether a use needs the two together.
    var pairs: [Bool]
    /// Uses behind each resource, and actions behind each action; of patterns only, since a name is its own evidence.
    var usedResources: [ResourcesBehind]
    var usedActions: [Set<String>]
    /// The regions of the uses behind each resource that names every region.
    var usedRegions: [Set<String>]
    var unresolved: [Bool]
    let isPatternOfActions: [Bool]
    let isPatternOfResources: [Bool]
    let namesEveryRegion: [Bool]

    /// Notes that a use gets through some of the actions on some of the resources.
    mutating func note(_ use: RecordedUse, actions: [Int], resources positions: [Int]) {
      let isUnresolved = use.facts.unresolvedReason != nil
      for resource in positions {
        for action in actions { pairs[action * resources.count + resource] = true }
        if isUnresolved { unresolved[resource] = true }
        guard isPatternOfResources[resource] else { continue }
        usedResources[resource].insert(use)
        if namesEveryRegion[resource], let arn = ARN(use.recorded), !arn.region.isEmpty {
          usedRegions[resource].insert(arn.region)
        }
      }
      for action in actions where isPatternOfActions[action] { usedActions[action].insert(use.action) }
    }
  }

  /// A statement that names an action, and where it does.
  private typealias Naming = (entry: Int, actions: [Int])

  /// Checks policies.
  ///
  /// - Parameters:
  ///   - subject: The policies and uses.
  ///   - scenarios: The scenarios of the uses.
  ///   - catalog: The AWS reference.
  init(_ subject: PolicyVerifier.Subject, scenarios: [Scenario], catalog: Catalog) {
    var entries = Self.entries(of: subject.policies)
    var action: ActionName?
    var naming: [Naming] = []
    for scenario in scenarios {
      // The scenarios of one action stand together, mostly.
      if action != scenario.request.action {
        action = scenario.request.action
        let text = scenario.request.action.description.asciiLowercased
        naming = entries.indices.compactMap { index in
          let actions = entries[index].actionIndex.matches(text)
          return actions.isEmpty ? nil : (index, actions)
        }
      }
      var hits = 0
      var only: (entry: Int, actions: [Int], resources: [Int]) = (0, [], [])
      for (index, actions) in naming {
        let resources =
          if let resource = scenario.request.resource.arn {
            entries[index].resourceIndex.matches(resource)
          } else {
            entries[index].resourceIndex.matchingEverything
          }
        guard !resources.isEmpty, Self.holds(entries[index].statement.conditions, scenario) else { continue }
        hits += 1
        only = (index, actions, resources)
        entries[index].note(subject.uses[scenario.use], actions: actions, resources: resources)
      }
      guard hits == 1 else { continue }
      if only.actions.count == 1 { entries[only.entry].neededActions[only.actions[0]] = true }
      if only.resources.count == 1 { entries[only.entry].neededResources[only.resources[0]] = true }
    }
    for entry in entries {
      report(entry, subject.principal.identifier)
      list(entry, catalog)
    }
  }

  private static func entries(of policies: [NamedPolicy]) -> [Entry] {
    var entries: [Entry] = []
    for policy in policies {
      for statement in policy.document.statements where statement.effect == .allow {
        guard case .action(let actions) = statement.actions,
          case .resource(let resources)? = statement.resources
        else { continue }
        let actionPatterns = actions.map { Wildcard($0, caseInsensitive: true) }
        let resourcePatterns = resources.map { ResourceNotation.pattern($0) }
        entries.append(
          Entry(
            policy: policy.name, statement: statement, actions: zip(actions, actionPatterns).map { ($0, $1) },
            resources: zip(resources, resourcePatterns).map { ($0, $1) },
            actionIndex: PatternIndex(actionPatterns, caseInsensitive: true),
            resourceIndex: PatternIndex(resourcePatterns),
            neededActions: actions.map { _ in false }, neededResources: resources.map { _ in false },
            pairs: [Bool](repeating: false, count: actions.count * resources.count),
            usedResources: resources.map { _ in ResourcesBehind() }, usedActions: actions.map { _ in [] },
            usedRegions: resources.map { _ in [] }, unresolved: resources.map { _ in false },
            isPatternOfActions: actionPatterns.map { !$0.isLiteral },
            isPatternOfResources: resourcePatterns.map { !$0.isLiteral },
            namesEveryRegion: resources.map { ARN($0)?.region == "*" }))
      }
    }
    return entries
  }

  /// Whether a statement's conditions hold in a scenario.
  private static func holds(_ conditions: [Condition], _ scenario: Scenario) -> Bool {
    if conditions.isEmpty { return true }
    let open = conditions.filter { condition in !(scenario.assumed ?? []).contains { $0.says(condition) } }
    guard !open.isEmpty else { return true }
    let request = scenario.request
    guard scenario.assumed == nil || open.allSatisfy({ request.context[$0.key] != nil }) else { return false }
    let statement = Statement(
      effect: .allow, actions: .action(["*"]), resources: .resource(["*"]), conditions: open)
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: [PolicyDocument(statements: [statement])]))
    return evaluator.allows(request)
  }

  private mutating func report(_ entry: Entry, _ principal: String) {
    let place = "statement `\(entry.statement.sid ?? "")` of policy `\(entry.policy)`"
    for (action, isNeeded) in zip(entry.actions, entry.neededActions) where !isNeeded {
      failures.append(
        VerificationFailure(
          kind: .notMinimal, principal: principal, action: action.text,
          explanation: "no recorded use needs this action in \(place)"))
    }
    for (resource, isNeeded) in zip(entry.resources, entry.neededResources) where !isNeeded {
      failures.append(
        VerificationFailure(
          kind: .notMinimal, principal: principal, resource: resource.text,
          explanation: "no recorded use needs this resource in \(place)"))
    }
  }

  /// Whether a pattern says no more than used resources do, the region aside.
  private static func names(_ pattern: String, _ used: Set<ByteString>) -> Bool {
    guard let arn = ARN(pattern), arn.region == "*" else { return used == [ByteString(pattern)] }
    return used.allSatisfy { resource in
      guard let other = ARN(resource.text) else { return false }
      return (other.partition, other.service, other.account, other.resource)
        == (arn.partition, arn.service, arn.account, arn.resource)
    }
  }

  /// Whether a pattern has a wildcard in another place than its region.
  private static func hasWildcardBesideRegion(_ pattern: String) -> Bool {
    guard let arn = ARN(pattern), arn.region == "*" else { return ResourceNotation.hasWildcard(pattern) }
    return ResourceNotation.hasWildcard(arn.resource) || ResourceNotation.hasWildcard(arn.account)
  }

  private mutating func list(_ entry: Entry, _ catalog: Catalog) {
    let sid = entry.statement.sid ?? ""
    func add(_ kind: Excess.Kind, _ pattern: String, _ used: Int, _ extra: [String], _ reason: String) {
      excess.append(
        Excess(
          kind: kind, policy: entry.policy, sid: sid, pattern: pattern, distinctUsed: used,
          extraActions: extra, reason: reason))
    }
    for (position, action) in entry.actions.enumerated() where !action.pattern.isLiteral {
      let used = Set(entry.usedActions[position].map { $0.lowercased() })
      let extra = catalog.actionNames(matching: action.text).filter { !used.contains($0.lowercased()) }
      add(
        .actionWildcard, action.text, used.count, extra,
        extra.isEmpty
          ? "the wildcard keeps a quota and matches only used actions"
          : "the wildcard keeps a quota and matches \(extra.count) unused actions")
    }
    for (position, resource) in entry.resources.enumerated() where !resource.pattern.isLiteral {
      let used = entry.usedResources[position]
      if entry.namesEveryRegion[position] {
        add(
          .regionWildcard, resource.text, entry.usedRegions[position].count, [], "every region is allowed")
      }
      if entry.unresolved[position] {
        add(
          .unresolvedResource, resource.text, used.count, [],
          "the logs do not tell the resource of every call")
      } else if resource.text != "*" {
        let isGeneralized = used.generalized.value > 0
        guard isGeneralized || !Self.names(resource.text, used.named) else {
          // What a call creates has no id yet, and some ids hold a part that AWS chose and the log does not tell.
          if Self.hasWildcardBesideRegion(resource.text) {
            add(
              .recordedPattern, resource.text, used.count, [],
              "the calls themselves name no more than this")
          }
          continue
        }
        let many = isGeneralized ? ", of which the ledger keeps patterns" : ""
        add(
          .resourcePattern, resource.text, used.count, [],
          "the pattern stands for resources of one family" + many)
      } else if used.named != [ByteString("*")] {
        add(.resourcePattern, "*", used.count, [], "every resource is allowed to keep a quota")
      }
    }
    let width = entry.resources.count
    for (position, resource) in entry.resources.enumerated() {
      let extra = entry.actions.indices.filter { !entry.pairs[$0 * width + position] }
      guard !extra.isEmpty, extra.count < entry.actions.count else { continue }
      add(
        .mergedStatement, resource.text, entry.actions.count - extra.count,
        extra.map { entry.actions[$0].text },
        "these actions were not used on this resource")
    }
  }
}
