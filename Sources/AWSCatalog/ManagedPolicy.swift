// Policies that AWS writes and keeps.

/// One AWS managed policy.
public struct ManagedPolicy: Hashable, Sendable {
  /// Its name, such as `ReadOnlyAccess`.
  public let name: String
  /// Its path, `/` or such as `/service-role/`.
  public let path: String
  /// Its default version, such as `v151`.
  public let version: String
  /// The document as compact JSON.
  public let document: String

  /// Its ARN in the `aws` partition.
  public var arn: String { "arn:aws:iam::aws:policy\(path)\(name)" }

  /// Creates a managed policy.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - path: Its path.
  ///   - version: Its default version.
  ///   - document: The document as compact JSON.
  public init(name: String, path: String, version: String, document: String) {
    self.name = name
    self.path = path
    self.version = version
    self.document = document
  }
}

/// A managed policy that allows all of a set of actions.
public struct ManagedPolicyCover: Hashable, Sendable {
  /// The policy.
  public let policy: ManagedPolicy
  /// The number of the catalog's actions that it allows beyond the set.
  public let excess: Int
  /// The actions of the set that it allows only on some resources or under some conditions, sorted.
  public let restricted: [String]

  /// Creates a cover.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - excess: The number of actions that it allows beyond the set.
  ///   - restricted: The actions that it allows only on some resources or under some conditions.
  public init(policy: ManagedPolicy, excess: Int, restricted: [String]) {
    self.policy = policy
    self.excess = excess
    self.restricted = restricted
  }
}
