// The policy language: documents, ARNs, patterns, times, grants, and the lines of `simulate` and `check --pairs`.

import CloudTrail
import IAM
import JSONStream
import LeastPrivilege
import TestSupport

extension FuzzTarget {
  /// A policy document: what is written of it is read as the same document.
  static let policy = FuzzTarget("policy") { input in
    guard let document = try? PolicyDocument(json: input) else { return nil }
    for isPretty in [false, true] {
      if (try? PolicyDocument(json: document.json(pretty: isPretty))) != document {
        return "the written document is another one"
      }
    }
    _ = PolicyValidation(document, as: .managedPolicy)
    let request = AccessRequest(
      principal: RequestPrincipal(kind: .user, arn: "arn:aws:iam::111122223333:user/a", account: nil),
      action: ActionName(service: "s3", name: "GetObject"), resource: RequestResource(arn: "arn:aws:s3:::a/b")
    )
    _ = PolicyEvaluator(ApplicablePolicies(identity: [document])).decide(request)
    return nil
  }

  /// Names: an ARN's text is the text that it was made of; everything else that reads short texts survives.
  static let arn = FuzzTarget("arn") { input in
    let text = String(decoding: input, as: UTF8.self)
    if let arn = ARN(text), arn.description != text { return "another text than the ARN's" }
    if let role = Principal.role(ofSession: text), ARN(role) == nil { return "the role has no ARN" }
    if let action = ActionName(text), action.description.utf8.count != text.utf8.count {
      return "an action of another length"
    }
    if let network = IPNetwork(text), !network.contains(network) { return "a network without itself" }
    return nil
  }

  /// A pattern and, behind a line feed, a text: matched as by the definition of `*` and `?`.
  static let wildcard = FuzzTarget("wildcard") { input in
    let parts = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return nil }
    let texts = parts.map { String(decoding: $0, as: UTF8.self) }
    let pattern = Wildcard(texts[0])
    let matches = pattern.matches(texts[1])
    // The definition takes exponential time.
    if texts[0].utf8.count <= 24, texts[1].utf8.count <= 32, texts[0].utf8.count(where: { $0 == 0x2A }) <= 4,
      NaiveGlob.matches(texts[0], texts[1]) != matches
    {
      return "`\(texts[0])` against `\(texts[1])`: \(matches), and the definition says otherwise"
    }
    guard texts.count == 3 else { return nil }
    let other = Wildcard(texts[2])
    if pattern.contains(other), other.matches(texts[1]), !matches { return "contained, and matches more" }
    if matches, other.matches(texts[1]), !pattern.intersects(other) { return "disjoint, and both match" }
    return nil
  }

  /// A time: what is written of it is read as the same time.
  static let times = FuzzTarget("times") { input in
    guard let time = Timestamp(iso8601: String(decoding: input, as: UTF8.self)) else { return nil }
    // Offsets from UTC lead at most a day out of the years that have four digits.
    guard (-62_135_596_800..<253_402_300_800).contains(time.secondsSinceEpoch) else { return nil }
    return Timestamp(iso8601: time.description) == time ? nil : "`\(time)` is read as another time"
  }

  /// Grants of an account.
  static let grants = FuzzTarget("grants") { input in
    guard let grants = try? AccountGrants(parsing: input, file: "-") else { return nil }
    var merged = grants
    merged.merge(grants)
    return nil
  }

  /// A line of `simulate`, decided, or one of `check --pairs`, compared.
  static let requests = FuzzTarget("requests") { input in
    if let line = try? SimulationRequest(json: input) {
      _ = PolicyEvaluator(line.policies).decide(line.request)
    }
    if let pair = try? ContainmentPair(json: input) {
      let containment = PolicyContainment(existing: pair.existing, policyType: pair.policyType)
      _ = containment.check(proposed: pair.proposed)
    }
    return nil
  }
}
