// Grants from Terraform: `terraform show -json` of a state or a plan, or a state file of version 4.
//
// A plan tells what will be granted when it is applied. What is not known before that (an attribute that is missing) is a
// problem that is reported; ARNs of things to be created are made from their names, which IAM keeps, where the file tells
// which account it is about.

import IAM
import JSONStream

/// Reads what one Terraform file declares.
struct TerraformGrants {
  private struct Resource {
    var address: String
    var type: String
    var values: JSONValue
  }

  private var resources: [Resource] = []
  private var declared: DeclaredGrants
  private var place: GrantPlace

  /// Takes the resources of a file, or `nil` where the value is no Terraform state or plan.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - file: The file's name.
  ///   - place: The account, where the user named one.
  init?(_ value: JSONValue, file: String, place: GrantPlace) {
    declared = DeclaredGrants(file: file)
    self.place = place
    var known: [JSONValue] = []
    if let module = (value["planned_values"] ?? value["values"])?["root_module"] {
      collect(module)
      if let prior = value["prior_state"]?["values"]?["root_module"] {
        Self.visit(prior) { known.append($0["values"] ?? .null) }
      }
    } else if value["version"]?.scalarText == "4", value["terraform_version"] != nil,
      let entries = value["resources"]
    {
      for entry in entries.elements { collect(entry: entry) }
    } else {
      return nil
    }
    known += resources.map(\.values)
    if place.account == nil { self.place.account = Self.account(of: known) }
    if place.partition == nil {
      self.place.partition = known.lazy.compactMap { $0["arn"]?.string.flatMap { ARN($0) }?.partition }.first
    }
  }

  /// Hands what is declared to the grants.
  ///
  /// - Parameter grants: The grants.
  mutating func read(into grants: inout AccountGrants) {
    for resource in resources { read(resource) }
    declared.finish(into: &grants)
  }

  private static func visit(_ module: JSONValue, _ body: (JSONValue) -> Void) {
    for entry in module["resources"]?.elements ?? [] { body(entry) }
    for child in module["child_modules"]?.elements ?? [] { visit(child, body) }
  }

  private mutating func collect(_ module: JSONValue) {
    var found: [Resource] = []
    Self.visit(module) { entry in
      guard let type = entry["type"]?.string, let values = entry["values"] else { return }
      let prefix = entry["mode"]?.string == "data" ? "data." : ""
      found.append(Resource(address: entry["address"]?.string ?? type, type: prefix + type, values: values))
    }
    resources += found
  }

  private mutating func collect(entry: JSONValue) {
    guard let type = entry["type"]?.string else { return }
    let prefix = entry["mode"]?.string == "data" ? "data." : ""
    let module = entry["module"]?.string.map { "\($0)." } ?? ""
    for instance in entry["instances"]?.elements ?? [] {
      guard let values = instance["attributes"] else { continue }
      let index = instance["index_key"]?.scalarText.map { "[\($0)]" } ?? ""
      let address = "\(module)\(prefix)\(type).\(entry["name"]?.string ?? "")\(index)"
      resources.append(Resource(address: address, type: prefix + type, values: values))
    }
  }

  /// The account that all of a file is about; `nil` where there are several or none.
  private static func account(of values: [JSONValue]) -> String? {
    var accounts: Set<String> = []
    for value in values {
      for text in [value["arn"]?.string.flatMap { ARN($0) }?.account, value["account_id"]?.string] {
        if let text, text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
          accounts.insert(text)
        }
      }
    }
    return accounts.count == 1 ? accounts.first : nil
  }

  private mutating func read(_ resource: Resource) {
    let values = resource.values
    switch resource.type {
    case "aws_iam_role": readIdentity(resource, .role)
    case "aws_iam_user": readIdentity(resource, .user)
    case "aws_iam_group": readIdentity(resource, .group)
    case "aws_iam_policy", "data.aws_iam_policy": readPolicy(resource)
    case "aws_iam_role_policy": readInline(resource, .role, "role")
    case "aws_iam_user_policy": readInline(resource, .user, "user")
    case "aws_iam_group_policy": readInline(resource, .group, "group")
    case "aws_iam_role_policy_attachment": readAttachment(resource, .role, "role")
    case "aws_iam_user_policy_attachment": readAttachment(resource, .user, "user")
    case "aws_iam_group_policy_attachment": readAttachment(resource, .group, "group")
    case "aws_iam_policy_attachment":
      guard let arn = text("policy_arn", resource) else { return }
      for (kind, member) in [(GrantedIdentity.Kind.role, "roles"), (.user, "users"), (.group, "groups")] {
        for name in Self.texts(values[member]) {
          declared.attach(arn, to: kind, named: name, subject: resource.address)
        }
      }
    case "aws_iam_role_policy_attachments_exclusive": readExclusive(resource, .role, "role_name")
    case "aws_iam_user_policy_attachments_exclusive": readExclusive(resource, .user, "user_name")
    case "aws_iam_group_policy_attachments_exclusive": readExclusive(resource, .group, "group_name")
    case "aws_iam_group_membership":
      guard let group = text("group", resource) else { return }
      for user in Self.texts(values["users"]) {
        declared.join(user: user, to: group, subject: resource.address)
      }
    case "aws_iam_user_group_membership":
      guard let user = text("user", resource) else { return }
      for group in Self.texts(values["groups"]) {
        declared.join(user: user, to: group, subject: resource.address)
      }
    default: return
    }
  }

  private mutating func readIdentity(_ resource: Resource, _ kind: GrantedIdentity.Kind) {
    let values = resource.values
    guard let name = text("name", resource) else { return }
    var identity = GrantedIdentity(declared: kind, name: name, path: values["path"]?.string, in: place)
    if let text = values["arn"]?.string, let arn = ARN(text), arn.service == "iam" {
      let found = GrantedIdentity(kind: kind, arn: text, name: name, path: identity.path)
      identity = found
    }
    identity.created = values["create_date"]?.string.flatMap { Timestamp(iso8601: $0) }
    identity.boundary = values["permissions_boundary"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    if kind == .role, let trust = values["assume_role_policy"] {
      identity.trustPolicy = declared.document(trust, subject: "\(resource.address) assume_role_policy")
    }
    declared.declare(identity, subject: resource.address)
    for inline in values["inline_policy"]?.elements ?? [] {
      // An empty block says that there shall be no inline policy.
      guard let policyName = inline["name"]?.string, !policyName.isEmpty else { continue }
      add(inline["policy"], named: policyName, to: kind, name, subject: "\(resource.address) \(policyName)")
    }
    for arn in Self.texts(values["managed_policy_arns"]) {
      declared.attach(arn, to: kind, named: name, subject: resource.address)
    }
  }

  private mutating func readPolicy(_ resource: Resource) {
    guard let name = text("name", resource),
      let document = declared.document(resource.values["policy"], subject: resource.address)
    else { return }
    let path = resource.values["path"]?.string ?? "/"
    let made = "arn:\(place.partition ?? "aws"):iam::\(place.account ?? ""):policy\(path)\(name)"
    declared.declare(
      GrantedPolicy(
        arn: resource.values["arn"]?.string ?? made, name: name,
        attachmentCount: resource.values["attachment_count"]?.scalarText.flatMap { Int($0) },
        document: document))
  }

  private mutating func readInline(_ resource: Resource, _ kind: GrantedIdentity.Kind, _ member: String) {
    guard let holder = text(member, resource), let name = text("name", resource) else { return }
    add(resource.values["policy"], named: name, to: kind, holder, subject: resource.address)
  }

  private mutating func add(
    _ document: JSONValue?, named name: String, to kind: GrantedIdentity.Kind, _ holder: String,
    subject: String
  ) {
    guard let document = declared.document(document, subject: subject) else { return }
    declared.add(InlinePolicy(name: name, document: document), to: kind, named: holder, subject: subject)
  }

  private mutating func readAttachment(_ resource: Resource, _ kind: GrantedIdentity.Kind, _ member: String) {
    guard let holder = text(member, resource), let arn = text("policy_arn", resource) else { return }
    declared.attach(arn, to: kind, named: holder, subject: resource.address)
  }

  private mutating func readExclusive(_ resource: Resource, _ kind: GrantedIdentity.Kind, _ member: String) {
    guard let holder = text(member, resource) else { return }
    for arn in Self.texts(resource.values["policy_arns"]) {
      declared.attach(arn, to: kind, named: holder, subject: resource.address)
    }
  }

  /// A member that has to be known.
  private mutating func text(_ member: String, _ resource: Resource) -> String? {
    if let text = resource.values[member]?.string, !text.isEmpty { return text }
    declared.report(
      resource.address, "`\(member)` is not known before the plan is applied, so that this is left out")
    return nil
  }

  private static func texts(_ value: JSONValue?) -> [String] { (value?.elements ?? []).compactMap(\.string) }
}
