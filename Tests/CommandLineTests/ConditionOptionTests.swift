// `policy --conditions` through the built program.

import JSONStream
import TestSupport
import Testing

@Suite struct ConditionOptionTests {
  private static let all =
    ["region", "vpc-endpoint", "source-network", "mfa", "secure-transport"].flatMap { ["--conditions", $0] }

  private static func event(
    _ number: Int, _ name: String, address: String, mfa: Bool, more: String = "", via: String = ""
  ) -> String {
    let arn = "arn:aws:iam::111122223333:role/app"
    return
      #"{"eventVersion":"1.09","eventID":"\#(number)","eventTime":"2026-11-20T10:00:0\#(number)Z","eventType":"AwsApiCall","eventCategory":"Management","eventSource":"sqs.amazonaws.com","eventName":"\#(name)","awsRegion":"eu-west-1","sourceIPAddress":"\#(address)","recipientAccountId":"111122223333"\#(more),"userIdentity":{"type":"AssumedRole"\#(via),"accountId":"111122223333","arn":"arn:aws:sts::111122223333:assumed-role/app/x","sessionContext":{"sessionIssuer":{"type":"Role","arn":"\#(arn)"},"attributes":{"mfaAuthenticated":"\#(mfa)"}}}}"#
  }

  @Test("what all calls of a use show is demanded, and what the logs never show is said")
  func example() throws {
    let events = [
      Self.event(1, "ListQueues", address: "203.0.113.7", mfa: true),
      Self.event(2, "ListQueues", address: "203.0.113.7", mfa: true),
      Self.event(3, "ListQueues", address: "203.0.113.7", mfa: true),
    ]
    let (condition, errors) = try Self.condition(events)
    #expect(errors.contains("`--conditions secure-transport` demands nothing"))
    #expect(errors.contains("`--conditions vpc-endpoint` demands nothing"))
    #expect(condition?["IpAddress"]?["aws:SourceIp"]?.string == "203.0.113.7")
    #expect(condition?["Bool"]?["aws:MultiFactorAuthPresent"]?.string == "true")
    #expect(condition?["StringEquals"]?["aws:RequestedRegion"]?.string == "eu-west-1")
  }

  /// The condition of the only statement for events, with every condition asked for.
  private static func condition(_ events: [String]) throws -> (JSONValue?, errors: String) {
    let result = try WhittleProcess.run(
      ["policy", "-", "--format", "json"] + all, input: Array(events.joined(separator: "\n").utf8))
    #expect(result.status == 0, "\(result.errors)")
    let principal = try #require(try JSONValue(parsing: result.output)["principals"]?.elements.first)
    #expect(principal["verification"]?["failures"]?.elements == [])
    let statements = principal["policies"]?.elements.first?["document"]?["Statement"]?.elements ?? []
    #expect(statements.count == 1)
    return (statements.first?["Condition"], result.errors)
  }

  @Test("TLS is demanded where every call tells its version, and not of calls by services")
  func secureTransport() throws {
    let tls =
      #","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"h"}"#
    func events(_ details: [String], via: String = "") -> [String] {
      details.enumerated().map { number, more in
        Self.event(number, "ListQueues", address: "203.0.113.7", mfa: true, more: more, via: via)
      }
    }
    let every = try Self.condition(events([tls, tls, tls]))
    #expect(every.0?["Bool"]?["aws:SecureTransport"]?.string == "true")
    #expect(!every.errors.contains("secure-transport"))
    for other in ["", #","tlsDetails":{}"#, #","tlsDetails":{"clientProvidedHostHeader":"h"}"#] {
      let some = try Self.condition(events([tls, other, tls]))
      #expect(some.0?["Bool"]?["aws:MultiFactorAuthPresent"]?.string == "true")
      #expect(some.0?["Bool"]?["aws:SecureTransport"] == nil)
      #expect(some.errors.contains("`--conditions secure-transport` demands nothing"))
    }
    let byService = try Self.condition(
      events([tls, tls, tls], via: #","invokedBy":"cloudformation.amazonaws.com""#))
    #expect(byService.0?["Bool"] == nil)
    #expect(byService.0?["StringEquals"]?["aws:RequestedRegion"]?.string == "eu-west-1")
  }

  @Test("an endpoint that every call came through is demanded, and no address then")
  func vpcEndpoint() throws {
    let events = (0..<3).map {
      Self.event($0, "ListQueues", address: "10.0.0.7", mfa: false, more: #","vpcEndpointId":"vpce-1a2b3c""#)
    }
    let condition = try Self.condition(events).0
    #expect(condition?["StringEquals"]?["aws:SourceVpce"]?.string == "vpce-1a2b3c")
    #expect(condition?["IpAddress"] == nil)
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
