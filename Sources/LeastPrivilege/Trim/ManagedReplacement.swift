// What could stand in the place of an AWS managed policy, which nobody can edit.

public import IAM

/// What of an AWS managed policy one holder uses, and what replaces it there.
public struct ManagedReplacement: Hashable, Sendable {
  /// What becomes of the attachment.
  public enum Outcome: Hashable, Sendable {
    /// Nothing that the logs could have shown is unused.
    case unchanged
    /// The best option that could be proved takes the policy's place.
    case replaced(ReplacementOption)
    /// It is not touched, for a reason.
    case leftAlone(String)

    /// The word for it in the machine formats.
    public var word: String {
      switch self {
      case .unchanged: "unchanged"
      case .replaced: "replaced"
      case .leftAlone: "leftAlone"
      }
    }
  }

  /// The policy, and what it is attached to.
  public var subject: PolicySubject
  /// What all principals that it reaches by this attachment use of it.
  public var sharing: GrantSharing
  /// What could replace it, in the order of preference (SEMANTICS §9); none where nothing is unused.
  public var options: [ReplacementOption]
  /// What becomes of the attachment.
  public var outcome = Outcome.unchanged
  /// Whether the holder has as many policies attached as IAM allows, so that this one has to go before another comes.
  public var isHolderFull = false
  /// The managed policies that the holder has attached once all proposals are carried out, by ARN, sorted.
  public var policiesOfHolder: [String] = []
  /// The outcome of the checks on the option that is proposed.
  public var verification = TrimVerification()

  /// What takes the policy's place; `nil` where it stays.
  public var proposal: ReplacementOption? {
    if case .replaced(let option) = outcome { option } else { nil }
  }

  /// Creates a replacement that proposes nothing.
  ///
  /// - Parameters:
  ///   - subject: The policy, and what it is attached to.
  ///   - sharing: What all principals that it reaches use of it.
  ///   - options: What could replace it.
  public init(subject: PolicySubject, sharing: GrantSharing, options: [ReplacementOption]) {
    self.subject = subject
    self.sharing = sharing
    self.options = options
  }
}

/// One way to replace an AWS managed policy: it keeps every use, and allows nothing that is not granted today.
public struct ReplacementOption: Hashable, Sendable {
  /// What sort of thing takes its place.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Nothing of the policy is used or could be: it is detached.
    case detach
    /// All that is used of it, or could be, is granted by the holder's other policies too: it is detached.
    case covered
    /// A smaller AWS managed policy.
    case awsManaged
    /// A customer managed policy that the account has.
    case customerManaged
    /// A group that the account has, for users.
    case group
    /// A new customer managed policy.
    case newPolicy
  }

  /// What sort of thing takes its place.
  public var kind: Kind
  /// Its name.
  public var name: String
  /// Its ARN; for a new policy the one that it will have.
  public var arn: String?
  /// The version of an existing policy that the option was worked out with.
  public var version: String?
  /// What it grants by access level, and what of that is used: what is unused is its excess.
  public var counts: [LevelCounts]
  /// The document of a new policy.
  public var document: PolicyDocument?
  /// Whether a new policy keeps IAM's quota.
  public var isWithinQuota: Bool
  /// What stands in the policy's place, in all.
  var documents: [PolicyDocument] = []

  /// Whether a policy is attached in the place of the old one.
  public var isAttached: Bool { kind == .awsManaged || kind == .customerManaged || kind == .newPolicy }

  /// What it grants in all, and what of that is used.
  public var total: LevelCounts { LevelCounts(total: counts) }

  /// Creates an option.
  ///
  /// - Parameters:
  ///   - kind: What sort of thing takes the policy's place.
  ///   - name: Its name.
  ///   - arn: Its ARN.
  ///   - version: The version of an existing policy.
  ///   - counts: What it grants by access level.
  ///   - document: The document of a new policy.
  ///   - isWithinQuota: Whether a new policy keeps IAM's quota.
  public init(
    kind: Kind, name: String, arn: String? = nil, version: String? = nil, counts: [LevelCounts] = [],
    document: PolicyDocument? = nil, isWithinQuota: Bool = true
  ) {
    self.kind = kind
    self.name = name
    self.arn = arn
    self.version = version
    self.counts = counts
    self.document = document
    self.isWithinQuota = isWithinQuota
  }
}

/// What a group grants, over all its members.
public struct GroupDiff: Hashable, Sendable {
  /// The group's ARN.
  public var arn: String
  /// What all members together use of its policies.
  public var sharing: GrantSharing

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - arn: The group's ARN.
  ///   - sharing: What all members together use of its policies.
  public init(arn: String, sharing: GrantSharing) {
    self.arn = arn
    self.sharing = sharing
  }
}
