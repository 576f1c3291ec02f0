// From one event to the permissions that the call needed: the orchestration of all rules.
//
//  1. What is no call (sign-ins, service events, …) is set aside by kind.
//  2. The catalog maps (event source, event name) to actions; those that only some requests need are taken in where
//     the request proves them.
//  3. `OperationVariants` refines the actions of operations that carry others inside (transactions, PartiQL, …).
//  4. Each action gets its resources (`ResourceResolution`).
//  5. Roles passed and tags put on what is created add `iam:PassRole` and the tagging action.
//  6. A denial that names another action adds that one.
//  7. Calls that a service made on the principal's behalf carry that service as context.
//
// The resolution is a pure function of the event: nothing that one event tells is used for another. What events teach
// about each other (paths of roles, …) goes into the ledger as `LearnedFact`s and is applied when it is read.

public import AWSCatalog
public import CloudTrail
import IAM

/// Turns events into the permissions that they needed.
///
/// A value and its copies keep what they looked up in the catalog, which changes nothing of their answers.
public struct ActionResolver: Sendable {
  private let plans: PlanCache

  /// Names of request parameters that may tell lessons or context, whatever the operation.
  static let tellingNames = FoldedNames(CallContext.parameterNames + Lessons.parameterNames)

  /// Creates a resolver.
  ///
  /// - Parameter catalog: The reference data.
  public init(catalog: Catalog = .embedded) {
    self.plans = PlanCache(catalog: catalog)
  }

  /// The permissions that a call needed.
  ///
  /// - Parameter event: The event.
  /// - Returns: What sort of event it is, and the requirements of a call, sorted, each once.
  public func resolve(_ event: CloudTrailEvent) -> Resolution {
    var resolution = resolve(event) { _ in }
    if event.isTelling {
      resolution.lessons = Set(resolution.lessons + Lessons.facts(event.userIdentity)).sorted()
    }
    return resolution
  }

  /// The permissions that a call needed, and on which large parts of the record they depend.
  ///
  /// Lessons and observed context are not meant by that: they come from ARNs of IAM and from parameters of a few names
  /// (``tellingNames``), which are found without reading the parts. What the caller's identity teaches is left out, for it
  /// is the same whatever the call.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - note: Called once, when all but lessons and observed context is decided.
  /// - Returns: What sort of event it is, and the requirements of a call, sorted, each once.
  func resolve(
    _ event: CloudTrailEvent, noting note: (CloudTrailEvent) -> Void
  ) -> Resolution {
    let kind = event.kind
    guard kind.isCall else {
      return Resolution(kind: .notACall, rule: "event-kind", reason: kind.rawValue)
    }
    guard let source = event.eventSource, let name = event.eventName else {
      return Resolution(
        kind: .unresolved, rule: "incomplete", reason: "the record has no event source or no event name")
    }
    let call = Call(event)
    var resolution = resolve(call, source: source, name: name)
    note(event)
    resolution.lessons = Lessons.facts(call)
    resolution.observedContext = CallContext.observed(call)
    return resolution
  }

  /// Whether rules may look for certain regions in a call, so that these are no names like others.
  ///
  /// Formats and rules are those of the actions that come into question: those of the operation, whatever of them the
  /// request proves, and the one that a refusal states.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  ///   - denied: The action that a refusal states.
  /// - Returns: Whether they may.
  func looksForRegions(source: String, name: String, denied: String?) -> Bool {
    if let denied, plans.namesRegions(denied) { return true }
    // Which operation it is can only be told from the request.
    if OperationVariants.isShared(source) { return true }
    let mapping = plans.plan(source: source, name: name).mapping
    return mapping.requirements.contains { plans.namesRegions($0.action) }
      || mapping.tagOnCreate.map { plans.namesRegions($0.action) } ?? false
  }

  private func resolve(_ call: Call, source: String, name: String) -> Resolution {
    let plan = plans.plan(source: OperationVariants.source(source, name, call), name: name)
    let denial = call.event.outcome == .denied ? call.denial : nil
    switch plan.mapping.kind {
    case .action: break
    case .noPermissionNeeded, .notACall, .unresolved:
      if let denied = denial.flatMap({ deniedRequirement($0, call, plan) }) {
        return Resolution(kind: .action, requirements: [denied], rule: "denial-message")
      }
      return Resolution(
        kind: plan.mapping.kind, rule: plan.mapping.rule, reason: plan.mapping.note ?? plan.unresolvedReason)
    }
    var requirements: [Requirement] = []
    for need in OperationVariants.actions(plan, call, plans) {
      requirements += self.requirements(need, call, plan, after: requirements)
    }
    requirements += PassedRoles.requirements(call, plan)
    if let rule = plan.mapping.tagOnCreate, rule.parameters.contains(where: { !call.values(at: $0).isEmpty })
    {
      requirements += tagging(rule.action, call, plan, of: requirements)
    }
    if let denial, let denied = deniedRequirement(denial, call, plan),
      !requirements.contains(where: { $0.action == denied.action })
    {
      requirements.append(denied)
    }
    return Resolution(
      kind: .action, requirements: CallContext.adding(call, to: requirements).deduplicated(),
      rule: plan.mapping.rule)
  }

  /// The requirements of one action.
  private func requirements(
    _ need: ActionNeed, _ call: Call, _ plan: OperationPlan, after given: [Requirement]
  ) -> [Requirement] {
    if let resources = need.resources {
      return resources.map { resource in
        Requirement(
          action: need.action, resource: resource, context: need.context,
          rule: "\(plan.mapping.rule), \(need.rule)")
      }
    }
    guard let action = plans.action(need.action) else { return [] }
    if action.accessLevel == .tagging, action.service != "s3",
      plan.mapping.requirements.contains(where: { $0.action != need.action })
    {
      return tagging(need.action, call, plan, of: given)
    }
    return ResourceResolution(call: call, plan: plan, action: action).resources().map { found in
      Requirement(
        action: action.action, resource: found.resource, context: need.context,
        rule: "\(plan.mapping.rule), \(found.rule)", unresolvedReason: found.unresolvedReason)
    }
  }

  /// The requirements of tags put on what the call creates: on the resources of the call itself, where the tagging
  /// action accepts them.
  private func tagging(
    _ name: String, _ call: Call, _ plan: OperationPlan, of requirements: [Requirement]
  ) -> [Requirement] {
    guard let action = plans.action(name) else { return [] }
    if name == "ec2:CreateTags" { return taggingOfEC2(action, call, plan) }
    let operation = plan.name
    let types = Set(action.types.map(\.name))
    let tagged = requirements.compactMap { requirement -> String? in
      guard requirement.unresolvedReason == nil, let arn = ARN(LogGroups.bare(requirement.resource)) else {
        return nil
      }
      let own = action.serviceTypes.types(of: arn)
      guard own.contains(where: types.contains),
        own.contains(where: { operation.isAbout($0, of: action.service) })
      else {
        return nil
      }
      return arn.description
    }
    if !tagged.isEmpty {
      return tagged.map { Requirement(action: action.action, resource: $0, rule: "tag-on-create") }
    }
    let resolution = ResourceResolution(call: call, plan: plan, action: action, isTagging: true)
    return resolution.resources().map { found in
      Requirement(
        action: action.action, resource: found.resource, rule: "tag-on-create, \(found.rule)",
        unresolvedReason: found.unresolvedReason)
    }
  }

  /// The requirements of EC2's tag specifications, which say what they tag.
  ///
  /// `ec2:CreateAction` belongs to them: without it the permission would be one to tag anything of the type ("Grant
  /// permission to tag Amazon EC2 resources during creation" in the Amazon EC2 User Guide).
  private func taggingOfEC2(_ action: ActionPlan, _ call: Call, _ plan: OperationPlan) -> [Requirement] {
    let stated = EC2Resources.taggedTypes(call)
    if stated.isEmpty { return [] }
    return action.types.filter { stated.contains($0.name) }.flatMap { type in
      let query = ResourceQuery(call: call, plan: plan, action: action, type: type)
      return EC2Resources().tagged(query).map { resource in
        Requirement(
          action: action.action, resource: resource,
          context: [ContextPair(key: "ec2:CreateAction", value: plan.operation)], rule: "tag-on-create")
      }
    }
  }

  /// The requirement that a denial states, or `nil` where its action is not in the catalog.
  private func deniedRequirement(_ denial: DenialMessage, _ call: Call, _ plan: OperationPlan) -> Requirement?
  {
    guard let action = plans.action(spelled: denial.action) else { return nil }
    let name = action.action
    if action.types.isEmpty { return Requirement(action: name, resource: "*", rule: "denial-message") }
    if let arn = denial.resource.flatMap(WellFormed.arn), action.accepts(arn) {
      return Requirement(action: name, resource: arn.description, rule: "denial-message")
    }
    return Requirement(
      action: name, resource: "*", rule: "denial-message",
      unresolvedReason: "the denial states no resource of a type that the action accepts")
  }
}

/// What makes two requirements of a call the same; their rules may differ.
private struct RequirementKey: Hashable {
  let action: String
  let resource: ByteString
  let context: [ContextPair]

  init(_ requirement: Requirement) {
    action = requirement.action
    resource = ByteString(requirement.resource)
    context = requirement.context
  }
}

extension [Requirement] {
  /// The requirements sorted by action, resource and context, each once; the rule of the first stays.
  fileprivate func deduplicated() -> [Requirement] {
    if count < 2 { return self }
    var seen: Set<RequirementKey> = []
    return filter { seen.insert(RequirementKey($0)).inserted }.sorted { $0.precedes($1) }
  }
}
