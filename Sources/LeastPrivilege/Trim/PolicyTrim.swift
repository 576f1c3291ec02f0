// A proposal to trim one policy, with what it is based on and the outcome of the checks.

public import CloudTrail

/// What is proposed for one policy of the account.
public struct PolicyTrim: Hashable, Sendable {
  /// What becomes of the policy.
  public enum Outcome: Hashable, Sendable {
    /// It grants nothing beyond use that the logs could have shown.
    case unchanged
    /// It is edited in place.
    case narrowed
    /// Nothing is left of it: it is to be detached and deleted.
    case removed
    /// It is not touched, for a reason.
    case leftAlone(String)

    /// The word for it in the machine formats.
    public var word: String {
      switch self {
      case .unchanged: "unchanged"
      case .narrowed: "narrowed"
      case .removed: "removed"
      case .leftAlone: "leftAlone"
      }
    }
  }

  /// The policy.
  public var subject: PolicySubject
  /// What becomes of it.
  public var outcome: Outcome
  /// What all principals together use of it.
  public var sharing: GrantSharing
  /// The document as it stands, UTF-8.
  public var before: [UInt8]
  /// The document as proposed; equal to `before` where nothing changes, `nil` where nothing is left.
  public var after: [UInt8]?
  /// Whether line breaks were put into both, because the document came as one line or as a tree.
  public var isReformatted: Bool
  /// How closely the proposal follows the use.
  public var detail: TrimDetail
  /// Unused actions that stay, for a quota's sake, sorted.
  public var excess: [String]
  /// The outcome of the checks.
  public var verification: TrimVerification

  /// Whether anything is proposed.
  public var isChange: Bool { outcome == .narrowed || outcome == .removed }
}

/// What a policy or a group grants, held against the use of everyone that it reaches.
public struct GrantSharing: Hashable, Sendable {
  /// The principals that it reaches, sorted.
  public var principals: [Principal]
  /// The granted actions by access level, used where anyone used them.
  public var counts: [LevelCounts]
  /// Actions that one principal alone uses, of several that hold them, in the order of their names.
  public var soleUses: [SoleUse]

  /// The counts of all access levels together.
  public var total: LevelCounts { LevelCounts(total: counts) }

  /// Creates the comparison.
  ///
  /// - Parameters:
  ///   - principals: The principals that it reaches.
  ///   - counts: The granted actions by access level.
  ///   - soleUses: Actions that one principal alone uses.
  public init(principals: [Principal], counts: [LevelCounts], soleUses: [SoleUse]) {
    self.principals = principals
    self.counts = counts
    self.soleUses = soleUses
  }
}

/// An action of a shared grant that one principal alone uses.
public struct SoleUse: Hashable, Sendable {
  /// The action.
  public var action: String
  /// Who uses it.
  public var principal: Principal

  /// Creates a sole use.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - principal: Who uses it.
  public init(action: String, principal: Principal) {
    self.action = action
    self.principal = principal
  }
}

/// The outcome of the checks on a trimmed policy (SEMANTICS §7, §9).
public struct TrimVerification: Hashable, Sendable {
  /// Whether every recorded use of every principal that it reaches stays allowed.
  public var complete = true
  /// How many uses were put through the evaluator.
  public var usesReplayed = 0
  /// Whether the old document allows all that the new one does.
  public var noNewAccess = true
  /// Whether trimming the result again changes nothing.
  public var idempotent = true
  /// Whether the result keeps IAM's quotas.
  public var withinQuotas = true
  /// Why the proposal was dropped or what does not hold, sorted.
  public var failures: [VerificationFailure] = []

  /// Whether every promise holds.
  public var holds: Bool { complete && noNewAccess && idempotent && withinQuotas }

  /// Creates the outcome in which everything holds.
  public init() {}
}
