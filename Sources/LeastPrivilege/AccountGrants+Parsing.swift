// Reads files of grants, `aws iam get-account-authorization-details` above all.
//
// Real files come in more shapes than the API's own: one page a file, pages one behind another in one file, an
// array of pages, documents URL-encoded as the API sends them or decoded as the CLI prints them, a single object
// where the API has a list of one. What cannot be read becomes a `GrantProblem` and never stops the rest: a policy
// that is missing from the grant makes Whittle propose less, never more.

import JSONStream

import IAM

/// Why a file holds no grants at all.
public struct GrantsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What sort of fault it is.
  public enum Code: String, Hashable, Sendable {
    /// The text is no JSON.
    case malformedJSON
    /// The JSON is none of the forms that grants come in.
    case unrecognized
    /// The file could not be read.
    case unreadable
  }

  /// What sort of fault it is.
  public var code: Code
  /// The file, or `-`.
  public var file: String
  /// The byte offset of the fault, where there is one.
  public var offset: Int?
  /// What is wrong, and what to do.
  public var message: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What sort of fault it is.
  ///   - file: The file.
  ///   - offset: The byte offset of the fault.
  ///   - message: What is wrong.
  public init(code: Code, file: String, offset: Int? = nil, message: String) {
    self.code = code
    self.file = file
    self.offset = offset
    self.message = message
  }

  /// The error in one line: file, byte offset and message.
  public var description: String {
    let place = offset.map { "`\(file)` at byte \($0)" } ?? "`\(file)`"
    return "\(place): \(message)"
  }
}

extension AccountGrants {
  /// Reads one file of grants, told apart by content: the account's authorization details, permission sets of Identity
  /// Center, a Terraform state or plan, a CloudFormation template, or policies as they stand.
  ///
  /// - Parameters:
  ///   - bytes: The file: one JSON value, or several one behind another.
  ///   - file: The file's name, for messages and for the names of bare policies.
  ///   - place: The account and region, for declarations that do not tell them.
  /// - Throws: Where the text is no JSON, or nothing in it is of a form that grants come in.
  public init(parsing bytes: [UInt8], file: String, place: GrantPlace = GrantPlace()) throws(GrantsError) {
    self.init()
    var pages: [JSONValue] = []
    for (offset, text) in JSONSequence.values(of: bytes) {
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONValue(parsing: text)
      } catch {
        if Self.isTemplateInYAML(bytes) { throw Self.yaml(file) }
        throw GrantsError(
          code: .malformedJSON, file: file, offset: offset + error.offset, message: error.message)
      }
      pages += value.elements.isEmpty ? [value] : value.elements
    }
    // What is known of a stack holds for the template in the same file, whichever stands first.
    var facts = StackFacts(place: place)
    var found = false
    for page in pages where facts.read(page) { found = true }
    var permissionSet: String?
    for page in pages {
      if page["TemplateBody"]?.string != nil { throw Self.yaml(file) }
      let isGrant =
        readDetails(page, file: file) || readPermissionSet(page, described: &permissionSet, file: file)
        || readDeclaration(page, facts: facts, file: file) || readBare(page, file: file)
      found = found || isGrant
    }
    guard found else {
      throw GrantsError(
        code: .unrecognized, file: file,
        message: "this is none of the forms that grants come in; see `whittle diff --help`")
    }
    problems = Array(Set(problems)).sorted()
  }

  private static func isTemplateInYAML(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    return text.split(separator: "\n").contains {
      $0.hasPrefix("AWSTemplateFormatVersion:") || $0.hasPrefix("Resources:")
    }
  }

  private static func yaml(_ file: String) -> GrantsError {
    GrantsError(
      code: .unrecognized, file: file,
      message:
        "this is a CloudFormation template in YAML; give it as JSON, such as `cfn-flip` or `rain fmt --json` makes it"
    )
  }

  /// Adds the grants of another file; what both hold is taken once.
  ///
  /// Two files that disagree about one identity or policy (snapshots of different days) are a problem that is
  /// reported; the one whose canonical form comes first by bytes holds, so that the order of the files does not
  /// matter.
  ///
  /// - Parameter other: The other grants.
  public mutating func merge(_ other: AccountGrants) {
    for (arn, identity) in other.identities { insert(identity, at: arn, file: "-") }
    for (arn, policy) in other.managedPolicies { insert(policy, at: arn, file: "-") }
    for set in other.permissionSets.values.sorted(by: { $0.arn < $1.arn }) { merge(set) }
    barePolicies = Set(barePolicies + other.barePolicies).sorted { ($0.name, "\($0)") < ($1.name, "\($1)") }
    if let organization = other.organization { govern(by: organization) }
    listings.formUnion(other.listings)
    lastPages.formUnion(other.lastPages)
    rememberTexts(of: other)
    problems = Array(Set(problems + other.problems)).sorted()
  }

  /// Reads a page of the authorization details; `false` where it is none.
  private mutating func readDetails(_ page: JSONValue, file: String) -> Bool {
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]
    guard lists.contains(where: { page[$0] != nil }), page["Children"] == nil else { return false }
    for policy in Self.list(page["Policies"]) { readPolicy(policy, file: file) }
    for user in Self.list(page["UserDetailList"]) { readIdentity(user, .user, file: file) }
    for group in Self.list(page["GroupDetailList"]) { readIdentity(group, .group, file: file) }
    for role in Self.list(page["RoleDetailList"]) { readIdentity(role, .role, file: file) }
    noteListings(of: page)
    return true
  }

  /// Notes which lists of which account a page has, and whether it is the last one.
  private mutating func noteListings(of page: JSONValue) {
    let lists: [(String, GrantedIdentity.Kind?)] = [
      ("UserDetailList", .user), ("GroupDetailList", .group), ("RoleDetailList", .role), ("Policies", nil),
    ]
    for (list, kind) in lists {
      for entry in Self.list(page[list]) {
        guard let account = entry["Arn"]?.string.flatMap({ ARN($0) })?.account else { continue }
        if let kind { listings.insert(NameKey(kind: kind, account: account, name: "")) }
        if page["IsTruncated"]?.bool != true { lastPages.insert(account) }
      }
    }
  }

  /// Reads what infrastructure code declares; `false` where the value is none.
  private mutating func readDeclaration(_ value: JSONValue, facts: StackFacts, file: String) -> Bool {
    if var terraform = TerraformGrants(value, file: file, place: facts.place) {
      terraform.read(into: &self)
    } else if var template = TemplateGrants(value, facts: facts, file: file) {
      template.read(into: &self)
    } else {
      return false
    }
    return true
  }

  /// Reads a policy that stands for itself, or in the answer of `get-policy-version`; `false` where the value is none.
  private mutating func readBare(_ value: JSONValue, file: String) -> Bool {
    let value = value["PolicyVersion"]?["Document"] ?? value
    guard value["Statement"] != nil || value.string != nil else { return false }
    var name = file.split(separator: "/").last.map(String.init) ?? file
    if name.hasSuffix(".json") { name.removeLast(5) }
    guard let document = document(value, subject: name, file: file) else { return true }
    guard document.statements.allSatisfy({ $0.principal == nil }) else {
      report(
        file, name,
        "this policy names principals, so that it is one of a resource or a trust policy, and is left out")
      return true
    }
    barePolicies.append(InlinePolicy(name: name, document: document))
    return true
  }

  private mutating func readIdentity(_ value: JSONValue, _ kind: GrantedIdentity.Kind, file: String) {
    let nameKey = "\(kind.rawValue)Name"
    let arnText = value["Arn"]?.string
    guard let arnText, let arn = ARN(arnText), arn.service == "iam",
      arn.resource.hasPrefix(kind.rawValue.lowercased() + "/")
    else {
      report(
        file, arnText ?? value[nameKey]?.string ?? "-",
        "this \(kind.rawValue.lowercased()) has no ARN of its kind, so that it is left out")
      return
    }
    let name = arn.resource.split(separator: "/").last.map(String.init) ?? arn.resource
    var identity = GrantedIdentity(kind: kind, arn: arnText, name: name)
    let path = arn.resource.dropFirst(kind.rawValue.count).dropLast(name.count)
    identity.path = String(path)
    for inline in Self.list(value["\(kind.rawValue)PolicyList"]) {
      let inlineName = inline["PolicyName"]?.string ?? ""
      let subject = "\(arnText) \(inlineName)"
      guard let document = document(inline["PolicyDocument"], subject: subject, file: file) else { continue }
      remember(inline["PolicyDocument"], as: document, subject: subject)
      identity.inlinePolicies.append(InlinePolicy(name: inlineName, document: document))
    }
    for attached in Self.list(value["AttachedManagedPolicies"]) {
      guard let policy = attached["PolicyArn"]?.string else {
        report(file, arnText, "an attached policy has no `PolicyArn`, so that it is left out")
        continue
      }
      if !identity.attachedPolicies.contains(policy) { identity.attachedPolicies.append(policy) }
    }
    identity.boundary = value["PermissionsBoundary"]?["PermissionsBoundaryArn"]?.string
    identity.groups = Self.list(value["GroupList"]).compactMap(\.string)
    if kind == .role, let trust = value["AssumeRolePolicyDocument"] {
      identity.trustPolicy = document(trust, subject: "\(arnText) trust policy", file: file)
    }
    identity.created = value["CreateDate"]?.string.flatMap { Timestamp(iso8601: $0) }
    identity.lastUsed = value["RoleLastUsed"]?["LastUsedDate"]?.string.flatMap { Timestamp(iso8601: $0) }
    insert(identity, at: arnText, file: file)
  }

  private mutating func readPolicy(_ value: JSONValue, file: String) {
    guard let arnText = value["Arn"]?.string, let arn = ARN(arnText), arn.resource.hasPrefix("policy/") else {
      report(
        file, value["Arn"]?.string ?? value["PolicyName"]?.string ?? "-",
        "this managed policy has no ARN of a policy, so that it is left out")
      return
    }
    let versions = Self.list(value["PolicyVersionList"])
    let wanted = value["DefaultVersionId"]?.string
    let chosen =
      versions.last { $0["IsDefaultVersion"]?.bool == true }
      ?? versions.last { wanted != nil && $0["VersionId"]?.string == wanted }
    guard let chosen else {
      report(file, arnText, "the default version is not in the file, so that the policy is left out")
      return
    }
    guard let document = document(chosen["Document"], subject: arnText, file: file) else { return }
    remember(chosen["Document"], as: document, subject: arnText)
    var policy = GrantedPolicy(
      arn: arnText, name: arn.resource.split(separator: "/").last.map(String.init) ?? arn.resource,
      defaultVersion: chosen["VersionId"]?.string ?? wanted, versionCount: versions.count,
      attachmentCount: value["AttachmentCount"]?.scalarText.flatMap { Int($0) },
      boundaryCount: value["PermissionsBoundaryUsageCount"]?.scalarText.flatMap { Int($0) },
      document: document)
    policy.otherVersions = Self.inOrder(versions, except: policy.defaultVersion)
    insert(policy, at: arnText, file: file)
  }

  /// Parses a document, or reports why there is none.
  mutating func document(_ value: JSONValue?, subject: String, file: String) -> PolicyDocument? {
    do throws(GrantedDocument.Fault) {
      return try GrantedDocument.parse(value)
    } catch {
      report(file, subject, "\(error.message), so that the policy is left out")
      return nil
    }
  }

  /// The versions in the order in which they were made; those of one time, or of none, go by their numbers.
  private static func inOrder(_ versions: [JSONValue], except kept: String?) -> [PolicyVersion] {
    let others = versions.compactMap { value -> (time: Int64, number: Int, version: PolicyVersion)? in
      guard let id = value["VersionId"]?.string, id != kept else { return nil }
      let time = value["CreateDate"]?.string.flatMap { Timestamp(iso8601: $0) }?.secondsSinceEpoch ?? 0
      let version = PolicyVersion(id: id, text: GrantedText.compact(value["Document"]) ?? [])
      return (time, Int(id.dropFirst()) ?? 0, version)
    }
    return others.sorted { ($0.time, $0.number, $0.version.id) < ($1.time, $1.number, $1.version.id) }.map(
      \.version)
  }

  mutating func insert(_ identity: GrantedIdentity, at arn: String, file: String) {
    let key = NameKey(kind: identity.kind, account: identity.account, name: identity.name.lowercased())
    arnsByName[key] = min(arnsByName[key] ?? arn, arn)
    guard let old = identities[arn], old != identity else {
      identities[arn] = identity
      return
    }
    report(file, arn, "two descriptions of this identity differ; give one snapshot of the account only")
    if String(describing: identity) < String(describing: old) { identities[arn] = identity }
  }

  mutating func insert(_ policy: GrantedPolicy, at arn: String, file: String) {
    guard let old = managedPolicies[arn], old != policy else {
      managedPolicies[arn] = policy
      return
    }
    // AWS managed policies differ between accounts in their attachment count only.
    var same = policy
    same.attachmentCount = old.attachmentCount
    same.boundaryCount = old.boundaryCount
    if same != old {
      report(file, arn, "two descriptions of this policy differ; give one snapshot of the account only")
    }
    if String(describing: policy) < String(describing: old) { managedPolicies[arn] = policy }
  }

  mutating func report(_ file: String, _ subject: String, _ message: String) {
    problems.append(GrantProblem(file: file, subject: subject, message: message))
  }

  /// The elements of a list; a single object stands for a list of one, as in some of AWS's own examples.
  private static func list(_ value: JSONValue?) -> [JSONValue] {
    switch value {
    case .array(let elements): elements
    case .object(let members): members.isEmpty ? [] : [.object(members)]
    case .string(let text): [.string(text)]
    default: []
    }
  }
}
