// Proposals of `diff` as Terraform configuration.
//
// The policies exist already: Terraform takes them over by `import` blocks, so that its plan shows the edit and nothing
// else. AWS managed policies are replaced where all managed policies of their holder are listed: the resources
// `aws_iam_…_policy_attachments_exclusive` of the AWS provider (5.73 and later) detach what the list leaves out.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as Terraform configuration, laid out as `terraform fmt` lays it out.
public enum TrimTerraform {
  /// Renders proposals.
  ///
  /// - Parameters:
  ///   - trims: The proposals for policies that can be edited.
  ///   - replacements: The proposals for AWS managed policies.
  ///   - output: Where the configuration goes.
  public static func render(
    _ trims: [PolicyTrim], _ replacements: [ManagedReplacement],
    into output: inout some ByteOutput & ~Copyable
  ) {
    let deployments = AccountDeployment.all(trims, replacements)
    if deployments.isEmpty { output.write(text: "# There is no policy of an account to change.\n") }
    var names = UniqueNames()
    var isFirst = true
    for deployment in deployments {
      var blocks = deployment.trims.map { block($0, &names) }
      let holders = Dictionary(grouping: deployment.replacements) { $0.subject.holder ?? "" }
      for (holder, replacements) in holders.sorted(by: { $0.key < $1.key }) {
        blocks.append(block(replacements, of: holder, in: deployment.account, &names))
      }
      for bytes in blocks {
        if !isFirst { output.write(text: "\n") }
        isFirst = false
        output.write(bytes)
      }
    }
  }

  private static func block(_ trim: PolicyTrim, _ names: inout UniqueNames) -> [UInt8] {
    var writer = HCLWriter()
    let subject = trim.subject
    writer.comment("Account \(subject.account), \(subject.words): \(trim.words)")
    guard let document = trim.after.flatMap({ try? JSONValue(parsing: $0) }) else { return writer.bytes }
    let stem = subject.isManaged ? subject.name : "\(PolicySubject.shortName(subject.arn))_\(subject.name)"
    let label = names.next(HCLWriter.identifier(stem), separator: "_")
    let holder = PolicySubject.shortName(subject.arn)
    let kind = subject.holderKind
    let type = subject.isManaged ? "aws_iam_policy" : "aws_iam_\(kind)_policy"
    takeOver(type, label, id: subject.isManaged ? subject.arn : "\(holder):\(subject.name)", &writer)
    writer.block("resource", [type, label]) { body in
      let place =
        subject.isManaged ? ("path", HCLWriter.quoted(subject.path)) : (kind, HCLWriter.quoted(holder))
      body.attributes([("name", HCLWriter.quoted(subject.name)), place])
      body.blankLine()
      body.attribute("policy", call: "jsonencode", document)
    }
    return writer.bytes
  }

  /// What replaces the AWS managed policies of one holder.
  private static func block(
    _ replacements: [ManagedReplacement], of holder: String, in account: String, _ names: inout UniqueNames
  ) -> [UInt8] {
    var writer = HCLWriter()
    let kind = PolicySubject.kind(ofHolder: holder)
    let name = PolicySubject.shortName(holder)
    var references: [String: String] = [:]
    for replacement in replacements {
      guard let option = replacement.proposal else { continue }
      writer.comment("Account \(account), \(replacement.subject.attachmentWords): \(option.words)")
      let label = names.next(HCLWriter.identifier(option.name), separator: "_")
      if let document = option.document, let arn = option.arn {
        references[arn] = "aws_iam_policy.\(label).arn"
        writer.block("resource", ["aws_iam_policy", label]) { body in
          body.attributes([("name", HCLWriter.quoted(option.name))])
          body.blankLine()
          body.attribute("policy", call: "jsonencode", document.tree)
        }
        writer.blankLine()
      } else if option.kind == .group {
        writer.block("resource", ["aws_iam_user_group_membership", label]) { body in
          body.attributes([
            ("user", HCLWriter.quoted(name)), ("groups", "[\(HCLWriter.quoted(option.name))]"),
          ])
        }
        writer.blankLine()
      }
    }
    let type = "aws_iam_\(kind)_policy_attachments_exclusive"
    let label = names.next(HCLWriter.identifier(name), separator: "_")
    takeOver(type, label, id: name, &writer)
    let policies = replacements[0].policiesOfHolder.map { references[$0] ?? HCLWriter.quoted($0) }
    writer.block("resource", [type, label]) { body in
      let owner = ("\(kind)_name", HCLWriter.quoted(name))
      // `terraform fmt` aligns what takes one line.
      if policies.isEmpty { return body.attributes([owner, ("policy_arns", "[]")]) }
      body.attributes([owner])
      body.list("policy_arns", policies)
    }
    return writer.bytes
  }

  private static func takeOver(_ type: String, _ label: String, id: String, _ writer: inout HCLWriter) {
    writer.block("import", []) { body in
      body.attributes([("to", "\(type).\(label)"), ("id", HCLWriter.quoted(id))])
    }
    writer.blankLine()
  }
}
