// What is told of an event that is not decoded is what decoding it tells.

@testable import CloudTrail
import JSONStream
import TestSupport
import Testing

@Suite struct EventViewTests {
  /// What a consumer sees of each event in the two ways.
  private struct Views: EventConsumer {
    var seen: [(view: UserIdentity, decoded: UserIdentity, callerKey: JSONDigest, texts: [[UInt8]?])] = []

    mutating func consume(_ event: CloudTrailEvent) {}

    mutating func consume(_ event: EventView, decode: () -> CloudTrailEvent) {
      let texts = EventViewTests.texts(of: event.identity)
      seen.append((event.identity.decoded, decode().userIdentity, event.identity.callerKey, texts))
    }

    mutating func merge(_ other: Views) { seen += other.seen }
  }

  /// The bytes of the texts that tell sessions apart.
  private static func texts(of identity: some SessionTexts) -> [[UInt8]?] {
    [SessionText.arn, .accessKeyID, .sourceIdentity, .onBehalfOfUserID, .sessionIssuerUserName].map { text in
      var bytes: [UInt8]?
      identity.withText(text) { letters in bytes = letters.indices.map { letters[$0] } }
      return bytes
    }
  }

  private func views(_ identities: [String]) throws -> Views {
    let folder = try ScratchFolder()
    let records = identities.map {
      #"{"eventName":"N","eventSource":"s3.amazonaws.com","userIdentity":\#($0)}"#
    }
    // A mark stands for a byte that is no UTF-8.
    let text = records.joined(separator: "\n").utf8.map { $0 == 0x7F ? 0xFF : $0 }
    let path = try folder.write("log.json", text)
    return LogScan(inputs: [.path(path)]).run { Views() }.consumer
  }

  private static func identity(
    arn: String = "arn:aws:sts::111122223333:assumed-role/app/session", id: String = "AROAEXAMPLE:session",
    key: String = "ASIAEXAMPLE", issuer: String = "arn:aws:iam::111122223333:role/team/app",
    created: String = "2026-11-20T11:00:00Z", mfa: String = "false", source: String = "ann"
  ) -> String {
    """
    {"type":"AssumedRole","principalId":"\(id)","arn":"\(arn)","accountId":"111122223333","accessKeyId":"\(key)",\
    "sessionContext":{"sessionIssuer":{"type":"Role","arn":"\(issuer)","accountId":"111122223333",\
    "userName":"app"},"attributes":{"creationDate":"\(created)","mfaAuthenticated":"\(mfa)"},\
    "sourceIdentity":"\(source)"},"onBehalfOf":{"userId":"u"},"invokedBy":"x.amazonaws.com"}
    """
  }

  /// Law: an identity decoded alone is the event's identity, and so are its texts, looked at where they stand.
  @Test func identitiesDecodedAloneAreTheEvents() throws {
    let identities = [
      EventViewTests.identity(), "{}", "null", #""text""#, "[]",
      #"{"type":null,"arn":"","userName":"é\u0041"}"#,
      #"{"\u0074ype":"Root","type":"IAMUser","accountId":111122223333,"sessionContext":[]}"#,
      EventViewTests.identity(mfa: "TRUE"), #"{"sessionContext":{"attributes":{"mfaAuthenticated":true}}}"#,
      EventViewTests.identity(source: "zo\u{eb}"), EventViewTests.identity(source: "zo\\u00eb"),
      EventViewTests.identity(source: "zo\u{7F}e"), EventViewTests.identity(key: ""),
      #"{"arn":true,"accessKeyId":17,"onBehalfOf":{"userId":null},"sessionContext":{"sourceIdentity":[]}}"#,
      #"{"onBehalfOf":[],"sessionContext":{"sessionIssuer":"x","attributes":7},"arn":"a","arn":"b"}"#,
    ]
    let seen = try views(identities).seen
    #expect(seen.count == identities.count - 1)  // text is a query engine's
    for event in seen {
      #expect(event.view == event.decoded)
      #expect(event.texts == EventViewTests.texts(of: event.decoded))
    }
  }

  /// Law: what tells sessions of one caller apart is no part of the caller's key, and all else is.
  @Test func callerKeysLeaveOutSessions() throws {
    let base = EventViewTests.identity()
    let same = [
      EventViewTests.identity(
        arn: "arn:aws:sts::111122223333:assumed-role/app/other", id: "AROAEXAMPLE:other"),
      EventViewTests.identity(key: "ASIAOTHER"), EventViewTests.identity(created: "2026-11-21T11:00:00Z"),
    ]
    let different = [
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/apq/session"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223334:assumed-role/app/session"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/app"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/app/"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/app/a/b"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/app/a:b"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:assumed-role/app/\\u0061"),
      EventViewTests.identity(arn: "arn:aws:sts::111122223333:federated-user/app/session"),
      EventViewTests.identity(id: "AROAOTHER:session"), EventViewTests.identity(id: "AROAEXAMPLE"),
      EventViewTests.identity(issuer: "arn:aws:iam::111122223333:role/app"),
      EventViewTests.identity(mfa: "true"), EventViewTests.identity(source: "bob"),
      #"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ann"}"#,
      #"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob"}"#,
      #"{"type":"IAMUser","userName":"arn:aws:iam::111122223333:user/ann"}"#, "{}",
    ]
    let seen = try views([base] + same + different).seen
    #expect(Set(seen.map(\.callerKey).prefix(1 + same.count)).count == 1)
    #expect(Set(seen.map(\.callerKey)).count == 1 + different.count)
  }

  /// The keys of calls that records tell.
  private struct CallKeys: EventConsumer {
    var keys: [JSONDigest] = []

    mutating func consume(_ event: CloudTrailEvent) {}

    mutating func consume(_ event: EventView, decode: () -> CloudTrailEvent) { keys.append(event.callKey) }

    mutating func merge(_ other: CallKeys) { keys += other.keys }
  }

  /// Law: the same text in another field makes another call, and other members make none.
  @Test func callKeysTellFieldsApart() throws {
    let fields = [
      "eventType", "eventCategory", "recipientAccountId", "vpcEndpointId", "resources", "awsRegion",
      "errorCode", "errorMessage", "sourceIPAddress",
    ]
    func record(_ members: String) -> String {
      #"{"eventName":"N","eventSource":"s","userIdentity":{}\#(members)}"#
    }
    let different = [record("")] + fields.map { record(#","\#($0)":"x.amazonaws.com""#) }
    let same = [record(#","eventID":"1""#), record(#","sourceIPAddress":"10.0.0.1""#)]
    let folder = try ScratchFolder()
    let path = try folder.write("log.json", Array((different + same).joined(separator: "\n").utf8))
    let keys = LogScan(inputs: [.path(path)]).run { CallKeys() }.consumer.keys
    #expect(keys.count == different.count + same.count)
    #expect(Set(keys).count == different.count)
    #expect(keys.suffix(same.count).allSatisfy { $0 == keys[0] })
  }

  /// Law: a name is found however it is spelled, and nothing else is unless it has a backslash.
  @Test(arguments: UInt64(1)...50) func foldedNamesAreFound(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let names =
      (0..<8).map { _ in random.text(over: Array("aBc1-"), lengths: 0...6) } + ["keyId", "x-amz-acl"]
    func folded(_ text: String) -> [UInt8] {
      text.utf8.filter { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 }.map {
        $0 | 0x20
      }
    }
    let wanted = Set(names.map(folded)).subtracting([[]])
    let set = FoldedNames(names)
    for _ in 0..<200 {
      var text = Array(
        (random.chance(0.5) ? random.pick(names) ?? "" : random.text(over: Array("aBc1-"), lengths: 0...8))
          .utf8)
      if random.chance(0.3) {
        text.insert(
          random.pick(Array("-_:.Kk\\0`@[{".utf8)) ?? 0, at: Int.random(in: 0...text.count, using: &random))
      }
      guard text.count >= 4 else { continue }
      let letters = (0..<4).reduce(UInt32(0)) { $0 | UInt32(text[$1]) << UInt32(8 * $1) }
      let isFound = unsafe text.withUnsafeBytes { text in
        unsafe set.mayBegin(with: letters) && set.contain(text, 0..<text.count)
      }
      let isName = wanted.contains(folded(String(decoding: text, as: UTF8.self)))
      if text.contains(UInt8(ascii: "\\")) {
        #expect(isFound || !isName, "seed \(seed): \(text)")
      } else {
        #expect(isFound == isName, "seed \(seed): \(text) in \(names)")
      }
    }
  }
}
