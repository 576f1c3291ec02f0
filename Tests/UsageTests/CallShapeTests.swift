// Counting events by their shape gives the ledger that recording them one by one gives.

import AWSCatalog
import CloudTrail
import Foundation
import IAM
import JSONStream
import TestSupport
import Testing

@testable import Usage

/// Records every event by itself: the oracle of the fast way.
struct SlowRecorder: EventConsumer {
  var recorder = UsageRecorder(
    filter: EventFilter(UsageFilter(), newest: nil, catalog: .embedded), catalog: .embedded)

  mutating func consume(_ event: CloudTrailEvent) { recorder.consume(event) }

  mutating func merge(_ other: SlowRecorder) { recorder.merge(other.recorder) }
}

@Suite struct CallShapeTests {
  private static func ledgers(
    _ inputs: [LogInput], _ filter: UsageFilter = UsageFilter(), _ limits: UsageRecorder.Limits = .init()
  ) -> (fast: UsageLedger, slow: UsageLedger) {
    let filter = EventFilter(filter, newest: nil, catalog: .embedded)
    let fast = LogScan(inputs: inputs, jobs: 1).run {
      UsageRecorder(filter: filter, SharedResolver(.embedded), limits)
    }
    let slow = LogScan(inputs: inputs, jobs: 1).run {
      SlowRecorder(recorder: UsageRecorder(filter: filter, catalog: .embedded))
    }
    return (fast.consumer.ledger, slow.consumer.recorder.ledger)
  }

  private static func expectEqual(_ fast: UsageLedger, _ slow: UsageLedger, _ comment: String) {
    #expect(fast.uses == slow.uses, "\(comment): uses")
    #expect(fast.principals == slow.principals, "\(comment): principals")
    #expect(fast.operations == slow.operations, "\(comment): operations")
    #expect(fast.coverage == slow.coverage, "\(comment): coverage")
    #expect(fast.learned == slow.learned, "\(comment): lessons")
    #expect(fast == slow, "\(comment)")
  }

  @Test(
    "Every source of real logs gives the same ledger either way",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func realLogs() throws {
    let folder = try Fixtures.shared("logs")
    for source in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      // One thread for both: two copies of one event differ in what was redacted, and the first one read counts.
      let ledgers = CallShapeTests.ledgers([.path(folder + "/" + source)])
      CallShapeTests.expectEqual(ledgers.fast, ledgers.slow, source)
    }
  }

  @Test("Filters let the same events through either way")
  func filters() throws {
    let logs = [LogInput.path(Fixtures.testdata.appending(path: "photos/logs").path)]
    var filters = [UsageFilter(), UsageFilter(), UsageFilter(), UsageFilter()]
    filters[1].services = ["s3"]
    filters[2].principals = ["deployer"]
    filters[3].regions = ["us-*"]
    for filter in filters {
      let ledgers = CallShapeTests.ledgers(logs, filter)
      CallShapeTests.expectEqual(ledgers.fast, ledgers.slow, "\(filter)")
    }
  }

  /// Law: events that differ in one member, whichever it is, are not taken for each other where that matters.
  @Test(arguments: 0..<4 as Range<UInt64>) func variedEvents(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    var lines: [String] = []
    for number in 0..<1500 {
      let account = pick(["111122223333", "444455556666"])
      let arn = pick([
        "arn:aws:sts::\(account):assumed-role/app/one", "arn:aws:sts::\(account):assumed-role/app/two",
        "arn:aws:sts::\(account):assumed-role/app/i-0123456789abcdef0",
        "arn:aws:iam::\(account):user/zo\u{eb}", "arn:aws:iam::\(account):user/zoe\u{308}",
      ])
      let issuer = pick([
        "", #","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::\#(account):role/x/app"}}"#,
        #","sessionContext":{"attributes":{"mfaAuthenticated":"\#(pick(["true", "false"]))"}}"#,
        #","sessionContext":{"sourceIdentity":"\#(pick(["carol", "dave", ""]))"}"#,
        #","onBehalfOf":{"userId":"\#(pick(["u-1", "u-2"]))"}"#,
      ])
      let operation = pick([
        #""eventSource":"kms.amazonaws.com","eventName":"Decrypt""#,
        #""eventSource":"s3.amazonaws.com","eventName":"GetObject""#,
        #""eventSource":"iam.amazonaws.com","eventName":"GetUser""#,
        #""eventSource":"iam.amazonaws.com","eventName":"AddRoleToInstanceProfile""#,
        #""eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances""#,
        #""eventSource":"ec2.amazonaws.com","eventName":"RunInstances""#,
        #""eventSource":"lambda.amazonaws.com","eventName":"CreateFunction20150331""#,
        #""eventSource":"autoscaling.amazonaws.com","eventName":"DescribePolicies""#,
        #""eventSource":"sts.amazonaws.com","eventName":"AssumeRole""#,
        #""eventSource":"nowhere.amazonaws.com","eventName":"Do""#,
        #""eventSource":"\u00733.amazonaws.com","eventName":"GetObjec\u0074""#,
      ])
      let request = pick([
        "null", "{}", #"{"bucketName":"b","key":"k\#(number % 3)"}"#,
        #"{"keyId":"alias/a","targetKeyId":"1"}"#,
        #"{"keyId":"1234","encryptionContext":{"a":"\#(number % 3)"}}"#,
        #"{"roleName":"app","instanceProfileName":"p"}"#,
        #"{"roleArn":"arn:aws:iam::\#(account):role/p\#(number % 3)/app","roleSessionName":"s"}"#,
        #"{"x":"arn:aws:iam::\#(account):role/q\#(number % 3)/app"}"#,
        #"{"x":"\u0061rn:aws:iam::\#(account):user/r/u"}"#,
        #"{"x":["ARN%3Aaws:iam","arn%3aaws%3aiam::\#(account):group/g/h"]}"#, #"{"serviceNamespace":"ecs"}"#,
        #"{"instance\u0054ype":"t3.micro"}"#,
        #"{"instancesSet":{"items":[{"instanceId":"i-\#(number % 3)"}]}}"#,
        #""{\"bucketName\":\"c\#(number % 3)\"}""#, #"{"userName":"u\#(number % 3)"}"#, #"{"omitted":true}"#,
      ])
      let response = pick([
        "null", "null", "{}",
        #"{"functionArn":"arn:aws:lambda:eu-west-1:\#(account):function:f\#(number % 3)"}"#,
        #"{"user":{"arn":"arn:aws:iam::\#(account):user/path\#(number % 3)/u"}}"#,
      ])
      let extra = pick([
        "",
        #","errorCode":"AccessDenied","errorMessage":"User: \#(arn) is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::z\#(number % 3)/k""#,
        #","errorCode":"AccessDenied""#, #","errorCode":"NoSuchKey","errorMessage":"not there \#(number)""#,
        #","vpcEndpointId":"vpce-\#(number % 2)""#, #","eventCategory":"Data""#,
        #","eventCategory":"D\u0061ta""#, #","eventCategory":"Management""#, #","eventCategory":7"#,
        #","tlsDetails":{"clientProvidedHostHeader":"h"}"#, #","tlsDetails":{"tlsVersion":""}"#,
        #","tlsDetails":{"cipherSuite":"c\#(number)","tlsVersion":"TLSv1.3"}"#,
        #","tlsDetails":{"tls\u0056ersion":"TLSv1.3"}"#, #","tlsDetails":"TLSv1.3""#, #","tlsDetails":[{}]"#,
        #","resources":[{"ARN":"arn:aws:s3:::b/k\#(number % 3)"}]"#,
        #","additionalEventData":{"a":\#(number % 2)}"#,
      ])
      let address = pick(["192.0.2.1", "192.0.2.2", "athena.amazonaws.com", "AWS Internal", ""])
      let via = pick(["", "", #","invokedBy":"cloudformation.amazonaws.com""#])
      let id = pick([
        "0000000\(number % 10)-0000-4000-8000-00000000\(1000 + number)", "short", "",
        "ABCDEFGH-0000-4000-8000-00000000\(1000 + number)",
        "\u{e9}000000\(number % 10)-0000-4000-8000-0000000\(1000 + number)",
      ])
      let region = pick(["eu-west-1", "us-east-1", "us-east-1", #"eu-w\u0065st-1"#, ""])
      let recipient = pick([
        #""\#(account)""#, #""\#(account)""#, #""""#, "null", #""1111\u00322223333""#, "111122223333",
      ])
      let time = pick([
        "2026-11-20T1\(number % 10):00:\(10 + number % 50)Z", "", "never", "2026-11-20T10:00:00.5Z",
      ])
      lines.append(
        #"{"eventTime":"\#(time)","userIdentity":{"type":"\#(pick(["AssumedRole", "IAMUser"]))","arn":"\#(arn)","accountId":"\#(account)","accessKeyId":"K\#(number % 20)"\#(via)\#(issuer)},\#(operation),"awsRegion":"\#(region)","sourceIPAddress":"\#(address)","requestParameters":\#(request),"responseElements":\#(response),"eventID":"\#(id)","eventType":"\#(pick(["AwsApiCall", "AwsApiCall", "AwsConsoleSignIn", ""]))","recipientAccountId":\#(recipient)\#(extra)}"#
      )
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "whittle-\(UUID().uuidString)")
    try Data(lines.joined(separator: "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let ledgers = CallShapeTests.ledgers([.path(file.path)])
    CallShapeTests.expectEqual(ledgers.fast, ledgers.slow, "seed \(seed)")
    // Shapes that give way all the time, and uses that get other places.
    let tight = UsageRecorder.Limits(shapes: 64, uses: 8, texts: 16, callsBeforeTemplates: 4)
    let narrow = CallShapeTests.ledgers([.path(file.path)], UsageFilter(), tight)
    CallShapeTests.expectEqual(narrow.fast, ledgers.slow, "seed \(seed), little room")
    #expect(ledgers.fast.events.count > 1000)
    // Names that look alike are those of two users.
    let names = ledgers.fast.principals.keys.map { Array($0.identifier.utf8) }
    #expect(Set(names).count == names.count)
    for name in ["zo\u{eb}", "zoe\u{308}"] {
      #expect(names.contains { $0.reversed().starts(with: Array(name.utf8).reversed()) }, "\(name)")
    }
  }
}
