// Rule `logs`: log groups and streams.
//
// CloudWatch Logs checks most operations on a group against `…:log-group:NAME:log-stream:…`, so a policy has to name the
// group with `:*` behind it; only the operations on tags of any resource take the bare ARN ("CloudWatch Logs resources
// and operations" in the CloudWatch Logs User Guide).

import IAM

/// CloudWatch Logs groups and streams.
struct LogGroups: ServiceRule {
  let name = "logs"
  let services: Set<String> = ["logs"]
  let owns: Set<String> = ["log-group", "log-stream"]

  private static let bareActions: Set<String> = [
    "logs:TagResource", "logs:UntagResource", "logs:ListTagsForResource",
  ]

  /// The ARN of a log group without the `:*` behind it; other ARNs as they are.
  ///
  /// - Parameter resource: The resource of a requirement.
  /// - Returns: The ARN.
  static func bare(_ resource: String) -> String {
    resource.hasSuffix(":*") && resource.containsBytes(of: ":log-group:")
      ? String(resource.dropLast(2)) : resource
  }

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    let groups =
      ["logGroupName", "logGroupIdentifier", "logGroupNames", "logGroupIdentifiers", "resourceArn"].lazy
      .map { request.values(named: $0).map(\.value).filter(WellFormed.isValue) }.first { !$0.isEmpty } ?? []
    switch query.type.name {
    case "log-group":
      if groups.isEmpty, query.operation.noun == "loggroups" { return all(query) }
      return groups.compactMap { group($0, query) }.map { name in
        LogGroups.bareActions.contains(query.action.action) ? name : name + ":*"
      }
    case "log-stream":
      let streams = request.values(named: "logStreamName").map(\.value).filter(WellFormed.isValue)
      return groups.compactMap { group($0, query) }.flatMap { group in
        (streams.isEmpty ? ["*"] : streams.map(ResourcePattern.escaped)).map { "\(group):log-stream:\($0)" }
      }
    default: return []
    }
  }

  private func group(_ text: String, _ query: ResourceQuery) -> String? {
    guard let arn = WellFormed.arn(text) else {
      return query.type.formats.first.flatMap { format in
        format.filled(query.call.place, format.placeholders.count == 1 ? [text] : [text, ""])
      }.map { $0.hasSuffix(":log-stream:") ? String($0.dropLast(12)) : $0 }
    }
    guard arn.service == "logs", arn.resource.hasPrefix("log-group:") else { return nil }
    var resource = arn.resource
    if let end = resource.dropFirst(10).firstIndex(of: ":") { resource = String(resource[..<end]) }
    return "arn:\(arn.partition):logs:\(arn.region):\(arn.account):\(ResourcePattern.escaped(resource))"
  }

  private func all(_ query: ResourceQuery) -> [String] {
    query.type.formats.first.flatMap { $0.filled(query.call.place, [nil]) }.map { [$0] } ?? []
  }
}
