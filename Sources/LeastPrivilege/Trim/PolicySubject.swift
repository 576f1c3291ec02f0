// Which policy of an account a proposal is about, and what a script needs to know to change it.

import IAM

/// A policy that the account's owner can change, or attach and detach.
public struct PolicySubject: Hashable, Sendable, Comparable {
  /// What sort of policy it is, seen from its owner: `inline`, `groupInline`, `managed` or `awsManaged`.
  public var kind: PolicySource.Kind
  /// Its name.
  public var name: String
  /// Its own ARN, for managed policies; the ARN of the user, role or group that holds it, for inline ones.
  public var arn: String
  /// The account that it is used in.
  public var account: String
  /// The ARNs of the users, groups and roles that a managed policy is attached to, sorted.
  public var attachments: [String]
  /// A managed policy's default version, such as `v3`.
  public var defaultVersion: String?
  /// The version to delete before another can be made, where a managed policy has the five that IAM keeps.
  public var versionToDelete: String?

  /// Creates a subject.
  ///
  /// - Parameters:
  ///   - kind: What sort of policy it is.
  ///   - name: Its name.
  ///   - arn: Its own ARN or its holder's.
  ///   - account: The account that it is used in.
  ///   - attachments: What a managed policy is attached to.
  ///   - defaultVersion: A managed policy's default version.
  ///   - versionToDelete: The version to delete before another can be made.
  public init(
    kind: PolicySource.Kind, name: String, arn: String, account: String, attachments: [String] = [],
    defaultVersion: String? = nil, versionToDelete: String? = nil
  ) {
    self.kind = kind
    self.name = name
    self.arn = arn
    self.account = account
    self.attachments = attachments
    self.defaultVersion = defaultVersion
    self.versionToDelete = versionToDelete
  }

  /// Whether the policy is an object of its own, with an ARN.
  public var isManaged: Bool { kind == .managed || kind == .awsManaged }

  /// Orders subjects by account, ARN and name.
  public static func < (left: PolicySubject, right: PolicySubject) -> Bool {
    (left.account, left.arn, left.name) < (right.account, right.arn, right.name)
  }
}
