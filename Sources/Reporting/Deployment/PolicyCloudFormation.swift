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
  ///   - namesRegion: Whether the region becomes a parameter where the policies of a template name one alone.
  ///   - output: Where the templates go; those of several accounts are separated by `---`.
  public static func render(
    _ proposals: [PrincipalProposal], namesRegion: Bool = false,
    into output: inout some ByteOutput & ~Copyable
  ) {
    let accounts = DeployablePolicy.byAccount(proposals)
    if accounts.isEmpty { output.write(text: "# No policy to create: no recorded use needs one.\n") }
    var isFirst = true
    for (account, policies) in accounts {
      if !isFirst { output.write(text: "---\n") }
      isFirst = false
      var writer = YAMLWriter()
      writer.comment("Account \(account); deploy with --capabilities CAPABILITY_NAMED_IAM.")
      for policy in policies {
        for detachment in policy.detachments { writer.comment(policy.remark(on: detachment)) }
      }
      let placeholder = namesRegion ? RegionPlaceholder(policies) : nil
      if namesRegion, let reason = RegionPlaceholder.refusal(of: policies) { writer.comment(reason) }
      writer.write(template(policies, placeholder))
      output.write(writer.bytes)
    }
  }

  private static func template(_ policies: [DeployablePolicy], _ placeholder: RegionPlaceholder?) -> JSONValue
  {
    var names = UniqueNames()
    let resources = policies.map { policy in
      JSONMember(names.next(logicalID(policy.name), separator: ""), resource(policy, placeholder))
    }
    var members = [
      JSONMember("AWSTemplateFormatVersion", .string("2010-09-09")),
      JSONMember("Description", .string("Least privilege from recorded use")),
    ]
    if let placeholder {
      let parameter: [JSONMember] = [
        JSONMember("Type", .string("String")), JSONMember("Default", .string(placeholder.region)),
        JSONMember("Description", .string(placeholder.summary)),
      ]
      members.append(JSONMember("Parameters", .object([JSONMember(regionParameter, .object(parameter))])))
    }
    return .object(members + [JSONMember("Resources", .object(resources))])
  }

  /// The parameter that stands for the region.
  private static let regionParameter = "Region"

  /// A text with the parameter for the region in it ("Fn::Sub" in the CloudFormation User Guide: `${!` is `${`).
  private static func substitution(_ before: String, _ after: String) -> JSONValue {
    if before.isEmpty, after.isEmpty { return .object([JSONMember("Ref", .string(regionParameter))]) }
    func literal(_ text: String) -> String { text.replacing("${", with: "${!") }
    return .object([
      JSONMember("Fn::Sub", .string("\(literal(before))${\(regionParameter)}\(literal(after))"))
    ])
  }

  private static func resource(_ policy: DeployablePolicy, _ placeholder: RegionPlaceholder?) -> JSONValue {
    let document = placeholder?.replaced(in: policy.tree, substitution) ?? policy.tree
    let attachment = policy.entity == .role ? "Roles" : "Users"
    return .object([
      JSONMember("Type", .string("AWS::IAM::ManagedPolicy")),
      JSONMember(
        "Properties",
        .object([
          JSONMember("ManagedPolicyName", .string(policy.name)),
          JSONMember("Description", .string(policy.summary)),
          JSONMember("PolicyDocument", document),
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
