// `whittle catalog`, seen through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("whittle catalog")
struct CatalogTests {
  static func run(_ words: String..., input: String = "", environment: [String: String] = [:]) throws
    -> ProcessResult
  {
    try WhittleProcess.run(["catalog"] + words, input: Array(input.utf8), environment: environment)
  }

  @Test("an action is one line with the members of the interface, in order")
  func action() throws {
    let result = try Self.run("action", "S3:getobject", "--format", "ndjson")
    #expect(result.status == ExitStatus.done.rawValue)
    #expect(result.lines.count == 1)
    let value = try JSONValue(parsing: result.output)
    #expect(
      value.members.map(\.name) == [
        "action", "accessLevel", "resourceTypes", "conditionKeys", "dependentActions", "observability",
      ])
    #expect(value["action"]?.string == "s3:GetObject")
    #expect(value["accessLevel"]?.string == "Read")
    #expect(value["observability"]?.string == "data")
    let object = value["resourceTypes"]?.elements.first { $0["name"]?.string == "object" }
    #expect(object?.members.map(\.name) == ["name", "required", "arnFormats"])
    #expect(
      object?["arnFormats"]?.elements.first?.string == "arn:${Partition}:s3:::${BucketName}/${ObjectName}")
  }

  @Test("patterns expand, over all services where no colon stands in them")
  func patterns() throws {
    let acls = try Self.run("action", "s3:*ObjectAcl", "--format", "ndjson").lines
    #expect(acls.count == 2)
    #expect(
      try Self.run("action", "GetCallerIdentity").lines.first?.hasPrefix("sts:GetCallerIdentity") == true)
    let document = try JSONValue(parsing: Self.run("action", "s3:*ObjectAcl", "--format", "json").output)
    #expect(document["actions"]?.elements.count == 2)
    let table = try Self.run("action", "s3:*Acl").lines
    #expect(table.first?.hasPrefix("action") == true && table.last?.contains("6 actions") == true)
  }

  @Test("an action that is not there is an answer of no, with the reason")
  func absence() throws {
    for (name, reason) in [
      ("nosuch:Action", "no service prefix `nosuch`"), ("s3:NoSuchAction", "in the catalog of"),
      ("cloudhsm:CreateLunaClient", "AWS CloudHSM Classic was retired"),
    ] {
      let result = try Self.run("action", name)
      #expect(result.status == ExitStatus.answerIsNo.rawValue)
      #expect(result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test("an event is resolved by name and by standard input, one answer a line")
  func events() throws {
    let one = try Self.run("event", "lambda.amazonaws.com", "CreateFunction20150331", "--format", "ndjson")
    #expect(one.status == ExitStatus.done.rawValue)
    let value = try JSONValue(parsing: one.output)
    #expect(
      Array(value.members.map(\.name).prefix(6)) == [
        "eventSource", "eventName", "actions", "rule", "kind", "conditionalActions",
      ])
    #expect(value["actions"]?.elements.map(\.string) == ["lambda:CreateFunction"])
    #expect(value["conditionalActions"]?.elements.contains { $0.string == "iam:PassRole" } == true)

    let many = try Self.run(
      "event", "-", "--format", "ndjson",
      input:
        "s3.amazonaws.com\tHeadObject\r\n\nsts.amazonaws.com\tGetCallerIdentity\nsignin.amazonaws.com\tConsoleLogin\n"
    )
    #expect(many.status == ExitStatus.done.rawValue)
    let kinds = try many.lines.map { try JSONValue(parsing: $0)["kind"]?.string }
    #expect(kinds == ["action", "noPermissionNeeded", "notACall"])
    let damaged = try Self.run("event", "-", "--format", "ndjson", input: "one field\na\tb\tc\nx\ty\n")
    #expect(damaged.status == ExitStatus.damagedInput.rawValue)
    #expect(damaged.lines.count == 1)
    #expect(try Self.run("event", "nosuch.amazonaws.com", "X").status == ExitStatus.answerIsNo.rawValue)
    #expect(try Self.run("event", "s3.amazonaws.com").status == ExitStatus.wrongUsage.rawValue)
  }

  @Test("names from outside are escaped on a terminal and in JSON")
  func hostileNames() throws {
    let hostile = "evil\u{1B}[2J\u{202E}"
    let text = try Self.run("event", "s3.amazonaws.com", hostile)
    #expect(!text.output.contains(0x1B) && !text.errors.contains("\u{1B}"))
    let json = try Self.run("event", "s3.amazonaws.com", hostile, "--format", "ndjson")
    #expect(!json.output.contains(0x1B))
    #expect(try JSONValue(parsing: json.output)["eventName"]?.string == hostile)
  }

  @Test("managed policies are shown with their documents, and ranked by excess")
  func managed() throws {
    let shown = try Self.run("managed", "AmazonS3ReadOnlyAccess").lines
    #expect(shown.first?.contains("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") == true)
    #expect(shown.contains { $0.contains("s3:Get*") })
    let covers = try Self.run(
      "managed", "AmazonS3*", "--covering", "s3:GetObject,s3:ListBucket", "--format", "ndjson"
    ).lines.map { try JSONValue(parsing: $0) }
    let names = covers.compactMap { $0["name"]?.string }
    #expect(names.first == "AmazonS3ReadOnlyAccess" && names.contains("AmazonS3FullAccess"))
    #expect(covers.first?["document"]?["Statement"] != nil)
    #expect(try Self.run("managed", "NoSuchPolicy").status == ExitStatus.answerIsNo.rawValue)
    #expect(try Self.run("managed").status == ExitStatus.wrongUsage.rawValue)
    #expect(try Self.run("managed", "--covering", "s3:Get*").status == ExitStatus.wrongUsage.rawValue)
  }

  @Test("what is imported is used with --catalog and WHITTLE_CATALOG")
  func importing() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let folder = URL(filePath: directory)
      let reference = folder.appending(path: "v1/whittling")
      try FileManager.default.createDirectory(at: reference, withIntermediateDirectories: true)
      try Data(#"{"Name":"whittling","Actions":[{"Name":"Carve"}]}"#.utf8)
        .write(to: reference.appending(path: "whittling.json"))
      try Data(#"[{"service":"whittling","url":"x"}]"#.utf8).write(to: folder.appending(path: "index.json"))
      let file = folder.appending(path: "aws.catalog").path
      let made = try Self.run("import", directory, "--date", "2030-01-01", "--output", file)
      #expect(made.status == ExitStatus.done.rawValue, "\(made.errors)")
      #expect(try Self.run("action", "whittling:*").status == ExitStatus.answerIsNo.rawValue)
      let lines = try Self.run("action", "whittling:*", "--catalog", file, "--format", "ndjson").lines
      #expect(lines.first?.hasPrefix(#"{"action":"whittling:Carve""#) == true)
      let info = try Self.run("info", "--format", "json", environment: ["WHITTLE_CATALOG": file])
      let value = try JSONValue(parsing: info.output)
      #expect(value["date"]?.string == "2030-01-01")
      #expect(value["updatedServices"]?.elements.map(\.string) == ["whittling"])

      let event = Data(
        #"""
        {"eventVersion":"1.11","eventID":"5d1a2a52-0a29-4f27-b6b1-6f7e3c5f5a01","eventType":"AwsApiCall",
         "eventSource":"whittling.amazonaws.com","eventName":"Carve","eventTime":"2030-01-02T03:04:05Z",
         "awsRegion":"eu-west-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser",
         "arn":"arn:aws:iam::111122223333:user/carver","accountId":"111122223333","userName":"carver"}}
        """#.utf8)
      let log = folder.appending(path: "log.json")
      try event.write(to: log)
      for command in [["usage"], ["policy"], ["explain", "-p", "carver"]] {
        let words = command + [log.path, "--format", "json"]
        #expect(try !WhittleProcess.run(words).text.contains("whittling:Carve"))
        let updated = try WhittleProcess.run(words, environment: ["WHITTLE_CATALOG": file])
        #expect(updated.status == 0, "\(updated.errors)")
        let shown = updated.text.contains("whittling:Carve") || command == ["usage"]
        #expect(shown && !updated.text.contains("\"unresolvedEvents\":1"), "\(command)")
      }
      #expect(try WhittleProcess.run(["usage", log.path, "--catalog", log.path]).status == 4)

      try Data("{".utf8).write(to: folder.appending(path: "damaged.json"))
      let damaged = try Self.run("import", directory, "--date", "2030-01-01")
      #expect(damaged.status == ExitStatus.damagedInput.rawValue)
      #expect(damaged.errors.contains("damaged.json"))
      #expect(damaged.lines.first == "# whittle catalog 1")
      let wrong = try Self.run("info", "--catalog", folder.appending(path: "index.json").path)
      #expect(wrong.status == ExitStatus.cannotBeDone.rawValue)
      #expect(try Self.run("import", directory, "--date", "today").status == ExitStatus.wrongUsage.rawValue)
      #expect(
        try Self.run("import", folder.appending(path: "nowhere").path).status
          == ExitStatus.cannotBeDone.rawValue)
    }
  }

  @Test("the embedded tables fit into six million bytes")
  func size() throws {
    let value = try JSONValue(parsing: Self.run("info", "--format", "json").output)
    let bytes = try #require(value["bytes"]?.scalarText.flatMap { Int($0) })
    #expect((5_000_000...6_000_000).contains(bytes))
    #expect(value["tables"]?.elements.count == 11)
  }
}
