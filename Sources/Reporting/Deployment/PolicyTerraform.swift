// Policies as Terraform configuration: `aws_iam_policy` with its document as `jsonencode`, and an attachment each.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as Terraform configuration, laid out as `terraform fmt` lays it out.
public enum PolicyTerraform {
  /// Renders proposals.
  ///
  /// - Parameters:
  ///   - proposals: The proposals, in order.
  ///   - output: Where the configuration goes.
  public static func render(_ proposals: [PrincipalProposal], into output: inout some ByteOutput & ~Copyable)
  {
    let accounts = DeployablePolicy.byAccount(proposals)
    if accounts.isEmpty { output.write(text: "# No policy to create: no recorded use needs one.\n") }
    var names = UniqueNames()
    var isFirst = true
    for (account, policies) in accounts {
      for policy in policies {
        if !isFirst { output.write(text: "\n") }
        isFirst = false
        var writer = HCLWriter()
        writer.comment("Account \(account), \(policy.principal)")
        write(policy, label: names.next(HCLWriter.identifier(policy.name), separator: "_"), to: &writer)
        output.write(writer.bytes)
      }
    }
  }

  private static func write(_ policy: DeployablePolicy, label: String, to writer: inout HCLWriter) {
    writer.block("resource", ["aws_iam_policy", label]) { body in
      body.attributes([
        ("name", HCLWriter.quoted(policy.name)), ("description", HCLWriter.quoted(policy.summary)),
      ])
      body.blankLine()
      body.attribute("policy", call: "jsonencode", policy.tree)
    }
    writer.blankLine()
    let kind = policy.entity.rawValue
    writer.block("resource", ["aws_iam_\(kind)_policy_attachment", label]) { body in
      body.attributes([
        (kind, HCLWriter.quoted(policy.entityName)), ("policy_arn", "aws_iam_policy.\(label).arn"),
      ])
    }
  }
}
