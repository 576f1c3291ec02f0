// What attackers would write, in every place of every input where they can write.

import IAM
import JSONStream

/// Inputs full of strings that mean something to some reader of some output.
enum HostileInput {
  /// The strings; a command that one of them got executed leaves a file called `canary`.
  static let strings = [
    "\u{1B}]52;c;ZXZpbA==\u{7}", "\u{1B}[2J\u{1B}[31m", "\u{9B}31m", "\u{202E}txt.exe", "\u{2066}x",
    "a\nb\r\nc",
    "\u{0}", "\u{2028}", "\u{FEFF}x", "\u{200B}", "=HYPERLINK(\"http://x\")", "=cmd|'/c calc'!A0", "+1", "-1",
    "@SUM(1)", "\t=1", "\u{FF1D}1", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--",
    "]]>",
    "&lt;b&gt;", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "<http://evil.example>",
    "https://evil.example/", "www.evil.example", "| a | b |", "\n\n# x", "***x***", "~~~", "```", "`",
    "`touch canary`",
    "$(touch canary)", "'; touch canary; '", "\"; touch canary; \"", "'\\''; touch canary #",
    "\\'; touch canary #",
    "${file(\"/etc/passwd\")}", "$${x}", "$$${x}", "%{ if true }x%{ endif }", "<<EOF", "EOF",
    "<<-'EOF'\ntouch canary\nEOF",
    "!Sub ${AWS::Region}", "!!python/object/apply:os.system ['touch canary']", "&anchor *alias", "- x: y",
    "x: y # z",
    "? x", "---", "...", "{a: b}", "yes", "null", "~", "1e3", "0x10", "Fn::Sub", "../../../../etc/passwd",
    "..", "a/b",
    "\\", "\\u0000", "\"", "'", "é", "e\u{301}", "\u{1F600}", "-e", "--endpoint-url=http://evil.example",
    "arn:aws:s3:::*", "*", "?", "${aws:username}", "${aws:PrincipalTag/x, '*'}", "arn:aws:iam::*:role/*",
    String(repeating: "x", count: 3000),
  ]

  /// Logs in which every string stands in every field that can reach an output.
  ///
  /// Each string comes with two identities: one that holds it, and one that IAM allows, whose policies are written.
  static let logs: [UInt8] = {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("Records")
    writer.beginArray()
    for (index, text) in strings.enumerated() {
      writeEvent(&writer, text, index: index, role: text)
      writeEvent(&writer, text, index: index, role: "app")
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }()

  private static func writeEvent(_ writer: inout JSONWriter, _ text: String, index: Int, role: String) {
    let isHostile = role == text
    func member(_ name: String, _ value: String) {
      writer.name(name)
      writer.write(value)
    }
    writer.beginObject()
    member("eventVersion", "1.08")
    member("eventID", "id-\(index)-\(text)")
    member("eventTime", "2026-11-20T10:00:00Z")
    member("eventSource", isHostile && index.isMultiple(of: 5) ? "\(text).amazonaws.com" : "s3.amazonaws.com")
    member("eventName", isHostile && index.isMultiple(of: 7) ? text : "GetObject")
    member("awsRegion", index.isMultiple(of: 3) ? text : "eu-west-1")
    member("eventType", isHostile && index.isMultiple(of: 13) ? text : "AwsApiCall")
    member("eventCategory", index.isMultiple(of: 17) ? text : "Data")
    member("recipientAccountId", isHostile && index.isMultiple(of: 11) ? text : "111122223333")
    member("userAgent", text)
    member("sourceIPAddress", text)
    if isHostile, index.isMultiple(of: 4) {
      member("errorCode", index.isMultiple(of: 8) ? "AccessDenied" : text)
      member("errorMessage", "User: \(text) is not authorized to perform: \(text) on resource: \(text)")
    }
    writer.name("userIdentity")
    writer.beginObject()
    member("type", "AssumedRole")
    member("arn", "arn:aws:sts::111122223333:assumed-role/\(role)/\(text)")
    member("accountId", "111122223333")
    member("principalId", "AROA:\(text)")
    writer.name("sessionContext")
    writer.beginObject()
    writer.name("sessionIssuer")
    writer.beginObject()
    member("type", "Role")
    member("arn", "arn:aws:iam::111122223333:role/\(role)")
    member("userName", text)
    writer.endObject()
    writer.endObject()
    writer.endObject()
    writer.name("requestParameters")
    writer.beginObject()
    member("bucketName", "bucket")
    member("key", text)
    writer.endObject()
    writer.name("resources")
    writer.beginArray()
    writer.beginObject()
    member("ARN", "arn:aws:s3:::bucket/\(text)")
    member("type", "AWS::S3::Object")
    writer.endObject()
    writer.endArray()
    writer.endObject()
  }

  /// What an account grants, with every string as the name of a role, a policy and a statement, and as a resource.
  static let grants: [UInt8] = {
    func policy(_ text: String) -> JSONValue {
      .object([
        JSONMember("Version", .string("2012-10-17")),
        JSONMember(
          "Statement",
          .array([
            .object([
              JSONMember("Sid", .string(text)), JSONMember("Effect", .string("Allow")),
              JSONMember("Action", .array([.string("s3:GetObject"), .string("sqs:\(text)")])),
              JSONMember("Resource", .string("arn:aws:s3:::bucket/\(text)")),
            ])
          ])),
      ])
    }
    let roles = (strings + ["app"]).map { text in
      JSONValue.object([
        JSONMember("RoleName", .string(text)),
        JSONMember("Arn", .string("arn:aws:iam::111122223333:role/\(text)")),
        JSONMember(
          "RolePolicyList",
          .array(
            (text == "app" ? strings : [text]).map {
              .object([JSONMember("PolicyName", .string($0)), JSONMember("PolicyDocument", policy($0))])
            })),
      ])
    }
    var writer = JSONWriter()
    writer.write(
      .object([
        JSONMember("UserDetailList", .array([])), JSONMember("GroupDetailList", .array([])),
        JSONMember("RoleDetailList", .array(roles)), JSONMember("Policies", .array([])),
      ]))
    return writer.bytes
  }()

  /// A policy of every string as a statement id and a resource.
  static let policy: [UInt8] = {
    var writer = JSONWriter()
    writer.write(
      .object([
        JSONMember("Version", .string("2012-10-17")),
        JSONMember(
          "Statement",
          .array(
            strings.map { text in
              .object([
                JSONMember("Sid", .string(text)), JSONMember("Effect", .string("Allow")),
                JSONMember("Action", .string("s3:GetObject")),
                JSONMember("Resource", .string("arn:aws:s3:::bucket/\(text)")),
              ])
            })),
      ]))
    return writer.bytes
  }()

  /// Lines of `simulate` and `check --pairs` at once, with every string in every member.
  static let requests: [UInt8] = strings.flatMap { text in
    var writer = JSONWriter()
    let document = try? JSONValue(parsing: policy)
    writer.write(
      .object([
        JSONMember("id", .string(text)), JSONMember("action", .string("s3:\(text)")),
        JSONMember(
          "principal",
          .object([
            JSONMember("arn", .string("arn:aws:iam::111122223333:role/\(text)")),
            JSONMember("type", .string("role")),
            JSONMember("account", .string("111122223333")),
          ])),
        JSONMember("resource", .object([JSONMember("arn", .string("arn:aws:s3:::bucket/\(text)"))])),
        JSONMember("context", .object([JSONMember("aws:\(text)", .string(text))])),
        JSONMember("identityPolicies", .array([document ?? .null])),
        JSONMember("existing", .array([])), JSONMember("proposed", document ?? .null),
      ]))
    return writer.bytes + [0x0A]
  }
}
