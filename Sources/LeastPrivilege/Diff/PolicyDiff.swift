// What is granted, held against what was used: values for the renderers.

/// The comparison of an account's grants with the recorded use.
public struct PolicyDiff: Hashable, Sendable {
  /// Every granted principal and every principal that used something, sorted.
  public var principals: [PrincipalDiff]
  /// What could not be read of the grants, sorted.
  public var problems: [GrantProblem]
  /// What is proposed for each policy that the owner can edit, sorted by policy.
  public var trims: [PolicyTrim] = []
  /// What could replace each AWS managed policy, sorted by policy.
  public var replacements: [ManagedReplacement] = []
  /// What the members of each group use of it, sorted by ARN.
  public var groups: [GroupDiff] = []
  /// The smallest policies written afresh for each principal that used something, sorted by principal.
  public var rebuilds: [RebuildProposal] = []

  /// Creates a comparison.
  ///
  /// - Parameters:
  ///   - principals: The principals.
  ///   - problems: What could not be read of the grants.
  public init(principals: [PrincipalDiff], problems: [GrantProblem]) {
    self.principals = principals
    self.problems = problems
  }
}
