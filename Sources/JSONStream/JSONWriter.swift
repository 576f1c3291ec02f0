// Canonical JSON text: the same value always gives the same bytes, and no byte of it can hurt a terminal.

/// Writes JSON into a buffer, compact or with an indentation of two spaces.
///
/// The caller keeps to the grammar (a name before each member's value, as many ends as beginnings); separators
/// and indentation are put in by the writer. Control characters (C0, DEL and C1), line separators and the
/// bidirectional controls that could show a line in another order than it has are escaped, everything else stands
/// as UTF-8.
package struct JSONWriter: Sendable {
  /// The text written so far.
  package private(set) var bytes: [UInt8] = []
  private let isPretty: Bool
  /// For each open container, whether it has content already.
  private var hasContent: [Bool] = []
  private var isAfterName = false

  /// Creates a writer with an empty buffer.
  ///
  /// - Parameter pretty: Whether to break lines and indent by two spaces.
  package init(pretty: Bool = false) {
    isPretty = pretty
  }

  /// The text written so far, as a string.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Empties the buffer and keeps its capacity.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    hasContent.removeAll(keepingCapacity: true)
    isAfterName = false
  }

  /// Appends a line feed, as between the lines of NDJSON.
  package mutating func endLine() { bytes.append(0x0A) }

  /// Begins an object.
  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  /// Ends the innermost object.
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  /// Begins an array.
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  /// Ends the innermost array.
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  /// Writes the name of a member, whose value must follow.
  ///
  /// - Parameter text: The name, unescaped.
  package mutating func name(_ text: String) {
    separate()
    quote(text)
    bytes.append(UInt8(ascii: ":"))
    if isPretty { bytes.append(0x20) }
    isAfterName = true
  }

  /// Writes a string, or `null`.
  ///
  /// - Parameter text: The string, unescaped.
  package mutating func write(_ text: String?) {
    separate()
    if let text { quote(text) } else { bytes.append(contentsOf: "null".utf8) }
  }

  /// Writes an integer.
  ///
  /// - Parameter number: The integer.
  package mutating func write(_ number: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
  }

  /// Writes a boolean.
  ///
  /// - Parameter value: The boolean.
  package mutating func write(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes `null`.
  package mutating func writeNull() { write(String?.none) }

  /// Writes an array of strings.
  ///
  /// - Parameter list: The strings, unescaped.
  package mutating func write(_ list: [String]) {
    beginArray()
    for text in list { write(text) }
    endArray()
  }

  /// Writes a whole value; numbers keep their text, members their order.
  ///
  /// - Parameter value: The value.
  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: writeNull()
    case .bool(let value): write(value)
    case .number(let text):
      separate()
      bytes.append(contentsOf: text.utf8)
    case .string(let text): write(text)
    case .array(let elements):
      beginArray()
      for element in elements { write(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        name(member.name)
        write(member.value)
      }
      endObject()
    }
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    hasContent.append(false)
  }

  private mutating func end(_ bracket: UInt8) {
    if hasContent.popLast() == true { breakLine() }
    bytes.append(bracket)
  }

  /// Puts what must stand before a value or name.
  private mutating func separate() {
    if isAfterName {
      isAfterName = false
    } else if let top = hasContent.indices.last {
      if hasContent[top] { bytes.append(UInt8(ascii: ",")) }
      hasContent[top] = true
      breakLine()
    }
  }

  private mutating func breakLine() {
    guard isPretty else { return }
    bytes.append(0x0A)
    for _ in 0..<hasContent.count { bytes.append(contentsOf: [0x20, 0x20]) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    JSONWriter.escape(text, into: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the content of a string literal, without quotes.
  ///
  /// - Parameters:
  ///   - text: The string.
  ///   - output: Where the bytes go.
  package static func escape(_ text: String, into output: inout [UInt8]) {
    // Most strings need no escape: then one append does.
    let bytes = text.utf8.span
    // All bytes are looked at, without a branch for any of them, so that many are looked at at once.
    var escapes: UInt8 = 0
    for index in bytes.indices {
      let byte = bytes[index]
      escapes |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
      escapes |=
        (byte == 0x7F ? 1 : 0) | (byte == 0xC2 ? 1 : 0) | (byte == 0xD8 ? 1 : 0) | (byte == 0xE2 ? 1 : 0)
    }
    guard escapes != 0 else {
      output.append(contentsOf: text.utf8)
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: output.append(contentsOf: #"\""#.utf8)
      case 0x5C: output.append(contentsOf: #"\\"#.utf8)
      case 0x08: output.append(contentsOf: #"\b"#.utf8)
      case 0x09: output.append(contentsOf: #"\t"#.utf8)
      case 0x0A: output.append(contentsOf: #"\n"#.utf8)
      case 0x0C: output.append(contentsOf: #"\f"#.utf8)
      case 0x0D: output.append(contentsOf: #"\r"#.utf8)
      case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
        let digits = String(scalar.value, radix: 16)
        output.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: output.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      }
    }
  }
}
