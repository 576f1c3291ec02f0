// From one action of a call to its resources: the rules in their order, and what happens where none answers.
//
//  1. `listed`          the event's own `resources[]`
//  2. rules of the service, where its parameters need more than names and formats (`s3`, `sqs`, `iam`, …)
//  3. `parameter-arn`   parameters that hold an ARN of the type
//  4. `parameters`      the type's ARN formats filled by parameters of the placeholders' names
//  5. `response`        ARNs and names in the response
//  6. `denial-message`  the resource that a denial states
//  7. `created`         what the service assigns, written as `*`
//  8. `partial`         a resource of which the request states a part
//  9. `collection`      all resources of the type, for calls that list them
//
// Rules 1 to 6 are exact and are asked for every resource type of the action. Rules 7 to 9 leave something open and are
// asked for types that the action requires, or for all where it requires none in particular and nothing was found.

import AWSCatalog
import CloudTrail
import JSONStream

/// The resources of one action of one call.
struct ResourceResolution: Sendable {
  /// One resource with the rule that found it.
  struct Found: Hashable, Sendable {
    var resource: String
    var rule: String
    var unresolvedReason: String?
  }

  static let exactRules: [any ResourceRule] =
    [ListedResources()] + (ServiceRules.all as [any ResourceRule]) + [
      ParameterARNs(), FilledFormats(), ResponseResources(), DeniedResources(),
    ]
  static let openRules: [any ResourceRule] = [CreatedResources(), PartialFormats(), WholeCollection()]

  let call: Call
  let plan: OperationPlan
  let action: ActionPlan
  let catalog: Catalog

  /// The resources that a policy must name, at least one.
  func resources() -> [Found] {
    if action.types.isEmpty { return [Found(resource: "*", rule: "no-resource-types")] }
    var found: [Found] = []
    var missing: [ResourceTypeFormats] = []
    for type in action.types {
      let exact = ask(ResourceResolution.exactRules, type)
      if !exact.isEmpty {
        found += exact
      } else if type.required {
        let open = ask(ResourceResolution.openRules, type)
        if open.isEmpty { missing.append(type) } else { found += open }
      }
    }
    if found.isEmpty, action.required.isEmpty {
      for type in action.types {
        found = ask(ResourceResolution.openRules, type)
        if !found.isEmpty { break }
      }
    }
    if found.isEmpty { return [Found(resource: "*", rule: "unresolved", unresolvedReason: reason)] }
    if !areAlternatives { found += missing.compactMap(pattern) }
    return found
  }

  private func ask(_ rules: [any ResourceRule], _ type: ResourceTypeFormats) -> [Found] {
    let query = ResourceQuery(
      call: call, plan: plan, operation: OperationName(plan.operation), action: action, type: type,
      catalog: catalog)
    for rule in rules {
      let resources = rule.resources(query)
      if !resources.isEmpty {
        return resources.prefix(ResourceQuery.limit).map { Found(resource: $0, rule: rule.name) }
      }
    }
    return []
  }

  /// Whether one resource of any of the types is all the action needs, although the reference marks several as
  /// required: so it is for calls that take the ARN of any resource.
  private var areAlternatives: Bool {
    let operation = OperationName(plan.operation)
    return action.required.count > 6 || operation.noun.contains("tag") || action.service == "s3"
      || !["ec2", "rds"].contains(action.service)
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
    if call.place.account == nil { return "the record tells no account for an ARN of type \(types)" }
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
