// A ledger read: what was learnt put into what was recorded.

import CloudTrail
import IAM

extension UsageLedger {
  /// The ledger with what its events taught about each other applied.
  ///
  /// - Parameter extra: Facts from elsewhere, such as the grants of the account.
  /// - Returns: The ledger to read.
  public func settled(with extra: LearnedFacts = LearnedFacts()) -> UsageLedger {
    var result = self
    result.settle(with: extra)
    return result
  }

  /// Applies what the events taught about each other.
  ///
  /// Names of identities get their paths, principals too; instance profiles that were passed become the roles inside
  /// them. The recorded ledger is what merges; the settled one is what is read, and has nothing more to apply.
  ///
  /// - Parameter extra: Facts from elsewhere, such as the grants of the account.
  public mutating func settle(with extra: LearnedFacts = LearnedFacts()) {
    var facts = learned
    facts.merge(extra)
    learned = LearnedFacts()
    var names: [Principal: Principal] = [:]
    func name(_ principal: Principal) -> Principal {
      if let name = names[principal] { return name }
      let name = facts.settled(principal)
      names[principal] = name
      return name
    }
    let levels = generalized
    generalized = [:]
    for (family, level) in levels {
      var stem = family.stem
      stem.principal = name(stem.principal)
      if stem.principal != family.stem.principal { uses.noteGrown(stem.principal) }
      generalized.merge([UseFamily(stem: stem): level]) { max($0, $1) }
    }
    moveUses(facts, name)
    // What keeps its name stays where it is; all that moves is taken out before any is put in.
    let renamed = principals.filter { name($0.key) != $0.key }
    for principal in renamed.keys { principals[principal] = nil }
    for (principal, value) in renamed { principals[name(principal), default: PrincipalFacts()].merge(value) }
    operations = operations.renamed(name)
    // Two names of one principal may have become one, with more resources together than either had.
    generalize()
  }

  /// Puts the uses under other keys for which anything was learnt; few of them, so that the others are left alone.
  private mutating func moveUses(_ facts: LearnedFacts, _ name: (Principal) -> Principal) {
    let moved = moves(facts, name)
    let values = moved.map { uses.removeValue(forKey: $0.from) ?? UseFacts() }
    for (move, value) in zip(moved, values) {
      for (key, reason) in move.to {
        uses.join(key) { known in
          known.merge(value)
          if let reason { known.unresolvedReasons.insert(reason) }
        }
      }
    }
  }

  /// The uses for which anything was learnt, with the keys that they get.
  private func moves(
    _ facts: LearnedFacts, _ name: (Principal) -> Principal
  ) -> [(from: UseKey, to: [(UseKey, String?)])] {
    let reader = UseReader(uses)
    let isRenamed = uses.principals.map { name($0) != $0 }
    var mayTell: [UInt32: Bool] = [:]
    func isTold(_ row: UseRow) -> Bool {
      if let told = mayTell[row.action] { return told }
      let told = LearnedFacts.tellsOfResources(ofAction: uses.texts.text(row.action) ?? "")
      mayTell[row.action] = told
      return told
    }
    /// Actions with resources, by number, of which nothing was learnt.
    var untold: Set<UInt64> = []
    return uses.places.compactMap { place in
      let row = uses.rows[place]
      let isRenamed = isRenamed[Int(row.principal)]
      let pair = UInt64(row.action) << 32 | UInt64(row.resource)
      let mayMove =
        isTold(row) && !untold.contains(pair)
        && uses.texts.withText(row.resource) { LearnedFacts.mayTell(ofResource: $0) }
      guard isRenamed || mayMove else { return nil }
      let key = reader.key(at: place)
      let settled = facts.settled(key, of: name(key.principal))
      if settled.count == 1, settled[0].0 == key, settled[0].1 == nil {
        untold.insert(pair)
        return nil
      }
      return (key, settled)
    }
  }
}

extension LearnedFacts {
  /// The principal under its whole ARN; itself where none or several are known.
  func settled(_ principal: Principal) -> Principal {
    guard principal.kind == .role || principal.kind == .user else { return principal }
    let whole = whole(principal.identifier)
    guard whole.count == 1, let arn = whole.first, !arn.sameBytes(as: principal.identifier) else {
      return principal
    }
    return Principal(kind: principal.kind, identifier: arn, account: principal.account)
  }

  /// Whether facts are learnt about the resources of an action.
  ///
  /// - Parameter action: The action.
  /// - Returns: Whether they are.
  static func tellsOfResources(ofAction action: String) -> Bool {
    ["iam:", "sts:", "kms:"].contains { action.hasPrefix($0) }
  }

  /// Whether facts may be learnt about a resource: an identity, an instance profile or an alias.
  ///
  /// - Parameter resource: The resource.
  /// - Returns: `false` where no use of it ever gets another key but for its principal.
  static func mayTell(ofResource resource: Span<UInt8>) -> Bool {
    [":iam:", ":instance-profile/", ":alias/"].contains { resource.offset(of: $0) != nil }
  }

  /// The keys that a use has when everything learnt is applied, with the reason where a resource stays unknown.
  func settled(_ key: UseKey) -> [(UseKey, String?)] { settled(key, of: settled(key.principal)) }

  /// The same where the name of the principal is known.
  fileprivate func settled(_ key: UseKey, of principal: Principal) -> [(UseKey, String?)] {
    var key = key
    key.principal = principal
    if key.action.hasPrefix("kms:"), key.resource.containsBytes(of: ":alias/"),
      !LearnedFacts.aliasActions.contains(key.action)
    {
      return keys(of: key)
    }
    guard key.resource.hasPrefix("arn:"), key.action.hasPrefix("iam:") || key.action.hasPrefix("sts:") else {
      return [(key, nil)]
    }
    if key.action == "iam:PassRole", key.resource.containsBytes(of: ":instance-profile/") {
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
