// Condition blocks in canonical order, and how two of them are joined.

import IAM
import Usage

/// Operations on lists of conditions, all of which must hold.
enum ConditionBlock {
  /// The conditions sorted by operator and key, each once, values sorted.
  ///
  /// - Parameter conditions: The conditions.
  /// - Returns: The same block.
  static func canonical(_ conditions: [Condition]) -> [Condition] {
    Set(conditions.map { Condition(operatorName: $0.operatorName, key: $0.key, values: $0.values.sorted()) })
      .sorted {
        ($0.operatorName, $0.key, $0.values.joined(separator: "\u{0}")) < (
          $1.operatorName, $1.key, $1.values.joined(separator: "\u{0}")
        )
      }
  }

  /// A block that holds only where both blocks hold.
  ///
  /// JSON has one place for each operator and key. Where both blocks fill it, the evidence stands: it was checked
  /// to satisfy the grant's condition, and so is the narrower of the two.
  ///
  /// - Parameters:
  ///   - evidence: What the uses show.
  ///   - granted: What the current grant demands.
  /// - Returns: Both.
  static func joined(_ evidence: [Condition], _ granted: [Condition]) -> [Condition] {
    let places = Set(evidence.map { "\($0.operatorName) \($0.key)".lowercased() })
    return canonical(
      evidence + granted.filter { !places.contains("\($0.operatorName) \($0.key)".lowercased()) })
  }
}

/// Reads conditions from the evidence of a use.
enum EvidenceReader {
  /// The condition that every call of a use satisfies, or `nil` where the evidence is not uniform.
  ///
  /// - Parameters:
  ///   - wanted: The condition asked for.
  ///   - use: The use.
  /// - Returns: A condition with the one value seen.
  static func condition(_ wanted: EvidenceCondition, of use: RecordedUse) -> Condition? {
    let values: BoundedSet
    if wanted == .region {
      values = use.facts.regions
    } else {
      // What a service asks for on the principal's behalf comes neither from its network nor with its session's keys
      // ("Forward access sessions" in the IAM User Guide).
      guard use.facts.via.isEmpty, use.facts.observedContext[ByteString("aws:ViaAWSService")] == nil,
        let seen = use.facts.observedContext[ByteString(wanted.conditionKey)]
      else { return nil }
      values = seen
    }
    // The ledger marks calls without a value by an empty text, so that one value means every call.
    guard !values.overflowed, values.elements.count == 1, let value = values.elements.first, !value.isEmpty
    else { return nil }
    let text = ResourceNotation.literalText(of: value)
    switch wanted {
    case .region, .vpcEndpoint:
      return Condition(operatorName: "StringEquals", key: wanted.conditionKey, values: [text])
    case .sourceNetwork:
      // A request through a VPC endpoint has no `aws:SourceIp`, and a log may name an address that is none.
      let endpoints = use.facts.observedContext[ByteString("aws:SourceVpce")]?.elements ?? []
      guard endpoints.allSatisfy(\.isEmpty), IPNetwork(value) != nil else { return nil }
      return Condition(operatorName: "IpAddress", key: wanted.conditionKey, values: [text])
    case .mfa, .secureTransport:
      guard value == "true" else { return nil }
      return Condition(operatorName: "Bool", key: wanted.conditionKey, values: ["true"])
    }
  }

  /// The condition keys that every call of a use had with one value: the region, and what the events prove besides.
  ///
  /// - Parameter use: The use.
  /// - Returns: Each key with its value.
  static func values(of use: RecordedUse) -> [(key: String, value: String)] {
    func one(_ values: BoundedSet) -> String? {
      !values.overflowed && values.elements.count == 1 ? values.elements.first : nil
    }
    var result: [(key: String, value: String)] = []
    if let region = one(use.facts.regions) { result.append(("aws:RequestedRegion", region)) }
    for (key, values) in use.facts.observedContext {
      guard let value = one(values), !value.isEmpty else { continue }
      // Only a request that the caller itself sent, and not through an endpoint, has an address.
      if key.text == EvidenceCondition.sourceNetwork.conditionKey,
        condition(.sourceNetwork, of: use) == nil
      {
        continue
      }
      result.append((key.text, value))
    }
    return result
  }
}
