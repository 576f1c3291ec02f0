// What `whittle policy` says: the policies proposed for each principal, with their proofs.

public import LeastPrivilege

/// The proposals of one run, for the renderers of its formats.
public struct ProposalReport: Sendable {
  /// The proposals, sorted by principal.
  public var proposals: [PrincipalProposal]

  /// Creates a report.
  ///
  /// - Parameter proposals: The proposals, sorted by principal.
  public init(_ proposals: [PrincipalProposal]) {
    self.proposals = proposals
  }
}
