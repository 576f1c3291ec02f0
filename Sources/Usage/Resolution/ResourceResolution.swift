// From one action of a call to its resources: the rules in their order, and what happens where none answers.
//
//  0. `denial-message`  the resource that a denial states, where it states one without wildcards
//  1. `listed`          the event's own `resources[]`
//  2. rules of the service, where its parameters need more than names and formats (`s3`, `sqs`, `iam`, …)
//  3. `parameter-arn`   parameters that hold an ARN of the type
//  4. `parameters`      the type's ARN formats filled by parameters of the placeholders' names
//  5. `response`        ARNs and names in the response
//  6. `denial-message`  the pattern that a denial states
//  7. `created`         what the service assigns, written as `*`
//  8. `partial`         a resource of which the request states a part
//  9. `fixed`           a type whose ARN has no part to fill
// 10. `collection`      all resources of the type, for calls that list them
//
// Rules 0 to 4 are asked for every resource type of the action. The others are asked for types that the action requires,
// or for all where it requires none in particular and nothing was found.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// The resources of one action of one call.
struct ResourceResolution {
  /// One resource with the rule that found it.
  struct Found: Hashable, Sendable {
    var resource: String
    var rule: String
    var unresolvedReason: String?
  }

  /// The rules that find whole resources of a service.
  private static func exactRules(_ service: String) -> [any ResourceRule] {
    exactRulesByService[service] ?? rules(with: nil)
  }
  private static let exactRulesByService = ServiceRules.byService.mapValues { rules(with: $0) }
  private static func rules(with rule: (any ServiceRule)?) -> [any ResourceRule] {
    let ofService: [any ResourceRule] = rule.map { [$0] } ?? []
    return [DeniedResources(patterns: false), ListedResources()] + ofService + [
      ParameterARNs(), FilledFormats(),
    ]
  }
  private static let openRules: [any ResourceRule] = [
    ResponseResources(), DeniedResources(patterns: true), CreatedResources(), PartialFormats(),
    FixedFormats(), WholeCollection(),
  ]

  let call: Call
  let plan: OperationPlan
  let action: ActionPlan
  /// Whether only types that the operation is about come into question: those of a tag put on what is created.
  var isTagging = false

  /// The resources that a policy must name, at least one.
  func resources() -> [Found] {
    if action.types.isEmpty { return [Found(resource: "*", rule: "no-resource-types")] }
    var found: [Found] = []
    var open: [ResourceTypeFormats] = []
    for type in types {
      let exact = ask(ResourceResolution.exactRules(action.service), type)
      found += exact
      if exact.isEmpty { open.append(type) }
    }
    var missing: [ResourceTypeFormats] = []
    for type in open where type.required && !(hasAlternatives && !found.isEmpty) {
      let resources = ask(ResourceResolution.openRules, type)
      found += resources
      if resources.isEmpty { missing.append(type) }
    }
    if found.isEmpty, action.required.isEmpty {
      // The types that the operation is about come first.
      for type in open.filter(isAbout) + open.filter({ !isAbout($0) }) {
        found = ask(ResourceResolution.openRules, type)
        if !found.isEmpty { break }
      }
    }
    if found.isEmpty {
      return [Found(resource: "*", rule: "unresolved", unresolvedReason: reason)]
    }
    if !hasAlternatives, ["ec2", "rds"].contains(action.service) { found += missing.compactMap(pattern) }
    return found
  }

  private func isAbout(_ type: ResourceTypeFormats) -> Bool {
    plan.name.isAbout(type, of: action.service)
  }

  private var types: [ResourceTypeFormats] {
    guard isTagging, action.action != "ec2:CreateTags" else { return action.types }
    return action.types.filter(isAbout)
  }

  private func ask(_ rules: [any ResourceRule], _ type: ResourceTypeFormats) -> [Found] {
    let query = ResourceQuery(call: call, plan: plan, action: action, type: type)
    for rule in rules {
      let resources = rule.resources(query)
      if !resources.isEmpty {
        return resources.prefix(ResourceQuery.limit).map { resource in
          let isVague = call.place.account == nil && ARN(resource)?.account == "*"
          return Found(
            resource: resource, rule: rule.name,
            unresolvedReason: isVague ? "the record tells no account" : nil)
        }
      }
    }
    return []
  }

  /// Whether one resource of any of the types is all the action needs, although the reference marks several as
  /// required: so it is for calls that take the ARN of any resource.
  private var hasAlternatives: Bool {
    action.required.count > 6 || plan.name.isAboutTags || action.service == "s3"
  }

  /// All resources of a type that is required beside others and that the record does not tell.
  private func pattern(_ type: ResourceTypeFormats) -> Found? {
    guard let format = type.formats.first,
      let text = format.filled(call.place, [String?](repeating: nil, count: format.placeholders.count))
    else { return nil }
    return Found(
      resource: text, rule: "required-type",
      unresolvedReason: "the record does not tell the \(type.name) that the action requires besides")
  }

  /// Why nothing was found.
  private var reason: String {
    let types = action.types.map(\.name).prefix(3).joined(separator: ", ")
    if let omitted = call.omittedParameters { return omitted }
    if action.required.isEmpty, !action.types.contains(where: isAbout) {
      return "the action may be limited to resources of type \(types), but the request names none"
    }
    if call.request.isEmpty, call.listed.isEmpty {
      return "the record has no request parameters that name a resource of type \(types)"
    }
    if !call.listed.isEmpty {
      return "no resource that the record lists is of type \(types), and no parameter names one"
    }
    return "no request parameter names a resource of type \(types)"
  }
}

extension Call {
  /// Why the request parameters are not there, where CloudTrail left them out.
  fileprivate var omittedParameters: String? {
    if event.requestParameters.string == "HIDDEN_DUE_TO_SECURITY_REASONS" {
      return "the request parameters are hidden for security reasons"
    }
    if event.requestParameters["omitted"]?.bool == true {
      return "the request parameters were left out because of their size"
    }
    return nil
  }
}
