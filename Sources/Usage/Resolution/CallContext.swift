// Context that a call proves: what belongs to its permissions, and what a condition might test.

import CloudTrail
import JSONStream

enum CallContext {
  /// Services that set `aws:CalledVia` ("AWS global condition context keys" in the IAM User Guide).
  private static let calledViaServices: Set<String> = [
    "athena.amazonaws.com", "cloudformation.amazonaws.com", "dynamodb.amazonaws.com", "kms.amazonaws.com",
  ]

  /// The requirements with the service that made the call on the principal's behalf.
  ///
  /// Operations on KMS keys carry `kms:ViaService`; others carry `aws:CalledVia` where the service is known to set it.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - requirements: Its requirements.
  /// - Returns: The requirements with their context.
  static func adding(_ call: Call, to requirements: [Requirement]) -> [Requirement] {
    guard let service = call.calledVia else { return requirements }
    return requirements.map { requirement in
      var requirement = requirement
      if requirement.action.hasPrefix("kms:") {
        if let region = call.place.region, let host = service.split(separator: ".").first {
          requirement.context.append(
            ContextPair(key: "kms:ViaService", value: "\(host).\(region).amazonaws.com"))
        }
      } else if calledViaServices.contains(service) {
        requirement.context.append(ContextPair(key: "aws:CalledVia", value: service))
      }
      requirement.context.sort()
      return requirement
    }
  }

  /// Values of condition keys that the request proves and that belong to no permission by themselves, sorted.
  ///
  /// - Parameter call: The call.
  /// - Returns: The pairs, sorted.
  static func observed(_ call: Call) -> [ContextPair] {
    var pairs: [ContextPair] = []
    for (key, parameter) in parameterKeys[call.event.eventSource ?? ""] ?? [] {
      for value in call.request.values(named: parameter).prefix(UseFacts.contextLimit) {
        pairs.append(ContextPair(key: key, value: value.value))
      }
    }
    if call.mayHaveEncryptionContext, let context = call.requestValue["encryptionContext"] {
      for member in context.members.prefix(UseFacts.contextLimit) {
        guard let value = member.value.scalarText else { continue }
        pairs.append(ContextPair(key: "kms:EncryptionContext:\(member.name)", value: value))
      }
    }
    return pairs.sorted()
  }

  /// Names of request parameters that ``observed(_:)`` looks at for any event source.
  static let parameterNames =
    parameterKeys.values.flatMap { $0.map(\.parameter) }.sorted() + ["encryptionContext"]

  /// Condition keys whose value a request parameter states, by event source.
  private static let parameterKeys: [String: [(key: String, parameter: String)]] = [
    "ec2.amazonaws.com": [("ec2:InstanceType", "instanceType")],
    "iam.amazonaws.com": [
      ("iam:PolicyARN", "policyArn"), ("iam:PermissionsBoundary", "permissionsBoundary"),
      ("iam:AWSServiceName", "aWSServiceName"),
    ],
    "s3.amazonaws.com": [("s3:prefix", "prefix"), ("s3:x-amz-acl", "x-amz-acl")],
    "sts.amazonaws.com": [
      ("sts:ExternalId", "externalId"), ("sts:RoleSessionName", "roleSessionName"),
      ("sts:SourceIdentity", "sourceIdentity"), ("sts:TransitiveTagKeys", "transitiveTagKeys"),
    ],
  ]
}

extension Call {
  /// Whether the request may have an encryption context with scalars in it, so that it must be decoded.
  fileprivate var mayHaveEncryptionContext: Bool {
    request.isFull || request.parameters.contains { $0.path.first == "encryptioncontext" }
  }
}

extension CloudTrailEvent {
  /// Values of condition keys that the record states outside the request, but for the caller's address.
  ///
  /// An empty value says that the key was absent, so that a condition on it would have refused the call.
  var surroundings: [ContextPair] {
    var pairs = [
      ContextPair(key: "aws:SourceVpce", value: vpcEndpointID ?? ""),
      ContextPair(
        key: "aws:MultiFactorAuthPresent", value: userIdentity.mfaAuthenticated.map(String.init) ?? ""),
      ContextPair(key: "aws:SecureTransport", value: usesTLS ? "true" : ""),
    ]
    if sourceIPAddress != nil, callerAddress == nil {
      pairs.append(ContextPair(key: "aws:ViaAWSService", value: "true"))
    }
    return pairs
  }

  /// Where the call came from, unless a service made it.
  var callerAddress: String? {
    sourceIPAddress.flatMap(CloudTrailEvent.callerAddress(_:))
  }

  /// An address, unless it is the name of a service that made the call.
  ///
  /// - Parameter address: A record's source address.
  /// - Returns: The address, or `nil`.
  static func callerAddress(_ address: String) -> String? { address.hasSuffix(serviceDomain) ? nil : address }

  /// How the names of services end that stand in the place of an address.
  static var serviceDomain: String { ".amazonaws.com" }
}
