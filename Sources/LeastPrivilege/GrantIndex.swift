// The current grant of one principal, prepared for the question "did it allow this use, and how far does it go?".
//
// Logs do not tell every condition key of a call. A statement whose conditions are not known to fail *may* have
// allowed the call, so its conditions are carried over: the proposal then allows the use exactly where the grant
// did. Where a statement without conditions allows the use, no condition is needed. A deny counts where every call is
// known to have met its conditions; the calls were then made before there was one, or under another policy.

import CloudTrail
import IAM
import Usage

/// Answers how the current grant covers a use.
struct GrantIndex {
  /// One way in which the grant allows a use.
  struct Way: Hashable {
    /// The pattern to name: within the grant, and no wider than what generalisation gave.
    var resource: String
    /// The conditions of the statement.
    var conditions: [Condition]
  }

  /// What the grant says of a use.
  enum Coverage {
    /// It allows the use, in one or several ways.
    case granted([Way])
    /// It does not, for a reason.
    case notGranted(String)
  }

  private struct Entry {
    var actions: [Wildcard]
    var isNotAction: Bool
    /// The patterns as they may stand in a policy of the current version, with what they match.
    var resources: [(text: String, pattern: Wildcard)]
    var isNotResource: Bool
    var conditions: [Condition]
    var label: String
  }

  private struct Limit {
    /// The beginning of a sentence that ends in "not allow it".
    var subject: String
    var allows: [Entry] = []
    var denies: [Entry] = []
  }

  private var allows: [Entry] = []
  private var denies: [Entry] = []
  /// What has to allow a use beside the identity policies: the boundary and each level of service control policies.
  private var limits: [Limit] = []
  private let grant: PrincipalGrant?
  private let known: RequestContext
  private let hasConditions: Bool

  /// Prepares a grant.
  ///
  /// - Parameters:
  ///   - grant: The grant, or `nil` where the account has no such principal.
  ///   - principal: The principal.
  init(_ grant: PrincipalGrant?, principal: Principal) {
    self.grant = grant
    known = PrincipalContext.keys(of: principal)
    let documents =
      (grant?.policies.map(\.document) ?? []) + (grant?.boundary.map { [$0] } ?? [])
      + (grant?.controls.service ?? []).flatMap(\.self)
    hasConditions = documents.contains { $0.statements.contains { !$0.conditions.isEmpty } }
    for policy in grant?.policies ?? [] {
      collect(policy.document, label: policy.source.name, allows: &allows, denies: &denies)
    }
    if let boundary = grant?.boundary { limits.append(limit("the permissions boundary does", [boundary])) }
    for (level, documents) in (grant?.controls.service ?? []).enumerated() {
      limits.append(limit("the service control policies of level \(level) do", documents))
    }
  }

  /// How the grant covers a use.
  ///
  /// - Parameters:
  ///   - use: The use.
  ///   - pattern: The pattern that generalisation gave its resource.
  /// - Returns: The ways, each once, or why there is none.
  func coverage(of use: RecordedUse, pattern: String) -> Coverage {
    guard let grant else { return .notGranted("the account has no such principal today") }
    let target = ResourceNotation.pattern(use.resource)
    let context = context(of: use)
    if let deny = denies.first(where: { matches($0, use, target) && isMet($0.conditions, in: context) }) {
      return .notGranted("policy `\(deny.label)` denies it explicitly")
    }
    if grant.boundaryIsUnknown {
      return .notGranted(
        "the permissions boundary `\(grant.identity.boundary ?? "")` is not among the grants")
    }
    for limit in limits {
      let isDenied = limit.denies.contains {
        matches($0, use, target) && isMet($0.conditions, in: context)
      }
      let isAllowed = limit.allows.contains {
        matches($0, use, target) && !isViolated($0.conditions, in: context)
      }
      if isDenied || !isAllowed { return .notGranted("\(limit.subject) not allow it") }
    }
    let covering = allows.filter { matches($0, use, target) && !isViolated($0.conditions, in: context) }
    guard !covering.isEmpty else {
      let missing =
        grant.missing.isEmpty ? "" : "; not among the grants: \(grant.missing.joined(separator: ", "))"
      return .notGranted("no identity policy allows it\(missing)")
    }
    let wanted = ResourceNotation.pattern(pattern)
    let unconditional = covering.filter(\.conditions.isEmpty)
    if !unconditional.isEmpty, !use.isWithinPattern {
      // The statement that allows the whole pattern is best; the first one serves otherwise.
      let best = unconditional.first { allowsAll($0, wanted) } ?? unconditional[0]
      return .granted(ways(of: best, use, pattern, wanted, target))
    }
    var result: [Way] = []
    for entry in unconditional.isEmpty ? covering : unconditional {
      for way in ways(of: entry, use, pattern, wanted, target) where !result.contains(way) {
        result.append(way)
      }
    }
    guard !result.isEmpty else {
      return .notGranted("the logs do not tell the resource, and `NotResource` allows only some")
    }
    return .granted(result)
  }

  private func limit(_ subject: String, _ documents: [PolicyDocument]) -> Limit {
    var limit = Limit(subject: subject)
    for document in documents {
      collect(document, label: subject, allows: &limit.allows, denies: &limit.denies)
    }
    return limit
  }

  private func collect(
    _ document: PolicyDocument, label: String, allows: inout [Entry], denies: inout [Entry]
  ) {
    for statement in document.statements {
      let (actions, isNotAction): ([String], Bool) =
        switch statement.actions {
        case .action(let patterns): (patterns, false)
        case .notAction(let patterns): (patterns, true)
        }
      let (resources, isNotResource): ([String], Bool) =
        switch statement.resources {
        case .resource(let patterns): (patterns, false)
        case .notResource(let patterns): (patterns, true)
        case nil: ([], false)
        }
      let hasVariables = document.version == "2012-10-17"
      let entry = Entry(
        actions: actions.map { Wildcard($0, caseInsensitive: true) }, isNotAction: isNotAction,
        resources: resources.map { text in
          let current = hasVariables ? text : ResourceNotation.literalText(of: text)
          return (current, ResourceNotation.pattern(current, variable: knownValue))
        }, isNotResource: isNotResource, conditions: ConditionBlock.canonical(statement.conditions),
        label: label)
      if statement.effect == .allow { allows.append(entry) } else { denies.append(entry) }
    }
  }

  private func knownValue(_ variable: String) -> String? {
    let key = variable.split(separator: ",").first.map(String.init) ?? variable
    guard case .single(let value)? = known[key] else { return nil }
    return value
  }

  private func matches(_ entry: Entry, _ use: RecordedUse, _ target: Wildcard) -> Bool {
    let action = entry.actions.contains { $0.matches(use.action) }
    guard action != entry.isNotAction else { return false }
    if use.isWithinPattern {
      // The call was on one of the resources of the pattern, and nobody knows on which.
      return entry.isNotResource || entry.resources.contains { $0.pattern.intersects(target) }
    }
    let resource = entry.resources.contains { $0.pattern.contains(target) }
    return resource != entry.isNotResource
  }

  /// Whether a statement allows everything that a pattern stands for, its actions taken as matching.
  private func allowsAll(_ entry: Entry, _ wanted: Wildcard) -> Bool {
    entry.isNotResource
      ? !entry.resources.contains { $0.pattern.intersects(wanted) }
      : entry.resources.contains { !ResourceNotation.hasVariable($0.text) && $0.pattern.contains(wanted) }
  }

  private func ways(
    of entry: Entry, _ use: RecordedUse, _ pattern: String, _ wanted: Wildcard, _ target: Wildcard
  ) -> [Way] {
    if allowsAll(entry, wanted) { return [Way(resource: pattern, conditions: entry.conditions)] }
    if use.isWithinPattern {
      return entry.isNotResource
        ? []
        : entry.resources.filter { $0.pattern.intersects(target) }
          .map { Way(resource: $0.text, conditions: entry.conditions) }
    }
    if !entry.isNotResource {
      let covering = entry.resources.filter { $0.pattern.contains(target) }
      if let within = covering.lazy.compactMap({ ResourceNotation.narrowed(pattern, to: $0.text) }).first(
        where: { ResourceNotation.pattern($0).contains(target) })
      {
        return [Way(resource: within, conditions: entry.conditions)]
      }
      if let narrower = covering.first(where: {
        wanted.contains($0.pattern) || ResourceNotation.hasVariable($0.text)
      }) {
        return [Way(resource: narrower.text, conditions: entry.conditions)]
      }
    }
    return [Way(resource: use.resource, conditions: entry.conditions)]
  }

  /// The condition keys of a use with their values, as far as every call had the same.
  private func context(of use: RecordedUse) -> RequestContext {
    var context = known
    guard hasConditions else { return context }
    for (key, value) in EvidenceReader.values(of: use) { context[key] = .single(value) }
    for pair in use.context {
      context[pair.key] = pair.key == "aws:CalledVia" ? .multiple([pair.value]) : .single(pair.value)
    }
    return context
  }

  /// Whether what is known of a use makes a condition fail.
  private func isViolated(_ conditions: [Condition], in context: RequestContext) -> Bool {
    let decidable = conditions.filter { context[$0.key] != nil }
    return !decidable.isEmpty && !hold(decidable, in: context)
  }

  /// Whether all conditions are known to hold.
  private func isMet(_ conditions: [Condition], in context: RequestContext) -> Bool {
    conditions.allSatisfy { context[$0.key] != nil } && (conditions.isEmpty || hold(conditions, in: context))
  }

  private func hold(_ conditions: [Condition], in context: RequestContext) -> Bool {
    let statement = Statement(
      effect: .allow, actions: .action(["*"]), resources: .resource(["*"]), conditions: conditions)
    let evaluator = PolicyEvaluator(ApplicablePolicies(identity: [PolicyDocument(statements: [statement])]))
    let account = "000000000000"
    let request = AccessRequest(
      principal: RequestPrincipal(kind: .role, arn: "arn:aws:iam::\(account):role/r", account: account),
      action: ActionName(service: "s3", name: "ListAllMyBuckets"),
      resource: RequestResource(arn: nil, account: account), context: context)
    return evaluator.decide(request).isAllowed
  }
}
