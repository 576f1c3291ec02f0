// What is granted, held against what was used: values for the renderers.

/// The comparison of an account's grants with the recorded use.
public struct PolicyDiff: Hashable, Sendable {
  /// Every granted principal and every principal that used something, sorted.
  public var principals: [PrincipalDiff]
  /// What could not be read of the grants, sorted.
  public var problems: [GrantProblem]

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
