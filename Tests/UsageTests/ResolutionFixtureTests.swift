// The resolver, judged by data: hand-written records with the permissions that AWS's documents say they needed.
// `testdata/resolution/README.md` explains the files; they are written from the documents, not from the resolver.

import AWSCatalog
import CloudTrail
import Foundation
import JSONStream
import TestSupport
import Testing
import Usage

/// Why a line of the specification cannot be read.
private struct MalformedFixture: Error {
  let message: String
}

/// One line of the specification.
struct ResolutionFixture: Sendable, CustomTestStringConvertible {
  /// What one requirement must be.
  struct Expectation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The requirement in one line: action, resource, context, and whether the resource is unresolved.
    let description: String

    init(action: String, resource: String, context: [ContextPair], unresolved: Bool) {
      let pairs = context.sorted().map { "\($0.key)=\($0.value)" }
      description = ([action, resource] + pairs + (unresolved ? ["(unresolved)"] : [])).joined(separator: " ")
    }

    init(_ use: UseKey, _ facts: UseFacts) {
      self.init(
        action: use.action, resource: use.resource, context: use.context,
        unresolved: !facts.unresolvedReasons.elements.isEmpty)
    }

    static func < (left: Expectation, right: Expectation) -> Bool { left.description < right.description }
  }

  let id: String
  /// Events that teach what the event alone does not tell.
  let before: [CloudTrailEvent]
  let event: CloudTrailEvent
  let kind: String
  let requirements: Set<Expectation>
  let why: String

  var testDescription: String { id }

  /// Reads one line.
  ///
  /// - Parameter line: The JSON object.
  /// - Throws: What the parsers throw, or ``MalformedFixture`` where a field is missing.
  init(line: [UInt8]) throws {
    let value = try JSONValue(parsing: line)
    guard let id = value["id"]?.string, let kind = value["kind"]?.string,
      let why = value["why"]?.string, let event = value["event"],
      case .array(let requirements)? = value["requirements"]
    else { throw MalformedFixture(message: "a line lacks id, event, kind, requirements or why") }
    self.event = try ResolutionFixture.decoded(event)
    self.before = try (value["before"]?.elements ?? []).map(ResolutionFixture.decoded)
    self.id = id
    self.kind = kind
    self.why = why
    self.requirements = Set(
      try requirements.map { requirement in
        guard let action = requirement["action"]?.string,
          let resource = requirement["resource"]?.string,
          case .object(let context)? = requirement["context"]
        else { throw MalformedFixture(message: "\(id): a requirement lacks action, resource or context") }
        return Expectation(
          action: action, resource: resource,
          context: context.map { ContextPair(key: $0.name, value: $0.value.string ?? "") },
          unresolved: requirement["unresolved"]?.bool ?? false)
      })
  }

  private static func decoded(_ event: JSONValue) throws -> CloudTrailEvent {
    var writer = JSONWriter()
    writer.write(event)
    return try CloudTrailEvent(json: writer.bytes)
  }

  /// The files of the specification, sorted by name.
  ///
  /// - Returns: Their names.
  /// - Throws: What Foundation throws where the folder cannot be read.
  static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: Fixtures.testdata.appending(path: "resolution").path
    ).filter { $0.hasSuffix(".ndjson") }.sorted()
  }

  /// Reads every line.
  ///
  /// - Returns: The fixtures, by file and line.
  /// - Throws: What reading a file or a line throws.
  static func read() throws -> [ResolutionFixture] {
    try files().flatMap { file in
      try Fixtures.bytes("resolution/\(file)").split(separator: UInt8(ascii: "\n")).map {
        try ResolutionFixture(line: Array($0))
      }
    }
  }

  /// Every fixture; where reading fails, none, which the first test below reports with its reason.
  static let all = (try? read()) ?? []
}

@Suite("Resolution fixtures")
struct ResolutionFixtureTests {
  /// One resolver for all cases: it keeps what it looked up, which changes none of its answers.
  private static let resolver = ActionResolver()

  @Test("The specification is whole: at least 300 cases, each id once, each in its file")
  func specificationIsWhole() throws {
    let fixtures = try ResolutionFixture.read()
    #expect(fixtures.count >= 300)
    #expect(Set(fixtures.map(\.id)).count == fixtures.count)
    let groups = Set(fixtures.compactMap { $0.id.split(separator: "/").first.map { "\($0).ndjson" } })
    #expect(groups.sorted() == (try ResolutionFixture.files()))
    for fixture in fixtures {
      #expect((fixture.kind == "action") == !fixture.requirements.isEmpty, "\(fixture.id)")
      #expect(!fixture.why.isEmpty, "\(fixture.id)")
    }
  }

  @Test("Each event needs exactly what AWS documents", arguments: ResolutionFixture.all)
  func eventNeedsWhatIsDocumented(_ fixture: ResolutionFixture) {
    let resolver = ResolutionFixtureTests.resolver
    var history = UsageLedger()
    for event in fixture.before { history.record(event, resolver.resolve(event)) }
    let resolution = resolver.resolve(fixture.event)
    var ledger = UsageLedger()
    ledger.record(fixture.event, resolution)
    let uses = ledger.settled(with: history.learned).uses
    let found = Set(uses.map { ResolutionFixture.Expectation($0.key, $0.value) })
    let missing = fixture.requirements.subtracting(found).sorted()
    let unexpected = found.subtracting(fixture.requirements).sorted()
    #expect(
      resolution.kind.rawValue == fixture.kind, "\(fixture.id): \(resolution.reason ?? resolution.rule)")
    #expect(
      missing.isEmpty && unexpected.isEmpty,
      "\(fixture.id)\n  missing: \(missing)\n  unexpected: \(unexpected)\n  why: \(fixture.why)")
  }
}
