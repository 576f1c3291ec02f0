// What events teach about resources that other events name incompletely.
//
// IAM's parameters hold names, its ARNs have paths; EC2 is given an instance profile and passes the role inside it; KMS is
// given an alias and checks the key. Whatever one event tells of these may be needed for another that comes earlier,
// later, or in another file. So the ledger collects facts as they come, a semilattice like all of it, and puts them to
// use when it is read.

import IAM

/// One fact that an event teaches.
public enum LearnedFact: Hashable, Comparable, Sendable {
  /// The whole ARN of an IAM user, role, group, policy or instance profile, with its path.
  case identity(arn: String)
  /// The role inside an instance profile; the role may be known by name only.
  case profile(arn: String, role: String)
  /// The key that an alias stands for.
  case alias(arn: String, key: String)

  /// Orders facts by kind, then by bytes.
  public static func < (left: LearnedFact, right: LearnedFact) -> Bool {
    let (first, second) = (left.order, right.order)
    if first.kind != second.kind { return first.kind < second.kind }
    if !first.arn.sameBytes(as: second.arn) { return first.arn.precedes(second.arn) }
    return first.rest.precedes(second.rest)
  }

  private var order: (kind: Int, arn: String, rest: String) {
    switch self {
    case .alias(let arn, let key): (0, arn, key)
    case .identity(let arn): (1, arn, "")
    case .profile(let arn, let role): (2, arn, role)
    }
  }
}

/// The facts of a ledger.
public struct LearnedFacts: Hashable, Sendable {
  /// How many values of one key are kept.
  private static let limit = 4

  /// Whole ARNs by `ARN without path`.
  public private(set) var identities: [ByteString: BoundedSet] = [:]
  /// ARNs of roles, perhaps without path, by ARN of the instance profile without path.
  public private(set) var profileRoles: [ByteString: BoundedSet] = [:]
  /// ARNs of keys by ARN of the alias.
  public private(set) var aliasKeys: [ByteString: BoundedSet] = [:]

  /// Creates no facts.
  public init() {}

  /// Takes in a fact.
  ///
  /// - Parameter fact: The fact.
  public mutating func learn(_ fact: LearnedFact) {
    switch fact {
    case .identity(let arn):
      guard let bare = LearnedFacts.withoutPath(arn) else { return }
      identities[ByteString(bare), default: BoundedSet(limit: LearnedFacts.limit)].insert(arn)
    case .profile(let arn, let role):
      guard let bare = LearnedFacts.withoutPath(arn) else { return }
      profileRoles[ByteString(bare), default: BoundedSet(limit: LearnedFacts.limit)].insert(role)
    case .alias(let arn, let key):
      aliasKeys[ByteString(arn), default: BoundedSet(limit: LearnedFacts.limit)].insert(key)
    }
  }

  /// Joins other facts.
  ///
  /// - Parameter other: The facts of another ledger.
  public mutating func merge(_ other: LearnedFacts) {
    func join(_ left: BoundedSet, _ right: BoundedSet) -> BoundedSet {
      var joined = left
      joined.formUnion(right)
      return joined
    }
    identities.merge(other.identities, uniquingKeysWith: join)
    profileRoles.merge(other.profileRoles, uniquingKeysWith: join)
    aliasKeys.merge(other.aliasKeys, uniquingKeysWith: join)
  }

  /// The whole ARNs of an identity; the ARN itself where nothing was learnt.
  ///
  /// IAM's names are unique in an account without regard to their path, so several paths mean that the identity was
  /// deleted and made anew: each of them was used.
  ///
  /// - Parameter arn: The ARN as an event gave it, perhaps without path.
  /// - Returns: At least one ARN, ascending by bytes.
  public func whole(_ arn: String) -> [String] {
    guard LearnedFacts.hasNoPath(arn), let known = identities[ByteString(arn)] else { return [arn] }
    return known.elements
  }

  /// The roles inside an instance profile, with their paths where these are known.
  ///
  /// - Parameter profile: The ARN of the profile, perhaps without path.
  /// - Returns: ARNs of roles; none where nothing was learnt.
  public func roles(inProfile profile: String) -> [String] {
    guard let bare = LearnedFacts.withoutPath(profile), let roles = profileRoles[ByteString(bare)] else {
      return []
    }
    return roles.elements.flatMap(whole)
  }

  /// An IAM ARN without the path of its resource: `…:role/ci/build` becomes `…:role/build`.
  ///
  /// - Parameter arn: The ARN.
  /// - Returns: The ARN without path, or `nil` where it is of no user, role, group, policy or instance profile.
  static func withoutPath(_ arn: String) -> String? {
    let text = arn.utf8.span
    guard let identity = IdentityARN(text) else { return nil }
    if identity.hasNoPath { return arn }
    let (segments, type) = (identity.segments, identity.type)
    return String(bytes: text.extracting(..<segments.service.upperBound)) + "::"
      + String(bytes: text.extracting(segments.account.lowerBound..<type.upperBound))
      + String(bytes: text.extracting(identity.name))
  }

  /// Whether a text is the ARN of a user, role, group, policy or instance profile.
  ///
  /// - Parameter arn: The text.
  /// - Returns: Whether it is.
  static func isIdentity(_ arn: String) -> Bool { IdentityARN(arn.utf8.span) != nil }

  /// Whether a text is such an ARN and has no path.
  ///
  /// - Parameter arn: The text.
  /// - Returns: Whether it is.
  static func hasNoPath(_ arn: String) -> Bool { IdentityARN(arn.utf8.span)?.hasNoPath ?? false }
}

/// Where the parts of the ARN of an IAM user, role, group, policy or instance profile stand in its text.
private struct IdentityARN {
  /// The segments of the ARN.
  let segments: ARNSegments
  /// The type of the resource, with the slash behind it.
  let type: Range<Int>
  /// The name, behind the path if there is one.
  let name: Range<Int>

  /// Whether there is no path between type and name.
  var hasNoPath: Bool { type.upperBound == name.lowerBound }

  /// What resources with a path begin with.
  private static let types: [StaticString] = [
    "user/", "role/", "group/", "policy/", "instance-profile/", "server-certificate/",
  ]

  /// Finds the parts, or returns `nil` where the text is no such ARN.
  ///
  /// - Parameter text: The whole ARN.
  init?(_ text: Span<UInt8>) {
    guard let segments = ARNSegments(text), text.holds("iam:", at: segments.service.lowerBound) else {
      return nil
    }
    let start = segments.resource.lowerBound
    guard let type = IdentityARN.types.first(where: { text.holds($0, at: start) }),
      let slash = text.indices.last(where: { text[$0] == UInt8(ascii: "/") }), slash + 1 < text.count
    else { return nil }
    self.segments = segments
    self.type = start..<start + type.utf8CodeUnitCount
    name = slash + 1..<text.count
  }
}
