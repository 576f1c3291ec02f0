// The slow twin of the proofs: replays use against policy files, and takes them apart element by element.
//
// It reads the files with Foundation, and knows no more of IAM than what the written policies need: Allow statements,
// wildcards, the three escapes of `${…}`, and `StringEquals`. Anything else is a failure of the test.

import Foundation

/// The policies of one principal, as the files say them.
struct NaiveReplay {
  /// A use as one line of `usage --format ndjson` tells it.
  struct Use {
    var action: String
    var resource: String
    var context: [String: String]
    var outcome: String
  }

  /// Why the files cannot be judged.
  private struct NotUnderstood: Error {
    var message: String
  }

  /// An action of a statement together with one of its resources: what lets a use through.
  private struct Passage: Hashable {
    var statement: Int
    var action: Int
    var resource: Int
  }

  private struct Statement {
    var actions: [[Unit]]
    var resources: [[Unit]]
    var conditions: [String: [String]]
  }

  private enum Unit: Hashable {
    case any, one
    case character(Unicode.Scalar)
  }

  private var statements: [Statement] = []

  /// Reads policy documents.
  ///
  /// - Parameter files: The paths of the files.
  /// - Throws: Where a document says something that is not known here.
  init(files: [String]) throws {
    try self.init(documents: files.map { [UInt8](try Data(contentsOf: URL(filePath: $0))) })
  }

  /// Reads policy documents.
  ///
  /// - Parameter documents: The bytes of the documents.
  /// - Throws: Where a document says something that is not known here.
  init(documents: [[UInt8]]) throws {
    for (number, bytes) in documents.enumerated() {
      let name = "document \(number)"
      guard let document = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
        document["Version"] as? String == "2012-10-17",
        let list = document["Statement"] as? [[String: Any]]
      else { throw NotUnderstood(message: "\(name) is no policy") }
      for statement in list { statements.append(try Self.read(statement, name)) }
    }
  }

  private static func read(_ json: [String: Any], _ file: String) throws -> Statement {
    func list(_ value: Any?) -> [String]? { value as? [String] ?? (value as? String).map { [$0] } }
    guard Set(json.keys).isSubset(of: ["Sid", "Effect", "Action", "Resource", "Condition"]),
      json["Effect"] as? String == "Allow", let actions = list(json["Action"]),
      let resources = list(json["Resource"])
    else { throw NotUnderstood(message: "\(file) has a statement that is not understood: \(json)") }
    var conditions: [String: [String]] = [:]
    for (name, keys) in json["Condition"] as? [String: [String: Any]] ?? [:] {
      guard name == "StringEquals" else { throw NotUnderstood(message: "\(file) has a condition \(name)") }
      for (key, value) in keys { conditions[key] = list(value) ?? [] }
    }
    return Statement(
      actions: try actions.map { try units(of: $0.lowercased()) }, resources: try resources.map(units),
      conditions: conditions)
  }

  private static func units(of pattern: String) throws -> [Unit] {
    var units: [Unit] = []
    var rest = Array(pattern.unicodeScalars)[...]
    while let first = rest.first {
      if first == "$", rest.dropFirst().first == "{" {
        let escape = rest.prefix(4)
        guard escape.count == 4, escape.last == "}", let character = escape.dropFirst(2).first,
          "*?$".unicodeScalars.contains(character)
        else { throw NotUnderstood(message: "`\(pattern)` has a variable") }
        units.append(.character(character))
        rest = rest.dropFirst(4)
      } else {
        units.append(first == "*" ? .any : first == "?" ? .one : .character(first))
        rest = rest.dropFirst()
      }
    }
    return units
  }

  /// Whether a pattern matches a text: on a mismatch, the last `*` takes one character more.
  private static func matches(_ pattern: [Unit], _ text: [Unicode.Scalar]) -> Bool {
    var (at, position) = (0, 0)
    var retry: (at: Int, position: Int)?
    while position < text.count || at < pattern.count {
      if at < pattern.count, pattern[at] == .any {
        at += 1
        retry = (at, position)
      } else if at < pattern.count, position < text.count,
        pattern[at] == .one || pattern[at] == .character(text[position])
      {
        at += 1
        position += 1
      } else {
        guard let last = retry, last.position < text.count else { return false }
        retry = (last.at, last.position + 1)
        (at, position) = (last.at, last.position + 1)
      }
    }
    return true
  }

  /// The statements, as their numbers in order, that let a use through.
  ///
  /// - Parameter use: The use.
  /// - Returns: Numbers from zero, through all documents.
  /// - Throws: Where the use is not understood.
  func statements(for use: Use) throws -> Set<Int> { Set(try passages(for: use).map(\.statement)) }

  private func passages(for use: Use) throws -> Set<Passage> {
    let action = Array(use.action.lowercased().unicodeScalars)
    // The ledger writes names in the notation of policies.
    let resource = try Self.units(of: use.resource).map { unit -> Unicode.Scalar in
      switch unit {
      case .any: "*"
      case .one: "?"
      case .character(let character): character
      }
    }
    var passages: Set<Passage> = []
    for (index, statement) in statements.enumerated() {
      let holds = statement.conditions.allSatisfy { key, values in
        use.context[key].map(values.contains) ?? false
      }
      guard holds else { continue }
      for (a, pattern) in statement.actions.enumerated() where Self.matches(pattern, action) {
        for (r, pattern) in statement.resources.enumerated() where Self.matches(pattern, resource) {
          passages.insert(Passage(statement: index, action: a, resource: r))
        }
      }
    }
    return passages
  }

  /// What the policies get wrong.
  ///
  /// - Parameters:
  ///   - uses: The uses of the principal that got past authorization.
  ///   - isMinimal: Whether nothing can be taken out without a use failing.
  /// - Returns: One line for each fault.
  /// - Throws: Where a use is not understood.
  func faults(on uses: [Use], isMinimal: Bool) throws -> [String] {
    var faults: [String] = []
    var needed: Set<[Int]> = []
    for use in uses {
      let passages = try passages(for: use)
      guard let first = passages.first else {
        faults.append("\(use.action) on \(use.resource) is not allowed")
        continue
      }
      // Without an element the use fails if every passage leads through it.
      let action = [0, first.statement, first.action]
      let resource = [1, first.statement, first.resource]
      if passages.allSatisfy({ [0, $0.statement, $0.action] == action }) { needed.insert(action) }
      if passages.allSatisfy({ [1, $0.statement, $0.resource] == resource }) { needed.insert(resource) }
    }
    for (index, statement) in statements.enumerated() where isMinimal {
      for a in statement.actions.indices where !needed.contains([0, index, a]) {
        faults.append("statement \(index) has an action that nothing needs, number \(a)")
      }
      for r in statement.resources.indices where !needed.contains([1, index, r]) {
        faults.append("statement \(index) has a resource that nothing needs, number \(r)")
      }
    }
    return faults
  }
}
