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
    if source == autoScaling,
      name.containsBytes(of: "ScalableTarget") || call.request.value(named: "serviceNamespace") != nil
    {
      return applicationAutoScaling
    }
    return source
  }

  private static let autoScaling = "autoscaling.amazonaws.com"
  private static let applicationAutoScaling = "application-autoscaling.amazonaws.com"

  /// Whether the request decides under which event source the catalog knows an operation.
  ///
  /// - Parameter source: The record's event source.
  /// - Returns: Whether it does.
  static func isShared(_ source: String) -> Bool { source == autoScaling }

  /// The actions of a call: those that the operation always needs and those that the request proves.
  ///
  /// - Parameters:
  ///   - plan: The operation.
  ///   - call: The call.
  ///   - plans: The plans of actions.
  /// - Returns: The actions, each with the rule that asks for it.
  static func actions(_ plan: OperationPlan, _ call: Call, _ plans: PlanCache) -> [ActionNeed] {
    let proved = plan.mapping.requirements.filter { $0.always || call.proves($0.proofs) }
    return proved.filter { action in
      action.replaces != nil || !proved.contains { $0.replaces == action.action }
    }.map { action in
      if let path = action.resourcePath {
        return ActionNeed(
          action: action.action, resources: ResourcePaths.resource(path, call).map { [$0] }, rule: "path")
      }
      let resources = action.resourceFrom.flatMap { from in
        plans.action(action.action).flatMap { StatedResources.resources(from, $0, call) }
      }
      return ActionNeed(
        action: action.action, resources: resources,
        rule: action.resourceFrom.map { "parameter \($0)" } ?? "operation")
    }
  }
}

/// Resources that one parameter states, where an action of an operation is about another than the operation's own.
enum StatedResources {
  /// The resources that a parameter states.
  ///
  /// - Parameters:
  ///   - from: The parameter.
  ///   - action: The action.
  ///   - call: The call.
  /// - Returns: The patterns, or `nil` where the parameter states none.
  static func resources(_ from: RequestPath, _ action: ActionPlan, _ call: Call) -> [String]? {
    let values = call.values(at: from).compactMap(\.scalarText).map(PercentEncoding.decodedARN)
    let resources = values.compactMap { value -> String? in
      if action.service == "s3" { return CopySource(value, partition: call.place.partition)?.resource }
      guard WellFormed.isValue(value) else { return nil }
      if let arn = WellFormed.arn(value) {
        guard action.accepts(arn) else { return nil }
        return ResourcePattern.text(arn)
      }
      guard let format = (action.required.first ?? action.types.first)?.formats.first,
        format.placeholders.count == 1, let text = format.filled(call.place, [value])
      else { return nil }
      return action.service == "secretsmanager" ? text + "-??????" : text
    }
    return resources.isEmpty ? nil : resources
  }
}

/// API Gateway's resources: paths whose `{placeholders}` are request parameters.
enum ResourcePaths {
  /// The ARN of a path.
  ///
  /// - Parameters:
  ///   - paths: The path, such as `/restapis/{restapi_id}/stages`, or several parted by `|`: the first whose placeholders
  ///     the request fills is meant.
  ///   - call: The call.
  /// - Returns: The ARN, or `nil` where the record tells no region.
  static func resource(_ paths: String, _ call: Call) -> String? {
    guard let region = call.place.region else { return nil }
    let candidates = paths.split(separator: "|").map { filled($0, call) }
    guard let best = candidates.first(where: { $0.isComplete }) ?? candidates.first else { return nil }
    return "arn:\(call.place.partition):apigateway:\(region)::/" + best.path
  }

  private static func filled(_ path: Substring, _ call: Call) -> (path: String, isComplete: Bool) {
    var isComplete = true
    let parts = path.split(separator: "/").map { part -> String in
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return String(part) }
      guard let value = call.request.value(named: String(part.dropFirst().dropLast())),
        WellFormed.isValue(value)
      else {
        isComplete = false
        return "*"
      }
      return part.contains("rn}") ? URLEncoding.encoded(value) : ResourcePattern.escaped(value)
    }
    return (parts.joined(separator: "/"), isComplete)
  }
}

/// Percent-encoding of ARNs that stand inside a path, as API Gateway's `/tags/ARN` has them.
enum URLEncoding {
  /// The text with everything but letters, digits and `-._~` written as `%XX`.
  ///
  /// - Parameter text: The text.
  /// - Returns: The encoded text.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
