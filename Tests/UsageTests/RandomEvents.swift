// Seeded random events: few principals, operations, resources and times, so that facts collide and must join.

import CloudTrail
import IAM
import JSONStream
import TestSupport

/// Makes events.
struct RandomEvents {
  private var random: SeededGenerator
  private var number = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  mutating func event() throws -> CloudTrailEvent {
    number += 1
    let operation = pick(RandomEvents.operations)
    let account = pick(["111122223333", "444455556666"])
    let role = pick(["app", "build", "e\u{301}tude", "\u{e9}tude"])
    let path = pick(["", "team/"])
    let session = pick(["one", "two", "three"])
    let issuer =
      pick([true, true, false])
      ? #","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::\#(account):role/\#(path)\#(role)"}}"# : ""
    let error = pick(["", "", "", #","errorCode":"AccessDenied""#, #","errorCode":"NoSuchBucket""#])
    let id = pick([#","eventID":"\#(number)""#, ""])
    let time = 1_700_000_000 + Int64.random(in: 0..<400_000, using: &random)
    return try CloudTrailEvent(
      json: """
        {"eventTime":"\(Timestamp(secondsSinceEpoch: time))","eventSource":"\(operation.source)",\
        "eventName":"\(operation.name)","eventType":"\(pick(["AwsApiCall", "AwsApiCall", "AwsServiceEvent"]))",\
        "awsRegion":"\(pick(["eu-west-1", "us-east-1"]))","recipientAccountId":"\(account)",\
        "userIdentity":{"type":"AssumedRole",\
        "arn":"arn:aws:sts::\(account):assumed-role/\(role)/\(session)"\(issuer)},\
        "requestParameters":\(operation.request.isEmpty ? "null" : pick(operation.request))\(error)\(id)}
        """)
  }

  mutating func events(_ count: Int) throws -> [CloudTrailEvent] { try (0..<count).map { _ in try event() } }

  mutating func shuffled(_ events: [CloudTrailEvent]) -> [CloudTrailEvent] { events.shuffled(using: &random) }

  mutating func index(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  private static let operations: [(source: String, name: String, request: [String])] = [
    (
      "s3.amazonaws.com", "GetObject",
      [#"{"bucketName":"b","key":"k1"}"#, #"{"bucketName":"b","key":"k2"}"#, "{}"]
    ),
    ("s3.amazonaws.com", "ListBuckets", []),
    ("iam.amazonaws.com", "GetRole", [#"{"roleName":"app"}"#, #"{"roleName":"build"}"#]),
    ("iam.amazonaws.com", "AddRoleToInstanceProfile", [#"{"roleName":"app","instanceProfileName":"p"}"#]),
    ("sts.amazonaws.com", "GetCallerIdentity", []),
    ("nowhere.amazonaws.com", "DoNothing", []),
    ("kms.amazonaws.com", "Decrypt", [#"{"keyId":"alias/a"}"#, #"{"keyId":"1234"}"#]),
  ]
}
