// `policy --conditions` through the built program.

import JSONStream
import TestSupport
import Testing

@Suite struct ConditionOptionTests {
  private static let all =
    ["region", "vpc-endpoint", "source-network", "mfa", "secure-transport"].flatMap { ["--conditions", $0] }

  private static func event(_ number: Int, _ name: String, address: String, mfa: Bool) -> String {
    let arn = "arn:aws:iam::111122223333:role/app"
    return
      #"{"eventVersion":"1.09","eventID":"\#(number)","eventTime":"2026-11-20T10:00:0\#(number)Z","eventType":"AwsApiCall","eventCategory":"Management","eventSource":"sqs.amazonaws.com","eventName":"\#(name)","awsRegion":"eu-west-1","sourceIPAddress":"\#(address)","recipientAccountId":"111122223333","userIdentity":{"type":"AssumedRole","accountId":"111122223333","arn":"arn:aws:sts::111122223333:assumed-role/app/x","sessionContext":{"sessionIssuer":{"type":"Role","arn":"\#(arn)"},"attributes":{"mfaAuthenticated":"\#(mfa)"}}}}"#
  }

  @Test("what all calls of a use show is demanded, and what the logs never show is said")
  func example() throws {
    let events = [
      Self.event(1, "ListQueues", address: "203.0.113.7", mfa: true),
      Self.event(2, "ListQueues", address: "203.0.113.7", mfa: true),
      Self.event(3, "ListQueues", address: "203.0.113.7", mfa: true),
    ]
    let result = try WhittleProcess.run(
      ["policy", "-", "--format", "json"] + Self.all, input: Array(events.joined(separator: "\n").utf8))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("`--conditions secure-transport` demands nothing"))
    #expect(result.errors.contains("`--conditions vpc-endpoint` demands nothing"))
    let principal = try #require(try JSONValue(parsing: result.output)["principals"]?.elements.first)
    let document = principal["policies"]?.elements.first?["document"]
    let condition = try #require(document?["Statement"]?.elements.first?["Condition"])
    #expect(condition["IpAddress"]?["aws:SourceIp"]?.string == "203.0.113.7")
    #expect(condition["Bool"]?["aws:MultiFactorAuthPresent"]?.string == "true")
    #expect(condition["StringEquals"]?["aws:RequestedRegion"]?.string == "eu-west-1")
  }

  @Test(
    "policies with every condition that real logs support are complete and minimal",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: ["invictus", "stratus"])
  func real(source: String) throws {
    let result = try WhittleProcess.run(
      ["policy", Fixtures.shared("logs/\(source)"), "--format", "json"] + Self.all)
    for proposal in try JSONValue(parsing: result.output)["principals"]?.elements ?? [] {
      let failures = proposal["verification"]?["failures"]?.elements.map { $0["explanation"]?.string ?? "" }
      #expect(failures == [], "\(proposal["principal"]?.string ?? "")")
    }
  }
}
