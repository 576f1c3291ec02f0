// A policy document as it was written: tree, text, and where in the text each part stands.
//
// The tree (`PolicyDocument`) says what the policy means; the text keeps what the tree does not: white space, the order
// of elements, whether a list of one was a string, how a character was escaped. An edit of the text
// (`PolicyText+Editing.swift`) leaves everything as it stands that it does not have to touch.

import JSONStream

/// A parsed policy document together with its text.
public struct PolicyText: Sendable {
  /// What the text says.
  public let document: PolicyDocument
  /// The text, URL encoding taken off: UTF-8, byte for byte as it was given.
  public let text: [UInt8]
  /// Whether the text was URL-encoded, as the IAM API returns documents.
  public let isURLEncoded: Bool

  let tape: JSONTape

  /// The longest text that is read, in bytes; the longest policies of AWS have about a tenth of it.
  static let sizeLimit = 1 << 20

  /// Parses a policy document, URL-encoded as the IAM API returns it (RFC 3986) or plain.
  ///
  /// - Parameter json: The document as UTF-8.
  /// - Throws: `PolicyError`, with path, line and column in the decoded text, at the first fault.
  /// - Complexity: O(*n*) in the length of the text.
  public init(json: [UInt8]) throws(PolicyError) {
    guard json.count <= PolicyText.sizeLimit else {
      throw PolicyError(
        code: .tooLarge, path: "", line: 1, column: 1,
        message: "the document has \(json.count) bytes; no policy is that long")
    }
    let first = json.first { !$0.isJSONWhitespace }
    isURLEncoded = first == UInt8(ascii: "%")
    text = isURLEncoded ? try PolicyText.decodingPercents(json) : json
    var tape = JSONTape(depthLimit: 16)
    // A byte order mark is no part of JSON, but editors put it there.
    let hasMark = text.starts(with: [0xEF, 0xBB, 0xBF])
    var parsable = text
    if hasMark { for index in 0..<3 { parsable[index] = 0x20 } }
    do {
      try tape.parse(parsable.span)
    } catch {
      let place = PolicyText.lineAndColumn(of: error.offset, in: text)
      throw PolicyError(
        code: error.code == .nestingTooDeep || error.code == .tooLong ? .tooLarge : .malformedJSON, path: "",
        line: place.line, column: place.column, message: error.message)
    }
    var parser = PolicyParser(tape: tape, text: text)
    document = try parser.document()
    self.tape = tape
  }

  /// The offsets of each statement in `text`, from opening to closing brace.
  public var statementRanges: [Range<Int>] { statementNodes.map { tape[$0].range } }

  /// The lines of a statement, counted from 1.
  ///
  /// - Parameter statement: The index of the statement.
  /// - Returns: The first and last line.
  public func lines(ofStatement statement: Int) -> ClosedRange<Int> {
    let range = statementRanges[statement]
    let first = PolicyText.lineAndColumn(of: range.lowerBound, in: text).line
    return first...max(first, PolicyText.lineAndColumn(of: range.upperBound, in: text).line)
  }

  /// The node of the `Statement` element's value.
  var statementElement: Int? { tape.value(of: "Statement", in: 0, text.span) }

  /// The nodes of the statements.
  var statementNodes: [Int] {
    guard let element = statementElement else { return [] }
    return tape[element].kind == .array ? Array(tape.elements(of: element)) : [element]
  }

  /// The line and column, both from 1 and the column in Unicode scalars, at which an offset stands.
  static func lineAndColumn(of offset: Int, in text: [UInt8]) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }

  private static func decodingPercents(_ text: [UInt8]) throws(PolicyError) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "%") else {
        decoded.append(text[index])
        index += 1
        continue
      }
      guard index + 2 < text.count, let high = text[index + 1].hexadecimalValue,
        let low = text[index + 2].hexadecimalValue
      else {
        let place = lineAndColumn(of: index, in: text)
        throw PolicyError(
          code: .malformedJSON, path: "", line: place.line, column: place.column,
          message: "`%` begins no URL-encoded byte")
      }
      decoded.append(UInt8(truncatingIfNeeded: high << 4 | low))
      index += 3
    }
    return decoded
  }
}
