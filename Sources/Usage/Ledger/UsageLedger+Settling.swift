// A ledger read: what was learnt put into what was recorded.

import CloudTrail
import IAM

extension UsageLedger {
  /// The ledger with what its events taught about each other applied.
  ///
  /// Names of identities get their paths, principals too; instance profiles that were passed become the roles inside
  /// them. The recorded ledger is what merges; the settled one is what is read, and has nothing more to apply.
  ///
  /// - Parameter extra: Facts from elsewhere, such as the grants of the account.
  /// - Returns: The ledger to read.
  public func settled(with extra: LearnedFacts = LearnedFacts()) -> UsageLedger {
    var facts = learned
    facts.merge(extra)
    var result = self
    result.uses = [:]
    result.principals = [:]
    result.operations = [:]
    result.learned = LearnedFacts()
    result.generalized = [:]
    for (family, level) in generalized {
      var stem = family.stem
      stem.principal = facts.settled(stem.principal)
      result.generalized.merge([UseFamily(stem: stem): level]) { max($0, $1) }
    }
    for (key, value) in uses {
      for (settledKey, reason) in facts.settled(key) {
        var value = value
        if let reason { value.unresolvedReasons.insert(reason) }
        result.uses[settledKey, default: UseFacts()].merge(value)
      }
    }
    for (principal, value) in principals {
      result.principals[facts.settled(principal), default: PrincipalFacts()].merge(value)
    }
    for (key, value) in operations {
      var key = key
      key.principal = facts.settled(key.principal)
      result.operations[key, default: OperationFacts()].merge(value)
    }
    // Two names of one principal may have become one, with more resources together than either had.
    result.generalize()
    return result
  }
}

extension LearnedFacts {
  /// The principal under its whole ARN; itself where none or several are known.
  func settled(_ principal: Principal) -> Principal {
    guard principal.kind == .role || principal.kind == .user else { return principal }
    let whole = whole(principal.identifier)
    guard whole.count == 1, let arn = whole.first else { return principal }
    return Principal(kind: principal.kind, identifier: arn, account: principal.account)
  }

  /// The keys that a use has when everything learnt is applied, with the reason where a resource stays unknown.
  func settled(_ key: UseKey) -> [(UseKey, String?)] {
    var key = key
    key.principal = settled(key.principal)
    if key.action.hasPrefix("kms:"), key.resource.contains(":alias/"),
      !LearnedFacts.aliasActions.contains(key.action)
    {
      return keys(of: key)
    }
    guard key.resource.hasPrefix("arn:"), key.action.hasPrefix("iam:") || key.action.hasPrefix("sts:") else {
      return [(key, nil)]
    }
    if key.action == "iam:PassRole", key.resource.contains(":instance-profile/") {
      let roles = roles(inProfile: key.resource)
      if roles.isEmpty {
        let reason = "neither the logs nor the grants tell the role inside \(key.resource)"
        key.resource = "*"
        return [(key, reason)]
      }
      return roles.map { role in
        var key = key
        key.resource = role
        return (key, nil)
      }
    }
    return whole(key.resource).map { arn in
      var key = key
      key.resource = arn
      return (key, nil)
    }
  }

  /// The operations that are checked against aliases as well as keys.
  private static let aliasActions: Set<String> = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]

  /// A use of an alias as uses of the keys that it stands for.
  private func keys(of use: UseKey) -> [(UseKey, String?)] {
    let keys = aliasKeys[ByteString(use.resource)]?.elements ?? []
    if keys.isEmpty {
      var unknown = use
      unknown.resource = "*"
      return [(unknown, "the logs do not tell the key behind \(use.resource)")]
    }
    return keys.map { key in
      var known = use
      known.resource = key
      return (known, nil)
    }
  }
}
