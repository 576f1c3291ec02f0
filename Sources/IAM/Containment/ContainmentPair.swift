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
    let reader = try PairReader(json)
    id = reader.id
    policyType = try reader.policyType()
    existing = try reader.documents("existing")
    proposed = try reader.documents("proposed")
  }
}

/// Reads one line.
private struct PairReader {
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
  }

  func policyType() throws(SimulationError) -> PolicyContainment.PolicyType {
    guard let node = tape.value(of: "policyType", in: 0, bytes.span), tape[node].kind != .null else {
      return .identity
    }
    let text = tape.scalarText(of: node, bytes.span) ?? ""
    guard let type = PolicyContainment.PolicyType(rawValue: text) else {
      let types = PolicyContainment.PolicyType.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")
      throw SimulationError(id: id, message: "`policyType` is `\(text)`; write \(types)")
    }
    return type
  }

  /// The policies of a member: one, or a list of them.
  func documents(_ name: StaticString) throws(SimulationError) -> [PolicyDocument] {
    guard let node = tape.value(of: name, in: 0, bytes.span), tape[node].kind != .null else {
      throw SimulationError(id: id, message: "`\(name)` has to be a policy or a list of policies")
    }
    guard tape[node].kind == .array else { return [try document(node, at: "\(name)")] }
    var documents: [PolicyDocument] = []
    for element in tape.elements(of: node) {
      documents.append(try document(element, at: "\(name)[\(documents.count)]"))
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
      throw SimulationError(id: id, message: "`\(path)`: \(error)")
    }
  }
}
