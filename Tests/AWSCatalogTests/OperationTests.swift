// From (event source, event name) to actions: the rules by hand, real pairs, and every operation of the SDKs.

import AWSCatalog
import Foundation
import Testing

@Suite struct OperationTests {
  let catalog = Catalog.embedded

  @Test(arguments: [
    ("lambda.amazonaws.com", "Invoke", ["lambda:InvokeFunction"], "stated"),
    ("lambda.amazonaws.com", "CreateFunction20150331", ["lambda:CreateFunction"], "date-suffix + stated"),
    ("lambda.amazonaws.com", "AddPermission20150331v2", ["lambda:AddPermission"], "date-suffix + same-name"),
    (
      "cloudfront.amazonaws.com", "GetDistribution2020_05_31", ["cloudfront:GetDistribution"],
      "date-suffix + same-name"
    ),
    ("monitoring.amazonaws.com", "PutMetricAlarm", ["cloudwatch:PutMetricAlarm"], "event-source + same-name"),
    ("S3.AMAZONAWS.COM.CN", "headobject", ["s3:GetObject"], "stated"),
    ("s3.amazonaws.com", "PutBucketCors", ["s3:PutBucketCORS"], "same-name"),
    ("ec2.amazonaws.com", "PutBucketLogging", ["s3:PutBucketLogging"], "unique-name"),
    ("xray.amazonaws.com", "GetMetricDataV2", ["connect:GetMetricDataV2"], "unique-name"),
    ("kms.amazonaws.com", "ReEncrypt", ["kms:ReEncryptFrom", "kms:ReEncryptTo"], "stated"),
    (
      "iam.amazonaws.com", "AddRoleToInstanceProfile", ["iam:AddRoleToInstanceProfile", "iam:PassRole"],
      "same-name"
    ),
  ])
  func operationsResolveByNamedRules(source: String, name: String, actions: [String], rule: String) {
    let mapping = catalog.operation(source: source, name: name)
    #expect(mapping.kind == .action)
    #expect(mapping.actions == actions)
    #expect(mapping.rule == rule)
  }

  @Test(arguments: [
    ("sts.amazonaws.com", "GetCallerIdentity", OperationMapping.Kind.noPermissionNeeded),
    ("codecatalyst.amazonaws.com", "ListSpaces", .noPermissionNeeded),
    ("signin.amazonaws.com", "ConsoleLogin", .notACall),
    ("kms.amazonaws.com", "RotateKey", .notACall),
    ("polly.amazonaws.com", "TagResource", .unresolved),
    ("nosuch.amazonaws.com", "NoSuchOperation", .unresolved),
    ("", "", .unresolved),
    ("ec2.amazonaws.com", "20150331", .unresolved),
  ])
  func otherEventsNameNoAction(source: String, name: String, kind: OperationMapping.Kind) {
    let mapping = catalog.operation(source: source, name: name)
    #expect(mapping.kind == kind)
    #expect(mapping.actions.isEmpty)
    #expect(mapping.conditionalActions.isEmpty)
    #expect(!mapping.rule.isEmpty)
    #expect(kind != .unresolved || mapping.note?.isEmpty == false)
  }

  @Test func variantsStandBehindTheirProof() throws {
    let copy = catalog.operation(source: "s3.amazonaws.com", name: "CopyObject")
    #expect(copy.actions == ["s3:GetObject", "s3:PutObject"])
    let version = try #require(copy.requirements.first { $0.action == "s3:GetObjectVersion" })
    #expect(version.replaces == "s3:GetObject")
    #expect(version.resourceFrom == RequestPath("x-amz-copy-source"))
    #expect(version.proofs == [RequestProof(path: RequestPath("x-amz-copy-source"), value: "*versionId=*")])
    #expect(copy.conditionalActions.contains("s3:PutObjectAcl"))
  }

  @Test func passedRolesNameTheirReceiver() {
    let run = catalog.operation(source: "ec2.amazonaws.com", name: "RunInstances")
    #expect(
      run.passRole.map(\.parameter.description) == ["iamInstanceProfile.arn", "iamInstanceProfile.name"])
    #expect(run.passRole.allSatisfy { $0.form == .instanceProfile && $0.services == ["ec2.amazonaws.com"] })
    #expect(run.tagOnCreate?.action == "ec2:CreateTags")
    #expect(run.conditionalActions == ["ec2:CreateTags", "iam:PassRole"])

    let register = catalog.passRole(source: "ecs.amazonaws.com", name: "RegisterTaskDefinition")
    #expect(
      register.contains {
        $0.parameter == RequestPath("taskRoleArn") && $0.services == ["ecs-tasks.amazonaws.com"]
      })
    #expect(catalog.passRole(source: "sts.amazonaws.com", name: "AssumeRole").isEmpty)
  }

  @Test func everyDocumentedPathIsParsed() {
    let stage = catalog.operation(source: "apigateway.amazonaws.com", name: "CreateStage")
    #expect(stage.actions == ["apigateway:POST"])
    #expect(
      stage.requirements.map(\.resourcePath) == ["/restapis/{restApiId}/stages", "/apis/{apiId}/stages"])
    #expect(stage.requirements.map(\.always) == [true, false])
    let path = RequestPath("Targets[].Rule-Names.x*")
    #expect(path.names == ["Targets", "Rule-Names", "x*"])
  }

  @Test(arguments: [
    ("CreateFunction20150331", "CreateFunction"), ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
    ("GetDistribution2020_05_31", "GetDistribution"), ("ListTags2017_03_31v12", "ListTags"),
    ("GetMetricDataV2", "GetMetricDataV2"), ("RestoreDBClusterFromS3", "RestoreDBClusterFromS3"),
    ("X1234567", "X1234567"), ("20150331", "20150331"), ("v2", "v2"), ("", ""), ("Xv", "Xv"),
    ("é20150331", "é"),
  ])
  func datesAreDroppedAndNothingElse(name: String, base: String) {
    #expect(Catalog.withoutDate(name) == base)
  }

  /// Of the operations of botocore, as generate.py lists them, 96 % resolve, and the others say why not; and whatever
  /// an operation may need, the catalog has it.
  @Test func everySDKOperationResolvesOrSaysWhyNot() throws {
    var total = 0
    var unresolved: [String] = []
    for (source, name) in try SDKOperations.all() {
      total += 1
      let mapping = catalog.operation(source: source, name: name)
      for action in mapping.actions + mapping.conditionalActions {
        #expect(catalog.canonicalName(action) == action, "\(source) \(name)")
      }
      guard mapping.kind == .unresolved else {
        #expect(
          !mapping.rule.contains("unique-name"), "\(source) \(name) is guessed to be \(mapping.actions)")
        continue
      }
      unresolved.append("\(source) \(name)")
      #expect(mapping.note?.isEmpty == false, "\(source) \(name)")
    }
    #expect(total > 19_000)
    #expect(unresolved.count * 100 <= total * 4, "\(unresolved.count) of \(total)")
  }
}

/// The operations that the SDKs know, as `testdata/catalog/operations.tsv` lists them.
enum SDKOperations {
  static func all() throws -> [(source: String, name: String)] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "testdata/catalog/operations.tsv")
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.split(separator: "\n").dropFirst().flatMap { line in
      let fields = line.split(separator: "\t")
      return fields[1].split(separator: " ").map { (String(fields[0]), String($0)) }
    }
  }
}
