// Calls that differ in nothing but names need the same permissions under other names.

import AWSCatalog
import CloudTrail
import Foundation
import JSONStream
import TestSupport
import Testing

@testable import Usage

@Suite struct ResolutionTemplateTests {
  /// What rules look for in values, and what is nearly that.
  private static let telling = [
    "i-0123456789abcdef0", "i-012345", "vpc-0a1b2c3d4e", "ou-ab12-cdef3456", "tgw-attach-0a1b2c3d4e5f",
    "sgr-1",
    "us-gov-west-1", "cn-north-1", "us-east-1", "us-east-2", "eu-west-1", "aws-x1", "Amazon-2", "alias/k1",
    "111122223333", "11112222333", "name-A1b2C3", "route53", "wafv2", "s3-outposts", "x_y1", "*", "a1?",
    "k%2F1",
    "HIDDEN_DUE_TO_SECURITY_REASONS", "ecs:a1_b2", "1/2/3", "a:b:1", "0", "-1", "", "versionId=1",
    "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee1", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "Z9\u{e9}",
  ]

  /// What becomes of names.
  private enum Change {
    /// Digits and the letters `a` to `f` become others.
    case ids
    /// All digits and letters become others of their sort: the beginnings of ids too.
    case letters
    /// Names become any others, of other lengths too.
    case wild
  }

  private static let events: [String] = {
    let folder = Fixtures.testdata.appending(path: "resolution")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".ndjson") }.sorted().flatMap { file -> [String] in
      let text = (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
      return text.split(separator: "\n").compactMap { line in
        guard let value = try? JSONValue(parsing: Array(line.utf8)), let event = value["event"] else {
          return nil
        }
        var writer = JSONWriter()
        writer.write(event)
        return String(decoding: writer.bytes, as: UTF8.self)
      }
    }
  }()

  /// The event with other names: each run of letters, digits and hyphens that has a digit, wherever it stands behind a
  /// quote or a separator, in the same way for the whole event.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - number: The number of the new event.
  ///   - change: What becomes of its names.
  ///   - random: The source of randomness.
  /// - Returns: The event.
  private static func renamed(
    _ event: String, _ number: Int, _ change: Change, _ random: inout SeededGenerator
  ) -> String {
    var names: [String: String] = [:]
    func name(_ run: String, _ random: inout SeededGenerator) -> String {
      guard run.utf8.count >= 3, run.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return run }
      if let known = names[run] { return known }
      let name: String
      switch change == .wild ? Int.random(in: 0..<6, using: &random) : 9 {
      case 0..<2: name = run
      case 2: name = telling.randomElement(using: &random) ?? run
      case 3: name = run + String(Int.random(in: 0..<99, using: &random))
      case 4: name = names.values.sorted().randomElement(using: &random) ?? run
      default:
        name = String(
          decoding: run.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39: UInt8.random(in: 0x30...0x39, using: &random)
            case 0x41...0x5A: UInt8.random(in: 0x41...0x5A, using: &random)
            case 0x61...0x66: UInt8.random(in: 0x61...0x66, using: &random)
            case 0x67...0x7A where change != .ids: UInt8.random(in: 0x61...0x7A, using: &random)
            default: byte
            }
          }, as: UTF8.self)
      }
      names[run] = name
      return name
    }
    var result = ""
    var run = ""
    for scalar in event.unicodeScalars {
      if scalar == "-" || scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        run.unicodeScalars.append(scalar)
      } else {
        result += name(run, &random)
        run = ""
        result.unicodeScalars.append(scalar)
      }
    }
    // Whatever became of its id and time, each event has some of its own.
    guard let value = try? JSONValue(parsing: Array(result.utf8)), case .object(var members) = value else {
      return event
    }
    members.removeAll { ["eventID", "eventTime"].contains($0.name) }
    var writer = JSONWriter()
    writer.write(.object(members))
    let id = "\"eventID\":\"00000000-0000-4000-8000-\(100_000_000_000 + number)\""
    return "{\"eventTime\":\"2026-11-20T10:00:00Z\",\(id),"
      + String(decoding: writer.bytes.dropFirst(), as: UTF8.self)
  }

  /// Law: whatever the names in an event are changed to, what is recorded is what rules make of the changed event.
  @Test("Templates give what rules give", arguments: 1...2 as ClosedRange<UInt64>)
  func renamedEvents(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try #require(ResolutionTemplateTests.events.count > 500)
    var lines: [String] = []
    for event in ResolutionTemplateTests.events {
      func add(_ event: String, _ change: Change) {
        lines.append(ResolutionTemplateTests.renamed(event, lines.count, change, &random))
      }
      // A template of other beginnings must not serve the event itself.
      add(event, .letters)
      let other = lines[lines.count - 1]
      for change in [Change.ids, .ids, .letters] { add(other, change) }
      for change in [Change.ids, .ids, .wild, .ids, .wild] { add(event, change) }
    }
    try ResolutionTemplateTests.compare(lines, seed)
  }

  /// The event as IAM refuses it, with a message that states one of its ARNs, or no more than an action.
  private static func refused(_ event: String, _ random: inout SeededGenerator) -> String? {
    guard let value = try? JSONValue(parsing: Array(event.utf8)), case .object(var members) = value,
      let source = value["eventSource"]?.string, let name = value["eventName"]?.string
    else { return nil }
    let service = source.prefix { $0 != "." }
    let actions = [
      "\(service):\(name)", "s3:GetObject", "wafv2:GetWebACL", "kms:Decrypt", "x1:Act10n", "none",
    ]
    let arns = event.split { "\"\\, ".contains($0) }.filter { $0.hasPrefix("arn:aws:") }.map(String.init)
    let resources =
      arns.map { " on resource: " + $0 } + [
        " on resource: *", "", " on resource: i-0a1b2c3d4e.", " on resource:",
      ]
    let beginnings = ["User: arn:aws:iam::111122223333:user/u1234 is ", "User: u1 ", "You are ", ""]
    let endings = [" because no identity-based policy allows it", ", sorry", "", ". Encoded: A1b2-C3d4_e5"]
    let message =
      (beginnings.randomElement(using: &random) ?? "") + "not authorized to perform: "
      + (actions.randomElement(using: &random) ?? "") + (resources.randomElement(using: &random) ?? "")
      + (endings.randomElement(using: &random) ?? "")
    members.removeAll { ["errorCode", "errorMessage"].contains($0.name) }
    let code = ["AccessDenied", "Client.UnauthorizedOperation", "Odd"].randomElement(using: &random) ?? ""
    members.append(JSONMember("errorCode", .string(code)))
    members.append(JSONMember("errorMessage", .string(message)))
    var writer = JSONWriter()
    writer.write(.object(members))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Law: the same for calls that were refused, whatever the message.
  @Test("Templates give what rules give of refusals", arguments: 1...2 as ClosedRange<UInt64>)
  func refusedEvents(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var lines: [String] = []
    for event in ResolutionTemplateTests.events {
      guard let refused = ResolutionTemplateTests.refused(event, &random) else { continue }
      for change in [Change.ids, .ids, .ids, .letters, .wild, .ids] {
        lines.append(ResolutionTemplateTests.renamed(refused, lines.count, change, &random))
      }
      // Other messages about the same call.
      for _ in 0..<2 {
        guard let refused = ResolutionTemplateTests.refused(event, &random) else { continue }
        lines.append(ResolutionTemplateTests.renamed(refused, lines.count, .ids, &random))
      }
    }
    try ResolutionTemplateTests.compare(lines, seed)
  }

  /// Records events with templates and without, and holds the ledgers to each other.
  private static func compare(_ lines: [String], _ seed: UInt64) throws {
    // Runs of one event stand together, so that a table that is dropped now and then still serves them.
    try Fixtures.withTemporaryDirectory { directory in
      let path = directory + "/log.ndjson"
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
      let filter = EventFilter(UsageFilter(), newest: nil, catalog: .embedded)
      let fast = LogScan(inputs: [.path(path)], jobs: 1).run {
        UsageRecorder(
          filter: filter, SharedResolver(.embedded), UsageRecorder.Limits(callsBeforeTemplates: 0))
      }.consumer
      let slow = LogScan(inputs: [.path(path)], jobs: 1).run {
        SlowRecorder(recorder: UsageRecorder(filter: filter, catalog: .embedded))
      }.consumer.recorder
      for (key, facts) in slow.ledger.uses where fast.ledger.uses[key] != facts {
        Issue.record(
          "seed \(seed): \(key)\nrules: \(facts)\ntemplates: \(String(describing: fast.ledger.uses[key]))")
      }
      #expect(fast.ledger == slow.ledger, "seed \(seed)")
      #expect(fast.templateHits > lines.count / 8, "too few templates for the test to mean anything")
    }
  }

  /// Law: what rules make of an event does not depend on whether its parts were decoded before.
  @Test("Parts as they are written tell what their values tell", arguments: 1...2 as ClosedRange<UInt64>)
  func writtenParts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let resolver = ActionResolver()
    for event in ResolutionTemplateTests.events {
      for change in [Change.ids, .wild] {
        let text = ResolutionTemplateTests.renamed(event, 0, change, &random)
        let written = try CloudTrailEvent(json: text)
        let decoded = try CloudTrailEvent(json: text)
        _ = (decoded.requestParameters, decoded.responseElements)
        #expect(resolver.resolve(written) == resolver.resolve(decoded), "seed \(seed): \(text)")
      }
    }
  }

  /// Law: a region that a format or a rule names is no label in calls that may ask for the format or the rule.
  @Test("Regions with a meaning are words where they have it")
  func regions() {
    let catalog = Catalog.embedded
    let resolver = ActionResolver(catalog: catalog)
    // Read from the formats one by one, not from the table as a whole.
    var naming: Set<String> = []
    var others: Set<String> = []
    for service in Set(catalog.actionNames(matching: "*").map { String($0.prefix { $0 != ":" }) }) {
      let formats = catalog.resourceTypes(service: service).flatMap(\.arnFormats)
      for format in formats.compactMap({ ARNFormat($0) }) {
        for case .literal(let region) in format.region where region.contains(where: \.isNumber) {
          naming.insert(service)
        }
      }
      if !naming.contains(service) { others.insert(service) }
    }
    #expect(Set(catalog.namedRegions.map(\.service)).isSuperset(of: naming) && naming.contains("s3"))
    for rule in ServiceRules.all where !rule.regions.isEmpty { naming.formUnion(rule.services) }
    others.subtract(naming)
    func looks(_ source: String, _ name: String, _ denied: String?) -> Bool {
      resolver.looksForRegions(source: source, name: name, denied: denied)
    }
    for service in naming { #expect(looks("none.amazonaws.com", "None", "\(service.uppercased()):Act")) }
    for service in others { #expect(!looks("none.amazonaws.com", "None", "\(service):Act")) }
    #expect(looks("s3.amazonaws.com", "GetObject", nil) && looks("wafv2.amazonaws.com", "GetWebACL", nil))
    #expect(!looks("ec2.amazonaws.com", "RunInstances", nil))
    var labels = TemplateTable.Labels(catalog).withRegions
    for region in catalog.namedRegions.map(\.region) + ServiceRules.all.flatMap(\.regions) {
      labels.append(region)
    }
    #expect(labels.labels.isEmpty)
  }

  /// Invariant NAMES-ARE-OPAQUE: what the code of the rules looks for in values is no label, but for regions that a rule
  /// says that it names, which stand in its code once.
  @Test("Words with digits in the rules are in the vocabulary")
  func words() throws {
    let folder = Fixtures.packageRoot.appending(path: "Sources/Usage/Resolution")
    let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    var labels = TemplateTable.Labels(.embedded).plain
    var words = 0
    var regions = ServiceRules.all.flatMap(\.regions)
    for file in files.sorted() where file.hasSuffix(".swift") {
      let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for line in source.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for (number, literal) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where number % 2 == 1 && literal != "0123456789ABCDEF" {
          // The digits for writing percent-encodings are looked for nowhere.
          words += 1
          if let region = regions.firstIndex(of: String(literal)) {
            regions.remove(at: region)
            continue
          }
          labels.reset()
          labels.append(String(literal))
          #expect(labels.labels.isEmpty, "\(file): \"\(literal)\" would be taken for a name")
          // What ids begin with stays; so it is no part of the label.
          guard literal.hasSuffix("-"), literal.first?.isLetter == true else { continue }
          labels.reset()
          labels.append(literal + "0a1b2c3d4")
          #expect(
            labels.labels.allSatisfy { $0.count == 9 }, "\(file): \"\(literal)\" is no beginning of ids")
        }
      }
    }
    #expect(words > 300 && regions.isEmpty)
  }
}
