// Ledgers and grants made by hand, for the tests of this module.

import CloudTrail
import IAM
import LeastPrivilege
import Usage

/// Makes ledgers without logs.
struct LedgerMaker {
  /// The account that everything belongs to.
  static let account = "111122223333"
  /// The ledger so far.
  var ledger = UsageLedger()

  /// A role of the account.
  static func role(_ name: String, account: String = account) -> Principal {
    Principal(kind: .role, identifier: "arn:aws:iam::\(account):role/\(name)", account: account)
  }

  /// A user of the account.
  static func user(_ name: String) -> Principal {
    Principal(kind: .user, identifier: "arn:aws:iam::\(account):user/\(name)", account: account)
  }

  /// Records calls as a resolver would.
  mutating func use(
    _ principal: Principal, _ action: String, _ resource: String, context: [String: String] = [:],
    allowed: Int = 1, failed: Int = 0, denied: Int = 0, at second: Int64 = 1_790_000_000,
    unresolved: String? = nil
  ) {
    let pairs = context.map { ContextPair(key: $0.key, value: $0.value) }
    let key = UseKey(principal: principal, action: action, resource: resource, context: pairs)
    var facts = UseFacts()
    let time = Timestamp(secondsSinceEpoch: second)
    for _ in 0..<allowed { facts.allowed.add(at: time) }
    for _ in 0..<failed { facts.failed.add(at: time) }
    for _ in 0..<denied { facts.denied.add(at: time) }
    facts.regions.insert("eu-west-1")
    if let unresolved { facts.unresolvedReasons.insert(unresolved) }
    var one = UsageLedger()
    one.uses[key] = facts
    one.coverage.record(
      CoverageKey(account: Self.account, region: "eu-west-1", category: "Management"), at: time)
    ledger.merge(one)
  }
}

extension AccountGrants {
  /// Grants parsed from text.
  init(_ text: String) throws {
    try self.init(parsing: Array(text.utf8), file: "test")
  }

  /// An account with one role whose only policy is given.
  init(role name: String, policy: String, boundary: String? = nil) throws {
    let arn = "arn:aws:iam::\(LedgerMaker.account):role/\(name)"
    let boundaryARN = "arn:aws:iam::\(LedgerMaker.account):policy/limit"
    let bound = boundary.map { document in
      """
      {"PolicyName":"limit","Arn":"\(boundaryARN)","DefaultVersionId":"v1",
       "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":\(document)}]}
      """
    }
    let reference =
      boundary == nil
      ? ""
      : #""PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"\#(boundaryARN)"},"#
    try self.init(
      """
      {"UserDetailList":[],"GroupDetailList":[],"Policies":[\(bound ?? "")],"RoleDetailList":[
        {"Path":"/","RoleName":"\(name)","Arn":"\(arn)",\(reference)
         "RolePolicyList":[{"PolicyName":"inline","PolicyDocument":\(policy)}],"AttachedManagedPolicies":[]}]}
      """)
  }
}
