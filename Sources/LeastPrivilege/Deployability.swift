// Checks that IAM will accept policies.

import CloudTrail
import IAM
import JSONStream

/// Checks grammar and quotas ("IAM and AWS STS quotas" and the policy grammar in the IAM User Guide).
enum Deployability {
  /// IAM's quota for a managed policy, in characters without white space.
  static let managedPolicyQuota = 6_144

  /// What IAM would refuse.
  ///
  /// - Parameter subject: The policies.
  /// - Returns: One failure a fault, in the order of the policies.
  static func failures(of subject: PolicyVerifier.Subject) -> [VerificationFailure] {
    var failures: [VerificationFailure] = []
    func fail(_ kind: VerificationFailure.Kind, _ explanation: String) {
      failures.append(
        VerificationFailure(
          kind: kind, principal: subject.principal.identifier, explanation: explanation))
    }
    if subject.policies.count > subject.attachmentLimit {
      fail(.overQuota, "\(subject.policies.count) policies, and \(subject.attachmentLimit) may be attached")
    }
    var names: Set<String> = []
    for policy in subject.policies {
      let place = "policy `\(policy.name)`"
      if !isName(policy.name) { fail(.badGrammar, "\(place) has a name that IAM does not accept") }
      if !names.insert(policy.name.lowercased()).inserted { fail(.badGrammar, "\(place) exists twice") }
      let text = policy.document.json(pretty: false)
      let size = PolicyDocument.managedPolicySize(of: text)
      if size > min(subject.maximumSize, managedPolicyQuota) {
        fail(.overQuota, "\(place) has \(size) characters")
      }
      do throws(PolicyError) {
        let parsed = try PolicyDocument(json: text)
        if parsed != policy.document { fail(.badGrammar, "\(place) does not read back as it was written") }
      } catch {
        fail(.badGrammar, "\(place) does not parse: \(error)")
      }
      // The first byte of a character beyond U+00FF is 0xC4 or larger.
      if !text.allSatisfy({ (0x20..<0xC4).contains($0) }) {
        fail(.badGrammar, "\(place) has characters that IAM does not accept")
      }
      if policy.document.statements.isEmpty { fail(.badGrammar, "\(place) has no statement") }
      // A statement needs no id; an empty one counts as none, as Terraform writes them.
      var sids: Set<String> = []
      for sid in policy.document.statements.compactMap(\.sid) where !sid.isEmpty {
        if !sid.utf8.allSatisfy(\.isAlphanumeric) || !sids.insert(sid).inserted {
          fail(.badGrammar, "\(place) has a statement id `\(sid)` that is repeated or not alphanumeric")
        }
      }
    }
    return failures
  }

  /// Whether a text may be a policy's name: 1 to 128 characters of letters, digits and `+=,.@-_`.
  private static func isName(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count)
      && name.utf8.allSatisfy { $0.isAlphanumeric || "+=,.@-_".utf8.contains($0) }
  }
}
