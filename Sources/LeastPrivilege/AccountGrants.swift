// What the accounts grant today: users, groups, roles and managed policies, as
// `aws iam get-account-authorization-details` tells them.
//
// The model keeps names and references as the file has them; `AccountGrants+Matching.swift` resolves them to the
// policies that apply to a principal.

public import IAM

/// The identities and policies of one or more accounts.
///
/// Files may come in any order, in pages or one account a file; merging is commutative. Everything is keyed by ARN,
/// so the same identity read twice stands once.
public struct AccountGrants: Sendable {
  /// Users, groups and roles by ARN.
  public internal(set) var identities: [String: GrantedIdentity]
  /// Managed policies, AWS's own among them, by ARN.
  public internal(set) var managedPolicies: [String: GrantedPolicy]
  /// Permission sets of IAM Identity Center by ARN.
  public internal(set) var permissionSets: [String: PermissionSet] = [:]
  /// Policies that stand for themselves, sorted.
  ///
  /// They are taken as inline policies of every principal that nothing else in the grants describes.
  public internal(set) var barePolicies: [InlinePolicy] = []
  /// The ARN of each identity by its kind, account and lower-case name, which IAM keeps unique.
  var arnsByName: [NameKey: String]
  /// The texts of the documents that were read.
  var texts: [TextKey: GrantedText] = [:]
  /// The kinds of identities that were listed for an account, and the accounts whose last page was read; both with
  /// empty names.
  var listings: Set<NameKey> = []
  var lastPages: Set<String> = []
  /// What could not be read, sorted: documents that break the grammar, references that lead nowhere.
  public internal(set) var problems: [GrantProblem]
  /// The organisation whose control policies limit the accounts; `nil` where none is given.
  public internal(set) var organization: Organization?

  /// Creates grants of no account at all.
  public init() {
    identities = [:]
    managedPolicies = [:]
    arnsByName = [:]
    problems = []
  }

  /// What names an identity without its path.
  struct NameKey: Hashable, Sendable {
    var kind: GrantedIdentity.Kind
    var account: String
    var name: String
  }

  /// Puts the accounts under an organisation; its control policies then limit every grant.
  ///
  /// - Parameter organization: The organisation, joined with one that was given before.
  public mutating func govern(by organization: Organization) {
    guard var mine = self.organization else {
      self.organization = organization
      return
    }
    mine.merge(organization)
    self.organization = mine
  }

  /// Whether all identities of a kind are listed, so that one that is not among them does not exist.
  ///
  /// So it is where `get-account-authorization-details` was read to its last page; declarations name what they make.
  func listsAll(_ kind: GrantedIdentity.Kind, of account: String) -> Bool {
    lastPages.contains(account) && listings.contains(NameKey(kind: kind, account: account, name: ""))
  }

  /// The accounts that the grants describe, sorted.
  public var accounts: [String] {
    Set(identities.values.map(\.account)).sorted()
  }
}

/// A user, a group or a role.
public struct GrantedIdentity: Hashable, Sendable {
  /// What sort of identity it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An IAM user.
    case user = "User"
    /// An IAM group.
    case group = "Group"
    /// An IAM role.
    case role = "Role"
  }

  /// What sort of identity it is.
  public var kind: Kind
  /// Its ARN, with the path.
  public var arn: String
  /// Its name, without the path.
  public var name: String
  /// Its path, `/` at least.
  public var path: String
  /// Its inline policies, in the file's order.
  public var inlinePolicies: [InlinePolicy]
  /// The ARNs of the managed policies attached to it, in the file's order.
  public var attachedPolicies: [String]
  /// The ARN of its permissions boundary.
  public var boundary: String?
  /// The names of a user's groups, in the file's order.
  public var groups: [String]
  /// A role's trust policy.
  public var trustPolicy: PolicyDocument?
  /// When it was created.
  public var created: Timestamp?
  /// When AWS last saw a role in use.
  public var lastUsed: Timestamp?

  /// Creates an identity without policies.
  ///
  /// - Parameters:
  ///   - kind: What sort of identity it is.
  ///   - arn: Its ARN, with the path.
  ///   - name: Its name.
  ///   - path: Its path.
  public init(kind: Kind, arn: String, name: String, path: String = "/") {
    self.kind = kind
    self.arn = arn
    self.name = name
    self.path = path
    inlinePolicies = []
    attachedPolicies = []
    groups = []
  }

  /// The account that owns it.
  public var account: String { ARN(arn)?.account ?? "" }

  /// Whether it is a service-linked role, whose policies AWS alone can change.
  public var isServiceLinked: Bool { kind == .role && path.hasPrefix("/aws-service-role/") }
}

/// A policy that stands inside an identity.
public struct InlinePolicy: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// The policy.
  public var document: PolicyDocument

  /// Creates an inline policy.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - document: The policy.
  public init(name: String, document: PolicyDocument) {
    self.name = name
    self.document = document
  }
}

/// A managed policy in its default version.
public struct GrantedPolicy: Hashable, Sendable {
  /// Its ARN.
  public var arn: String
  /// Its name, without the path.
  public var name: String
  /// The default version, such as `v3`.
  public var defaultVersion: String?
  /// How many versions it has, of the five that IAM keeps; zero where the file lists none.
  public var versionCount: Int
  /// The versions that are not the default one, in the order in which they were made.
  public var otherVersions: [PolicyVersion] = []
  /// How many identities AWS says it is attached to, where the file tells.
  public var attachmentCount: Int?
  /// How many identities AWS says it bounds, where the file tells.
  public var boundaryCount: Int?
  /// The default version's document.
  public var document: PolicyDocument

  /// Creates a managed policy.
  ///
  /// - Parameters:
  ///   - arn: Its ARN.
  ///   - name: Its name.
  ///   - defaultVersion: The default version.
  ///   - versionCount: How many versions it has.
  ///   - attachmentCount: How many identities it is attached to.
  ///   - boundaryCount: How many identities it bounds.
  ///   - document: The default version's document.
  public init(
    arn: String, name: String, defaultVersion: String? = nil, versionCount: Int = 0,
    attachmentCount: Int? = nil, boundaryCount: Int? = nil, document: PolicyDocument
  ) {
    self.arn = arn
    self.name = name
    self.defaultVersion = defaultVersion
    self.versionCount = versionCount
    self.attachmentCount = attachmentCount
    self.boundaryCount = boundaryCount
    self.document = document
  }

  /// Whether AWS owns it, so that nobody else can edit it.
  public var isAWSManaged: Bool { ARN(arn)?.account == "aws" }
}

/// Something in the grants that could not be used.
public struct GrantProblem: Hashable, Sendable, Comparable {
  /// The file, or `-`.
  public var file: String
  /// Which identity or policy it concerns, as an ARN or a name.
  public var subject: String
  /// What is wrong.
  public var message: String

  /// Creates a problem.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - subject: The identity or policy it concerns.
  ///   - message: What is wrong.
  public init(file: String, subject: String, message: String) {
    self.file = file
    self.subject = subject
    self.message = message
  }

  /// Orders problems by file, subject and message.
  public static func < (left: GrantProblem, right: GrantProblem) -> Bool {
    (left.file, left.subject, left.message) < (right.file, right.subject, right.message)
  }
}
