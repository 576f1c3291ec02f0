// One line of `whittle simulate`'s input: a request and the policies that apply to it, as JSON.
//
//     {"id":"1","principal":{"arn":…,"type":"user",…,"account":"123456789012"},"action":"s3:GetObject",
//      "resource":{"arn":…,"account":…},"context":{"aws:SourceIp":"10.0.0.1"},"identityPolicies":[…], …}
//
// Unknown members are ignored, so that test vectors with expected answers can be fed as they are.

import JSONStream

/// A request with its policies, as `whittle simulate` reads it.
public struct SimulationRequest: Sendable {
  /// The line's `id`; `nil` where it has none.
  public let id: String?
  /// The request.
  public let request: AccessRequest
  /// The policies that the line has.
  public let policies: ApplicablePolicies
  /// The types of policy of which the line says nothing, not even `null`.
  public let absentLayers: Set<PolicyLayer>

  /// Reads a line.
  ///
  /// - Parameter json: One JSON object.
  /// - Throws: `SimulationError` where the text is no such object or one of its policies is invalid.
  /// - Complexity: O(*n*) in the length of the line.
  public init(json: [UInt8]) throws(SimulationError) {
    self = try SimulationReader(line: RequestLine(json)).request()
  }

  /// The line's policies, those of which it says nothing taken from elsewhere.
  ///
  /// - Parameter others: What applies where the line is silent.
  /// - Returns: The policies to decide by.
  public func policies(completedBy others: ApplicablePolicies) -> ApplicablePolicies {
    var result = policies
    if absentLayers.contains(.identity) { result.identity = others.identity }
    if absentLayers.contains(.permissionBoundary) { result.permissionBoundary = others.permissionBoundary }
    if absentLayers.contains(.session) { result.session = others.session }
    if absentLayers.contains(.serviceControlPolicy) {
      result.serviceControlPolicies = others.serviceControlPolicies
    }
    if absentLayers.contains(.resourceControlPolicy) {
      result.resourceControlPolicies = others.resourceControlPolicies
    }
    if absentLayers.contains(.resource) { result.resourcePolicy = others.resourcePolicy }
    if absentLayers.contains(.vpcEndpoint) { result.vpcEndpoint = others.vpcEndpoint }
    return result
  }

  init(
    id: String?, request: AccessRequest, policies: ApplicablePolicies, absentLayers: Set<PolicyLayer>
  ) {
    self.id = id
    self.request = request
    self.policies = policies
    self.absentLayers = absentLayers
  }
}

/// Reads one line.
private struct SimulationReader {
  let line: RequestLine

  func request() throws(SimulationError) -> SimulationRequest {
    guard let actionText = try line.string("action"), let action = ActionName(actionText) else {
      throw line.error("`action` has to be `service:Name`")
    }
    let request = AccessRequest(
      principal: try principal(), action: action, resource: try resource(), context: try context())
    var policies = ApplicablePolicies(identity: [])
    policies.identity = try documents("identityPolicies") ?? []
    policies.permissionBoundary = try documents("permissionBoundary")
    policies.session = try documents("sessionPolicies")
    policies.serviceControlPolicies = try levels("scps")
    policies.resourceControlPolicies = try levels("rcps")
    policies.resourcePolicy = try line.member("resourcePolicy").map { (node) throws(SimulationError) in
      try line.document(node, at: "resourcePolicy")
    }
    policies.vpcEndpoint = try documents("vpcEndpointPolicies")
    let absent = PolicyLayer.allCases.filter { layer in
      !line.members().contains { $0.name == layer.rawValue }
    }
    return SimulationRequest(id: line.id, request: request, policies: policies, absentLayers: Set(absent))
  }

  private func principal() throws(SimulationError) -> RequestPrincipal {
    guard let node = line.member("principal"), line.kind(of: node) == .object else {
      throw line.error("`principal` has to be an object with `arn`, `type` and `account`")
    }
    let arn = try line.string("arn", in: node)
    let type = try line.string("type", in: node)
    let kind: RequestPrincipal.Kind
    if let type {
      guard let known = RequestPrincipal.Kind(rawValue: type) else {
        let kinds = RequestPrincipal.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw line.error("`principal.type` is `\(type)`; write one of \(kinds)")
      }
      kind = known
    } else {
      kind = RequestPrincipal.Kind(arn: arn)
    }
    return RequestPrincipal(kind: kind, arn: arn, account: try line.string("account", in: node))
  }

  private func resource() throws(SimulationError) -> RequestResource {
    guard let node = line.member("resource") else { return RequestResource(arn: nil) }
    if line.kind(of: node) == .string { return RequestResource(arn: try line.string("resource")) }
    guard line.kind(of: node) == .object else {
      throw line.error("`resource` has to be an object with `arn` and `account`")
    }
    let takesNoResource =
      line.member("wildcardOnlyAction", in: node).map { line.kind(of: $0) == .true } ?? false
    return RequestResource(
      arn: takesNoResource ? nil : try line.string("arn", in: node),
      account: try line.string("account", in: node))
  }

  private func context() throws(SimulationError) -> RequestContext {
    var context = RequestContext()
    guard let node = line.member("context") else { return context }
    guard line.kind(of: node) == .object else { throw line.error("`context` has to be an object") }
    for (name, value) in line.members(of: node) {
      if line.kind(of: value) == .null { continue }
      guard context[name] == nil else {
        throw line.error("`context.\(name)` stands there twice; case does not count")
      }
      if line.kind(of: value) == .array {
        var values: [String] = []
        for element in line.elements(of: value) {
          guard let text = try line.scalarText(element, "context.\(name)") else {
            throw line.error("`context.\(name)` has to be a string or a list of strings")
          }
          values.append(text)
        }
        context[name] = .multiple(values)
      } else if let text = try line.scalarText(value, "context.\(name)") {
        context[name] = .single(text)
      } else {
        throw line.error("`context.\(name)` has to be a string or a list of strings")
      }
    }
    return context
  }

  // MARK: Policies

  private func levels(_ name: String) throws(SimulationError) -> [[PolicyDocument]]? {
    guard let node = line.member(name) else { return nil }
    guard line.kind(of: node) == .array else {
      throw line.error("`\(name)` has to be a list of lists of policies")
    }
    var levels: [[PolicyDocument]] = []
    for level in line.elements(of: node) {
      levels.append(try documents(level, at: "\(name)[\(levels.count)]"))
    }
    return levels
  }

  private func documents(_ name: String) throws(SimulationError) -> [PolicyDocument]? {
    try line.member(name).map { (node) throws(SimulationError) in try documents(node, at: name) }
  }

  private func documents(_ node: Int, at path: String) throws(SimulationError) -> [PolicyDocument] {
    guard line.kind(of: node) == .array else { throw line.error("`\(path)` has to be a list of policies") }
    return try line.documents(node, at: path)
  }
}

extension RequestPrincipal.Kind {
  /// The kind that an ARN or name tells.
  ///
  /// - Parameter arn: The ARN or name; `nil` for an anonymous caller.
  public init(arn: String?) {
    guard let arn else {
      self = .anonymous
      return
    }
    let path = ARN(arn)?.resource.split(separator: "/").first ?? ""
    switch path {
    case "user": self = .user
    case "role": self = .role
    case "assumed-role": self = .assumedRole
    case "federated-user": self = .federatedUser
    case "root": self = .root
    default: self = arn.hasSuffix(".amazonaws.com") || arn.hasSuffix(".amazonaws.com.cn") ? .service : .other
    }
  }
}
