// Proposals of `diff` as CloudFormation templates.
//
// The policies exist already, so that there are two templates an account. The first has them as they are: a change set
// of type IMPORT takes them over with it, for which each has to be retained on deletion ("Import AWS resources into a
// CloudFormation stack" in the CloudFormation User Guide). The second has them as proposed, and new policies besides:
// updating the stack with it is what changes something. CloudFormation has no resource for an attachment alone; what is
// left to do when the stack stands is in the second template's comments, as commands.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as CloudFormation templates in YAML.
public enum TrimCloudFormation {
  /// Renders the templates that policies are taken over with, one YAML document an account.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - output: Where the templates go; nothing where no policy is taken over.
  public static func renderImport(_ trims: [PolicyTrim], into output: inout some ByteOutput & ~Copyable) {
    let deployments = AccountDeployment.all(trims, [])
    for (number, deployment) in deployments.filter({ $0.trims.contains { $0.after != nil } }).enumerated() {
      if number > 0 { output.write(text: "---\n") }
      output.write(
        template(
          deployment,
          ["Account \(deployment.account): the policies as they are, for a change set of type IMPORT."],
          "Policies as they are", deployment.existing { ($0.before, $0.subject.attachments) }))
    }
  }

  /// Renders the templates that change policies, one YAML document an account.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - replacements: The proposals for AWS managed policies.
  ///   - output: Where the templates go; those of several accounts are separated by `---`.
  public static func render(
    _ trims: [PolicyTrim], _ replacements: [ManagedReplacement],
    into output: inout some ByteOutput & ~Copyable
  ) {
    let deployments = AccountDeployment.all(trims, replacements)
    if deployments.isEmpty { output.write(text: "# There is no policy of an account to change.\n") }
    for (number, deployment) in deployments.enumerated() {
      if number > 0 { output.write(text: "---\n") }
      let resources =
        deployment.existing { ($0.after, deployment.holders(of: $0.subject)) } + deployment.additions
      let steps = deployment.steps
      var comments = ["Account \(deployment.account): the policies as proposed; needs CAPABILITY_NAMED_IAM."]
      if deployment.trims.contains(where: { $0.after != nil }) {
        comments.append("Import them as they are before, into the stack that this template then updates.")
      }
      comments += deployment.trims.map { "\($0.subject.words): \($0.words)" }
      comments += deployment.replacements.compactMap { replacement in
        replacement.proposal.map { "\(replacement.subject.attachmentWords): \($0.words)" }
      }
      if !steps.isEmpty {
        comments += ["Then, for what CloudFormation has no resource for:"] + steps.map { "  \($0)" }
      }
      if resources.isEmpty {
        var writer = YAMLWriter()
        for comment in comments.dropFirst() { writer.comment(comment) }
        output.write(writer.bytes)
      } else {
        output.write(template(deployment, comments, "What is unused, taken out of policies", resources))
      }
    }
  }

  private static func template(
    _ deployment: AccountDeployment, _ comments: [String], _ description: String,
    _ resources: [(name: String, value: JSONValue)]
  ) -> [UInt8] {
    var writer = YAMLWriter()
    for comment in comments { writer.comment(comment) }
    var names = UniqueNames()
    let members = resources.map { resource in
      JSONMember(
        names.next(PolicyCloudFormation.logicalID(resource.name), separator: ""), resource.value)
    }
    writer.write(
      .object([
        JSONMember("AWSTemplateFormatVersion", .string("2010-09-09")),
        JSONMember("Description", .string(description)),
        JSONMember("Resources", .object(members)),
      ]))
    return writer.bytes
  }
}

extension AccountDeployment {
  /// The policies that exist and stay, as resources.
  ///
  /// - Parameter state: What a policy says, and what it is attached to.
  /// - Returns: The resources; those of policies that say nothing are left out.
  fileprivate func existing(
    _ state: (PolicyTrim) -> (document: [UInt8]?, holders: [String])
  ) -> [(name: String, value: JSONValue)] {
    trims.filter { $0.after != nil }.compactMap { trim in
      let subject = trim.subject
      let (text, holders) = state(trim)
      guard let document = text.flatMap({ try? JSONValue(parsing: $0) }) else { return nil }
      let holder = PolicySubject.shortName(subject.arn)
      if subject.isManaged {
        return (
          subject.name,
          Self.managedPolicy(subject.name, path: subject.path, document, holders, isRetained: true)
        )
      }
      let kind = subject.holderKind.prefix(1).uppercased() + subject.holderKind.dropFirst()
      return (
        "\(holder)-\(subject.name)",
        Self.resource(
          "AWS::IAM::\(kind)Policy",
          [
            JSONMember("PolicyName", .string(subject.name)),
            JSONMember("\(kind)Name", .string(holder)),
            JSONMember("PolicyDocument", document),
          ], isRetained: true)
      )
    }
  }

  /// The new policies and memberships, as resources.
  fileprivate var additions: [(name: String, value: JSONValue)] {
    replacements.compactMap { replacement in
      guard let option = replacement.proposal, let holder = replacement.subject.holder else { return nil }
      if let document = option.document {
        return (
          option.name,
          Self.managedPolicy(option.name, path: "/", document.tree, [holder], isRetained: false)
        )
      }
      guard option.kind == .group else { return nil }
      let user = PolicySubject.shortName(holder)
      return (
        "\(user)-\(option.name)",
        Self.resource(
          "AWS::IAM::UserToGroupAddition",
          [
            JSONMember("GroupName", .string(option.name)),
            JSONMember("Users", .array([.string(user)])),
          ], isRetained: false)
      )
    }
  }

  /// What a policy is attached to once the proposals are carried out.
  fileprivate func holders(of subject: PolicySubject) -> [String] {
    let new = replacements.filter { $0.proposal?.arn == subject.arn && subject.isManaged }.compactMap(
      \.subject.holder)
    return Set(subject.attachments + new).sorted()
  }

  /// What is left to do once the stack stands, as commands.
  fileprivate var steps: [String] {
    let removed = trims.filter { $0.after == nil }.flatMap(TrimScript.removal)
    let narrowed = Set(trims.filter { $0.after != nil }.map(\.subject.arn))
    return removed
      + replacements.flatMap { replacement in
        let isInTemplate =
          replacement.proposal?.document != nil || replacement.proposal?.kind == .group
          || replacement.proposal?.arn.map(narrowed.contains) ?? false
        return TrimScript.exchange(replacement, attaches: !isInTemplate)
      }
  }

  private static func managedPolicy(
    _ name: String, path: String, _ document: JSONValue, _ holders: [String], isRetained: Bool
  ) -> JSONValue {
    var properties = [
      JSONMember("ManagedPolicyName", .string(name)), JSONMember("Path", .string(path)),
      JSONMember("PolicyDocument", document),
    ]
    for (kind, property) in [("group", "Groups"), ("role", "Roles"), ("user", "Users")] {
      let names = holders.filter { PolicySubject.kind(ofHolder: $0) == kind }
      guard !names.isEmpty else { continue }
      properties.append(
        JSONMember(property, .array(names.map { .string(PolicySubject.shortName($0)) })))
    }
    return resource("AWS::IAM::ManagedPolicy", properties, isRetained: isRetained)
  }

  private static func resource(_ type: String, _ properties: [JSONMember], isRetained: Bool) -> JSONValue {
    let retained =
      isRetained
      ? ["DeletionPolicy", "UpdateReplacePolicy"].map { JSONMember($0, .string("Retain")) } : []
    return .object(
      [JSONMember("Type", .string(type))] + retained + [JSONMember("Properties", .object(properties))])
  }
}
