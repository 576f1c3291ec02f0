// One line of `whittle check --pairs`: two sets of policies to compare, as JSON.
//
//     {"id":"1","policyType":"IDENTITY_POLICY","existing":{…},"proposed":[{…},{…}]}
//
// Unknown members are ignored, so that test vectors with expected answers can be fed as they are.

import JSONStream

/// Two sets of policies of one kind, of which the second shall allow nothing that the first does not.
public struct ContainmentPair: Sendable {
  /// The line's `id`; `nil` where it has none.
  public let id: String?
  /// The kind of the policies; identity policies where the line does not say.
  public let policyType: PolicyContainment.PolicyType
  /// What is allowed today.
  public let existing: [PolicyDocument]
  /// What is proposed.
  public let proposed: [PolicyDocument]

  /// Reads a line.
  ///
  /// - Parameter json: One JSON object.
  /// - Throws: `SimulationError` where the text is no such object or one of its policies is invalid.
  /// - Complexity: O(*n*) in the length of the line.
  public init(json: [UInt8]) throws(SimulationError) {
    let line = try RequestLine(json)
    id = line.id
    policyType = try ContainmentPair.policyType(line)
    existing = try ContainmentPair.documents("existing", line)
    proposed = try ContainmentPair.documents("proposed", line)
  }

  private static func policyType(
    _ line: RequestLine
  ) throws(SimulationError) -> PolicyContainment.PolicyType {
    guard let node = line.member("policyType") else { return .identity }
    let text = try line.scalarText(node, "policyType") ?? ""
    guard let type = PolicyContainment.PolicyType(rawValue: text) else {
      let types = PolicyContainment.PolicyType.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")
      throw line.error("`policyType` is `\(text)`; write \(types)")
    }
    return type
  }

  /// The policies of a member: one, or a list of them.
  private static func documents(
    _ name: String, _ line: RequestLine
  ) throws(SimulationError) -> [PolicyDocument] {
    guard let node = line.member(name) else {
      throw line.error("`\(name)` has to be a policy or a list of policies")
    }
    if line.kind(of: node) == .array { return try line.documents(node, at: name) }
    return [try line.document(node, at: name)]
  }
}
