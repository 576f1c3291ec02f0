// Where a granted statement stands.

/// Where a granted statement stands.
public struct PolicySource: Hashable, Sendable {
  /// What sort of policy it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An inline policy of the principal.
    case inline
    /// An inline policy of a group that the user is in.
    case groupInline
    /// A customer managed policy attached to the principal.
    case managed
    /// A managed policy attached to a group that the user is in.
    case groupManaged
    /// An AWS managed policy attached to the principal.
    case awsManaged
    /// An AWS managed policy attached to a group that the user is in.
    case groupAWSManaged
  }

  /// What sort of policy it is.
  public var kind: Kind
  /// The policy's name.
  public var name: String
  /// The ARN of a managed policy.
  public var arn: String?
  /// The name of the group through which it comes.
  public var group: String?

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - kind: What sort of policy it is.
  ///   - name: The policy's name.
  ///   - arn: The ARN of a managed policy.
  ///   - group: The group through which it comes.
  public init(kind: Kind, name: String, arn: String? = nil, group: String? = nil) {
    self.kind = kind
    self.name = name
    self.arn = arn
    self.group = group
  }
}
