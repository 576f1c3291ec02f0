// Exports and query results that have CloudTrail's fields, but neither its shape nor a mark of their own.

@testable import CloudTrail
import Foundation
import IAM
import JSONStream
import Testing

@Suite struct ExportTests {
  private static let session = "arn:aws:sts::111122223333:assumed-role/app/job"
  private static let role = "arn:aws:iam::111122223333:role/team/app"
  private static let identity =
    "{type=AssumedRole, principalid=AROAEXAMPLE:job, arn=\(session), sessioncontext={sessionissuer={type=Role, arn=\(role)}}}"

  private static let athena =
    #"{"eventversion":"1.08","useridentity":"\#(identity)","eventtime":"2026-11-20T12:34:56Z","eventsource":"s3.amazonaws.com","eventname":"GetBucketAcl","requestparameters":"{\"bucketName\":\"photos\"}","resources":[{"arn":"arn:aws:s3:::photos"}],"responseelements":null}"#
  private static let unloaded =
    #"{"eventname":"GetBucketAcl","eventsource":"s3.amazonaws.com","eventtime":"2026-11-20T12:34:56Z","useridentity":{"type":"AssumedRole","arn":"\#(session)","sessioncontext":{"sessionissuer":{"arn":"\#(role)"}}},"requestparameters":"{\"bucketName\":\"photos\"}","resources":[{"arn":"arn:aws:s3:::photos"}]}"#
  private static let sentinelNames = [
    "TimeGenerated", "EventName", "EventSource", "UserIdentityType", "UserIdentityArn", "SessionIssuerArn",
    "RequestParameters", "Resources",
  ]
  private static let sentinelTexts = [
    "2026-11-20T12:34:56Z", "GetBucketAcl", "s3.amazonaws.com", "AssumedRole", session, role,
    #"{"bucketName":"photos"}"#, #"[{"ARN":"arn:aws:s3:::photos"}]"#,
  ]
  private static func list(_ texts: [String]) -> String {
    texts.map(Sample.quoted).joined(separator: ",")
  }
  private static let sentinel =
    "{"
    + zip(sentinelNames, sentinelTexts).map { Sample.quoted($0) + ":" + Sample.quoted($1) }
    .joined(separator: ",") + "}"
  private static let athenaNames = [
    "useridentity", "eventtime", "eventsource", "eventname", "requestparameters", "resources",
  ]
  private static func data(_ texts: [String]) -> String {
    "{\"Data\":[" + texts.map { "{\"VarCharValue\":\(Sample.quoted($0))}" }.joined(separator: ",") + ",{}]}"
  }
  private static let resultSet =
    #"{"UpdateCount":0,"ResultSet":{"Rows":[\#(data(athenaNames + ["x"]).replacing(",{}]", with: "]")),\#(data([identity, "2026-11-20T12:34:56Z", "s3.amazonaws.com", "GetBucketAcl", #"{"bucketName":"photos"}"#, "[{arn=arn:aws:s3:::photos}]"]))]}}"#
  private static let elastic =
    #"{"@timestamp":"2026-11-20T12:34:56.000Z","event":{"action":"GetBucketAcl","provider":"s3.amazonaws.com","id":"1"},"cloud":{"region":"eu-west-1","account":{"id":"111122223333"}},"user":{"id":"AROAEXAMPLE:job","name":"app"},"aws":{"cloudtrail":{"event_version":"1.08","event_type":"AwsApiCall","request_parameters":"{bucketName=photos}","flattened":{"request_parameters":{"bucketName":"photos"}},"user_identity":{"type":"AssumedRole","arn":"\#(session)","session_context":{"session_issuer":{"type":"Role","arn":"\#(role)"}}},"resources":[{"arn":"arn:aws:s3:::photos"}]}}}"#

  static let rows: [(LogFormat, String)] = [
    (.athena, athena), (.athena, unloaded), (.athena, resultSet), (.sentinel, "[\(sentinel)]"),
    (
      .sentinel,
      #"{"tables":[{"name":"PrimaryResult","columns":[\#(sentinelNames.map { #"{"name":"\#($0)","type":"string"}"# }.joined(separator: ","))],"rows":[[\#(list(sentinelTexts))]]}]}"#
    ),
    (
      .sentinel,
      sentinelNames.joined(separator: ",").replacing("TimeGenerated", with: "TimeGenerated [UTC]") + "\n"
        + sentinelTexts.map { $0.replacing("2026-11-20T12:34:56Z", with: "11/20/2026, 12:34:56.000 PM") }
        .map(Sample.field).joined(separator: ",") + "\n"
    ),
    (.elastic, elastic),
  ]

  @Test(arguments: rows)
  func rowsKeepIdentityCallAndResources(format: LogFormat, text: String) throws {
    let (found, summary) = try ScratchFolder.scan(text)
    #expect(summary.formats == [format: 1] && summary.damaged.isEmpty, "\(summary)")
    let event = try #require(found.events.first, "\(summary)")
    #expect(Principal(event).identifier == Self.role)
    #expect(event.eventSource == "s3.amazonaws.com" && event.eventName == "GetBucketAcl")
    #expect(event.eventTime == Timestamp(iso8601: "2026-11-20T12:34:56Z"))
    #expect(event.requestParameters["bucketName"]?.string == "photos")
    #expect(event.resources.map(\.arn) == ["arn:aws:s3:::photos"])
  }

  static let wholeEvents: [(LogFormat, String)] = [
    (.splunk, "\"_raw\"\n\(Sample.field(Sample.list))\n\(Sample.field(Sample.put))\n"),
    (.cloudWatchLogs, "@message\r\n\(Sample.field(Sample.list))\r\n\(Sample.field(Sample.put))\r\n"),
    (.lake, "eventJson\n\(Sample.field(Sample.list))\n\(Sample.field(Sample.put))\n"),
    (.lake, "eventData,x\n\(Sample.field(Sample.list)),1\n\(Sample.field(Sample.put)),2\n"),
    (
      .splunk,
      #"{"sourcetype":"aws:cloudtrail","event":\#(Sample.list)}{"event":\#(Sample.quoted(Sample.put))}"#
    ),
    (
      .lookupEvents,
      "EVENTS\tAKIAEXAMPLE\t\(Sample.list)\t1\tListBuckets\ts3.amazonaws.com\t2026-11-20T13:34:56+01:00\ttrue\tapp\n"
        + "RESOURCES\tphotos\tAWS::S3::Bucket\nEVENTS\t\(Sample.put)\t2\tPutBucketTagging\nNEXTTOKEN\tn\n"
    ),
    (
      .cloudWatchLogs,
      #"{"invocationId":"1","records":[{"recordId":"1","data":"\#(Data(Sample.list.utf8).base64EncodedString())"},{"data":"\#(Data(gzipped(Array(Sample.put.utf8))).base64EncodedString())"}]}"#
    ),
  ]

  @Test(arguments: wholeEvents)
  func wholeEventsInColumnsAndDeliveries(format: LogFormat, text: String) throws {
    let (found, summary) = try ScratchFolder.scan(text)
    #expect(found.events.map(\.eventName) == Sample.names, "\(summary)")
    #expect(summary.formats == [format: 2] && summary.damaged.isEmpty, "\(summary)")
    #expect(found.events.first?.digest == (try CloudTrailEvent(json: Sample.list)).digest)
  }

  @Test(.enabled(if: Decoder(.zstandard) != nil, "the system has no libzstd"))
  func zstandardWithFramesToSkip() throws {
    let frames = zstandard(Array(Sample.list.utf8)) + zstandard(Array(Sample.put.utf8))
    let (found, summary) = try ScratchFolder.scan(frames)
    #expect(found.events.map(\.eventName) == Sample.names && summary.damaged.isEmpty, "\(summary)")
    let cut = try ScratchFolder.scan(Array(frames.dropLast(20)))
    #expect(cut.consumer.events.map(\.eventName) == ["ListBuckets"] && cut.summary.damaged.count == 1)
  }

  @Test func filesBesideLogsAreCountedByKind() throws {
    let text = """
      {"version":"1.0","files":[{"fileName":"result_1.csv.gz"}],"hashSignature":"x"}
      {"delete":{"_id":"1"}}
      {"Type":"Notification","Message":"{\\"s3Bucket\\":\\"b\\",\\"s3ObjectKey\\":[\\"AWSLogs/x.json.gz\\"]}"}
      {"event":{"action":"x"},"aws":{"s3":{}}}
      """
    let (found, summary) = try ScratchFolder.scan(text)
    #expect(found.events.isEmpty && summary.damaged.isEmpty)
    #expect(summary.skipped == [.digest: 1, .bulkAction: 1, .notification: 1, .unrecognized: 1])
  }

  @Test func whatTheInputCannotTellIsSaid() throws {
    let history = try ScratchFolder.scan("User name,Event time,Event name\nalice,2026-11-20T12:34:56Z,X\n")
      .summary
    #expect(history.warnings.count == 1 && history.warnings[0].contains("no ARN"))
    let aggregated = try ScratchFolder.scan(#"{"eventCategory":"Aggregated","summary":{}}"#).summary
    #expect(aggregated.warnings.count == 1 && aggregated.warnings[0].contains("aggregates"))
    #expect(try ScratchFolder.scan(Sample.list).summary.warnings.isEmpty)
  }
}
