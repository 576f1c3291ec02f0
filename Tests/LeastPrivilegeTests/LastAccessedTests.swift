// IAM's last accessed information beside logs.

import CloudTrail
import Foundation
import IAM
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite struct LastAccessedTests {
  private static let role = LedgerMaker.role("app")
  private static let policy = """
    {"Version":"2012-10-17","Statement":[
      {"Sid":"Own","Effect":"Allow","Action":["sqs:CreateQueue","sqs:DeleteQueue","sqs:SendMessage","sns:CreateTopic"],"Resource":"*"}]}
    """
  /// 14:13:20 on 21 September 2026; the logs cover the hour from 14:00.
  private static let used: Int64 = 1_790_000_000

  private static func service(
    _ name: String, _ time: String, region: String = "eu-west-1", entity: String = role.identifier,
    tracked: String = ""
  ) -> String {
    """
    {"JobStatus":"COMPLETED","ServicesLastAccessed":[{"ServiceName":"S","ServiceNamespace":"\(name)",
     "LastAuthenticated":"\(time)","LastAuthenticatedEntity":"\(entity)","LastAuthenticatedRegion":"\(region)",
     "TotalAuthenticatedEntities":1\(tracked.isEmpty ? "" : #","TrackedActionsLastAccessed":[\#(tracked)]"#)}]}
    """
  }

  private static func tracked(_ name: String, _ time: String? = nil) -> String {
    guard let time else { return #"{"ActionName":"\#(name)"}"# }
    return
      #"{"ActionName":"\#(name)","LastAccessedEntity":"\#(role.identifier)","LastAccessedTime":"\#(time)","LastAccessedRegion":"eu-west-1"}"#
  }

  private func diff(_ reports: String...) throws -> PolicyDiff {
    var maker = LedgerMaker()
    maker.use(Self.role, "sqs:CreateQueue", "*", at: Self.used)
    maker.use(Self.role, "sns:CreateTopic", "*", at: Self.used)
    var accesses = LastAccessedReport()
    for text in reports { accesses.merge(try LastAccessedReport(parsing: Array(text.utf8), file: "r")) }
    return PolicyDiff(
      ledger: maker.ledger, grants: try AccountGrants(role: "app", policy: Self.policy), accesses: accesses)
  }

  private func statuses(_ diff: PolicyDiff) -> [String: GrantStatus] {
    let actions = diff.principals.flatMap(\.statements).flatMap(\.actions)
    return Dictionary(actions.map { ($0.action, $0.status) }) { first, _ in first }
  }

  private func status(of action: String, _ reports: String...) throws -> GrantStatus? {
    statuses(try diff(reports.joined(separator: "\n")))[action]
  }

  @Test func `an attempt on an action since the logs begin keeps it, and one before does not`() throws {
    func status(_ time: String) throws -> GrantStatus? {
      try self.status(
        of: "sqs:DeleteQueue",
        Self.service("sqs", "2026-09-01T00:00:00Z", tracked: Self.tracked("DeleteQueue", time)))
    }
    #expect(try status("2026-09-21T14:30:00Z") == .accessed)
    #expect(try status("2026-10-21T14:30:00Z") == .accessed)
    #expect(try status("2026-09-21T13:59:00Z") == .unused)
  }

  @Test func `an attempt that the logs show adds nothing`() throws {
    // The report names the minute of the call at 14:13:20.
    #expect(
      try status(of: "sqs:DeleteQueue", Self.service("sqs", "2026-09-21T14:13:00Z", region: "ap-south-1"))
        == .unused)
    #expect(
      try status(of: "sqs:DeleteQueue", Self.service("sqs", "2026-09-21T14:15:00Z", region: "ap-south-1"))
        == .accessed)
  }

  @Test func `an attempt on a service where the logs cover its hour and region was on what they cannot show`()
    throws
  {
    // The role may send messages, which is a data event.
    let covered = Self.service("sqs", "2026-09-21T14:40:00Z")
    #expect(try status(of: "sqs:DeleteQueue", covered) == .unused)
    #expect(try status(of: "sqs:SendMessage", covered) == .notObservable)
    // In another hour or region it may have been any.
    #expect(try status(of: "sqs:DeleteQueue", Self.service("sqs", "2026-09-21T15:40:00Z")) == .accessed)
    #expect(
      try status(of: "sqs:DeleteQueue", Self.service("sqs", "2026-09-21T14:40:00Z", region: "us-west-2"))
        == .accessed)
  }

  @Test func `a tracked action that nobody tried was not the one`() throws {
    let report = Self.service(
      "sqs", "2026-09-21T15:40:00Z", tracked: "\(Self.tracked("DeleteQueue")),\(Self.tracked("PurgeQueue"))")
    #expect(try status(of: "sqs:DeleteQueue", report) == .unused)
    // Another report of later time without tracked actions leaves everything open.
    #expect(
      try status(of: "sqs:DeleteQueue", report, Self.service("sqs", "2026-09-21T16:40:00Z")) == .accessed)
  }

  @Test func `what others tried says nothing of the role`() throws {
    #expect(
      try status(
        of: "sqs:DeleteQueue",
        Self.service("sqs", "2026-09-21T15:40:00Z", entity: "arn:aws:iam::111122223333:role/other"))
        == .unused)
  }

  @Test func `a trimmed policy keeps what was tried, and stays stable`() throws {
    func actions(_ diff: PolicyDiff) throws -> [String] {
      let trim = try #require(diff.trims.first)
      #expect(trim.verification.holds)
      let document = try PolicyDocument(json: try #require(trim.after))
      return document.statements.flatMap { statement -> [String] in
        if case .action(let actions) = statement.actions { actions } else { [] }
      }.sorted()
    }
    #expect(
      try actions(diff(Self.service("logs", "2026-09-21T15:40:00Z"))) == [
        "sns:CreateTopic", "sqs:CreateQueue", "sqs:SendMessage",
      ])
    #expect(
      try actions(
        diff(
          Self.service(
            "sqs", "2026-09-01T00:00:00Z", tracked: Self.tracked("DeleteQueue", "2026-09-21T14:30:00Z")))
      ) == ["sns:CreateTopic", "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SendMessage"])
  }

  @Test func `reports merge in any order`() throws {
    let texts = [
      Self.service("sqs", "2026-09-21T15:40:00Z", tracked: Self.tracked("DeleteQueue")),
      Self.service("sqs", "2026-09-21T15:40:00Z", tracked: Self.tracked("PurgeQueue")),
      Self.service("sqs", "2026-09-21T14:40:00Z"), Self.service("sns", "2026-09-21T14:40:00Z"),
      Self.service(
        "sqs", "2026-09-21T15:00:00Z", tracked: Self.tracked("DeleteQueue", "2026-09-21T14:30:00Z")),
    ]
    func merged(_ texts: [String]) throws -> LastAccessedReport {
      var report = LastAccessedReport()
      for text in texts { report.merge(try LastAccessedReport(parsing: Array(text.utf8), file: "r")) }
      return report
    }
    let whole = try merged(texts)
    #expect(whole.services.count == 2 && whole.actions.count == 1)
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      #expect(try merged(texts.shuffled(using: &random)) == whole, "seed \(seed)")
    }
    // One behind another in a file, or in an array.
    #expect(try merged([texts.joined(separator: "\n")]) == whole)
    #expect(try merged(["[\(texts.joined(separator: ","))]"]) == whole)
  }

  @Test func `a report that is none is refused, and what cannot be read of one is told`() throws {
    func problems(_ text: String) throws -> Int {
      try LastAccessedReport(parsing: Array(text.utf8), file: "r").problems.count
    }
    #expect(throws: GrantsError.self) { try problems("{}") }
    #expect(throws: GrantsError.self) { try problems(#"{"ServicesLastAccessed":["#) }
    #expect(try problems(#"{"JobStatus":"IN_PROGRESS"}"#) == 1)
    #expect(
      try problems(
        #"{"ServicesLastAccessed":[{"ServiceName":"x"},{"ServiceNamespace":"s3","LastAuthenticated":"soon"},{"ServiceNamespace":"ec2"}]}"#
      ) == 2)
  }

  @Test(
    "real reports are read", .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
  func realReports() throws {
    let folder = try Fixtures.shared("iam/last-accessed")
    var report = LastAccessedReport()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".json") {
      report.merge(
        try LastAccessedReport(
          parsing: Array(Data(contentsOf: URL(filePath: "\(folder)/\(name)"))), file: name))
    }
    #expect(!report.services.isEmpty && report.problems.isEmpty)
  }

  @Test func `a role that AWS saw at work is not called unused`() throws {
    func kinds(_ time: String) throws -> [DeadWeight.Kind] {
      var maker = LedgerMaker()
      maker.use(LedgerMaker.user("ann"), "sqs:CreateQueue", "*", at: Self.used)
      let grants = try AccountGrants(role: "app", policy: Self.policy)
      let accesses = try LastAccessedReport(parsing: Array(Self.service("sns", time).utf8), file: "r")
      let diff = PolicyDiff(ledger: maker.ledger, grants: grants, accesses: accesses)
      return AccountFindings(of: diff, ledger: maker.ledger, grants: grants, accesses: accesses).deadWeight
        .map(\.kind)
    }
    #expect(try kinds("2026-09-21T14:40:00Z").isEmpty)
    #expect(try kinds("2026-09-20T14:40:00Z") == [.unusedRole])
  }
}
