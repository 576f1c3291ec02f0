// Logs hold strings that attackers chose: one file with all of them, through every command and format.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("Hostile strings")
struct HostileInputTests {
  /// Strings that mean something to some reader of some output.
  private static let strings = [
    "\u{1B}]52;c;ZXZpbA==\u{7}", "\u{1B}[2J\u{1B}[31m", "\u{9B}31m", "\u{202E}txt.exe", "a\nb\r\nc", "\u{0}",
    "\u{2028}",
    "=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "<script>alert(1)</script>", "<!--", "]]>",
    "[x](javascript:1)",
    "| a | b |", "`id`", "$(id)", "'; rm -rf /; '", "\"; exit 1; \"", "${file(\"/etc/passwd\")}",
    "%{ if true }",
    "<<EOF", "EOF", "!Sub ${AWS::Region}", "&anchor *alias", "../../../../etc/passwd", "..", "a/b", "\\",
    "\\u0000",
    "é", "e\u{301}", String(repeating: "x", count: 3000),
  ]

  /// A log in which every string stands in every field that can reach an output.
  private static func log() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("Records")
    writer.beginArray()
    for (index, text) in strings.enumerated() {
      func member(_ name: String, _ value: String) {
        writer.name(name)
        writer.write(value)
      }
      writer.beginObject()
      member("eventVersion", "1.08")
      member("eventID", "id-\(index)-\(text)")
      member("eventTime", "2026-11-20T10:00:00Z")
      member("eventSource", index.isMultiple(of: 5) ? "\(text).amazonaws.com" : "s3.amazonaws.com")
      member("eventName", index.isMultiple(of: 7) ? text : "GetObject")
      member("awsRegion", index.isMultiple(of: 3) ? text : "eu-west-1")
      member("eventType", "AwsApiCall")
      member("eventCategory", "Data")
      member("recipientAccountId", index.isMultiple(of: 11) ? text : "111122223333")
      member("userAgent", text)
      member("sourceIPAddress", text)
      if index.isMultiple(of: 4) {
        member("errorCode", "AccessDenied")
        member("errorMessage", "User: \(text) is not authorized to perform: \(text) on resource: \(text)")
      }
      writer.name("userIdentity")
      writer.beginObject()
      member("type", "AssumedRole")
      member("arn", "arn:aws:sts::111122223333:assumed-role/\(text)/\(text)")
      member("accountId", "111122223333")
      member("principalId", "AROA:\(text)")
      writer.name("sessionContext")
      writer.beginObject()
      writer.name("sessionIssuer")
      writer.beginObject()
      member("type", "Role")
      member("arn", "arn:aws:iam::111122223333:role/\(text)")
      member("userName", text)
      writer.endObject()
      writer.endObject()
      writer.endObject()
      writer.name("requestParameters")
      writer.beginObject()
      member("bucketName", "bucket")
      member("key", text)
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  /// Whether bytes hold what a terminal would act on.
  private func isHarmless(_ output: [UInt8], allowing allowed: Set<UInt32> = [0x0A]) -> Bool {
    String(decoding: output, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      allowed.contains(scalar.value)
        || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0x2028
          && !(0x202A...0x202E).contains(scalar.value))
    }
  }

  @Test(
    "no format of any command hands a terminal anything but text",
    arguments: [
      "usage --format text", "usage --format markdown", "usage --format csv", "policy --format text",
      "policy --format markdown", "policy --format terraform", "policy --format cloudformation",
      "policy --format cli",
      "policy --format text --include-denied --generalize none",
      "diff --granted testdata/photos/account.json --format text",
      "diff --granted testdata/photos/account.json --format csv",
      "diff --granted testdata/photos/account.json --format markdown",
    ])
  func terminals(command: String) throws {
    let result = try WhittleProcess.run(
      command.split(separator: " ").map(String.init) + ["-"], input: Self.log())
    #expect([0, 1, 3].contains(result.status), "\(result.errors)")
    #expect(isHarmless(result.output, allowing: command.hasSuffix("csv") ? [0x0A, 0x0D] : [0x0A]))
    #expect(isHarmless(Array(result.errors.utf8)))
  }

  @Test(
    "JSON of every command parses, line by line where it is ndjson",
    arguments: [
      "usage --format json", "usage --format ndjson", "policy --format json", "policy --format ndjson",
      "diff --granted testdata/photos/account.json --format json",
    ])
  func parses(command: String) throws {
    let result = try WhittleProcess.run(
      command.split(separator: " ").map(String.init) + ["-"], input: Self.log())
    let texts = command.hasSuffix("ndjson") ? result.lines.map { Array($0.utf8) } : [result.output]
    #expect(!texts.isEmpty)
    for text in texts { _ = try JSONValue(parsing: text) }
    #expect(isHarmless(result.output.filter { $0 != 0x0A }) || command.contains("json"))
  }

  @Test("a directory of policies stays below itself, and its scripts are scripts")
  func directory() throws {
    try Fixtures.withTemporaryDirectory { scratch in
      let out = "\(scratch)/below/out"
      let result = try WhittleProcess.run(
        ["policy", "-", "--format", "cli", "--output", out, "--include-denied"], input: Self.log())
      #expect([0, 1, 3].contains(result.status), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == ["below"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch + "/below") == ["out"])
      for script in ["apply.sh", "rollback.sh"] {
        #expect(try WhittleProcess.shell("bash -n '\(out)/\(script)'").status == 0)
      }
    }
  }
}
