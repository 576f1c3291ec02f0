// The scripts of `whittle diff --format cli`, run against a stand-in for the AWS CLI that keeps an account.

import Foundation
import JSONStream
import TestSupport
import Testing

@Suite struct DeploymentTests {
  /// The fixtures: a folder of testdata and the account's number.
  static let fixtures = [("creep", "210987654321"), ("ladder", "345678901234")]

  /// The scripts of each fixture: made once, because that takes longest.
  private static let scripts = Result {
    try Dictionary(
      uniqueKeysWithValues: fixtures.map { fixture, _ in
        try Fixtures.withTemporaryDirectory { directory in
          let folder = "testdata/\(fixture)"
          let result = try WhittleProcess.run([
            "diff", "\(folder)/log.ndjson", "--granted", "\(folder)/account.json", "--quiet", "--format",
            "cli",
            "--output", "\(directory)/out",
          ])
          #expect(result.status == 0, "\(result.errors)")
          let files = try ["apply.sh", "rollback.sh"].map {
            try String(contentsOfFile: "\(directory)/out/\($0)", encoding: .utf8)
          }
          return (fixture, (apply: files[0], rollback: files[1]))
        }
      })
  }

  /// The versions of AWS managed policies that the fixtures' proposals speak of, by ARN.
  private static let awsManaged = Result {
    let names = ["IAMReadOnlyAccess", "AmazonSSMManagedInstanceCore", "AWSCloud9SSMInstanceProfile"]
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let policy = try JSONValue(
          parsing: WhittleProcess.run(["catalog", "managed", name, "--format", "ndjson"]).output)
        return (policy["arn"]?.string ?? "", policy["version"]?.string ?? "")
      })
  }

  /// Makes the account of a fixture, with the scripts for it.
  private func withAccount(
    _ fixture: String, _ number: String, _ body: (_ account: StandInAccount, _ scripts: String) throws -> Void
  ) throws {
    let scripts = try #require(Self.scripts.get()[fixture])
    try Fixtures.withTemporaryDirectory { directory in
      for (name, text) in [("apply.sh", scripts.apply), ("rollback.sh", scripts.rollback)] {
        try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
      }
      let account = try StandInAccount(
        JSONValue(parsing: Fixtures.bytes("\(fixture)/account.json")), number: number,
        in: "\(directory)/account", awsManaged: Self.awsManaged.get())
      try body(account, directory)
    }
  }

  @Test(arguments: fixtures)
  func `rolling back what was applied leaves the account as it was`(fixture: String, number: String) throws {
    try withAccount(fixture, number) { account, scripts in
      let before = try account.contents()
      let applied = try account.run("\(scripts)/apply.sh")
      #expect(applied.status == 0, "\(applied.errors)")
      let between = try account.contents()
      #expect(before != between)
      // A second time something is not as the proposals have it, and nothing is changed.
      let calls = account.calls.count
      let second = try account.run("\(scripts)/apply.sh")
      #expect(second.status != 0)
      #expect(account.calls.count == calls)
      for _ in 1...2 {
        let back = try account.run("\(scripts)/rollback.sh")
        #expect(back.status == 0, "\(back.errors)")
        let after = try account.contents()
        #expect(after == before)
      }
      // Policies that were deleted and versions that made room have new ids: that asks for new proposals.
      let again = try account.run("\(scripts)/apply.sh")
      let last = try account.contents()
      #expect(last == (again.status == 0 ? between : before), "\(again.errors)")
    }
  }

  @Test func `what is carried out is what was proposed, in an order that IAM takes`() throws {
    try withAccount("creep", "210987654321") { account, scripts in
      let applied = try account.run("\(scripts)/apply.sh")
      #expect(applied.status == 0, "\(applied.errors)")
      let calls = account.calls
      func expectOrder(_ first: String, _ second: String) throws {
        let positions = try [first, second].map { beginning in
          try #require(calls.firstIndex { $0.hasPrefix(beginning) }, "\(beginning) is not among \(calls)")
        }
        #expect(positions[0] < positions[1], "\(calls)")
      }
      let deploy = "arn:aws:iam::210987654321:policy/deploy"
      try expectOrder("delete-policy-version    \(deploy) v3", "create-policy-version    \(deploy)")
      let dead = "arn:aws:iam::210987654321:policy/dead"
      try expectOrder("detach-role-policy role orders  \(dead)", "delete-policy    \(dead)")
      #expect(!calls.contains { $0.contains("policy/guard") })
      let new = "arn:aws:iam::210987654321:policy/whittle-role-audit-IAMReadOnlyAccess"
      try expectOrder(
        "attach-role-policy role audit  \(new)",
        "detach-role-policy role audit  arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    }
  }

  @Test func `each rung of the ladder is carried out`() throws {
    try withAccount("ladder", "345678901234") { account, scripts in
      let applied = try account.run("\(scripts)/apply.sh")
      #expect(applied.status == 0, "\(applied.errors)")
      let folder = account.folder
      func attached(_ holder: String) throws -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/attached/\(holder)")
        return (names ?? []).map { $0.split(separator: "%").last.map(String.init) ?? "" }.sorted()
      }
      #expect(try attached("role/covered") == [])
      #expect(try attached("role/idle") == [])
      #expect(try attached("role/reports") == ["directory"])
      #expect(try attached("role/patches") == ["agent"])
      #expect(try attached("role/fleet") == ["AWSCloud9SSMInstanceProfile"])
      #expect(try attached("group/operators") == ["whittle-group-operators-IAMReadOnlyAccess"])
      #expect(try attached("user/carol") == [])
      #expect(FileManager.default.fileExists(atPath: "\(folder)/groups/carol/auditors"))
      #expect(
        try attached("role/AWSReservedSSO_Audit_0123456789abcdef") == ["IAMReadOnlyAccess"])
      let crowded = try attached("role/crowded")
      #expect(crowded.count == 10)
      #expect(crowded.contains("whittle-role-crowded-IAMReadOnlyAccess"))
    }
  }

  /// Changes of one thing each that the proposals rest on.
  static let changes: [(path: String, text: String)] = [
    ("policies/arn:aws:iam::345678901234:policy%directory/default", "v2"),
    ("policies/arn:aws:iam::aws:policy%IAMReadOnlyAccess/default", "v99"),
    ("inline/group/auditors/audit", #"{"Version":"2012-10-17","Statement":[]}"#),
    ("policies/arn:aws:iam::345678901234:policy%whittle-role-crowded-IAMReadOnlyAccess/default", "v1"),
    ("id", "999999999999"),
  ]

  @Test(arguments: changes)
  func `where something has changed since, nothing at all is changed`(path: String, text: String) throws {
    try withAccount("ladder", "345678901234") { account, scripts in
      try account.write(text, path)
      let result = try account.run("\(scripts)/apply.sh")
      #expect(result.status != 0)
      #expect(!result.errors.isEmpty)
      #expect(account.calls.isEmpty, "\(account.calls)")
    }
  }

  @Test func `a policy that somebody else got since is not narrowed`() throws {
    try withAccount("creep", "210987654321") { account, scripts in
      try account.write(
        "arn:aws:iam::210987654321:policy/deploy",
        "attached/role/newcomer/arn:aws:iam::210987654321:policy%deploy")
      let result = try account.run("\(scripts)/apply.sh")
      #expect(result.status != 0)
      #expect(result.errors.contains("policy/deploy has changed"), "\(result.errors)")
      #expect(account.calls.isEmpty)
    }
  }
}
