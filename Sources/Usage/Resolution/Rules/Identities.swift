// Rule `iam`: users, roles, groups, policies and providers by name.
//
// IAM's parameters hold names without paths. The path of something that the call creates is in the request; of all
// else it is learnt from other events, and the ledger puts it in at the end (`LearnedFacts`). A user call without a
// user name is about the caller.

import CloudTrail
import IAM

/// IAM's resources.
struct Identities: ServiceRule {
  let name = "iam"
  let services: Set<String> = ["iam"]
  let owns: Set<String> = [
    "user", "role", "group", "instance-profile", "policy", "server-certificate", "mfa", "sms-mfa",
    "oidc-provider",
    "saml-provider", "assumed-role", "federated-user",
  ]

  /// The types by the nouns of operations that call them otherwise.
  static let nouns = ["openidconnectprovider": "oidc-provider", "virtualmfadevice": "mfa"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    let path = request.value(named: "path") ?? "/"
    switch query.type.name {
    case "user":
      if let user = request.value(named: "userName") { return named(user, path, query) }
      return caller(query).map { [$0] } ?? []
    case "role":
      if query.operation.noun == "servicelinkedrole" { return serviceLinked(query) }
      return request.value(named: "roleName").map { named($0, path, query) } ?? []
    case "group": return request.value(named: "groupName").map { named($0, path, query) } ?? []
    case "instance-profile":
      return request.value(named: "instanceProfileName").map { named($0, path, query) } ?? []
    case "policy":
      guard query.operation.verb == "create", request.value(named: "policyArn") == nil else { return [] }
      return request.value(named: "policyName").map { named($0, path, query) } ?? []
    case "server-certificate":
      return request.value(named: "serverCertificateName").map { named($0, path, query) } ?? []
    case "mfa":
      return request.value(named: "virtualMFADeviceName").map { named($0, path, query) } ?? []
    case "oidc-provider":
      guard let url = request.value(named: "url") else { return [] }
      let host = url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
      return query.resource(named: host).map { [$0] } ?? []
    case "saml-provider": return request.value(named: "name").map { named($0, "/", query) } ?? []
    default: return []
    }
  }

  private func named(_ name: String, _ path: String, _ query: ResourceQuery) -> [String] {
    guard !name.hasByte(UInt8(ascii: "/")), !name.hasByte(UInt8(ascii: " ")) || query.type.name != "user"
    else { return [] }
    let inPath = query.plan.creates && path.hasPrefix("/") && path.hasSuffix("/") ? path.dropFirst() : ""
    return query.resource(named: inPath + name).map { [$0] } ?? []
  }

  private func caller(_ query: ResourceQuery) -> String? {
    let identity = query.call.event.userIdentity
    guard identity.type == "IAMUser", let arn = identity.arn.flatMap(WellFormed.arn) else { return nil }
    return query.resource(arn)
  }

  /// The role of a service: its name is the service's choice, its path holds the service.
  private func serviceLinked(_ query: ResourceQuery) -> [String] {
    if let arn = ParameterARNs.found(in: query.call.response, query).first {
      return query.resource(arn).map { [$0] } ?? []
    }
    guard let service = query.call.request.value(named: "aWSServiceName"), WellFormed.isValue(service),
      let format = query.type.formats.first,
      let text = format.filled(query.call.place, ["aws-service-role/\(service)/"])
    else { return [] }
    return [text + "*"]
  }
}
