// The slow twin of the JSON automaton: recursive descent over the whole text, written from RFC 8259 alone.

package import JSONStream

/// A JSON parser that is easy to believe: one function a production, no state, no tape.
package struct ReferenceJSON {
  private struct Failure: Error {}
  private let text: [UInt8]
  private var at = 0

  /// Parses a text, or returns `nil` where it is not one JSON value.
  ///
  /// - Parameter text: The text in UTF-8.
  /// - Returns: The value, or `nil`.
  package static func parse(_ text: [UInt8]) -> JSONValue? {
    var parser = ReferenceJSON(text: text)
    guard let value = try? parser.value() else { return nil }
    parser.space()
    return parser.at == text.count ? value : nil
  }

  private init(text: [UInt8]) { self.text = text }

  private var current: UInt8? { at < text.count ? text[at] : nil }

  private mutating func space() {
    while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 }
  }

  private mutating func accept(_ literal: String) -> Bool {
    guard text[at...].starts(with: literal.utf8) else { return false }
    at += literal.utf8.count
    return true
  }

  private mutating func require(_ literal: String) throws {
    guard accept(literal) else { throw Failure() }
  }

  private mutating func value() throws -> JSONValue {
    space()
    if accept("null") { return .null }
    if accept("true") { return .bool(true) }
    if accept("false") { return .bool(false) }
    if current == UInt8(ascii: "\"") { return .string(try string()) }
    if accept("[") {
      var elements: [JSONValue] = []
      space()
      if accept("]") { return .array([]) }
      repeat {
        elements.append(try value())
        space()
      } while accept(",")
      try require("]")
      return .array(elements)
    }
    if accept("{") {
      var members: [JSONMember] = []
      space()
      if accept("}") { return .object([]) }
      repeat {
        space()
        let name = try string()
        space()
        try require(":")
        members.append(JSONMember(name, try value()))
        space()
      } while accept(",")
      try require("}")
      return .object(members)
    }
    return .number(try number())
  }

  private mutating func digits() throws {
    guard let byte = current, (0x30...0x39).contains(byte) else { throw Failure() }
    while let byte = current, (0x30...0x39).contains(byte) { at += 1 }
  }

  private mutating func number() throws -> String {
    let start = at
    _ = accept("-")
    if !accept("0") { try digits() }
    if accept(".") { try digits() }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    return String(decoding: text[start..<at], as: UTF8.self)
  }

  private mutating func string() throws -> String {
    try require("\"")
    // As UTF-16 units where escaped and as raw bytes elsewhere; runs of either are decoded with replacement.
    var result = ""
    var bytes: [UInt8] = []
    var units: [UInt16] = []
    func flush() {
      result += String(decoding: units, as: UTF16.self) + String(decoding: bytes, as: UTF8.self)
      units = []
      bytes = []
    }
    while let byte = current {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        flush()
        return result
      case 0..<0x20: throw Failure()
      case UInt8(ascii: "\\"):
        guard let escape = current else { throw Failure() }
        at += 1
        if escape == UInt8(ascii: "u") {
          guard at + 4 <= text.count,
            text[at..<at + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
            let unit = UInt16(String(decoding: text[at..<at + 4], as: UTF8.self), radix: 16)
          else { throw Failure() }
          at += 4
          if !bytes.isEmpty { flush() }
          units.append(unit)
          continue
        }
        let known: [UInt8: UInt8] = [
          0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        guard let plain = known[escape] else { throw Failure() }
        if !units.isEmpty { flush() }
        bytes.append(plain)
      default:
        if !units.isEmpty { flush() }
        bytes.append(byte)
      }
    }
    throw Failure()
  }
}
