// What `whittle diff` finds of accounts as a whole, seen through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite("findings of whittle diff")
struct FindingsTests {
  private static func path(_ name: String) -> String { Fixtures.testdata.appending(path: name).path }
  private static let photos = ["diff", path("photos/logs"), "--granted", path("photos/account.json")]

  /// The expectation is worked out in `testdata/organization/README.md`.
  @Test("the photo service under its organisation comes out as worked out by hand")
  func photoService() throws {
    let result = try WhittleProcess.run(
      Self.photos + [
        "--organization", Self.path("organization/tree.json"), "--credential-report",
        Self.path("organization/credentials.csv"), "--format", "json",
      ])
    #expect(result.status == ExitStatus.done.rawValue)
    let answer = try JSONValue(parsing: result.output)
    let ineffective = (answer["ineffective"]?.elements ?? []).flatMap { principal in
      (principal["grants"]?.elements ?? []).map { grant in
        let name = principal["principal"]?.string?.split(separator: "/").last ?? ""
        let services = Set((grant["actions"]?.elements ?? []).compactMap { $0.string?.prefix { $0 != ":" } })
          .sorted()
        let level = grant["reason"]?.string?.contains("level 0") == true ? 0 : 1
        return "\(name) \(grant["policy"]?.string ?? "") \(services.joined(separator: ",")) level \(level)"
      }
    }
    #expect(
      ineffective == [
        "photo-service photos sqs level 1", "deployer deploy lambda level 1",
        "break-glass AdministratorAccess organizations level 0",
        "break-glass AdministratorAccess lambda,sqs level 1",
      ])
    let dead = (answer["deadWeight"]?.elements ?? []).map { item in
      let name = item["subject"]?.string?.split(separator: "/").last ?? ""
      return "\(item["kind"]?.string ?? "") \(name) \(item["proven"]?.bool == true)"
    }
    #expect(
      dead == [
        "unusedUser bob true", "unattachedPolicy forgotten true", "idleBoundary deployer true",
        "unusedPassword bob true", "unusedAccessKey alice false", "unusedAccessKey bob true",
        "oldAccessKey alice true", "oldAccessKey bob true",
      ])
    let account = try #require(answer["accounts"]?.elements.first)
    #expect(account["missingHours"]?.scalarText == "4")
    #expect(account["regions"]?.elements.map(\.string) == ["eu-west-1", "us-east-1"])
  }

  @Test("what was not read is not called unused")
  func serviceFilter() throws {
    let result = try WhittleProcess.run(Self.photos + ["--service", "s3", "--format", "json"])
    let principals = try JSONValue(parsing: result.output)["principals"]?.elements ?? []
    let unused = principals.flatMap { $0["statements"]?.elements ?? [] }.flatMap {
      $0["actions"]?.elements ?? []
    }
    .filter { $0["status"]?.string == "unused" }.compactMap { $0["action"]?.string }
    #expect(!unused.isEmpty)
    #expect(unused.allSatisfy { $0.hasPrefix("s3:") })
  }

  @Test("ages are counted from --now")
  func now() throws {
    func kinds(_ now: String) throws -> [String] {
      let result = try WhittleProcess.run(
        Self.photos + [
          "--credential-report", Self.path("organization/credentials.csv"), "--now", now, "--format", "json",
        ])
      return (try JSONValue(parsing: result.output)["deadWeight"]?.elements ?? []).compactMap {
        $0["kind"]?.string
      }
      .filter { $0.hasSuffix("Key") || $0.hasSuffix("Password") }
    }
    #expect(try kinds("2025-01-01").isEmpty)
    #expect(try kinds("2028-01-01").count == 8)
  }

  @Test("a damaged report is status 3, what is none is status 4")
  func damage() throws {
    try Fixtures.withTemporaryDirectory { directory in
      let file = "\(directory)/report.csv"
      try "user,arn\na,b,c\n".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(
        try WhittleProcess.run(Self.photos + ["--credential-report", file]).status
          == ExitStatus.damagedInput.rawValue)
      try "no report\n".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(
        try WhittleProcess.run(Self.photos + ["--credential-report", file]).status
          == ExitStatus.cannotBeDone.rawValue)
    }
  }

  @Test(
    "a form of grants that is cut is status 4 and names the byte",
    arguments: ["details.json", "plan.json", "state.json", "stack.json", "permission-sets.json"])
  func cutGrants(name: String) throws {
    try Fixtures.withTemporaryDirectory { directory in
      let bytes = try Fixtures.bytes("grants/\(name)")
      let file = "\(directory)/cut.json"
      try Data(bytes.prefix(bytes.count * 2 / 3)).write(to: URL(filePath: file))
      let result = try WhittleProcess.run(["diff", Self.path("photos/logs"), "--granted", file])
      #expect(result.status == ExitStatus.cannotBeDone.rawValue)
      #expect(result.errors.contains("at byte"))
    }
  }

  @Test(
    "names that attackers chose stay data in every format", arguments: ["text", "markdown", "csv", "json"])
  func hostileNames(format: String) throws {
    try Fixtures.withTemporaryDirectory { directory in
      let name = "=cmd|`[x](http://e)\\u001b[31m\\u202e"
      let file = "\(directory)/account.json"
      try """
      {"UserDetailList":[{"Path":"/","UserName":"u","Arn":"arn:aws:iam::111122223333:user/\(name)","GroupList":[],
        "UserPolicyList":[{"PolicyName":"\(name)","PolicyDocument":{"Statement":[
          {"Sid":"A","Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"},
          {"Sid":"B","Effect":"Deny","Action":"sqs:*","Resource":"*"}]}}]}],
       "GroupDetailList":[{"Path":"/","GroupName":"g","Arn":"arn:aws:iam::111122223333:group/\(name)","GroupPolicyList":[]}],
       "RoleDetailList":[],"Policies":[]}
      """.write(toFile: file, atomically: true, encoding: .utf8)
      let result = try WhittleProcess.run(
        ["diff", Self.path("photos/logs"), "--granted", file, "--format", format, "--color", "never"])
      #expect(result.status == ExitStatus.done.rawValue)
      #expect(result.text.contains("cmd"))
      #expect(!result.text.contains("\u{1B}") && !result.text.contains("\u{202E}"))
      if format == "csv" {
        #expect(!result.lines.contains { $0.hasPrefix("=") || $0.contains(",=") })
      } else if format == "markdown" {
        #expect(!result.text.contains("](http"))
      } else if format == "json" {
        let answer = try JSONValue(parsing: result.output)
        #expect(answer["ineffective"]?.elements.count == 1)
        #expect(answer["deadWeight"]?.elements.isEmpty == false)
      }
    }
  }
}
