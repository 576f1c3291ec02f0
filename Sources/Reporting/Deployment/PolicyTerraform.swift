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
  ///   - namesRegion: Whether the region becomes a variable where the policies name one alone.
  ///   - output: Where the configuration goes.
  public static func render(
    _ proposals: [PrincipalProposal], namesRegion: Bool = false,
    into output: inout some ByteOutput & ~Copyable
  ) {
    let accounts = DeployablePolicy.byAccount(proposals)
    if accounts.isEmpty { output.write(text: "# No policy to create: no recorded use needs one.\n") }
    var names = UniqueNames()
    var isFirst = true
    var placeholder: RegionPlaceholder?
    if namesRegion {
      let policies = accounts.flatMap(\.policies)
      placeholder = RegionPlaceholder(policies)
      var writer = HCLWriter()
      if let placeholder {
        variable(placeholder, to: &writer)
        isFirst = false
      } else if let reason = RegionPlaceholder.refusal(of: policies) {
        writer.comment(reason)
      }
      output.write(writer.bytes)
    }
    for (account, policies) in accounts {
      for policy in policies {
        if !isFirst { output.write(text: "\n") }
        isFirst = false
        var writer = HCLWriter()
        writer.comment("Account \(account), \(policy.principal)")
        let label = names.next(HCLWriter.identifier(policy.name), separator: "_")
        guard let placeholder else {
          write(policy, policy.tree, label: label, to: &writer)
          output.write(writer.bytes)
          continue
        }
        // A word that stands nowhere in the text holds the variable's place while strings are quoted.
        var mark = "REGION"
        let parts = [
          policy.principal, policy.name, String(decoding: policy.document.json(pretty: false), as: UTF8.self),
        ]
        while parts.contains(where: { $0.contains(mark) }) { mark += "_" }
        let tree = placeholder.replaced(in: policy.tree) { .string($0 + mark + $1) }
        write(policy, tree, label: label, to: &writer)
        output.write(
          text: String(decoding: writer.bytes, as: UTF8.self)
            .replacing(HCLWriter.quoted(mark), with: "var.region").replacing(mark, with: "${var.region}"))
      }
    }
  }

  private static func variable(_ placeholder: RegionPlaceholder, to writer: inout HCLWriter) {
    writer.block("variable", ["region"]) { body in
      body.attributes([
        ("description", HCLWriter.quoted(placeholder.summary)), ("type", "string"),
        ("default", HCLWriter.quoted(placeholder.region)),
      ])
    }
  }

  private static func write(
    _ policy: DeployablePolicy, _ document: JSONValue, label: String, to writer: inout HCLWriter
  ) {
    writer.block("resource", ["aws_iam_policy", label]) { body in
      body.attributes([
        ("name", HCLWriter.quoted(policy.name)), ("description", HCLWriter.quoted(policy.summary)),
      ])
      body.blankLine()
      body.attribute("policy", call: "jsonencode", document)
    }
    writer.blankLine()
    let kind = policy.entity.rawValue
    for detachment in policy.detachments { writer.comment(policy.remark(on: detachment)) }
    writer.block("resource", ["aws_iam_\(kind)_policy_attachment", label]) { body in
      body.attributes([
        (kind, HCLWriter.quoted(policy.entityName)), ("policy_arn", "aws_iam_policy.\(label).arn"),
      ])
    }
  }
}
