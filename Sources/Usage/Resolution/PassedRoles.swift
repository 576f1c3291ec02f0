// `iam:PassRole`: CloudTrail never logs it, the request parameters prove it ("Grant a user permissions to pass a role to
// an AWS service" in the IAM User Guide).

import AWSCatalog
import IAM
import JSONStream

/// The roles that a call passes.
enum PassedRoles {
  /// The requirements of the roles that a call passes, one for each role and receiving service.
  ///
  /// A role given by name stands in no path until the ledger learns one. An instance profile stands for the role
  /// inside it: the requirement names the profile, and the ledger puts the role in its place when it is read
  /// (`LearnedFacts`).
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - plan: The operation.
  /// - Returns: The requirements, without the context of the call.
  static func requirements(_ call: Call, _ plan: OperationPlan) -> [Requirement] {
    plan.mapping.passRole.flatMap { rule in
      call.values(at: rule.parameter).compactMap(\.scalarText).flatMap { value in
        resource(PercentEncoding.decodedARN(value), rule, call).map { resource in
          services(rule).map { context in
            Requirement(
              action: "iam:PassRole", resource: resource, context: context,
              rule: "pass-role \(rule.parameter)")
          }
        } ?? []
      }
    }
  }

  private static func services(_ rule: PassRoleRule) -> [[ContextPair]] {
    rule.services.isEmpty
      ? [[]] : rule.services.map { [ContextPair(key: "iam:PassedToService", value: $0)] }
  }

  private static func resource(_ value: String, _ rule: PassRoleRule, _ call: Call) -> String? {
    guard WellFormed.isValue(value), let account = call.callerAccount ?? call.place.account else {
      return nil
    }
    let kind = rule.form == .role ? "role/" : "instance-profile/"
    if let arn = WellFormed.arn(value) {
      // A role can be passed within its account only.
      guard arn.service == "iam", arn.resource.hasPrefix(kind), arn.account == account else { return nil }
      return "arn:\(arn.partition):iam::\(arn.account):\(ResourcePattern.escaped(arn.resource))"
    }
    guard rule.acceptsName, !value.hasByte(UInt8(ascii: ":")), !value.hasByte(UInt8(ascii: " ")) else {
      return nil
    }
    let name = value.hasPrefix("/") ? String(value.dropFirst()) : value
    return "arn:\(call.place.partition):iam::\(account):\(kind)\(ResourcePattern.escaped(name))"
  }
}
