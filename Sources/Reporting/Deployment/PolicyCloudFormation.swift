// Policies as CloudFormation templates in YAML: an `AWS::IAM::ManagedPolicy` each, attached to its user or role.

public import LeastPrivilege

import IAM
import JSONStream

/// Renders proposals as CloudFormation templates: one YAML document an account.
public enum PolicyCloudFormation {
  /// Renders proposals.
  ///
  /// - Parameters:
  ///   - proposals: The proposals, in order.
  ///   - output: Where the templates go; those of several accounts are separated by `---`.
  public static func render(_ proposals: [PrincipalProposal], into output: inout some ByteOutput & ~Copyable)
  {
    let accounts = DeployablePolicy.byAccount(proposals)
    if accounts.isEmpty { output.write(text: "# No policy to create: no recorded use needs one.\n") }
    var isFirst = true
    for (account, policies) in accounts {
      if !isFirst { output.write(text: "---\n") }
      isFirst = false
      var writer = YAMLWriter()
      writer.comment("Account \(account); deploy with --capabilities CAPABILITY_NAMED_IAM.")
      writer.write(template(policies))
      output.write(writer.bytes)
    }
  }

  private static func template(_ policies: [DeployablePolicy]) -> JSONValue {
    var names = UniqueNames()
    let resources = policies.map { policy in
      JSONMember(names.next(logicalID(policy.name), separator: ""), resource(policy))
    }
    return .object([
      JSONMember("AWSTemplateFormatVersion", .string("2010-09-09")),
      JSONMember("Description", .string("Least privilege from recorded use")),
      JSONMember("Resources", .object(resources)),
    ])
  }

  private static func resource(_ policy: DeployablePolicy) -> JSONValue {
    let attachment = policy.entity == .role ? "Roles" : "Users"
    return .object([
      JSONMember("Type", .string("AWS::IAM::ManagedPolicy")),
      JSONMember(
        "Properties",
        .object([
          JSONMember("ManagedPolicyName", .string(policy.name)),
          JSONMember("Description", .string(policy.summary)),
          JSONMember("PolicyDocument", policy.tree),
          JSONMember(attachment, .array([.string(policy.entityName)])),
        ])),
    ])
  }

  /// A logical id, which may hold ASCII letters and digits only.
  static func logicalID(_ name: String) -> String {
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return joined.isEmpty ? "Policy" : String(joined.prefix(200))
  }
}
