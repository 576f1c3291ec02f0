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
  /// How many containers are open.
  private var depth = 0
  /// Whether the innermost open container has content already.
  ///
  /// One answer does for all of them: behind the end of a container, the one around it has content.
  private var hasContent = false
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
    depth = 0
    hasContent = false
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
    JSONWriter.quote(text, into: &bytes)
    bytes.append(UInt8(ascii: ":"))
    if isPretty { bytes.append(0x20) }
    isAfterName = true
  }

  /// Writes a string, or `null`.
  ///
  /// - Parameter text: The string, unescaped.
  package mutating func write(_ text: String?) {
    separate()
    if let text { JSONWriter.quote(text, into: &bytes) } else { bytes.append(literal: "null") }
  }

  /// Writes an integer.
  ///
  /// - Parameter number: The integer.
  package mutating func write(_ number: some BinaryInteger) {
    separate()
    bytes.append(contentsOf: String(number).utf8)
  }

  /// Writes an integer.
  ///
  /// - Parameter number: The integer.
  package mutating func write(_ number: Int) {
    separate()
    bytes.append(decimal: number)
  }

  /// Writes a boolean.
  ///
  /// - Parameter value: The boolean.
  package mutating func write(_ value: Bool) {
    separate()
    bytes.append(literal: value ? "true" : "false")
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
    depth += 1
    hasContent = false
  }

  private mutating func end(_ bracket: UInt8) {
    depth = max(0, depth - 1)
    if hasContent { breakLine() }
    bytes.append(bracket)
    hasContent = true
  }

  /// Puts what must stand before a value or name.
  private mutating func separate() {
    if isAfterName {
      isAfterName = false
    } else if depth > 0 {
      if hasContent { bytes.append(UInt8(ascii: ",")) }
      hasContent = true
      breakLine()
    }
  }

  private mutating func breakLine() {
    guard isPretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
  }

  /// Appends a string literal.
  ///
  /// - Parameters:
  ///   - text: The string.
  ///   - output: Where the bytes go.
  package static func quote(_ text: String, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    escape(text, into: &output)
    output.append(UInt8(ascii: "\""))
  }

  /// Appends a string literal.
  ///
  /// - Parameters:
  ///   - text: The letters of the string; what is no UTF-8 is replaced.
  ///   - output: Where the bytes go.
  package static func quote(_ text: Span<UInt8>, into output: inout [UInt8]) {
    unsafe text.withUnsafeBytes { text in
      guard unsafe JSONWriter.isPlain(text, isUTF8: false) else {
        return quote(unsafe String(decoding: text, as: UTF8.self), into: &output)
      }
      output.append(UInt8(ascii: "\""))
      unsafe output.append(contentsOf: text)
      output.append(UInt8(ascii: "\""))
    }
  }

  /// Appends the content of a string literal, without quotes.
  ///
  /// - Parameters:
  ///   - text: The string.
  ///   - output: Where the bytes go.
  package static func escape(_ text: String, into output: inout [UInt8]) {
    // Most strings need no escape: then one append does.
    let isPlain = unsafe text.utf8.span.withUnsafeBufferPointer { bytes in
      let isPlain = unsafe JSONWriter.isPlain(UnsafeRawBufferPointer(bytes), isUTF8: true)
      if isPlain { unsafe output.append(contentsOf: bytes) }
      return isPlain
    }
    if isPlain { return }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: output.append(literal: #"\""#)
      case 0x5C: output.append(literal: #"\\"#)
      case 0x08: output.append(literal: #"\b"#)
      case 0x09: output.append(literal: #"\t"#)
      case 0x0A: output.append(literal: #"\n"#)
      case 0x0C: output.append(literal: #"\f"#)
      case 0x0D: output.append(literal: #"\r"#)
      case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
        let digits = String(scalar.value, radix: 16)
        output.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// Whether no byte of a text begins anything that must be escaped.
  ///
  /// Eight bytes are looked at together. The last eight overlap those before them; fewer than eight are looked at one by
  /// one. Where the text may be no UTF-8, nothing but ASCII is plain.
  private static func isPlain(_ text: UnsafeRawBufferPointer, isUTF8: Bool) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { JSONWriter.isPlain(byte) && (isUTF8 || byte < 0x80) }
    guard text.count >= 8 else { return unsafe text.allSatisfy(isPlain) }
    var place = 0
    let last = text.count - 8
    while true {
      let word = unsafe UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      // A byte that is no ASCII is looked at by itself: few of them begin what must be escaped.
      if !JSONWriter.isPlain(word), unsafe !text[place..<place + 8].allSatisfy(isPlain) { return false }
      if place == last { return true }
      place = min(place + 8, last)
    }
  }

  /// Whether eight bytes are ASCII without controls, quotes and backslashes.
  @inline(__always)
  private static func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The highest bit of a byte of the sum is set where it is 0x7F or more, of the differences where it is too small
    // or zero. Borrows and carries spoil only bytes beside one that is found anyway.
    let large = word | (word &+ ones)
    let small = word &- (0x20 &* ones)
    let quote = (word ^ (0x22 &* ones)) &- ones
    let backslash = (word ^ (0x5C &* ones)) &- ones
    return (large | small | quote | backslash) & (0x80 &* ones) == 0
  }

  /// Whether a byte begins nothing that must be escaped.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<0x20, 0x22, 0x5C, 0x7F, 0xC2, 0xD8, 0xE2: false
    default: true
    }
  }
}
