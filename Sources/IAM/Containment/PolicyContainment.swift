// Proves that policies allow nothing that other policies do not allow, or finds a request that shows the contrary.
//
// How a check goes:
//
//   1. Both sides are taken apart into statements of atoms (`ContainmentAtoms`), equal atoms being one.
//   2. Each Allow of the proposed side is cut into cells: one action pattern on one resource pattern.
//   3. Most cells are settled at a glance: an existing Allow covers the pair, asks for no condition that the proposed
//      one does not ask for too, and no existing Deny comes near.
//   4. For the others there are two ways in which something new may be allowed: no Allow of some existing layer applies,
//      or an existing Deny does. `ContainmentSearch` looks for a request for each, and either shows that there is none
//      or hands one over that the evaluator has confirmed.
//
// Work is counted, not timed, so that the answer does not depend on the machine; where the count runs out, the answer is
// the conservative one.

/// Whether proposed policies stay within what existing ones allow: AWS's "no new access", without AWS.
///
/// The answer is exact over patterns of actions and resources, with wildcards, `NotAction`, `NotResource` and Deny, and
/// over conditions as far as each looks at one key. Unless the universe says more, a resource is any text and an action any
/// `service:Name`. Condition keys
/// compared without `ForAllValues` and `ForAnyValue` are taken as single-valued. See "Validate policies with custom policy
/// checks" in the IAM User Guide.
public struct PolicyContainment: Sendable {
  /// The kind of policies compared; raw values are those of `check --pairs`.
  public enum PolicyType: String, Hashable, Sendable, CaseIterable {
    /// Policies of a user, group or role, which name no principal.
    case identity = "IDENTITY_POLICY"
    /// Policies of a resource, which name principals; trust policies too.
    case resource = "RESOURCE_POLICY"
  }

  /// Which actions requests may call.
  public enum ActionUniverse: Sendable {
    /// Any `service:Name`; for witnesses, an action among `preferred` is chosen where one will do.
    case all(preferred: ActionNames)
    /// These only: what a wildcard matches beyond the list does not count.
    case only(ActionNames)

    /// Any `service:Name`, without preference.
    public static var any: ActionUniverse { .all(preferred: ActionNames([])) }

    /// The names listed.
    var names: ActionNames {
      switch self {
      case .all(let names), .only(let names): names
      }
    }
  }

  /// Which requests are considered.
  public struct RequestUniverse: Sendable {
    /// Which actions they may call.
    public var actions: ActionUniverse
    /// How many colons the last part of the ARNs has at most on which an action, or what a pattern of actions matches, is
    /// called; `nil` where that is unknown.
    ///
    /// Where it is known, resources are ARNs of that form or none at all. Otherwise a resource is any text.
    public var resourceColonLimit: @Sendable (_ actionPattern: String) -> Int?

    /// Describes the requests.
    ///
    /// - Parameters:
    ///   - actions: Which actions they may call.
    ///   - resourceColonLimit: How many colons the last part of an action's resources has at most.
    public init(
      actions: ActionUniverse = .any,
      resourceColonLimit: @escaping @Sendable (_ actionPattern: String) -> Int? = { _ in nil }
    ) {
      self.actions = actions
      self.resourceColonLimit = resourceColonLimit
    }
  }

  /// How much work a check may do: well under a second in a release build, whatever the patterns.
  private static let workLimit = 2_500_000

  private let existing: ApplicablePolicies
  private let policyType: PolicyType
  private let universe: RequestUniverse
  private let table: AtomTable
  private let side: ContainmentSide
  private let evaluator: ContainmentEvaluator

  /// Prepares existing policies of one kind.
  ///
  /// - Parameters:
  ///   - existing: What is allowed today.
  ///   - policyType: The kind of policies.
  ///   - universe: Which requests are considered.
  /// - Complexity: O(*n*) in the size of the policies.
  public init(
    existing: [PolicyDocument], policyType: PolicyType = .identity,
    universe: RequestUniverse = RequestUniverse()
  ) {
    self.init(ApplicablePolicies(identity: existing), policyType, universe)
  }

  /// Prepares all that bears on a principal: identity policies within boundary, session and control policies.
  ///
  /// Each level of control policies has to allow, and a Deny anywhere denies. `resourcePolicy` is not considered.
  ///
  /// - Parameters:
  ///   - existing: What is allowed today.
  ///   - universe: Which requests are considered.
  /// - Complexity: O(*n*) in the size of the policies.
  public init(existing: ApplicablePolicies, universe: RequestUniverse = RequestUniverse()) {
    self.init(existing, .identity, universe)
  }

  private init(_ existing: ApplicablePolicies, _ policyType: PolicyType, _ universe: RequestUniverse) {
    var existing = existing
    existing.resourcePolicy = nil
    self.existing = existing
    self.policyType = policyType
    self.universe = universe
    var table = AtomTable()
    side = ContainmentSide(existing, policyType: policyType, table: &table)
    self.table = table
    evaluator = ContainmentEvaluator(existing, policyType: policyType)
  }

  /// Whether the proposed policies alone, without any boundary or control policy, allow nothing new.
  ///
  /// - Parameter proposed: The proposed policies.
  /// - Returns: The answer with its reasons.
  public func check(proposed: [PolicyDocument]) -> ContainmentResult {
    check(proposed: ApplicablePolicies(identity: proposed))
  }

  /// Whether the proposed policies allow nothing new within the limits given with them.
  ///
  /// Hand over the boundary and the control policies that stay in force, and only what they let through counts.
  ///
  /// - Parameter proposed: The proposed policies, and what limits them.
  /// - Returns: The answer with its reasons.
  /// - Complexity: Bounded; close to the product of the numbers of proposed and existing patterns in practice.
  public func check(proposed: ApplicablePolicies) -> ContainmentResult {
    let failures = failures(of: proposed, stopsAtWitness: true)
    return failures.first { $0.witness != nil } ?? failures.first
      ?? ContainmentResult(
        holds: true, witness: nil, conservative: false,
        explanation: "everything that the proposed policies allow, the existing policies allow")
  }

  /// What each proposed statement allows anew.
  ///
  /// - Parameter proposed: The proposed policies, and what limits them.
  /// - Returns: An answer for each Allow that allows something new or may do so, in order; none where nothing is new.
  public func failures(of proposed: ApplicablePolicies) -> [ContainmentResult] {
    failures(of: proposed, stopsAtWitness: false)
  }

  private func failures(of proposed: ApplicablePolicies, stopsAtWitness: Bool) -> [ContainmentResult] {
    var proposed = proposed
    proposed.resourcePolicy = nil
    var table = table
    let newSide = ContainmentSide(proposed, policyType: policyType, table: &table)
    let newEvaluator = ContainmentEvaluator(proposed, policyType: policyType)
    let search = ContainmentSearch(
      table: table, universe: universe.actions, policyType: policyType,
      budget: PolicyContainment.workLimit
    ) { newEvaluator.allows($0) && !evaluator.allows($0) }
    var comparison = SideComparison(
      table: table, existing: side, proposed: newSide, colonLimit: universe.resourceColonLimit, search: search
    )
    var failures: [ContainmentResult] = []
    for statement in newSide.layers.first ?? [] {
      let place = statement.place
      switch comparison.findNewAccess(of: statement) {
      case .none: continue
      case .unknown:
        let reason =
          comparison.search.budget < 0
          ? "comparing its patterns takes too long"
          : "its conditions cannot be compared with the existing ones"
        failures.append(
          ContainmentResult(
            holds: false, witness: nil, conservative: true,
            explanation: "proposed \(place) may allow something new: \(reason)"))
      case .witness(let request):
        let keys = request.context.keys.map { table.spellings[$0] ?? $0 }
        failures.append(
          ContainmentResult(
            holds: false, witness: AccessWitness(request: request, statement: place, contextKeys: keys),
            conservative: false, explanation: explanation(of: request, place)))
        if stopsAtWitness { return failures }
      }
    }
    return failures
  }

  private func explanation(of request: AccessRequest, _ place: StatementReference) -> String {
    let resource = request.resource.arn ?? "*"
    return "proposed \(place) allows `\(request.action)` on `\(resource)`; of the existing policies, "
      + evaluator.reason(for: request)
  }
}
