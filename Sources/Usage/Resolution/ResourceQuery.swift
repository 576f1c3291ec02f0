// The question that every resource rule answers: which resources of one type did this action need in this call?

import AWSCatalog
import IAM

/// A question about one resource type of one action of one call.
struct ResourceQuery {
  /// No requirement names more resources of one type than this; what is beyond is reported.
  static let limit = 1_000

  /// The call.
  let call: Call
  /// The operation.
  let plan: OperationPlan
  /// The action.
  let action: ActionPlan
  /// The resource type.
  let type: ResourceTypeFormats

  /// The operation's name, taken apart.
  var operation: OperationName { plan.name }

  /// Whether the service makes a resource of this type in the call, and so assigns what the request does not state.
  var isCreated: Bool {
    guard plan.creates, action.service != "s3", action.service != "rds" else { return false }
    if operation.isAbout(type, of: action.service) { return true }
    let required = action.required
    return action.types.count == 1 || (required.count == 1 && required[0].name == type.name)
  }

  /// The ARN as a resource pattern if it is of the type that is asked for, else `nil`.
  ///
  /// - Parameter arn: An ARN from the record.
  /// - Returns: The pattern, or `nil` where it would not be of the type.
  func resource(_ arn: ARN) -> String? {
    guard action.serviceTypes.types(of: arn).contains(type.name) else { return nil }
    return ResourcePattern.text(arn)
  }

  /// The ARN of the format, checked to be of the type that is asked for.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - values: The values of its placeholders; `nil` becomes `*`.
  ///   - place: Partition, region and account, if other than the call's.
  /// - Returns: The pattern, or `nil` where it would not be of the type.
  func resource(_ format: ARNFormat, _ values: [String?], at place: Place? = nil) -> String? {
    guard let text = format.filled(place ?? call.place, values), let arn = ARN(text),
      action.serviceTypes.types(of: arn).contains(type.name)
    else { return nil }
    return text
  }

  /// The ARN of the type's first format with one value for its last placeholder, the others `*`.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - place: Partition, region and account, if other than the call's.
  /// - Returns: The pattern, or `nil` where it would not be of the type.
  func resource(named value: String, at place: Place? = nil) -> String? {
    guard WellFormed.isValue(value), let format = type.formats.first else { return nil }
    var values = [String?](repeating: nil, count: format.placeholders.count)
    guard !values.isEmpty else { return nil }
    values[values.count - 1] = value
    return resource(format, values, at: place)
  }

  /// What the service assigned written as `*`: the next call of this kind gets other ids.
  ///
  /// A value that the request states stays; one that stands in the response alone was made up by the service after the
  /// call was authorised, and IAM saw `*` in its place.
  ///
  /// - Parameter arn: The ARN of a created resource.
  /// - Returns: The pattern, or `nil` where the ARN is not of the type.
  func generalized(_ arn: ARN) -> String? {
    for format in type.formats {
      guard let bindings = format.bindings(arn) else { continue }
      let stated = bindings.map { value in isStated(value) ? value : nil }
      let place = Place(partition: arn.partition, region: arn.region, account: arn.account)
      return resource(format, stated, at: place)
    }
    return nil
  }

  private func isStated(_ value: String) -> Bool {
    call.request.parameters.contains { parameter in
      parameter.value == value || parameter.value.hasSuffix("/" + value)
        || parameter.value.hasSuffix(":" + value)
    }
  }
}

/// One way to find resources.
///
/// Rules are tried in a fixed order; the first that answers is the rule of the requirement.
protocol ResourceRule: Sendable {
  /// The rule's name, as requirements state it.
  var name: String { get }
  /// The resources of the type, as patterns; none where the rule has no answer.
  ///
  /// - Parameter query: The question.
  /// - Returns: The patterns, in the order of the record.
  func resources(_ query: ResourceQuery) -> [String]
}
