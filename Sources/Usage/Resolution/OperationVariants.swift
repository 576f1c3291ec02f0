// Operations whose actions depend on what stands inside the request.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

/// One action that a call needs.
struct ActionNeed: Sendable {
  /// The action.
  var action: String
  /// The resources, where the request itself states them; `nil` to derive them by the rules.
  var resources: [String]?
  /// The rule that asks for the action.
  var rule: String
  /// Context that belongs to it.
  var context: [ContextPair] = []
}

/// Refines the catalog's mapping by the request.
enum OperationVariants {
  /// The event source under which the catalog knows an operation.
  ///
  /// Application Auto Scaling writes `autoscaling.amazonaws.com`, as EC2 Auto Scaling does; only its requests have a
  /// service namespace.
  ///
  /// - Parameters:
  ///   - source: The record's event source.
  ///   - name: The record's event name.
  ///   - call: The call.
  /// - Returns: The event source to look up.
  static func source(_ source: String, _ name: String, _ call: Call) -> String {
    if source == "autoscaling.amazonaws.com",
      name.contains("ScalableTarget") || call.request.value(named: "serviceNamespace") != nil
    {
      return "application-autoscaling.amazonaws.com"
    }
    return source
  }

  /// The actions of a call: those that the operation always needs and those that the request proves.
  ///
  /// - Parameters:
  ///   - plan: The operation.
  ///   - call: The call.
  /// - Returns: The actions, each with the rule that asks for it.
  static func actions(_ plan: OperationPlan, _ call: Call) -> [ActionNeed] {
    let proved = plan.mapping.requirements.filter { $0.always || call.proves($0.proofs) }
    let replaced = Set(proved.filter { !$0.always }.compactMap(\.replaces))
    return proved.filter { !replaced.contains($0.action) || $0.replaces != nil }.map { action in
      ActionNeed(
        action: action.action, resources: resources(of: action, call),
        rule: action.resourcePath != nil ? "path" : "copy-source")
    }
  }

  private static func resources(of action: OperationAction, _ call: Call) -> [String]? {
    if let path = action.resourcePath { return ResourcePaths.resource(path, call).map { [$0] } }
    guard let from = action.resourceFrom else { return nil }
    let values = call.values(at: from).compactMap(\.scalarText)
    let sources = values.compactMap { CopySource($0, partition: call.place.partition)?.resource }
    return sources.isEmpty ? nil : sources
  }
}

/// API Gateway's resources: paths whose `{placeholders}` are request parameters.
enum ResourcePaths {
  /// The ARN of a path, or `nil` where the record tells no region.
  ///
  /// - Parameters:
  ///   - path: The path, such as `/restapis/{restapi_id}/stages`.
  ///   - call: The call.
  /// - Returns: The pattern, or `nil` where it would not be of the type.
  static func resource(_ path: String, _ call: Call) -> String? {
    guard let region = call.place.region else { return nil }
    let filled = path.split(separator: "/").map { part -> String in
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return String(part) }
      guard let value = call.request.value(named: String(part.dropFirst().dropLast())),
        WellFormed.isValue(value)
      else { return "*" }
      return ResourcePattern.escaped(value)
    }
    return "arn:\(call.place.partition):apigateway:\(region)::/" + filled.joined(separator: "/")
  }
}
