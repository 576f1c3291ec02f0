// Keeps a ledger's memory bounded by what a principal works on, not by how many objects there are.
//
// The uses of one action by one principal on resources with one stem (`SplitName`) are a *family*. A family that has
// more than so many distinct resources is lifted up the ladder of `GeneralizationLevel` until its patterns are few
// enough. Which rung that is depends on the set of resources alone:
//
//     level(S) = the lowest rung on which S has at most `limit` distinct patterns
//
// On any rung a part of S has no more patterns than S, so a family is never lifted further on the way than it is at the
// end: it does not matter when ledgers are generalised, nor how their events were spread (invariant ORDER-FREE). Partition,
// service, region, account, type and bucket are in the stem and stay.

import CloudTrail
import IAM

/// The uses that are generalised together.
package struct UseFamily: Hashable, Sendable {
  /// Whose permissions were used, by which action, under which essential context; the resource is the stem.
  package let stem: UseKey
}

extension UsageLedger {
  /// How many distinct resources or patterns of one family are kept.
  package static let familyLimit = 1_024

  /// Generalises every family that has too many resources.
  ///
  /// Only uses of principals are looked at that were given others since the last time. Recording goes on with plain
  /// resources; a family that was lifted before takes them in when the ledger is generalised the next time.
  ///
  /// - Parameter limit: How many distinct resources a family may have, at least one.
  /// - Complexity: O(*n*) in the number of uses.
  package mutating func generalize(limit: Int = UsageLedger.familyLimit) {
    // Cutting names is dear: only those are cut that stand with more than `limit` others, whatever their stems, or are in
    // a family that was lifted before.
    let members = members(limit)
    for (family, members) in members {
      let level = generalized[family] ?? .exact
      guard level > .exact || members.count > limit else { continue }
      lift(family, members, from: level, limit: max(1, limit))
    }
    uses.noteGeneralized(limit: limit)
  }

  /// The members of families that may be too large.
  private func members(_ limit: Int) -> [UseFamily: [(key: UseKey, name: SplitName)]] {
    let lifted = Set(generalized.keys.compactMap { uses.group(of: $0.stem) })
    let reader = UseReader(uses)
    var members: [UseFamily: [(key: UseKey, name: SplitName)]] = [:]
    for place in uses.crowded(limit: limit, lifted) {
      let key = reader.key(at: place)
      guard let name = SplitName(key.resource) else { continue }
      var stem = key
      stem.resource = name.stem
      members[UseFamily(stem: stem), default: []].append((key, name))
    }
    return members
  }

  /// The key under which a recorded use stands after generalisation.
  ///
  /// - Parameter key: The use with its plain resource.
  /// - Returns: The same use, or the pattern that took it in.
  func generalizedKey(_ key: UseKey) -> UseKey {
    guard !generalized.isEmpty, let name = SplitName(key.resource) else { return key }
    var result = key
    result.resource = name.stem
    guard let level = generalized[UseFamily(stem: result)] else { return key }
    result.resource += level.tail(of: name)
    return result
  }

  private mutating func lift(
    _ family: UseFamily, _ members: [(key: UseKey, name: SplitName)], from start: GeneralizationLevel,
    limit: Int
  ) {
    var level = start
    var tails = members.map { level.tail(of: $0.name) }
    while Set(tails.lazy.map { ByteString($0) }).count > limit, let next = level.next {
      level = next
      tails = members.map { level.tail(of: $0.name) }
    }
    if level > .exact { generalized[family] = level }
    for (member, tail) in zip(members, tails) where !tail.sameBytes(as: member.name.tail) {
      guard var facts = uses.removeValue(forKey: member.key) else { continue }
      // What is a pattern already counts the resources behind it; only names count themselves.
      if !ResourceNotation.hasWildcard(member.name.tail) { facts.resources.insert(member.key.resource) }
      var key = member.key
      key.resource = member.name.stem + tail
      uses.join(key) { $0.merge(facts) }
    }
  }
}
