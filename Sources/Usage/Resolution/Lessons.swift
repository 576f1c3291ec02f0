// What one event teaches for others (`LearnedFacts`).

import CloudTrail
import IAM
import JSONStream

extension CloudTrailEvent {
  /// Whether the event is a call with a source and a name, from which something can be learnt.
  var isTelling: Bool { kind.isCall && eventSource != nil && eventName != nil }
}

enum Lessons {
  /// Names of request parameters without which there is nothing to learn but from ARNs of IAM.
  static let parameterNames = ["instanceProfileName", "roleName", "aliasName", "keyId"]

  /// The facts that a call teaches, but for those of the caller's identity.
  ///
  /// - Parameter call: The call.
  /// - Returns: The facts, sorted.
  static func facts(_ call: Call) -> [LearnedFact] {
    var facts: Set<LearnedFact> = []
    func add(_ text: String) {
      if let fact = identity(text) { facts.insert(fact) }
    }
    for arn in call.listed where arn.service == "iam" { add(arn.description) }
    if call.event.requestPart.mayTeach {
      for parameter in call.request.parameters { add(parameter.value) }
    }
    if call.event.responsePart.mayTeach {
      for parameter in call.response.parameters { add(parameter.value) }
    }
    if let fact = profile(call) { facts.insert(fact) }
    if let fact = alias(call) { facts.insert(fact) }
    return facts.count < 2 ? Array(facts) : facts.sorted()
  }

  /// The facts that the caller's identity teaches, whatever the call.
  ///
  /// - Parameter identity: The identity.
  /// - Returns: The facts.
  static func facts(_ identity: UserIdentity) -> [LearnedFact] {
    [identity.sessionIssuerARN, identity.arn].compactMap { $0.flatMap(Lessons.identity) }
  }

  private static func identity(_ text: String) -> LearnedFact? {
    // Most texts are no such ARN, and that is soon seen.
    guard LearnedFacts.isIdentity(text), let arn = WellFormed.arn(text), WellFormed.isAccount(arn.account),
      !text.hasByte(UInt8(ascii: "*")), !text.hasByte(UInt8(ascii: "?"))
    else { return nil }
    return .identity(arn: text)
  }

  private static func profile(_ call: Call) -> LearnedFact? {
    guard call.event.eventSource == "iam.amazonaws.com", call.event.eventName == "AddRoleToInstanceProfile",
      call.event.errorCode == nil, let account = call.place.account,
      let profile = call.request.value(named: "instanceProfileName"), WellFormed.isValue(profile),
      let role = call.request.value(named: "roleName"), WellFormed.isValue(role)
    else { return nil }
    let prefix = "arn:\(call.place.partition):iam::\(account):"
    return .profile(arn: "\(prefix)instance-profile/\(profile)", role: "\(prefix)role/\(role)")
  }

  private static func alias(_ call: Call) -> LearnedFact? {
    guard call.event.eventSource == "kms.amazonaws.com", let account = call.place.account,
      let region = call.place.region,
      let name = ["aliasName", "keyId"].lazy.compactMap({ call.request.value(named: $0) })
        .first(where: { $0.hasPrefix("alias/") || $0.containsBytes(of: ":alias/") })
    else { return nil }
    let alias =
      WellFormed.arn(name)?.description ?? "arn:\(call.place.partition):kms:\(region):\(account):\(name)"
    let target = call.request.value(named: "targetKeyId").flatMap { target in
      WellFormed.arn(target)?.description
        ?? (WellFormed.isValue(target)
          ? "arn:\(call.place.partition):kms:\(region):\(account):key/\(target)" : nil)
    }
    let listed = call.listed.first { $0.service == "kms" && $0.resource.hasPrefix("key/") }?.description
    return (target ?? listed).map { .alias(arn: alias, key: $0) }
  }
}

extension JSONPart {
  /// Whether a string in the part may be an ARN of IAM: most parts have none, and need not be indexed for that.
  fileprivate var mayTeach: Bool {
    if case .value(.null) = self { return false }
    guard case .written(let text, let nodes) = self else { return true }
    return nodes.contains { node in
      guard node.isString, node.end - node.start > 10 else { return false }
      if node.hasEscapes { return true }
      let start = node.start + 1
      guard text[start] | 0x20 == UInt8(ascii: "a"), text[start + 1] | 0x20 == UInt8(ascii: "r"),
        text[start + 2] | 0x20 == UInt8(ascii: "n")
      else { return false }
      if text[start + 3] == UInt8(ascii: "%") { return true }
      // The service stands behind the second colon.
      guard text[start + 3] == UInt8(ascii: ":"),
        let colon = text[start + 4..<node.end].firstIndex(of: UInt8(ascii: ":"))
      else { return false }
      return text[colon + 1..<node.end].starts(with: "iam:".utf8)
    }
  }
}
