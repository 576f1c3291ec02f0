// Laws between runs over changed logs, on the bytes of real logs and of seeded random accounts.
//
//   MORE     more logs never remove a permission
//   SPLIT    how the events are spread over files, in which order and by how many threads they are read, and whether
//            ledgers of parts are merged, changes nothing
//   RENAME   another account id changes that id and nothing else
//
// The first one, exactly: let A be part of the events of W. What the policies for A allow, the policies for W allow, A
// being read with what W teaches (the path of a role, the key behind an alias). Without that a role `app` of A and the
// role `team/app` of W would be two principals, and a key that A does not tell would be `*`. What quotas force by wildcards
// is excess and no permission; these cases need none.

import CloudTrail
import Foundation
import IAM
import JSONStream
import LeastPrivilege
import TestSupport
import Testing
import Usage

@Suite("Laws between logs")
struct LogLawTests {
  /// Sources of many events under few principals.
  private static let sources = ["boogy-prod", "invictus", "panther-analysis"]

  private static let accounts = ["invictus": "123837392027", "boogy-prod": "123456789012"]

  /// The records of plain `{"Records":[…]}` files below a folder, and of files with one after the other, as the bytes
  /// that they are.
  ///
  /// - Parameter folder: The folder.
  /// - Returns: The records, in the order of the paths.
  /// - Throws: What reading and running throw.
  static func records(below folder: String) throws -> [String] {
    var records: [String] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
      let bytes = [UInt8](data)
      guard bytes.first == UInt8(ascii: "{") else { continue }
      let start = bytes.firstIndex(of: UInt8(ascii: "[")) ?? 0
      let isFile = String(decoding: bytes[..<start].filter { $0 > 0x20 }, as: UTF8.self) == #"{"Records":"#
      records += Self.elements(of: isFile ? bytes[(start + 1)...] : bytes[...])
    }
    return records
  }

  /// The objects of an array, found by counting braces outside of strings.
  private static func elements(of bytes: ArraySlice<UInt8>) -> [String] {
    var elements: [String] = []
    var depth = 0
    var start = bytes.startIndex
    var isText = false
    var isEscaped = false
    for (index, byte) in zip(bytes.indices, bytes) {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"):
        if depth == 0 { start = index }
        depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { elements.append(String(decoding: bytes[start...index], as: UTF8.self)) }
        if depth < 0 { return elements }
      default: break
      }
    }
    return elements
  }

  /// Writes records to a file.
  private func write(_ records: [String], to path: String) throws {
    try Data("{\"Records\":[\n\(records.joined(separator: ",\n"))\n]}\n".utf8).write(to: URL(filePath: path))
  }

  /// The ledger of records as recorded.
  private func record(_ records: [String], in directory: String) throws -> UsageLedger {
    let path = "\(directory)/\(UUID().uuidString).json"
    try write(records, to: path)
    let (ledger, summary) = try UsageScan(inputs: [.path(path)]).record()
    #expect(summary.damaged.isEmpty)
    return ledger
  }

  /// Splits records at random.
  private func split(_ records: [String], _ count: Int, _ random: inout SeededGenerator) -> [[String]] {
    var parts = [[String]](repeating: [], count: count)
    for record in records { parts[Int.random(in: 0..<count, using: &random)].append(record) }
    return parts
  }

  // MARK: - Promises

  @Test("every promise holds for seeded random accounts and logs", arguments: 0..<6 as Range<UInt64>)
  func promises(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    let records = account.records(Int(20 + 25 * seed))
    let grants = account.grants()
    try Fixtures.withTemporaryDirectory { directory in
      let (log, granted) = ("\(directory)/log.json", "\(directory)/account.json")
      try write(records, to: log)
      try Data(grants.utf8).write(to: URL(filePath: granted))
      let generalize = ["none", "safe", "2"][Int(seed % 3)]
      let size = ["6144", "900"][Int(seed % 2)]
      let limit = ["--max-size", size, "--attachment-limit", "20"]
      #expect(try NaiveReplayTests().prove(log, generalize: generalize, limit) > 0)
      try ProofTests().prove(log, ["--generalize", generalize] + limit)
      try ProofTests().prove(log, ["--generalize", generalize, "--granted", granted] + limit)
    }
  }

  @Test("every promise holds within seeded random grants", arguments: 100..<124 as Range<UInt64>)
  func granted(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    let records = account.records(80)
    let grants = try AccountGrants(parsing: Array(account.grants().utf8), file: "account.json")
    var random = SeededGenerator(seed: seed)
    let options = SynthesisOptions(
      generalization: random.pick([.none, .safe, .budget(2)]) ?? .safe, includeDenied: random.chance(0.2),
      conditions: Set(EvidenceCondition.allCases.filter { _ in random.chance(0.3) }))
    try Fixtures.withTemporaryDirectory { directory in
      let ledger = try record(records, in: directory).settled()
      for proposal in PolicySynthesizer(options: options).proposals(for: ledger, grants: grants) {
        #expect(
          proposal.verification.holds, "\(proposal.principal) \(proposal.verification.failures.prefix(3))")
        #expect(proposal.standing == .granted && proposal.verification.noNewAccess == true)
      }
    }
  }

  // MARK: - More logs

  private func expectNothingLost(
    _ records: [String], seed: UInt64, options: SynthesisOptions, grants: AccountGrants? = nil
  ) throws {
    var random = SeededGenerator(seed: seed)
    try Fixtures.withTemporaryDirectory { directory in
      let whole = try record(records, in: directory)
      let synthesizer = PolicySynthesizer(options: options)
      let more = synthesizer.proposals(for: whole.settled(), grants: grants)
      var compared = 0
      for part in split(records, 2, &random) {
        let ledger = try record(part, in: directory).settled(with: whole.learned)
        for before in synthesizer.proposals(for: ledger, grants: grants) where !before.policies.isEmpty {
          let after = try #require(more.first { $0.principal == before.principal })
          let result = PolicyContainment(existing: after.policies.map(\.document))
            .check(proposed: before.policies.map(\.document))
          #expect(result.holds, "\(before.principal.identifier): \(result.explanation)")
          compared += 1
        }
      }
      #expect(compared > 0)
    }
  }

  @Test("more logs never remove a permission", arguments: 200..<216 as Range<UInt64>)
  func more(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    let records = account.records(120)
    let grants = try AccountGrants(parsing: Array(account.grants().utf8), file: "account.json")
    var random = SeededGenerator(seed: seed)
    let options = SynthesisOptions(
      generalization: random.pick([.none, .safe, .budget(3)]) ?? .safe,
      conditions: Set(EvidenceCondition.allCases.filter { _ in random.chance(0.3) }))
    try expectNothingLost(records, seed: seed, options: options)
    try expectNothingLost(records, seed: seed, options: options, grants: grants)
  }

  @Test(
    "more real logs never remove a permission",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)), arguments: sources)
  func moreReal(source: String) throws {
    let records = try Self.records(below: Fixtures.shared("logs/\(source)"))
    for generalization in [Generalization.safe, .budget(3)] {
      try expectNothingLost(
        records, seed: 1, options: SynthesisOptions(generalization: generalization, attachmentLimit: 20))
    }
  }

  // MARK: - Files, order, threads and ledgers

  /// What `policy --format json` says but for the account of what was read.
  private func policies(_ arguments: [String]) throws -> String {
    let result = try WhittleProcess.run(["policy", "--format", "json", "--quiet"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let parts = result.text.split(separator: "\n  \"summary\":", maxSplits: 1)
    #expect(parts.count == 2)
    return String(parts.first?.dropLast() ?? "") + "\n}\n"
  }

  private func expectSameHoweverSplit(_ records: [String], seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try Fixtures.withTemporaryDirectory { directory in
      let whole = "\(directory)/whole.json"
      try write(records, to: whole)
      let expected = try policies([whole, "--jobs", "1"])
      #expect(expected.contains("\"Action\""))
      for jobs in 2...3 {
        var files: [String] = []
        for (number, part) in split(records.shuffled(using: &random), 5, &random).enumerated() {
          // Objects one after the other are a form of logs too; records may hold line breaks.
          let path = "\(directory)/\(jobs)-\(number).json"
          if number % 2 == 0 {
            try write(part, to: path)
          } else {
            try Data(part.joined(separator: "\n").utf8).write(to: URL(filePath: path))
          }
          files.append(path)
        }
        let found = try policies(files.shuffled(using: &random) + ["--jobs", "\(jobs)"])
        #expect(found == expected, "\(jobs) threads")
      }
      // An event that stands in two parts counts twice in merged ledgers: nothing else may differ.
      let parts = try split(records, 4, &random).map { try record($0, in: directory) }
      let merged = parts.shuffled(using: &random).reduce(into: UsageLedger()) { $0.merge($1) }
      let one = PolicySynthesizer().proposals(for: try record(records, in: directory).settled())
      let many = PolicySynthesizer().proposals(
        for: UsageScan.Result(recorded: merged, summary: LogSummary()).ledger)
      func documents(_ proposals: [PrincipalProposal]) -> [[UInt8]] {
        proposals.flatMap { $0.policies.map { Array($0.name.utf8) + $0.document.json(pretty: true) } }
      }
      #expect(!documents(one).isEmpty)
      #expect(documents(one) == documents(many))
    }
  }

  @Test("splitting logs and merging ledgers gives the same bytes", arguments: 300..<304 as Range<UInt64>)
  func split(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    try expectSameHoweverSplit(account.records(150), seed: seed)
  }

  @Test(
    "splitting real logs and merging ledgers gives the same bytes",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)), arguments: sources)
  func splitReal(source: String) throws {
    try expectSameHoweverSplit(Self.records(below: Fixtures.shared("logs/\(source)")), seed: 2)
  }

  // MARK: - One principal alone

  @Test(
    "asking for one principal gives what asking for all gives of it", arguments: 500..<503 as Range<UInt64>)
  func alone(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    let records = account.records(100)
    try Fixtures.withTemporaryDirectory { directory in
      let log = "\(directory)/log.json"
      try write(records, to: log)
      func uses(_ arguments: [String]) throws -> [String] {
        try WhittleProcess.run(["usage", log, "--format", "ndjson", "--quiet"] + arguments).lines
      }
      let all = try uses([])
      let byPrincipal = try Dictionary(grouping: all) {
        try JSONValue(parsing: $0)["principal"]?.string ?? ""
      }
      #expect(byPrincipal.count > 1)
      for (principal, expected) in byPrincipal {
        #expect(try uses(["--principal", principal]) == expected, "\(principal)")
      }
      // What the calls to other services tell is known as well.
      let some = try uses(["--service", "iam"])
      #expect(!some.isEmpty && Set(some).isSubset(of: all))
    }
  }

  // MARK: - Names of accounts

  /// The statements of each principal without their ids, lists sorted: what is left when the order of names is not looked at.
  private func permissions(_ text: String) throws -> [String: Set<String>] {
    func sorted(_ value: JSONValue) -> String {
      switch value {
      case .array(let elements): return "[\(elements.map(sorted).sorted().joined(separator: ","))]"
      case .object(let members):
        let parts = members.filter { $0.name != "Sid" }.map { "\($0.name):\(sorted($0.value))" }
        return "{\(parts.sorted().joined(separator: ","))}"
      default: return value.scalarText ?? "null"
      }
    }
    var permissions: [String: Set<String>] = [:]
    for proposal in try JSONValue(parsing: text)["principals"]?.elements ?? [] {
      for policy in proposal["policies"]?.elements ?? [] {
        for statement in policy["document"]?["Statement"]?.elements ?? [] {
          permissions[proposal["principal"]?.string ?? "", default: []].insert(sorted(statement))
        }
      }
    }
    return permissions
  }

  private func expectOnlyRenamed(_ records: [String], grants: String?, account: String) throws {
    try Fixtures.withTemporaryDirectory { directory in
      func run(_ name: String) throws -> String {
        let (log, granted) = ("\(directory)/\(name).json", "\(directory)/\(name)-account.json")
        try write(records.map { $0.replacing(account, with: name) }, to: log)
        var arguments = [log]
        if let grants {
          try Data(grants.replacing(account, with: name).utf8).write(to: URL(filePath: granted))
          arguments += ["--granted", granted]
        }
        return try policies(arguments)
      }
      let before = try run(account)
      let others = records.joined()
      // The next number takes the same place among all ids, so that every list keeps its order.
      let next = String((Int(account) ?? 0) + 1)
      let far = String(account.reversed().map { Character("\(9 - ($0.wholeNumberValue ?? 0))") })
      for name in [next, far] { #expect(!others.contains(name) && name.count == 12) }
      #expect(before.contains(account))
      #expect(try run(next).replacing(next, with: account) == before)
      let there = try permissions(run(far).replacing(far, with: account))
      #expect(try there == permissions(before))
      #expect(!there.isEmpty)
    }
  }

  @Test("renaming an account renames the account and nothing else", arguments: 400..<404 as Range<UInt64>)
  func rename(seed: UInt64) throws {
    var account = RandomAccount(seed: seed)
    let records = account.records(120)
    try expectOnlyRenamed(records, grants: nil, account: account.account)
    try expectOnlyRenamed(records, grants: account.grants(), account: account.account)
  }

  @Test(
    "renaming an account in real logs and grants renames the account and nothing else",
    .enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)),
    arguments: ["invictus", "boogy-prod"])
  func renameReal(source: String) throws {
    let account = try #require(Self.accounts[source])
    let records = try Self.records(below: Fixtures.shared("logs/\(source)"))
    let path = try Fixtures.shared("iam/gaad/reconstructed-\(source).json")
    let grants = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    try expectOnlyRenamed(records, grants: grants, account: account)
  }
}
