// Rule `ecs`: services, tasks and instances below their cluster, which is `default` where none is stated; task
// definitions with or without revision.

import IAM

/// ECS resources.
struct ECSResources: ServiceRule {
  let name = "ecs"
  let services: Set<String> = ["ecs"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    guard let format = query.type.formats.first else { return [] }
    let cluster = request.value(named: "cluster").map(ECSResources.lastPart) ?? "default"
    switch query.type.name {
    case "cluster":
      let stated = ["cluster", "clusters", "clusterName"].lazy.map { request.values(named: $0).map(\.value) }
        .first { !$0.isEmpty }
      return (stated ?? ["default"]).compactMap { value in
        WellFormed.arn(value).map(query.resource) ?? query.resource(named: value)
      }
    case "service", "task", "container-instance":
      let names: [String] =
        switch query.type.name {
        case "service": ["serviceName", "service", "services"]
        case "task": ["task", "tasks"]
        default: ["containerInstance", "containerInstances", "containerInstanceArn"]
        }
      let values = names.lazy.map { request.values(named: $0).map(\.value) }.first { !$0.isEmpty } ?? []
      return values.filter(WellFormed.isValue).compactMap { value in
        if let arn = WellFormed.arn(value), arn.resource.split(separator: "/").count == 3 {
          return query.resource(arn)
        }
        return query.resource(format, [cluster, ECSResources.lastPart(value)])
      }
    case "task-definition":
      guard let value = request.value(named: "taskDefinition") ?? request.value(named: "family"),
        WellFormed.isValue(value)
      else { return [] }
      if let arn = WellFormed.arn(value) { return query.resource(arn).map { [$0] } ?? [] }
      let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
      return query.resource(format, [parts[0], parts.count == 2 ? parts[1] : nil]).map { [$0] } ?? []
    default: return []
    }
  }

  /// The name at the end of an ARN or path.
  ///
  /// - Parameter text: A name, or an ARN that ends with it.
  /// - Returns: The name.
  private static func lastPart(_ text: String) -> String {
    text.split(separator: "/").last.map(String.init) ?? text
  }
}
