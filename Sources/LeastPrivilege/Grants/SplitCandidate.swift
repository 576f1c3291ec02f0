// Roles that people use in clearly different ways: candidates for a split into a role for each way.
//
// Everybody's actions are compared with everybody else's. Two sets are *alike* where they share a third or more of the
// smaller one (the overlap coefficient of Szymkiewicz and Simpson): someone who does a part of what others do is like them,
// and needs no role of their own. People are joined to groups by agglomerative clustering: as long as any two groups are
// alike, the two that are most so become one, with all actions of both. In the end
//
//     any two groups share less than a third of the actions of the smaller one       (invariant APART)
//
// and the result depends on the set of people alone, since ties go by the order of names. Who used less than three actions
// says too little to be put anywhere.

import CloudTrail
import IAM
public import Usage

/// A role that people use in clearly different ways.
public struct SplitCandidate: Hashable, Sendable {
  /// People who use the role in much the same way.
  public struct Group: Hashable, Sendable {
    /// The people, sorted.
    public var members: [RoleUser]
    /// The actions that any of them used, sorted.
    public var actions: [String]
    /// The actions that only other groups used, so that a role for this group does without, sorted.
    public var notNeeded: [String]
  }

  /// The role's ARN.
  public var role: String
  /// The groups, those with most members first.
  public var groups: [Group]
  /// People who used too few actions to belong anywhere, sorted.
  public var others: [RoleUser]
  /// Whether the groups hold everybody; more people used the role than a ledger keeps where not.
  public var isComplete: Bool

  /// The fewest actions by which a person is judged.
  static let leastActions = 3

  /// Finds such roles.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - principals: The principals to look at.
  ///   - grants: What is granted; roles that only services can assume are nobody's, whatever their sessions are called.
  /// - Returns: The roles, sorted.
  static func all(of ledger: UsageLedger, among principals: [Principal], grants: AccountGrants)
    -> [SplitCandidate]
  {
    principals.sorted().compactMap { principal in
      guard principal.kind == .role, let users = ledger.principals[principal]?.users, users.entries.count > 1,
        grants.grant(of: principal)?.identity.isForServicesOnly != true
      else { return nil }
      return SplitCandidate(principal.identifier, users)
    }
  }

  /// Judges a role: there is no candidate where everybody uses it in much the same way, nor where somebody used more than the
  /// ledger keeps, and so perhaps everything that others use.
  ///
  /// - Parameters:
  ///   - role: The role's ARN.
  ///   - users: Who used it for what.
  init?(_ role: String, _ users: RoleUsers) {
    guard users.entries.allSatisfy({ !$0.actions.overflowed }) else { return nil }
    let judged = users.entries.filter { $0.actions.elements.count >= SplitCandidate.leastActions }
    let clusters = Cluster.apart(
      judged.map { Cluster(members: [$0.user], actions: Set($0.actions.elements)) })
    guard clusters.count > 1 else { return nil }
    self.role = role
    isComplete = !users.overflowed
    others = users.entries.filter { $0.actions.elements.count < SplitCandidate.leastActions }.map(\.user)
    let all = clusters.reduce(into: Set<String>()) { $0.formUnion($1.actions) }
    groups = clusters.map { cluster in
      Group(
        members: cluster.members.sorted(), actions: cluster.actions.sorted(),
        notNeeded: all.subtracting(cluster.actions).sorted())
    }
    .sorted { left, right in
      left.members.count == right.members.count
        ? left.members.lexicographicallyPrecedes(right.members) : left.members.count > right.members.count
    }
  }
}

/// People with all actions of all of them.
private struct Cluster {
  var members: [RoleUser]
  var actions: Set<String>

  /// How much of the smaller of two sets both have.
  struct Overlap: Comparable {
    let shared: Int
    let smaller: Int

    /// Whether two groups are one.
    var isAlike: Bool { shared * 3 >= smaller }

    static func < (left: Overlap, right: Overlap) -> Bool {
      left.shared * right.smaller < right.shared * left.smaller
    }
  }

  private func overlap(with other: Cluster) -> Overlap {
    Overlap(
      shared: actions.intersection(other.actions).count, smaller: min(actions.count, other.actions.count))
  }

  /// Joins groups until no two are alike.
  ///
  /// - Parameter clusters: Groups of one person each, sorted.
  /// - Returns: Groups of which any two are apart.
  /// - Complexity: O(*n*²) intersections in the number of people.
  static func apart(_ clusters: [Cluster]) -> [Cluster] {
    var clusters = clusters
    var overlaps = clusters.map { cluster in clusters.map { cluster.overlap(with: $0) } }
    while true {
      var best: (left: Int, right: Int, overlap: Overlap)?
      for left in clusters.indices {
        for right in clusters.indices.dropFirst(left + 1) where overlaps[left][right].isAlike {
          let overlap = overlaps[left][right]
          if best.map({ $0.overlap < overlap }) ?? true { best = (left, right, overlap) }
        }
      }
      guard let best else { return clusters }
      let gone = clusters.remove(at: best.right)
      clusters[best.left].members += gone.members
      clusters[best.left].actions.formUnion(gone.actions)
      overlaps.remove(at: best.right)
      for index in overlaps.indices { overlaps[index].remove(at: best.right) }
      for index in clusters.indices {
        let overlap = clusters[best.left].overlap(with: clusters[index])
        overlaps[best.left][index] = overlap
        overlaps[index][best.left] = overlap
      }
    }
  }
}

extension GrantedIdentity {
  /// Whether the trust policy lets none but services assume the role; no where it is not known.
  var isForServicesOnly: Bool {
    guard let trustPolicy else { return false }
    return trustPolicy.statements.filter { $0.effect == .allow }.allSatisfy { statement in
      guard case .principal(.typed(let types)) = statement.principal else { return false }
      return types.allSatisfy { $0.type == "Service" }
    }
  }
}
