// IAM Identity Center's permission sets: what the roles `AWSReservedSSO_NAME_HASH` grant in every account.
//
// `aws sso-admin` prints each permission set in five answers, and only the first of them names it. The others belong to the
// one that was described last before them in the same file, or to the `PermissionSetArn` beside them; the five answers may
// also stand joined in one object.

public import IAM
import JSONStream

/// A permission set of IAM Identity Center.
public struct PermissionSet: Hashable, Sendable {
  /// Its ARN.
  public let arn: String
  /// Its name, where the files tell it.
  public internal(set) var name: String?
  /// Its inline policy.
  public internal(set) var inlinePolicy: PolicyDocument?
  /// The ARNs of the AWS managed policies in it.
  public internal(set) var managedPolicies: Set<String> = []
  /// The customer managed policies in it, as path and name: each account has its own policy of that name.
  public internal(set) var customerPolicies: Set<String> = []
  /// The boundary: an ARN, or the path and name of a policy of each account.
  public internal(set) var boundary: String?

  /// The role of an account that carries the permission set.
  ///
  /// - Parameters:
  ///   - arn: The role's ARN.
  ///   - name: The role's name.
  /// - Returns: The role with the policies that Identity Center gives it.
  func role(arn: String, name: String) -> GrantedIdentity {
    var role = GrantedIdentity(kind: .role, arn: arn, name: name, path: "/aws-reserved/sso.amazonaws.com/")
    let place = ARN(arn)
    func local(_ policy: String) -> String {
      policy.hasPrefix("/")
        ? "arn:\(place?.partition ?? "aws"):iam::\(place?.account ?? ""):policy\(policy)" : policy
    }
    // The name that Identity Center gives to the inline policy.
    if let inlinePolicy {
      role.inlinePolicies = [InlinePolicy(name: "AwsSSOInlinePolicy", document: inlinePolicy)]
    }
    role.attachedPolicies = managedPolicies.sorted() + customerPolicies.map(local).sorted()
    role.boundary = boundary.map(local)
    return role
  }

  /// The name of the permission set whose role has a name; `nil` for other roles.
  static func name(ofRole role: String) -> String? {
    let prefix = "AWSReservedSSO_"
    guard role.hasPrefix(prefix), let end = role.lastIndex(of: "_") else { return nil }
    let name = role[..<end].dropFirst(prefix.count)
    return name.isEmpty ? nil : String(name)
  }
}

extension AccountGrants {
  /// Reads an answer of `aws sso-admin`; `false` where the value is none.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - described: The ARN of the permission set described last.
  ///   - file: The file's name.
  /// - Returns: Whether it was one.
  mutating func readPermissionSet(_ value: JSONValue, described: inout String?, file: String) -> Bool {
    if let arns = value["PermissionSets"]?.elements {
      for arn in arns.compactMap(\.string) {
        permissionSets[arn] = permissionSets[arn] ?? PermissionSet(arn: arn)
      }
      return true
    }
    if let arn = value["PermissionSet"]?["PermissionSetArn"]?.string { described = arn }
    let pieces = [
      "InlinePolicy", "AttachedManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary",
      "PermissionSet",
    ]
    guard pieces.contains(where: { value[$0] != nil }) else { return false }
    guard let arn = value["PermissionSetArn"]?.string ?? described else {
      report(
        file, "permission set",
        "this belongs to an unknown permission set; put `describe-permission-set` before it in the file")
      return true
    }
    var set = permissionSets[arn] ?? PermissionSet(arn: arn)
    set.name = value["PermissionSet"]?["Name"]?.string ?? set.name
    // A permission set without inline policy has an empty one.
    if let inline = value["InlinePolicy"], inline.string != "" {
      set.inlinePolicy = document(inline, subject: "\(arn) inline policy", file: file) ?? set.inlinePolicy
    }
    set.managedPolicies.formUnion(
      (value["AttachedManagedPolicies"]?.elements ?? []).compactMap { $0["Arn"]?.string })
    set.customerPolicies.formUnion(
      (value["CustomerManagedPolicyReferences"]?.elements ?? []).compactMap { Self.reference($0) })
    if let boundary = value["PermissionsBoundary"] {
      set.boundary =
        boundary["ManagedPolicyArn"]?.string
        ?? boundary["CustomerManagedPolicyReference"].flatMap { Self.reference($0) }
    }
    permissionSets[arn] = set
    return true
  }

  /// Adds a permission set of other files.
  mutating func merge(_ other: PermissionSet) {
    guard var mine = permissionSets[other.arn] else { return permissionSets[other.arn] = other }
    if let old = mine.inlinePolicy, let new = other.inlinePolicy, old != new {
      report("-", other.arn, "two descriptions of this permission set differ; give one snapshot only")
      mine.inlinePolicy = String(describing: old) < String(describing: new) ? old : new
    }
    mine.inlinePolicy = mine.inlinePolicy ?? other.inlinePolicy
    mine.name = [mine.name, other.name].compactMap(\.self).min()
    mine.boundary = [mine.boundary, other.boundary].compactMap(\.self).min()
    mine.managedPolicies.formUnion(other.managedPolicies)
    mine.customerPolicies.formUnion(other.customerPolicies)
    permissionSets[other.arn] = mine
  }

  /// The role that a permission set gives to an account, where a principal is one.
  func permissionSetRole(_ arn: ARN, identifier: String) -> GrantedIdentity? {
    guard let last = arn.resource.split(separator: "/").last,
      let name = PermissionSet.name(ofRole: String(last))
    else { return nil }
    return permissionSets.values.filter { $0.name == name }.min { $0.arn < $1.arn }?
      .role(arn: identifier, name: String(last))
  }

  private static func reference(_ value: JSONValue) -> String? {
    value["Name"]?.string.map { (value["Path"]?.string ?? "/") + $0 }
  }
}
