// Principals whose use is much the same: candidates for one managed policy, or for a group.
//
// The shape of a principal is the set of its actions with the kinds of resources that they were used on: ARNs without
// region and account, and without the names that tell one resource from another. Two shapes are alike where the Jaccard index of
// their sets is at least 0.8. Shapes are compared through an index of the rarest features of each, as in the prefix filter of
// set-similarity joins: two sets that are alike must share one of those, so that most pairs are never looked at, and none that
// counts is missed.

import CloudTrail
import IAM
import Usage

/// Principals of one account whose use is much the same.
public struct SharedShape: Hashable, Sendable {
  /// One principal, and what it would get beyond its use.
  public struct Member: Hashable, Sendable {
    /// The principal's ARN.
    public var principal: String
    /// The Jaccard index of its shape and that of the first member, in percent.
    public var similarity: Int
    /// The actions of the others that it did not use, sorted.
    public var excess: [String]
  }

  /// The account.
  public var account: String
  /// Whether all members are users, so that a group can hold the policy.
  public var isGroup: Bool
  /// The principals; the first one is that with which the others are compared.
  public var members: [Member]
  /// The actions that any member used, sorted.
  public var actions: [String]

  /// Finds principals whose use is much the same, in each account.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - principals: The principals to compare.
  /// - Returns: Groups of two and more, those of most members first; each principal stands in one at most.
  static func all(of ledger: UsageLedger, among principals: [Principal]) -> [SharedShape] {
    let wanted = Set(principals)
    var shapes: [Shape] = []
    for record in PrincipalUses.all(of: ledger) where wanted.contains(record.principal) {
      let shape = Shape(record)
      if !shape.features.isEmpty { shapes.append(shape) }
    }
    let byAccount = Dictionary(grouping: shapes) { ARN($0.principal.identifier)?.account ?? "" }
    var result: [SharedShape] = []
    for (account, shapes) in byAccount {
      result += ShapeIndex(shapes).clusters.filter { $0.count > 1 }.map { SharedShape($0, account: account) }
    }
    return result.sorted {
      ($1.members.count, $0.account, $0.members[0].principal) < (
        $0.members.count, $1.account, $1.members[0].principal
      )
    }
  }

  private init(_ shapes: [Shape], account: String) {
    self.account = account
    isGroup = shapes.allSatisfy { $0.principal.kind == .user }
    let union = shapes.reduce(into: Set<String>()) { $0.formUnion($1.actions) }
    actions = union.sorted()
    members = shapes.map { shape in
      Member(
        principal: shape.principal.identifier, similarity: shapes[0].similarity(to: shape),
        excess: union.subtracting(shape.actions).sorted())
    }
  }
}

/// What one principal's use looks like.
struct Shape {
  let principal: Principal
  /// Actions with the kinds of resources that they were used on.
  let features: Set<String>
  /// The actions.
  let actions: Set<String>

  /// Takes the shape of what was permitted.
  init(_ record: PrincipalUses) {
    principal = record.principal
    var features: Set<String> = []
    var actions: Set<String> = []
    for use in record.uses where use.wasPermitted {
      features.insert("\(use.action) \(Self.kind(of: use.resource))")
      actions.insert(use.action)
    }
    self.features = features
    self.actions = actions
  }

  /// How alike two shapes are, in percent; shapes have a feature at least.
  func similarity(to other: Shape) -> Int {
    let common = features.intersection(other.features).count
    return common * 100 / (features.count + other.features.count - common)
  }

  /// An ARN without region, account and name: `s3:` for buckets, `lambda:function` for functions.
  private static func kind(of resource: String) -> String {
    let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return resource == "*" ? "*" : "?" }
    let type = parts[5].prefix { $0 != "/" && $0 != ":" }
    // A name alone, as of buckets and queues, tells no type; whether something stands below it does.
    let isNamed = type.utf8.count < parts[5].utf8.count
    return parts[2] == "s3"
      ? (isNamed ? "s3:object" : "s3:bucket") : "\(parts[2]):\(isNamed ? String(type) : "")"
  }
}

/// Finds shapes that are alike without comparing all pairs.
struct ShapeIndex {
  /// The shapes that belong together; the first of each is that with which the others were compared.
  private(set) var clusters: [[Shape]] = []

  /// Puts each shape to the first one before it that is like it, the largest shapes first.
  init(_ shapes: [Shape]) {
    var frequency: [String: Int] = [:]
    for shape in shapes { for feature in shape.features { frequency[feature, default: 0] += 1 } }
    var byFeature: [String: [Int]] = [:]
    let ordered = shapes.sorted { ($1.features.count, $0.principal) < ($0.features.count, $1.principal) }
    for shape in ordered {
      let rarestFirst = shape.features.sorted { (frequency[$0] ?? 0, $0) < (frequency[$1] ?? 0, $1) }
      // A set of n features shares ⌈0.8·n⌉ with any set that is like it, and so one of its first n − ⌈0.8·n⌉ + 1.
      let needed = (rarestFirst.count * 4 + 4) / 5
      let prefix = rarestFirst.prefix(rarestFirst.count - needed + 1)
      var candidates: Set<Int> = []
      for feature in prefix { candidates.formUnion(byFeature[feature] ?? []) }
      let leader = candidates.sorted().first { clusters[$0][0].similarity(to: shape) >= 80 }
      if let leader {
        clusters[leader].append(shape)
      } else {
        for feature in prefix { byFeature[feature, default: []].append(clusters.count) }
        clusters.append([shape])
      }
    }
  }
}
