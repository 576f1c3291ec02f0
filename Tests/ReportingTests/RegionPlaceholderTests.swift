// A variable for the region in templates: with its default, a template makes the documents that were proved.

import CloudTrail
import IAM
import JSONStream
import LeastPrivilege
import TestSupport
import Testing

@testable import Reporting

@Suite struct RegionPlaceholderTests {
  private static func proposals(_ region: String, _ other: String) -> [PrincipalProposal] {
    let document = PolicyDocument(statements: [
      Statement(
        sid: "Queues", effect: .allow, actions: .action(["sqs:SendMessage"]),
        resources: .resource([
          "arn:aws:sqs:\(region):111122223333:REGION", "arn:aws:sqs:*:111122223333:any",
          "arn:aws:dynamodb:\(region):111122223333:table/${aws:username}-${*}-\(region)",
        ]),
        conditions: [
          Condition(operatorName: "StringEquals", key: "aws:RequestedRegion", values: [region]),
          Condition(operatorName: "StringEquals", key: "aws:PrincipalTag/home", values: [region]),
        ]),
      Statement(
        sid: "Key", effect: .allow, actions: .action(["kms:Decrypt"]),
        resources: .resource(["arn:aws:kms:\(region):111122223333:key/1"]),
        conditions: [
          Condition(
            operatorName: "StringEquals", key: "kms:ViaService",
            values: ["s3.\(other).amazonaws.com", "sqs.\(region).amazonaws.com"])
        ]),
      Statement(
        sid: "KeptDeny1", effect: .deny, actions: .action(["*"]),
        resources: .resource(["arn:aws:sqs:ap-south-1:111122223333:no"])),
    ])
    var proposal = DeploymentFormatTests.proposal(
      "arn:aws:iam::111122223333:role/app", .role, policies: ["whittle-app"])
    proposal.policies = [
      NamedPolicy(name: "whittle-app", document: document, size: document.managedPolicySize, evidence: [])
    ]
    return [proposal]
  }

  private static let one = proposals("eu-west-1", "eu-west-1")
  private static let two = proposals("eu-west-1", "us-east-1")

  private static func terraform(_ proposals: [PrincipalProposal], _ namesRegion: Bool) -> String {
    DeploymentFormatTests.text { PolicyTerraform.render(proposals, namesRegion: namesRegion, into: &$0) }
  }

  private static func template(_ proposals: [PrincipalProposal], _ namesRegion: Bool) -> String {
    DeploymentFormatTests.text { PolicyCloudFormation.render(proposals, namesRegion: namesRegion, into: &$0) }
  }

  @Test func `Terraform has a variable whose default gives the very configuration back`() throws {
    let configuration = Self.terraform(Self.one, true)
    let parts = configuration.split(separator: "}\n\n", maxSplits: 1)
    #expect(parts[0].contains(#"variable "region""#) && parts[0].contains(#"default     = "eu-west-1""#))
    let rest = String(parts[1])
    #expect(rest.contains(#""arn:aws:sqs:${var.region}:111122223333:REGION""#))
    #expect(rest.contains(#""aws:RequestedRegion"   = var.region"#), "\(rest)")
    #expect(rest.contains(#""aws:PrincipalTag/home" = "eu-west-1""#))
    #expect(rest.contains(#"table/$${aws:username}-$${*}-eu-west-1""#))
    #expect(rest.contains("arn:aws:sqs:ap-south-1:"), "denies stay")
    let back = rest.replacing("${var.region}", with: "eu-west-1").replacing(
      "var.region", with: #""eu-west-1""#)
    #expect(back == Self.terraform(Self.one, false))
  }

  @Test(.enabled(if: DeploymentFormatTests.hasTool("terraform version"), "needs terraform"))
  func `terraform finds the configuration formatted`() throws {
    let (format, _) = try DeploymentFormatTests.run(
      "terraform fmt -check -diff .", files: ["main.tf": Self.terraform(Self.one, true)])
    #expect(format.status == 0, "\(format.text)")
  }

  /// A value with `Fn::Sub` and `Ref` of the region worked out.
  private static func evaluated(_ value: JSONValue, _ region: String) -> JSONValue {
    if value["Ref"] == .string("Region") { return .string(region) }
    if let text = value["Fn::Sub"]?.string {
      return .string(text.replacing("${Region}", with: region).replacing("${!", with: "${"))
    }
    switch value {
    case .array(let elements): return .array(elements.map { evaluated($0, region) })
    case .object(let members):
      return .object(members.map { JSONMember($0.name, evaluated($0.value, region)) })
    default: return value
    }
  }

  @Test(
    .enabled(if: DeploymentFormatTests.hasTool("python3 -c 'import yaml'"), "needs python3 with PyYAML"))
  func `CloudFormation has a parameter whose default gives the very document back`() throws {
    let (result, _) = try DeploymentFormatTests.run(
      "python3 -c 'import json, yaml; print(json.dumps(yaml.safe_load(open(\"t.yaml\"))))'",
      files: ["t.yaml": Self.template(Self.one, true)])
    let template = try JSONValue(parsing: result.output)
    let region = try #require(template["Parameters"]?["Region"]?["Default"]?.string)
    #expect(region == "eu-west-1")
    let document = template["Resources"]?["WhittleApp"]?["Properties"]?["PolicyDocument"] ?? .null
    let statement = document["Statement"]?.elements.first
    #expect(
      statement?["Resource"]?.elements.first?["Fn::Sub"]
        == .string("arn:aws:sqs:${Region}:111122223333:REGION"))
    #expect(statement?["Condition"]?["StringEquals"]?["aws:RequestedRegion"]?["Ref"] == .string("Region"))
    var writer = JSONWriter()
    writer.write(Self.evaluated(document, region))
    #expect(try PolicyDocument(json: writer.bytes) == Self.one[0].policies[0].document)
    var elsewhere = JSONWriter()
    elsewhere.write(Self.evaluated(document, "us-east-1"))
    let text = String(decoding: elsewhere.bytes, as: UTF8.self)
    #expect(text.contains("arn:aws:kms:us-east-1:") && text.contains("sqs.us-east-1.amazonaws.com"))
  }

  @Test func `several regions are named, and the template says why`() {
    let reason = "# No variable for the region: the policies name eu-west-1, us-east-1.\n"
    #expect(Self.terraform(Self.two, true) == reason + Self.terraform(Self.two, false))
    #expect(Self.template(Self.two, true).contains(reason))
    #expect(Self.template(Self.two, true).replacing(reason, with: "") == Self.template(Self.two, false))
  }
}
