// Grants from CloudFormation templates in JSON.
//
// Names that CloudFormation makes up are not in a template. They are known where the answers of `aws cloudformation
// describe-stack-resources` (and, for parameters, `describe-stacks`) stand in the same file.

import IAM
import JSONStream

/// Reads what one template declares.
struct TemplateGrants {
  private let resources: JSONValue
  private let values: TemplateValues
  private let facts: StackFacts
  private var declared: DeclaredGrants

  /// Takes a template, or `nil` where the value is none.
  ///
  /// - Parameters:
  ///   - value: The template, or the answer of `get-template`.
  ///   - facts: What else is known of the stack.
  ///   - file: The file's name.
  init?(_ value: JSONValue, facts: StackFacts, file: String) {
    let template = value["TemplateBody"] ?? value
    guard let resources = template["Resources"], !resources.members.isEmpty,
      resources.members.allSatisfy({ $0.value["Type"]?.string != nil })
    else { return nil }
    self.resources = resources
    self.facts = facts
    values = TemplateValues(resources: resources, facts: facts)
    declared = DeclaredGrants(file: file)
  }

  /// Hands what is declared to the grants.
  ///
  /// - Parameter grants: The grants.
  mutating func read(into grants: inout AccountGrants) {
    for member in resources.members where member.value["Type"]?.string?.hasPrefix("AWS::IAM::") == true {
      if member.value["Condition"] != nil, facts.physical[member.name] == nil {
        declared.report(
          member.name, "nobody knows whether its condition holds, so that it is left out; \(Self.hint)")
        continue
      }
      do throws(TemplateValues.Unknown) {
        try read(member.name, member.value)
      } catch {
        declared.report(member.name, "\(error.what) is not known, so that this is left out; \(Self.hint)")
      }
    }
    declared.finish(into: &grants)
  }

  private static let hint =
    "put `describe-stack-resources` and `describe-stacks` before the template in the file"

  private mutating func read(_ id: String, _ resource: JSONValue) throws(TemplateValues.Unknown) {
    let properties = resource["Properties"] ?? .object([])
    switch resource["Type"]?.string {
    case "AWS::IAM::Role": try readIdentity(id, .role, properties)
    case "AWS::IAM::User": try readIdentity(id, .user, properties)
    case "AWS::IAM::Group": try readIdentity(id, .group, properties)
    case "AWS::IAM::ManagedPolicy": try readManaged(id, properties)
    case "AWS::IAM::Policy":
      guard let policy = try inline(properties, subject: id) else { return }
      for (kind, name) in try holders(properties) { declared.add(policy, to: kind, named: name, subject: id) }
    case "AWS::IAM::RolePolicy": try readPolicy(id, .role, "RoleName", properties)
    case "AWS::IAM::UserPolicy": try readPolicy(id, .user, "UserName", properties)
    case "AWS::IAM::GroupPolicy": try readPolicy(id, .group, "GroupName", properties)
    case "AWS::IAM::UserToGroupAddition":
      guard let group = try values.text(properties["GroupName"]) else { return }
      for user in try texts(properties["Users"]) { declared.join(user: user, to: group, subject: id) }
    default: return
    }
  }

  private mutating func readIdentity(
    _ id: String, _ kind: GrantedIdentity.Kind, _ properties: JSONValue
  ) throws(TemplateValues.Unknown) {
    var found = facts.physical[id]
    if found == nil { found = try values.text(properties["\(kind.rawValue)Name"]) }
    guard let name = found else {
      throw TemplateValues.Unknown(what: "the name that CloudFormation makes up")
    }
    var identity = GrantedIdentity(
      declared: kind, name: name, path: try values.text(properties["Path"]), in: facts.place)
    identity.groups = kind == .user ? try texts(properties["Groups"]) : []
    if let boundary = try values.text(properties["PermissionsBoundary"]) { identity.boundary = boundary }
    declared.declare(identity, subject: id)
    // A policy that is not known is left out for itself.
    for (index, policy) in (properties["Policies"]?.elements ?? []).enumerated() {
      let subject = "\(id) Policies[\(index)]"
      do throws(TemplateValues.Unknown) {
        guard let policy = try inline(policy, subject: subject) else { continue }
        declared.add(policy, to: kind, named: name, subject: subject)
      } catch {
        declared.report(subject, "\(error.what) is not known, so that the policy is left out; \(Self.hint)")
      }
    }
    for (index, arn) in (properties["ManagedPolicyArns"]?.elements ?? []).enumerated() {
      let subject = "\(id) ManagedPolicyArns[\(index)]"
      do throws(TemplateValues.Unknown) {
        guard let arn = try values.text(arn) else { continue }
        declared.attach(arn, to: kind, named: name, subject: subject)
      } catch {
        declared.report(subject, "\(error.what) is not known, so that the policy is left out; \(Self.hint)")
      }
    }
  }

  private mutating func readManaged(_ id: String, _ properties: JSONValue) throws(TemplateValues.Unknown) {
    let arn = try values.text(.object([JSONMember("Ref", .string(id))])) ?? ""
    guard let parsed = ARN(arn), parsed.resource.hasPrefix("policy/") else {
      throw TemplateValues.Unknown(what: "the ARN of `\(id)`")
    }
    guard
      let document = declared.document(
        try properties["PolicyDocument"].map { (value) throws(TemplateValues.Unknown) in
          try values.resolved(value)
        },
        subject: id)
    else { return }
    let name = parsed.resource.split(separator: "/").last.map(String.init) ?? id
    declared.declare(GrantedPolicy(arn: arn, name: name, document: document))
    for (kind, name) in try holders(properties) { declared.attach(arn, to: kind, named: name, subject: id) }
  }

  private mutating func readPolicy(
    _ id: String, _ kind: GrantedIdentity.Kind, _ member: String, _ properties: JSONValue
  ) throws(TemplateValues.Unknown) {
    guard let holder = try values.text(properties[member]), let policy = try inline(properties, subject: id)
    else {
      return
    }
    declared.add(policy, to: kind, named: holder, subject: id)
  }

  private mutating func inline(
    _ value: JSONValue, subject: String
  ) throws(TemplateValues.Unknown) -> InlinePolicy? {
    let name = try values.text(value["PolicyName"]) ?? subject
    let resolved = try value["PolicyDocument"].map { (value) throws(TemplateValues.Unknown) in
      try values.resolved(value)
    }
    return declared.document(resolved, subject: subject).map { InlinePolicy(name: name, document: $0) }
  }

  /// The identities to which a policy of its own is attached.
  private func holders(
    _ properties: JSONValue
  ) throws(TemplateValues.Unknown) -> [(kind: GrantedIdentity.Kind, name: String)] {
    var holders: [(GrantedIdentity.Kind, String)] = []
    for (kind, member) in [(GrantedIdentity.Kind.role, "Roles"), (.user, "Users"), (.group, "Groups")] {
      for name in try texts(properties[member]) { holders.append((kind, name)) }
    }
    return holders
  }

  private func texts(_ value: JSONValue?) throws(TemplateValues.Unknown) -> [String] {
    var texts: [String] = []
    for element in value?.elements ?? [] {
      if let text = try values.text(element) { texts.append(text) }
    }
    return texts
  }
}
