// The order in which new policies take the place of attached ones where the limit leaves no room for both.
//
// Attaching what is new before anything old goes would leave no moment without permissions, but IAM's limit of attached
// policies may not allow it. The new policies are attached in their order, and right before one that finds no room an
// old one goes. Which ones go, and when, is found exactly: of all orders the one under which the fewest recorded uses
// are not allowed, added up over the steps. There are at most 20 attached policies, so that every set of them that may
// be gone is looked at once:
//
//     gap(GONE) = the uses that neither the old policies outside of GONE nor the new ones so far allow
//     best(GONE) = the least, over each old policy that may go next, of gap(GONE + it) + best(GONE + it)
//
// A policy that nobody knows the content of stays, and so does one that denies something, until a new policy denies the
// same. So what is denied is the same at every step, and a set of policies allows what one of them allows: each use is
// put through the evaluator once for each policy, not for each set.

import IAM

/// An attached policy that has to be detached to make room.
public struct Detachment: Hashable, Sendable {
  /// The index of the new policy that takes its place.
  public var replacement: Int
  /// The ARN of the policy to detach.
  public var policy: String
  /// How many recorded uses are not allowed from here until further policies are attached.
  public var uncoveredUses: Int

  /// Creates a detachment.
  ///
  /// - Parameters:
  ///   - replacement: The index of the new policy that takes its place.
  ///   - policy: The ARN of the policy to detach.
  ///   - uncoveredUses: How many recorded uses are not allowed from here until further policies are attached.
  public init(replacement: Int, policy: String, uncoveredUses: Int) {
    self.replacement = replacement
    self.policy = policy
    self.uncoveredUses = uncoveredUses
  }
}

/// Finds which attached policies have to go, and when.
struct AttachmentPlan {
  /// The most managed policies that IAM attaches to anyone, whatever the account's quota.
  static let mostAttached = 20

  /// What is detached, each right before its replacement is attached, in order.
  private(set) var detachments: [Detachment] = []

  /// Finds an order.
  ///
  /// - Parameters:
  ///   - subject: The new policies, the uses that they have to allow, and the current grant.
  ///   - ways: The ways in which these uses may have been made.
  ///   - limit: How many managed policies may be attached in all.
  init(_ subject: PolicyVerifier.Subject, _ ways: UseWays, limit: Int) {
    guard let grant = subject.grant else { return }
    let attached = grant.identity.attachedPolicies
    let excess = subject.policies.count + attached.count - limit
    guard excess > 0, subject.policies.count <= limit, attached.count <= Self.mostAttached else { return }
    // How many new policies are attached when the first, second, … old one goes.
    let before = (0..<excess).map { max(0, limit - attached.count + $0) }
    let mayGo = before.map { count in
      attached.indices.filter {
        Self.mayGo(attached[$0], grant, subject.policies.prefix(count))
      }
    }
    // What may go at one step may go at the next, so that every choice leads as far as any other.
    let steps = mayGo.indices.firstIndex { mayGo[$0].count <= $0 } ?? excess
    guard steps > 0 else { return }
    var search = Search(
      gaps: Gaps(subject, ways, grant, attached: attached, removable: Set(mayGo[steps - 1])), before: before,
      // The last one attached is the first to go: what came first is more often what a role is made for.
      candidates: mayGo.prefix(steps).map { $0.reversed() })
    detachments = search.order().map { step, position, uncovered in
      Detachment(replacement: before[step], policy: attached[position], uncoveredUses: uncovered)
    }
  }

  /// Whether an attached policy is known, and denies nothing that the new policies so far do not deny.
  private static func mayGo(_ arn: String, _ grant: PrincipalGrant, _ new: some Sequence<NamedPolicy>) -> Bool
  {
    guard let policy = grant.policies.first(where: { $0.source.arn == arn && $0.source.group == nil }) else {
      return false
    }
    return Set(policy.document.denies.map(\.withoutID)).isSubset(
      of: new.flatMap { $0.document.denies.map(\.withoutID) })
  }
}

/// Which uses are not allowed without some of the attached policies.
private struct Gaps {
  /// What lets one use through, in one way in which it may have been made.
  private struct Way: Hashable {
    /// The old policies that allow it, a bit for each.
    var old: UInt32
    /// How many new policies have to be attached until one of them allows it.
    var new: Int
  }

  /// Ways of uses that not every set of policies allows, with the number of such uses; a use needs all of its ways.
  private var uses: [(ways: Set<Way>, count: Int)] = []

  /// Puts each use through the evaluator, once for each policy.
  ///
  /// - Parameters:
  ///   - subject: The new policies and the uses.
  ///   - ways: The ways in which these uses may have been made.
  ///   - grant: The current grant.
  ///   - attached: The ARNs of the attached policies.
  ///   - removable: Those of them, as indices, that may go.
  init(
    _ subject: PolicyVerifier.Subject, _ ways: UseWays, _ grant: PrincipalGrant, attached: [String],
    removable: Set<Int>
  ) {
    let granted = ways.granted
    let denying = grant.policies.map { policy in
      PolicyDocument(version: policy.document.version, statements: policy.document.denies)
    }
    func judge(_ documents: [PolicyDocument]) -> ScenarioJudge {
      ScenarioJudge(documents + denying, granted: granted)
    }
    func own(_ policy: SourcedPolicy) -> Int? {
      policy.source.group == nil ? policy.source.arn.flatMap { attached.firstIndex(of: $0) } : nil
    }
    var staying = judge(
      grant.policies.filter { own($0).map { !removable.contains($0) } ?? true }.map(\.document))
    var old = grant.policies.compactMap { policy -> (bit: UInt32, judge: ScenarioJudge)? in
      guard let position = own(policy), removable.contains(position) else { return nil }
      return (1 << UInt32(position), judge([policy.document]))
    }
    var new = subject.policies.map { judge([$0.document]) }
    var found = [Set<Way>](repeating: [], count: subject.uses.count)
    for scenario in Replay(subject, ways).scenarios {
      func allows(_ judge: inout ScenarioJudge) -> Bool {
        judge.allows(scenario)
      }
      guard !allows(&staying) else { continue }
      var way = Way(old: 0, new: subject.policies.count)
      for index in old.indices where allows(&old[index].judge) { way.old |= old[index].bit }
      for index in new.indices where allows(&new[index]) {
        way.new = index + 1
        break
      }
      found[scenario.use].insert(way)
    }
    var counts: [Set<Way>: Int] = [:]
    for set in found where !set.isEmpty { counts[set, default: 0] += 1 }
    uses = counts.map { ($0.key, $0.value) }
  }

  /// How many uses are not allowed.
  ///
  /// - Parameters:
  ///   - gone: The old policies that are gone, a bit for each.
  ///   - count: How many new policies are attached.
  /// - Returns: The number of uses.
  func uncovered(without gone: UInt32, new count: Int) -> Int {
    uses.reduce(0) { sum, use in
      sum + (use.ways.contains { $0.old & ~gone == 0 && $0.new > count } ? use.count : 0)
    }
  }
}

/// Looks at every set of old policies that may be gone after some steps, each once.
private struct Search {
  let gaps: Gaps
  /// How many new policies are attached at each step.
  let before: [Int]
  /// What may go at each step, what is preferred first.
  let candidates: [[Int]]
  private var known: [UInt32: (position: Int, cost: Int)] = [:]

  init(gaps: Gaps, before: [Int], candidates: [[Int]]) {
    self.gaps = gaps
    self.before = before
    self.candidates = candidates
  }

  /// The best order: for each step what goes, and how many uses are not allowed then.
  mutating func order() -> [(step: Int, position: Int, uncovered: Int)] {
    var gone: UInt32 = 0
    return candidates.indices.map { step in
      let position = best(gone, step).position
      gone |= 1 << UInt32(position)
      return (step, position, gaps.uncovered(without: gone, new: before[step]))
    }
  }

  /// What goes best at a step, and how many uses are not allowed from then on, added up over the steps.
  private mutating func best(_ gone: UInt32, _ step: Int) -> (position: Int, cost: Int) {
    if let known = known[gone] { return known }
    var best = (position: -1, cost: Int.max)
    for position in candidates[step] where gone & 1 << UInt32(position) == 0 {
      let next = gone | 1 << UInt32(position)
      let gap = gaps.uncovered(without: next, new: before[step])
      guard gap < best.cost else { continue }
      let cost = gap + (step + 1 < candidates.count ? self.best(next, step + 1).cost : 0)
      if cost < best.cost { best = (position, cost) }
      if cost == 0 { break }
    }
    known[gone] = best
    return best
  }
}

extension PolicyDocument {
  /// The statements that deny.
  fileprivate var denies: [Statement] { statements.filter { $0.effect == .deny } }
}

extension Statement {
  /// The same statement without its id.
  fileprivate var withoutID: Statement {
    var statement = self
    statement.sid = nil
    return statement
  }
}
