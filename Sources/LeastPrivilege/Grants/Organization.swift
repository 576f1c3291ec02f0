// The organisation above the accounts: which control policies stand between the root and each account.
//
//   root r-ab12            FullAWSAccess, DenyLeaving          level 0
//   └─ unit ou-ab12-prod   FullAWSAccess                       level 1
//      └─ 111122223333     RegionsOnly                         level 2, the account itself
//
// Each level has to allow a request, and a Deny of any level denies it ("SCP evaluation" and "RCP evaluation" in the AWS
// Organizations User Guide). Control policies reach neither the management account nor service-linked roles.

public import IAM

/// The tree of an organisation with the control policies attached to it.
///
/// It is put together from what the AWS CLI prints, in any order of files; merging is commutative.
public struct Organization: Hashable, Sendable {
  /// A root, an organisational unit or an account.
  public struct Target: Hashable, Sendable {
    /// Its id: `r-…`, `ou-…` or twelve digits.
    public let id: String
    /// Its name, where the files tell it.
    public internal(set) var name: String?
    /// The id of what it stands under; `nil` for roots, and where no file tells.
    public internal(set) var parent: String?
    /// The ids of the policies attached to it.
    public internal(set) var policies: Set<String> = []
    /// The types of policy that are enabled, for roots; `nil` where no file tells.
    var enabledTypes: Set<String>?

    /// Whether it is a root.
    public var isRoot: Bool { id.hasPrefix("r-") }
    /// Whether it is an account.
    public var isAccount: Bool { id.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// A control policy.
  public struct Policy: Hashable, Sendable {
    /// Its id, such as `p-FullAWSAccess`.
    public let id: String
    /// Its name, where the files tell it.
    public internal(set) var name: String?
    /// Its type, such as `SERVICE_CONTROL_POLICY`, where the files tell it.
    public internal(set) var type: String?
    /// Its content, where a file has it.
    public internal(set) var document: PolicyDocument?
  }

  /// Roots, units and accounts by id.
  public internal(set) var targets: [String: Target] = [:]
  /// Policies by id.
  public internal(set) var policies: [String: Policy] = [:]
  /// The account that owns the organisation, which no control policy reaches.
  public internal(set) var managementAccount: String?
  /// What could not be read, sorted.
  public internal(set) var problems: [GrantProblem] = []

  /// Creates an organisation of which nothing is known.
  public init() {}

  /// The accounts of the organisation, sorted.
  public var accounts: [String] { targets.values.filter(\.isAccount).map(\.id).sorted() }

  /// What stands from the root down to an account, both included; `nil` where the files do not tell.
  ///
  /// - Parameter account: The account's id.
  /// - Returns: The targets, the root first.
  public func path(to account: String) -> [Target]? {
    var path: [Target] = []
    var next: String? = account
    // A tree has five levels of units at most; a longer way is a circle, which only a forged file has.
    while let id = next, let target = targets[id], path.count < 16 {
      path.append(target)
      next = target.parent
    }
    guard let root = path.last, root.isRoot, next == nil else { return nil }
    return path.reversed()
  }

  /// The control policies above an account.
  ///
  /// - Parameter account: The account's id.
  /// - Returns: The levels from the root down to the account; none for the management account, and none where the files do
  ///   not tell where the account stands, which ``problems(for:)`` says.
  public func controls(of account: String) -> ControlPolicies {
    guard account != managementAccount, let path = path(to: account) else { return ControlPolicies() }
    var controls = ControlPolicies()
    if isEnabled(.service, in: path) {
      controls.service = path.map { attached(to: $0, of: .service).compactMap(\.document) }
    }
    if isEnabled(.resource, in: path) {
      // `RCPFullAWSAccess` is attached everywhere and cannot be detached, so that files may leave it out.
      controls.resource = path.map { target in
        attached(to: target, of: .resource).compactMap(\.document) + [Self.fullAccess(.resource)]
      }
    }
    return controls
  }

  /// What keeps the control policies of some accounts from being known.
  ///
  /// - Parameter accounts: The accounts that matter.
  /// - Returns: A problem for each account that stands nowhere, each level without policy and each policy without content.
  public func problems(for accounts: [String]) -> [GrantProblem] {
    var found: Set<GrantProblem> = []
    for account in Set(accounts) where account != managementAccount {
      guard let path = path(to: account) else {
        found.insert(
          GrantProblem(
            file: "-", subject: account,
            message:
              "the organisation does not say where this account stands, so that no control policy is applied")
        )
        continue
      }
      for target in path {
        let service = attached(to: target, of: .service)
        if isEnabled(.service, in: path), service.isEmpty {
          found.insert(
            GrantProblem(
              file: "-", subject: target.id,
              message:
                "no service control policy is attached, so that nothing is allowed below; AWS demands one"))
        }
        for policy in service + attached(to: target, of: .resource) where policy.document == nil {
          found.insert(
            GrantProblem(
              file: "-", subject: policy.id,
              message:
                "the content of this policy is missing, so that it allows nothing; see `describe-policy`"))
        }
      }
    }
    return found.sorted()
  }

  /// The types of control policy.
  enum ControlType: String {
    case service = "SERVICE_CONTROL_POLICY"
    case resource = "RESOURCE_CONTROL_POLICY"
  }

  /// Whether a type of policy is in force: enabled at the root, or attached anywhere where the files do not tell.
  private func isEnabled(_ type: ControlType, in path: [Target]) -> Bool {
    if let enabled = path.first?.enabledTypes { return enabled.contains(type.rawValue) }
    return policies.values.contains { $0.type == type.rawValue }
  }

  private func attached(to target: Target, of type: ControlType) -> [Policy] {
    target.policies.sorted().compactMap { policies[$0] }.filter { $0.type == type.rawValue }
  }

  /// The policy of AWS that allows everything, of either type.
  static func fullAccess(_ type: ControlType) -> PolicyDocument {
    PolicyDocument(statements: [
      Statement(
        effect: .allow, principal: type == .resource ? .principal(.everyone) : nil, actions: .action(["*"]),
        resources: .resource(["*"]))
    ])
  }
}

/// The control policies above one account, level by level from the root down.
public struct ControlPolicies: Hashable, Sendable {
  /// Service control policies; `nil` where none are in force.
  public var service: [[PolicyDocument]]?
  /// Resource control policies; `nil` where none are in force.
  public var resource: [[PolicyDocument]]?

  /// Creates control policies.
  ///
  /// - Parameters:
  ///   - service: Service control policies by level.
  ///   - resource: Resource control policies by level.
  public init(service: [[PolicyDocument]]? = nil, resource: [[PolicyDocument]]? = nil) {
    self.service = service
    self.resource = resource
  }
}
