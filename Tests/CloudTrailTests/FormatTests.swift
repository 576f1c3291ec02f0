// The same two events in every form in which people have their logs.

@testable import CloudTrail
import Foundation
import IAM
import JSONStream
import Testing

@Suite struct FormatTests {
  static let list = Sample.list
  static let put = Sample.put
  static let quotedList = Sample.quoted(list)
  static let quotedPut = Sample.quoted(put)
  static let base64 = Data(
    gzipped(
      Array(
        #"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":\#(quotedList)},{"id":"2","message":\#(quotedPut)}]}"#
          .utf8))
  ).base64EncodedString()

  static let forms: [(LogFormat, String)] = [
    (.records, #"{"Records":[\#(list),\#(put)]}"#),
    (.bare, "\(list)\n\n\(put)"), (.bare, "\(list)\(put)"), (.bare, "[[\(list)],[\(put)]]"),
    (.records, #"[{"Records":[\#(list)]},{"Records":[\#(put)]}]"#),
    (.bare, "2026-11-20T12:34:56.000Z \(list)\n2026-11-20T12:35:00.000Z \(put)\n"),
    (
      .eventBridge,
      #"{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":\#(list)}{"detail":\#(put)}"#
    ),
    (
      .cloudWatchLogs,
      #"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE: Checking"}]}{"messageType":"DATA_MESSAGE","logEvents":[{"message":\#(quotedList)},{"message":\#(quotedPut)}]}"#
    ),
    (.cloudWatchLogs, #"{"awslogs":{"data":"\#(base64)"}}"#),
    (
      .cloudWatchLogs,
      #"{"Records":[{"kinesis":{"data":"\#(base64)"},"eventSource":"aws:kinesis","eventName":"aws:kinesis:record"}]}"#
    ),
    (.cloudWatchLogs, #"{"records":[1],"events":[{"message":\#(quotedList)},{"message":\#(quotedPut)}]}"#),
    (
      .cloudWatchLogs,
      #"{"results":[[{"field":"@timestamp","value":"x"},{"field":"@message","value":\#(quotedList)}],[{"field":"@message","value":\#(quotedPut)}]]}"#
    ),
    (.cloudWatchLogs, "@timestamp,@message\r\nx,\(Sample.field(list))\r\nx,\(Sample.field(put))\r\n"),
    (
      .lookupEvents,
      #"{"Events":[{"EventId":"1","CloudTrailEvent":\#(quotedList)},{"CloudTrailEvent":\#(quotedPut)}],"NextToken":"n"}"#
    ),
    (.lookupEvents, #"{"CloudTrailEvent":\#(quotedList)}"# + "\n" + #"{"CloudTrailEvent":\#(quotedPut)}"#),
    (.bare, "[\(quotedList),\(quotedPut)]"), (.bare, "\(list)\t\(put)"),
    (.splunk, #"{"preview":false,"result":{"_raw":\#(quotedList)}}{"result":{"_raw":\#(quotedPut)}}"#),
    (.splunk, #"{"results":[{"_raw":\#(quotedList)},{"_raw":\#(quotedPut)}]}"#),
    (.splunk, "\"_raw\",\"_time\"\n\(Sample.field(list)),1\n\(Sample.field(put)),2"),
    (
      .elastic,
      #"{"hits":{"total":2,"hits":[{"_source":{"event":{"original":\#(quotedList)}}},{"_source":{"message":\#(quotedPut)}}]}}"#
    ),
    (
      .elastic,
      #"{"index":{"_index":"x"}}"# + "\n" + #"{"aws":{"cloudtrail":\#(list)}}"# + "\n" + #"{"create":{}}"#
        + "\n" + #"{"message":\#(quotedPut)}"#
    ),
    (.lake, #"{"eventData":\#(list)}{"eventData":\#(quotedPut)}"#),
  ]

  @Test(arguments: forms)
  func everyFormGivesTheSameEvents(format: LogFormat, text: String) throws {
    for bytes in [Array(text.utf8), gzipped(Array(text.utf8)), gzipped(gzipped(Array(text.utf8)))] {
      let (found, summary) = try ScratchFolder.scan(bytes)
      #expect(found.events.map(\.eventName) == Sample.names, "\(text.prefix(60)) \(summary)")
      #expect(summary.formats == [format: 2])
      #expect(summary.damaged.isEmpty, "\(summary.damaged)")
      #expect(found.events.first?.userAgent == "[aws-cli/2.15 \"quoted\"]")
      #expect(
        found.events.map { Principal($0).identifier } == [
          "arn:aws:iam::111122223333:role/team/app", "arn:aws:iam::111122223333:user/zoë",
        ])
      let whole = try CloudTrailEvent(json: Sample.put)
      #expect(found.events.last?.digest == whole.digest)
    }
  }

  @Test func utf16WithAndWithoutByteOrderMark() throws {
    let text = #"{"Records":[\#(Sample.list),\#(Sample.put)]}"#
    for mark in [[UInt16(0xFEFF)], []] {
      let units = mark + Array(text.utf16)
      for bytes in [
        units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
        units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
      ] {
        let (found, summary) = try ScratchFolder.scan(bytes)
        #expect(found.events.map(\.eventName) == Sample.names)
        #expect(summary.damaged.isEmpty)
      }
    }
  }

  @Test func queryResultsKeepIdentityAndCall() throws {
    let identity =
      "{type=AssumedRole, principalid=AROAEXAMPLE:job, arn=arn:aws:sts::111122223333:assumed-role/app/job, sessioncontext={attributes={mfaauthenticated=true}, sessionissuer={type=Role, arn=arn:aws:iam::111122223333:role/team/app, username=app}}}"
    let athena = """
      "useridentity","eventtime","eventsource","eventname","requestparameters","resources","eventid"
      "\(identity)","2026-11-20T12:34:56Z","s3.amazonaws.com","GetBucketAcl","{""bucketName"":""photos""}","[{arn=arn:aws:s3:::photos, accountid=111122223333, type=AWS::S3::Bucket}]","1"
      """
    let lake =
      #"{"QueryStatus":"FINISHED","QueryResultRows":[[{"userIdentity":"\#(identity)"},{"eventTime":"2026-11-20 12:34:56.000"},{"eventSource":"s3.amazonaws.com"},{"eventName":"GetBucketAcl"},{"errorCode":null}],[{"eventName":"CreateBucket"}]]}"#
    for (text, format) in [(athena, LogFormat.athena), (lake, .lake)] {
      let (found, summary) = try ScratchFolder.scan(text)
      let event = try #require(found.events.first, "\(summary)")
      #expect(summary.formats == [format: 1])
      #expect(Principal(event).identifier == "arn:aws:iam::111122223333:role/team/app")
      #expect(event.eventTime == Timestamp(iso8601: "2026-11-20T12:34:56Z"))
      #expect(event.userIdentity.mfaAuthenticated == true)
      #expect(summary.skipped[.partialRow] == (format == .lake ? 1 : nil))
    }
    let event = try #require(try ScratchFolder.scan(athena).consumer.events.first)
    #expect(event.requestParameters["bucketName"]?.string == "photos")
    #expect(event.resources.map(\.arn) == ["arn:aws:s3:::photos"])
  }

  @Test func eventHistoryGivesUserNamesOnly() throws {
    let text = """
      User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,Event ID
      alice,AKIAEXAMPLE,2026-11-20T12:34:56Z,ec2.amazonaws.com,RunInstances,eu-west-1,192.0.2.1,"line one
      line two",Client.UnauthorizedOperation,1
      """
    for text in [text, text.replacing("\n", with: "\r\n")] {
      let (found, summary) = try ScratchFolder.scan(text)
      let event = try #require(found.events.first, "\(summary)")
      #expect(summary.formats == [.eventHistory: 1])
      #expect(Principal(event) == Principal(kind: .unknown, identifier: "EventHistory::alice", account: nil))
      #expect(event.outcome == .denied)
    }
    let old =
      "Event ID,Event time,User name,Event name,Resource type\n1,\"2020-05-13, 04:52:01 PM\",bob,RunInstances,x\n"
    let event = try #require(try ScratchFolder.scan(old).consumer.events.first)
    #expect(event.eventName == "RunInstances" && event.eventSource == nil && event.eventTime == nil)
  }

  @Test func sentinelTables() throws {
    let text = """
      TimeGenerated [UTC],EventTypeName,EventName,EventSource,UserIdentityType,UserIdentityArn,SessionIssuerArn,AWSRegion,RequestParameters,Resources,AwsEventId
      2026-11-20T12:34:56Z,AwsApiCall,GetBucketAcl,s3.amazonaws.com,AssumedRole,arn:aws:sts::111122223333:assumed-role/app/job,arn:aws:iam::111122223333:role/team/app,eu-west-1,"{""bucketName"":""photos""}",null,1
      """
    let event = try #require(try ScratchFolder.scan(text).consumer.events.first)
    #expect(Principal(event).identifier == "arn:aws:iam::111122223333:role/team/app")
    #expect(event.kind == .apiCall && event.requestParameters["bucketName"]?.string == "photos")
  }

  @Test func securityLakeInItsVersions() throws {
    let first =
      #"{"class_uid":6003,"metadata":{"product":{"name":"CloudTrail","version":"1.08"},"uid":"1"},"time":1795264496000,"api":{"operation":"GetBucketAcl","service":{"name":"s3.amazonaws.com"},"response":{"error":"AccessDenied"}},"cloud":{"region":"eu-west-1"},"actor":{"user":{"type":"IAMUser","uid":"AIDAEXAMPLE","uuid":"arn:aws:iam::111122223333:user/zoe","account_uid":"111122223333"}},"unmapped":{"requestParameters.bucketName":"photos","eventType":"AwsApiCall"}}"#
    let later =
      #"{"class_uid":3001,"metadata":{"product":{"name":"CloudTrail"},"uid":"2"},"time":1795264496000,"api":{"operation":"CreateUser","service":{"name":"iam.amazonaws.com"},"request":{"data":"{\"userName\":\"x\"}"}},"actor":{"user":{"type":"AssumedRole","uid":"arn:aws:sts::111122223333:assumed-role/app/job","uid_alt":"AROAEXAMPLE:job"},"session":{"issuer":"arn:aws:iam::111122223333:role/team/app","is_mfa":true}},"resources":[{"uid":"arn:aws:iam::111122223333:user/x"}],"unmapped":[["eventType","AwsApiCall"]]}"#
    let other = #"{"class_uid":4001,"metadata":{"product":{"name":"Amazon VPC"}}}"#
    let (found, summary) = try ScratchFolder.scan("\(first)\n\(later)\n\(other)")
    #expect(summary.formats == [.ocsf: 2] && summary.skipped == [.otherProduct: 1])
    #expect(
      found.events.map { Principal($0).identifier } == [
        "arn:aws:iam::111122223333:user/zoe", "arn:aws:iam::111122223333:role/team/app",
      ])
    #expect(found.events.map(\.outcome) == [.denied, .allowed])
    #expect(found.events.map(\.kind) == [.apiCall, .apiCall])
    #expect(found.events.first?.eventTime == Timestamp(iso8601: "2026-11-21T12:34:56Z"))
    #expect(found.events.first?.requestParameters["bucketName"]?.string == "photos")
    #expect(found.events.last?.requestParameters["userName"]?.string == "x")
    #expect(found.events.last?.resources.map(\.arn) == ["arn:aws:iam::111122223333:user/x"])
  }

  @Test func whatIsNoEventIsCountedByKind() throws {
    let text = """
      {"digestStartTime":"2026-11-20T12:00:00Z","digestS3Object":"x","logFiles":[]}
      {"eventVersion":"1.08","eventType":"AwsCloudTrailInsight","eventCategory":"Insight","insightDetails":{}}
      {"eventVersion":"1.11","eventCategory":"Aggregated","eventType":"AwsAggregatedEvent","summary":{}}
      {"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{},"s3":{}},null,{}]}
      {"detail-type":"EC2 Instance State-change Notification","detail":{"state":"running"}}
      {"index":{"_id":"1"}}
      {"what":"ever"}
      """
    let (found, summary) = try ScratchFolder.scan(text)
    #expect(found.events.isEmpty)
    #expect(
      summary.skipped == [
        .digest: 1, .insight: 1, .aggregated: 1, .notification: 1, .otherProduct: 1, .bulkAction: 1,
        .unrecognized: 3,
      ])
    #expect(summary.hasAggregatedEvents && summary.damaged.isEmpty)
    #expect(found.documents == 2)
  }
}
