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
  /// The user, group or role that an AWS managed policy is attached to: each attachment is a matter of its own.
  public var holder: String?
  /// The ARNs of the users, groups and roles that a managed policy is attached to, sorted.
  public var attachments: [String]
  /// Whether it was given as a document by itself, so that nobody knows which policy of the account it is.
  public var isBare = false
  /// A managed policy's default version, such as `v3`.
  public var defaultVersion: String?
  /// The versions of a managed policy that are not the default one, in the order in which they were made.
  public var otherVersions: [PolicyVersion] = []

  /// Creates a subject.
  ///
  /// - Parameters:
  ///   - kind: What sort of policy it is.
  ///   - name: Its name.
  ///   - arn: Its own ARN or its holder's.
  ///   - account: The account that it is used in.
  ///   - holder: What an AWS managed policy is attached to.
  ///   - attachments: What a managed policy is attached to.
  ///   - defaultVersion: A managed policy's default version.
  public init(
    kind: PolicySource.Kind, name: String, arn: String, account: String, holder: String? = nil,
    attachments: [String] = [], defaultVersion: String? = nil
  ) {
    self.kind = kind
    self.name = name
    self.arn = arn
    self.account = account
    self.holder = holder
    self.attachments = attachments
    self.defaultVersion = defaultVersion
  }

  /// The version to delete before another can be made, where a managed policy has the five that IAM keeps.
  public var versionToDelete: PolicyVersion? { otherVersions.count >= 4 ? otherVersions.first : nil }

  /// Whether the policy is an object of its own, with an ARN.
  public var isManaged: Bool { kind == .managed || kind == .awsManaged }

  /// The path of a managed policy, `/` at least.
  package var path: String {
    String((ARN(arn)?.resource ?? "").dropFirst("policy".count).dropLast(name.count))
  }

  /// Whether IAM refuses every change of an identity, because a service provides it.
  ///
  /// So it is with the roles that IAM Identity Center makes of permission sets (error `UnmodifiableEntity` of the IAM
  /// API).
  static func isProtected(_ arn: String) -> Bool {
    ARN(arn)?.resource.hasPrefix("role/aws-reserved/") ?? false
  }

  /// Orders subjects by account, ARN, name and holder.
  public static func < (left: PolicySubject, right: PolicySubject) -> Bool {
    (left.account, left.arn, left.name, left.holder ?? "")
      < (right.account, right.arn, right.name, right.holder ?? "")
  }
}

/// A version of a managed policy.
public struct PolicyVersion: Hashable, Sendable {
  /// Its id, such as `v3`.
  public var id: String
  /// What it says, as JSON without white space, in the order in which it was written.
  public var text: [UInt8]

  /// Creates a version.
  ///
  /// - Parameters:
  ///   - id: Its id.
  ///   - text: What it says.
  public init(id: String, text: [UInt8]) {
    self.id = id
    self.text = text
  }
}
