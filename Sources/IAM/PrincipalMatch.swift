// In which ways a set of principals names a caller.

/// How a set of principals names the caller of a request, weakest first.
///
/// The form decides what else has to allow the request; see "Determining whether a request is allowed or denied
/// within an account" in the IAM User Guide.
enum PrincipalMatch: Int, Hashable, Sendable, Comparable {
  /// The caller is not named.
  case none
  /// The caller's account is named, which delegates to the account's own policies.
  case account
  /// The IAM user is named whose federated session calls.
  case federatedUser
  /// The role is named, as whose session the caller calls, or which itself is the caller.
  case role
  /// The caller itself is named.
  case itself
  /// Everyone is named, by `*`.
  case everyone

  /// Orders matches by strength.
  static func < (left: PrincipalMatch, right: PrincipalMatch) -> Bool { left.rawValue < right.rawValue }
}
