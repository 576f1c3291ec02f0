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
    self = try SimulationReader(json).request()
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

/// Why a line of `whittle simulate` could not be decided.
public struct SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line's `id`, where it could be read.
  public let id: String?
  /// What is wrong, and where in the line.
  public let message: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - id: The line's `id`.
  ///   - message: What is wrong, and where in the line.
  public init(id: String?, message: String) {
    self.id = id
    self.message = message
  }

  /// What is wrong, and where in the line.
  public var description: String { message }
}

/// Reads one line.
private struct SimulationReader {
  let bytes: [UInt8]
  var tape = JSONTape(depthLimit: 64)
  var id: String?

  init(_ bytes: [UInt8]) throws(SimulationError) {
    self.bytes = bytes
    do {
      try tape.parse(bytes.span)
    } catch {
      throw SimulationError(id: nil, message: "the line is no JSON: \(error.message) at byte \(error.offset)")
    }
    guard tape[0].kind == .object else {
      throw SimulationError(id: nil, message: "the line is no JSON object")
    }
    id = tape.value(of: "id", in: 0, bytes.span).flatMap { tape.scalarText(of: $0, bytes.span) }
    var names: Set<String> = []
    for member in tape.members(of: 0) {
      let name = tape.text(of: member.name, bytes.span) ?? ""
      guard names.insert(name).inserted else { throw error("`\(name)` stands in the line twice") }
    }
  }

  /// The longest action, ARN or value of a condition key, in bytes; ARNs have at most 2,048.
  private static let textLimit = 1 << 14

  func request() throws(SimulationError) -> SimulationRequest {
    guard let actionText = try string("action"), let action = ActionName(actionText) else {
      throw error("`action` has to be `service:Name`")
    }
    let request = AccessRequest(
      principal: try principal(), action: action, resource: try resource(), context: try context())
    var policies = ApplicablePolicies(identity: [])
    policies.identity = try documents("identityPolicies") ?? []
    policies.permissionBoundary = try documents("permissionBoundary")
    policies.session = try documents("sessionPolicies")
    policies.serviceControlPolicies = try levels("scps")
    policies.resourceControlPolicies = try levels("rcps")
    policies.resourcePolicy = try member("resourcePolicy").map { (node) throws(SimulationError) in
      try document(node, at: "resourcePolicy")
    }
    policies.vpcEndpoint = try documents("vpcEndpointPolicies")
    let absent = PolicyLayer.allCases.filter { layer in
      !tape.members(of: 0).contains { tape.text(of: $0.name, bytes.span) == layer.rawValue }
    }
    return SimulationRequest(id: id, request: request, policies: policies, absentLayers: Set(absent))
  }

  private func principal() throws(SimulationError) -> RequestPrincipal {
    guard let node = member("principal"), tape[node].kind == .object else {
      throw error("`principal` has to be an object with `arn`, `type` and `account`")
    }
    let arn = try string("arn", in: node)
    let type = try string("type", in: node)
    let kind: RequestPrincipal.Kind
    if let type {
      guard let known = RequestPrincipal.Kind(rawValue: type) else {
        let kinds = RequestPrincipal.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw error("`principal.type` is `\(type)`; write one of \(kinds)")
      }
      kind = known
    } else {
      kind = RequestPrincipal.Kind(arn: arn)
    }
    return RequestPrincipal(kind: kind, arn: arn, account: try string("account", in: node))
  }

  private func resource() throws(SimulationError) -> RequestResource {
    guard let node = member("resource") else { return RequestResource(arn: nil) }
    if tape[node].kind == .string { return RequestResource(arn: try string("resource")) }
    guard tape[node].kind == .object else {
      throw error("`resource` has to be an object with `arn` and `account`")
    }
    let takesNoResource = member("wildcardOnlyAction", in: node).map { tape[$0].kind == .true } ?? false
    return RequestResource(
      arn: takesNoResource ? nil : try string("arn", in: node), account: try string("account", in: node))
  }

  private func context() throws(SimulationError) -> RequestContext {
    var context = RequestContext()
    guard let node = member("context") else { return context }
    guard tape[node].kind == .object else { throw error("`context` has to be an object") }
    for (nameNode, value) in tape.members(of: node) {
      let name = tape.text(of: nameNode, bytes.span) ?? ""
      if tape[value].kind == .null { continue }
      guard context[name] == nil else {
        throw error("`context.\(name)` stands there twice; case does not count")
      }
      if tape[value].kind == .array {
        var values: [String] = []
        for element in tape.elements(of: value) {
          guard let text = tape.scalarText(of: element, bytes.span) else {
            throw error("`context.\(name)` has to be a string or a list of strings")
          }
          values.append(try bounded(text, "context.\(name)"))
        }
        context[name] = .multiple(values)
      } else if let text = tape.scalarText(of: value, bytes.span) {
        context[name] = .single(try bounded(text, "context.\(name)"))
      } else {
        throw error("`context.\(name)` has to be a string or a list of strings")
      }
    }
    return context
  }

  // MARK: Policies

  private func levels(_ name: String) throws(SimulationError) -> [[PolicyDocument]]? {
    guard let node = member(name) else { return nil }
    guard tape[node].kind == .array else { throw error("`\(name)` has to be a list of lists of policies") }
    var levels: [[PolicyDocument]] = []
    for level in tape.elements(of: node) {
      levels.append(try documents(level, at: "\(name)[\(levels.count)]"))
    }
    return levels
  }

  private func documents(_ name: String) throws(SimulationError) -> [PolicyDocument]? {
    try member(name).map { (node) throws(SimulationError) in try documents(node, at: name) }
  }

  private func documents(_ node: Int, at path: String) throws(SimulationError) -> [PolicyDocument] {
    guard tape[node].kind == .array else { throw error("`\(path)` has to be a list of policies") }
    var documents: [PolicyDocument] = []
    for element in tape.elements(of: node) {
      documents.append(try document(element, at: "\(path)[\(documents.count)]"))
    }
    return documents
  }

  /// A policy, written as an object or, as the IAM API returns it, in a string.
  private func document(_ node: Int, at path: String) throws(SimulationError) -> PolicyDocument {
    let json =
      tape[node].kind == .string ? tape.decodedBytes(of: node, bytes.span) : Array(bytes[tape[node].range])
    do {
      return try PolicyDocument(json: json)
    } catch {
      throw self.error("`\(path)`: \(error)")
    }
  }

  // MARK: Members

  /// The node of a member that is there and not `null`.
  private func member(_ name: String, in node: Int = 0) -> Int? {
    var found: Int?
    for (nameNode, value) in tape.members(of: node) where tape.text(of: nameNode, bytes.span) == name {
      found = tape[value].kind == .null ? nil : value
    }
    return found
  }

  private func string(_ name: String, in node: Int = 0) throws(SimulationError) -> String? {
    guard let value = member(name, in: node) else { return nil }
    guard let text = tape.text(of: value, bytes.span), tape[value].kind == .string else {
      throw error("`\(name)` has to be a string")
    }
    return try bounded(text, name)
  }

  private func bounded(_ text: String, _ name: String) throws(SimulationError) -> String {
    guard text.utf8.count <= SimulationReader.textLimit else {
      throw error("`\(name)` is longer than \(SimulationReader.textLimit) bytes")
    }
    return text
  }

  private func error(_ message: String) -> SimulationError { SimulationError(id: id, message: message) }
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
