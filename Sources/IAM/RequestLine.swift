// One line of `whittle simulate` or `whittle check --pairs`: a JSON object whose members are looked up by name.

import JSONStream

/// Why a line of `whittle simulate` or `whittle check --pairs` could not be decided.
public struct SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line's `id`, where it could be read.
  public let id: String?
  /// What is wrong, and where in the line.
  public let message: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - id: The line's `id`.
  ///   - message: What is wrong, and where in the line.
  public init(id: String?, message: String) {
    self.id = id
    self.message = message
  }

  /// What is wrong, and where in the line.
  public var description: String { message }
}

/// A line, parsed, with the readers of the members that several kinds of line have.
struct RequestLine {
  /// The line's `id`; `nil` where it has none.
  let id: String?

  private let bytes: [UInt8]
  private let tape: JSONTape

  /// The longest action, ARN or value of a condition key, in bytes; ARNs have at most 2,048.
  private static let textLimit = 1 << 14

  /// Parses a line.
  ///
  /// - Parameter json: One JSON object.
  /// - Throws: `SimulationError` where the text is no such object, or a member stands in it twice: which of them
  ///   counts would be a guess.
  init(_ json: [UInt8]) throws(SimulationError) {
    bytes = json
    var tape = JSONTape(depthLimit: 64)
    do {
      try tape.parse(json.span)
    } catch {
      throw SimulationError(id: nil, message: "the line is no JSON: \(error.message) at byte \(error.offset)")
    }
    guard tape[0].kind == .object else {
      throw SimulationError(id: nil, message: "the line is no JSON object")
    }
    self.tape = tape
    id = tape.value(of: "id", in: 0, json.span).flatMap { tape.scalarText(of: $0, json.span) }
    var names: Set<String> = []
    for (name, _) in members() {
      guard names.insert(name).inserted else { throw error("`\(name)` stands in the line twice") }
    }
  }

  /// The members of an object, the line itself by default.
  func members(of node: Int = 0) -> [(name: String, value: Int)] {
    tape.members(of: node).map { (tape.text(of: $0.name, bytes.span) ?? "", $0.value) }
  }

  /// The elements of an array.
  func elements(of node: Int) -> [Int] { Array(tape.elements(of: node)) }

  /// What sort of value a node is.
  func kind(of node: Int) -> JSONTape.Kind { tape[node].kind }

  /// The node of a member that is there and not `null`.
  func member(_ name: String, in node: Int = 0) -> Int? {
    guard let value = members(of: node).last(where: { $0.name == name })?.value else { return nil }
    return tape[value].kind == .null ? nil : value
  }

  /// The string of a member that is there and not `null`.
  func string(_ name: String, in node: Int = 0) throws(SimulationError) -> String? {
    guard let value = member(name, in: node) else { return nil }
    guard tape[value].kind == .string else { throw error("`\(name)` has to be a string") }
    return try scalarText(value, name)
  }

  /// The text of a string, number or boolean, or `nil` for anything else.
  func scalarText(_ node: Int, _ name: String) throws(SimulationError) -> String? {
    guard let text = tape.scalarText(of: node, bytes.span) else { return nil }
    guard text.utf8.count <= RequestLine.textLimit else {
      throw error("`\(name)` is longer than \(RequestLine.textLimit) bytes")
    }
    return text
  }

  /// A policy, written as an object or, as the IAM API returns it, in a string.
  func document(_ node: Int, at path: String) throws(SimulationError) -> PolicyDocument {
    let json =
      tape[node].kind == .string ? tape.decodedBytes(of: node, bytes.span) : Array(bytes[tape[node].range])
    do {
      return try PolicyDocument(json: json)
    } catch {
      throw self.error("`\(path)`: \(error)")
    }
  }

  /// The policies of an array.
  func documents(_ node: Int, at path: String) throws(SimulationError) -> [PolicyDocument] {
    var documents: [PolicyDocument] = []
    for element in elements(of: node) {
      documents.append(try document(element, at: "\(path)[\(documents.count)]"))
    }
    return documents
  }

  /// What is wrong with the line.
  func error(_ message: String) -> SimulationError { SimulationError(id: id, message: message) }
}
