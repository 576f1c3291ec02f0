// Rule `events`: EventBridge rules on the default bus or on another.

import IAM

/// EventBridge rules and buses.
struct EventRules: ServiceRule {
  let name = "events"
  let services: Set<String> = ["events"]
  let owns: Set<String> = ["rule-on-default-event-bus", "rule-on-custom-event-bus"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    let bus = request.value(named: "eventBusName").map {
      $0.split(separator: "/").last.map(String.init) ?? $0
    }
    let isDefault = bus == nil || bus == "default"
    switch query.type.name {
    case "rule-on-default-event-bus", "rule-on-custom-event-bus":
      guard isDefault == (query.type.name == "rule-on-default-event-bus"), query.operation.isAboutRules,
        let rule = request.value(named: "rule") ?? request.value(named: "name"), WellFormed.isValue(rule),
        let format = query.type.formats.first
      else { return [] }
      return query.resource(format, isDefault ? [rule] : [bus, rule]).map { [$0] } ?? []
    case "event-bus":
      if query.operation.noun == "events" {
        let buses = request.values(named: "eventBusName").map(\.value)
        return (buses.isEmpty ? ["default"] : buses).compactMap { value in
          WellFormed.arn(value).map(query.resource) ?? query.resource(named: value)
        }
      }
      return []
    default: return []
    }
  }
}

extension OperationName {
  /// Whether an EventBridge operation is about a rule.
  fileprivate var isAboutRules: Bool { noun.containsBytes(of: "rule") || noun.containsBytes(of: "target") }
}
