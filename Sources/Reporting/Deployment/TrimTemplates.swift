// Proposals of `diff` as Terraform configuration and CloudFormation templates.
//
// The policies exist already. Terraform takes them over by `import` blocks, so that its plan shows the edit and nothing
// else; CloudFormation by an import of resources, for which each has to be retained on deletion.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals for tools that keep infrastructure as code.
public enum TrimTemplates {
  /// Renders narrowed policies as Terraform configuration.
  ///
  /// - Parameters:
  ///   - trims: The proposals.
  ///   - output: Where the configuration goes.
  public static func renderTerraform(_ trims: [PolicyTrim], into output: inout some ByteOutput & ~Copyable) {
    var names = UniqueNames()
    var isFirst = true
    for trim in trims where trim.isChange && trim.isDeployable {
      if !isFirst { output.write(text: "\n") }
      isFirst = false
      var writer = HCLWriter()
      let subject = trim.subject
      writer.comment("Account \(subject.account), \(subject.words): \(trim.words)")
      if let document = tree(trim.after) {
        let stem =
          subject.isManaged ? subject.name : "\(PolicySubject.shortName(subject.arn))_\(subject.name)"
        let label = names.next(HCLWriter.identifier(stem), separator: "_")
        write(subject, document, label: label, to: &writer)
      }
      output.write(writer.bytes)
    }
    if isFirst { output.write(text: "# No policy to change: nothing is granted beyond use.\n") }
  }

  private static func write(
    _ subject: PolicySubject, _ document: JSONValue, label: String, to writer: inout HCLWriter
  ) {
    let holder = PolicySubject.shortName(subject.arn)
    let kind = subject.holderKind
    let type = subject.isManaged ? "aws_iam_policy" : "aws_iam_\(kind)_policy"
    let id = subject.isManaged ? subject.arn : "\(holder):\(subject.name)"
    writer.block("import", []) { body in
      body.attributes([("to", "\(type).\(label)"), ("id", HCLWriter.quoted(id))])
    }
    writer.blankLine()
    writer.block("resource", [type, label]) { body in
      let place =
        subject.isManaged ? ("path", HCLWriter.quoted(path(of: subject))) : (kind, HCLWriter.quoted(holder))
      body.attributes([("name", HCLWriter.quoted(subject.name)), place])
      body.blankLine()
      body.attribute("policy", call: "jsonencode", document)
    }
  }

  /// Renders narrowed policies as CloudFormation templates, one YAML document an account.
  ///
  /// - Parameters:
  ///   - trims: The proposals.
  ///   - output: Where the templates go; those of several accounts are separated by `---`.
  public static func renderCloudFormation(
    _ trims: [PolicyTrim], into output: inout some ByteOutput & ~Copyable
  ) {
    let narrowed = trims.filter { $0.after != nil && $0.isChange && $0.isDeployable }
    let accounts = Dictionary(grouping: narrowed, by: \.subject.account).sorted { $0.key < $1.key }
    if accounts.isEmpty { output.write(text: "# No policy to change: nothing is granted beyond use.\n") }
    for (number, (account, trims)) in accounts.enumerated() {
      if number > 0 { output.write(text: "---\n") }
      var writer = YAMLWriter()
      writer.comment("Account \(account); create a change set of type IMPORT: the policies exist already.")
      for trim in trims { writer.comment("\(trim.subject.words): \(trim.words)") }
      var names = UniqueNames()
      let resources = trims.map { trim in
        let stem = trim.subject.isManaged ? "" : PolicySubject.shortName(trim.subject.arn) + "-"
        let name = names.next(PolicyCloudFormation.logicalID(stem + trim.subject.name), separator: "")
        return JSONMember(name, resource(trim))
      }
      writer.write(
        .object([
          JSONMember("AWSTemplateFormatVersion", .string("2010-09-09")),
          JSONMember("Description", .string("What is unused, taken out of policies")),
          JSONMember("Resources", .object(resources)),
        ]))
      output.write(writer.bytes)
    }
  }

  private static func resource(_ trim: PolicyTrim) -> JSONValue {
    let subject = trim.subject
    let document = tree(trim.after) ?? .null
    var properties: [JSONMember]
    let type: String
    if subject.isManaged {
      type = "AWS::IAM::ManagedPolicy"
      properties = [
        JSONMember("ManagedPolicyName", .string(subject.name)),
        JSONMember("Path", .string(path(of: subject))),
        JSONMember("PolicyDocument", document),
      ]
      for (kind, name) in [("group", "Groups"), ("role", "Roles"), ("user", "Users")] {
        let holders = subject.attachments.filter { ARN($0)?.resource.hasPrefix("\(kind)/") ?? false }
        guard !holders.isEmpty else { continue }
        properties.append(
          JSONMember(name, .array(holders.map { .string(PolicySubject.shortName($0)) })))
      }
    } else {
      let kind = subject.holderKind.prefix(1).uppercased() + subject.holderKind.dropFirst()
      type = "AWS::IAM::\(kind)Policy"
      properties = [
        JSONMember("PolicyName", .string(subject.name)),
        JSONMember("\(kind)Name", .string(PolicySubject.shortName(subject.arn))),
        JSONMember("PolicyDocument", document),
      ]
    }
    return .object([
      JSONMember("Type", .string(type)), JSONMember("DeletionPolicy", .string("Retain")),
      JSONMember("Properties", .object(properties)),
    ])
  }

  private static func path(of subject: PolicySubject) -> String {
    let resource = ARN(subject.arn)?.resource ?? ""
    return String(resource.dropFirst("policy".count).dropLast(subject.name.count))
  }

  private static func tree(_ text: [UInt8]?) -> JSONValue? { text.flatMap { try? JSONValue(parsing: $0) } }
}
