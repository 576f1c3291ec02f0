// Reads an organisation from a tree, or from what `aws organizations` prints.
//
// A tree names everything inside everything else:
//
//     {"Id":"r-ab12","Policies":[{"Id":"p-1","Type":"SERVICE_CONTROL_POLICY","Content":{…}}],
//      "Children":[{"Id":"ou-ab12-prod","Policies":[…],"Children":[{"Id":"111122223333"}]}]}
//
// The CLI prints lists, and most of them do not say what they are a list of. `list-accounts` and the lists of units do:
// `Paths` and `Path` hold the way from the root. `list-targets-for-policy`, `list-policies-for-target`, `list-parents` and
// `list-children` do not; they belong to the policy, account or unit that was described last before them in the same file,
// or to the one that a `PolicyId`, `TargetId`, `ParentId` or `ChildId` beside the list names.

import IAM
import JSONStream

extension Organization {
  /// Reads one file.
  ///
  /// - Parameters:
  ///   - bytes: The file: one JSON value, or several one behind another.
  ///   - file: The file's name, for messages.
  /// - Throws: Where the text is no JSON, or nothing in it describes an organisation.
  public init(parsing bytes: [UInt8], file: String) throws(GrantsError) {
    self.init()
    var reader = OrganizationReader(file: file)
    for (offset, text) in JSONSequence.values(of: bytes) {
      do throws(JSONError) {
        let value = try JSONValue(parsing: text)
        for page in value.elements.isEmpty ? [value] : value.elements {
          reader.read(page, into: &self, depth: 0)
        }
      } catch {
        throw GrantsError(
          code: .malformedJSON, file: file, offset: offset + error.offset, message: error.message)
      }
    }
    guard !targets.isEmpty || !policies.isEmpty || managementAccount != nil else {
      throw GrantsError(
        code: .unrecognized, file: file, message: "this describes no organisation; see `whittle diff --help`")
    }
    problems = Array(Set(problems)).sorted()
  }

  /// Adds what another file says.
  ///
  /// Where two files disagree, that is a problem which is reported, and the smaller answer holds, so that the order of the
  /// files does not matter.
  ///
  /// - Parameter other: The other file's organisation.
  public mutating func merge(_ other: Organization) {
    for (id, target) in other.targets {
      update(id) { mine in
        mine.name = Self.least(mine.name, target.name)
        mine.policies.formUnion(target.policies)
        if let types = target.enabledTypes { mine.enabledTypes = (mine.enabledTypes ?? []).union(types) }
      }
      if let parent = target.parent { place(id, under: parent, file: "-") }
    }
    for policy in other.policies.values { add(policy, file: "-") }
    if let account = other.managementAccount { manage(by: account, file: "-") }
    problems = Array(Set(problems + other.problems)).sorted()
  }

  fileprivate mutating func update(_ id: String, _ body: (inout Target) -> Void) {
    body(&targets[id, default: Target(id: id)])
  }

  /// Puts a target under another.
  fileprivate mutating func place(_ id: String, under parent: String, file: String) {
    update(parent) { _ in }
    if let known = targets[id]?.parent, known != parent {
      report(file, id, "the files put this under both `\(min(known, parent))` and `\(max(known, parent))`")
    }
    update(id) { $0.parent = min($0.parent ?? parent, parent) }
  }

  fileprivate mutating func manage(by account: String, file: String) {
    if let known = managementAccount, known != account {
      report(file, max(known, account), "the files are of organisations with different management accounts")
    }
    managementAccount = min(managementAccount ?? account, account)
  }

  fileprivate mutating func add(_ policy: Policy, file: String) {
    guard var known = policies[policy.id] else {
      policies[policy.id] = policy
      return
    }
    known.name = Self.least(known.name, policy.name)
    known.type = Self.least(known.type, policy.type)
    if let mine = known.document, let theirs = policy.document, mine != theirs {
      report(
        file, policy.id, "two descriptions of this policy differ; give one snapshot of the organisation only")
      known.document = String(describing: mine) < String(describing: theirs) ? mine : theirs
    } else {
      known.document = known.document ?? policy.document
    }
    policies[policy.id] = known
  }

  fileprivate mutating func report(_ file: String, _ subject: String, _ message: String) {
    problems.append(GrantProblem(file: file, subject: subject, message: message))
  }

  private static func least(_ left: String?, _ right: String?) -> String? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
  }
}

/// Reads one file, and keeps what was described last.
private struct OrganizationReader {
  let file: String
  /// The policy described last.
  private var policy: String?
  /// The account or unit described last.
  private var target: String?

  init(file: String) { self.file = file }

  /// Reads one object: a node of a tree, or an answer of the CLI.
  mutating func read(_ value: JSONValue, into organization: inout Organization, depth: Int) {
    guard depth < 32 else { return }
    if let account = value["Organization"]?["MasterAccountId"]?.string ?? value["MasterAccountId"]?.string
      ?? value["ManagementAccountId"]?.string
    {
      organization.manage(by: account, file: file)
    }
    var node: String?
    if let id = value["Id"]?.string, Self.isTarget(id) {
      node = id
      describe(value, id, in: &organization)
    }
    if let inner = value["Account"] ?? value["OrganizationalUnit"], let id = inner["Id"]?.string,
      Self.isTarget(id)
    {
      describe(inner, id, in: &organization)
      target = id
    }
    if let described = value["Policy"], let id = add(described, to: &organization) { policy = id }
    let parent = node ?? value["ParentId"]?.string
    for list in ["Roots", "OrganizationalUnits", "Accounts", "Children"] {
      // Of the lists, only that of children says nothing but ids.
      let above = parent ?? (list == "Children" ? target : nil)
      for child in value[list]?.elements ?? [] {
        if let above, let id = child["Id"]?.string, Self.isTarget(id), !id.hasPrefix("r-") {
          organization.place(id, under: above, file: file)
        }
        read(child, into: &organization, depth: depth + 1)
      }
    }
    if let parents = value["Parents"]?.elements, let child = value["ChildId"]?.string ?? target,
      Self.isTarget(child)
    {
      for parent in parents.compactMap({ $0["Id"]?.string }) where Self.isTarget(parent) {
        organization.place(child, under: parent, file: file)
      }
    }
    readPolicies(of: value, node: node, into: &organization)
  }

  private mutating func readPolicies(
    of value: JSONValue, node: String?, into organization: inout Organization
  ) {
    // A list without a target is that of `list-policies`.
    let holder = node ?? value["TargetId"]?.string
    for entry in value["Policies"]?.elements ?? [] {
      guard let id = add(entry, to: &organization), let holder, Self.isTarget(holder) else { continue }
      organization.update(holder) { $0.policies.insert(id) }
    }
    guard let targets = value["Targets"]?.elements else { return }
    guard let policy = value["PolicyId"]?.string ?? policy else {
      organization.report(
        file, "Targets",
        "these are the targets of an unknown policy; put `describe-policy` before them in the file")
      return
    }
    for entry in targets {
      guard let id = entry["TargetId"]?.string, Self.isTarget(id) else { continue }
      organization.update(id) { $0.policies.insert(policy) }
    }
  }

  /// Takes what an object says of a root, unit or account.
  private func describe(_ value: JSONValue, _ id: String, in organization: inout Organization) {
    organization.update(id) { target in
      target.name = value["Name"]?.string ?? target.name
      if case .array(let types)? = value["PolicyTypes"] {
        let enabled = types.filter { $0["Status"]?.string == "ENABLED" }.compactMap { $0["Type"]?.string }
        target.enabledTypes = (target.enabledTypes ?? []).union(enabled)
      }
    }
    // Every ARN of an organisation names the management account.
    if let arn = value["Arn"]?.string.flatMap({ ARN($0) }), arn.service == "organizations",
      !arn.account.isEmpty
    {
      organization.manage(by: arn.account, file: file)
    }
    for path in (value["Paths"]?.elements ?? []).compactMap(\.string)
      + [value["Path"]?.string].compactMap({ $0 })
    {
      let ids = path.split(separator: "/").map(String.init).filter(Self.isTarget)
      for (parent, child) in zip(ids, ids.dropFirst()) {
        organization.place(child, under: parent, file: file)
      }
      // The path of a unit or account ends in itself, in some answers in what it stands under.
      if let last = ids.last, last != id, !id.hasPrefix("r-") {
        organization.place(id, under: last, file: file)
      }
    }
  }

  /// Takes a policy: an attachment of a tree, a summary of a list, or the answer of `describe-policy`.
  private func add(_ value: JSONValue, to organization: inout Organization) -> String? {
    let summary = value["PolicySummary"] ?? value
    guard let id = value.string ?? summary["Id"]?.string else {
      organization.report(
        file, summary["Name"]?.string ?? "-", "this policy has no `Id`, so that it is left out")
      return nil
    }
    var policy = Organization.Policy(id: id)
    policy.name = summary["Name"]?.string
    policy.type = summary["Type"]?.string ?? Self.type(of: summary["Arn"]?.string)
    switch id {
    case "p-FullAWSAccess": (policy.type, policy.document) = known(.service)
    case "p-RCPFullAWSAccess": (policy.type, policy.document) = known(.resource)
    default:
      let isControl = policy.type.map { Organization.ControlType(rawValue: $0) != nil } ?? true
      guard isControl, let content = value["Content"] ?? summary["Content"] else { break }
      do throws(GrantedDocument.Fault) {
        policy.document = try GrantedDocument.parse(content)
      } catch {
        organization.report(file, id, "\(error.message), so that this policy allows nothing")
      }
      if policy.type == nil, let document = policy.document {
        // Resource control policies name principals, and service control policies cannot.
        let namesPrincipals = document.statements.contains { $0.principal != nil }
        policy.type = (namesPrincipals ? Organization.ControlType.resource : .service).rawValue
      }
    }
    organization.add(policy, file: file)
    return id
  }

  private func known(_ type: Organization.ControlType) -> (String?, PolicyDocument?) {
    (type.rawValue, Organization.fullAccess(type))
  }

  /// The type that the ARN of a policy tells: `…:policy/o-…/service_control_policy/p-…`.
  private static func type(of arn: String?) -> String? {
    let parts = arn?.split(separator: "/") ?? []
    guard parts.count >= 3 else { return nil }
    return parts[parts.count - 2].uppercased()
  }

  /// Whether a text is the id of a root, a unit or an account.
  private static func isTarget(_ id: String) -> Bool {
    if id.hasPrefix("r-") || id.hasPrefix("ou-") { return true }
    return id.utf8.count == 12 && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
