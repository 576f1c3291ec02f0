// What could stand in the place of an AWS managed policy, which nobody can edit.

public import IAM

/// What of an AWS managed policy is used in an account, and what could replace it.
public struct ManagedReplacement: Hashable, Sendable {
  /// The policy.
  public var subject: PolicySubject
  /// What all principals together use of it.
  public var sharing: GrantSharing
  /// What could replace it, in the order of preference (SEMANTICS §9); none where nothing is unused.
  public var options: [ReplacementOption]

  /// Creates a replacement.
  ///
  /// - Parameters:
  ///   - subject: The policy.
  ///   - sharing: What all principals together use of it.
  ///   - options: What could replace it.
  public init(subject: PolicySubject, sharing: GrantSharing, options: [ReplacementOption]) {
    self.subject = subject
    self.sharing = sharing
    self.options = options
  }
}

/// One way to replace an AWS managed policy: it keeps every use, and allows nothing that the policy does not.
public struct ReplacementOption: Hashable, Sendable {
  /// What sort of thing takes its place.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Nothing of the policy is used or could be: it is detached.
    case detach
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
  /// Its ARN, where it exists.
  public var arn: String?
  /// What it grants by access level, and what of that is used: what is unused is its excess.
  public var counts: [LevelCounts]
  /// The document of a new policy.
  public var document: PolicyDocument?
  /// Whether a new policy keeps IAM's quota.
  public var isWithinQuota: Bool

  /// What it grants in all, and what of that is used.
  public var total: LevelCounts { LevelCounts(total: counts) }

  /// Creates an option.
  ///
  /// - Parameters:
  ///   - kind: What sort of thing takes the policy's place.
  ///   - name: Its name.
  ///   - arn: Its ARN, where it exists.
  ///   - counts: What it grants by access level.
  ///   - document: The document of a new policy.
  ///   - isWithinQuota: Whether a new policy keeps IAM's quota.
  public init(
    kind: Kind, name: String, arn: String? = nil, counts: [LevelCounts] = [],
    document: PolicyDocument? = nil, isWithinQuota: Bool = true
  ) {
    self.kind = kind
    self.name = name
    self.arn = arn
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
