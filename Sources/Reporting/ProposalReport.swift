// What `whittle policy` says: the policies proposed for each principal, with their proofs.

public import LeastPrivilege

/// The proposals of one run, for the renderers of its formats.
public struct ProposalReport: Sendable {
  /// The proposals, sorted by principal.
  public var proposals: [PrincipalProposal]
  /// The recorded use that they were made from.
  public var basis: UsageReport

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - proposals: The proposals, sorted by principal.
  ///   - basis: The recorded use that they were made from.
  public init(_ proposals: [PrincipalProposal], basis: UsageReport) {
    self.proposals = proposals
    self.basis = basis
  }
}

extension Excess {
  /// Why the excess was accepted, and which actions it adds.
  var words: String {
    extraActions.isEmpty ? reason : "\(reason) (also allows \(extraActions.joined(separator: ", ")))"
  }
}
