// How Athena and CloudTrail Lake write nested columns: `{type=IAMUser, sessioncontext={attributes={…}}}`.

import JSONStream

/// Reads the text of a nested column.
///
/// The notation has no quotes, so a value may hold anything; it ends at `, ` or at the closing bracket of its own
/// level. Identities and ARNs hold neither. `null` is a null; everything else is a string.
struct StructText {
  private let text: [UInt8]
  private var at = 0

  /// Reads a value.
  ///
  /// - Parameter text: The column's text.
  /// - Returns: The value; text that is no struct or list becomes a string.
  static func parse(_ text: String) -> JSONValue {
    var parser = StructText(text: Array(text.utf8))
    return parser.value(depth: 0, isNested: false)
  }

  private init(text: [UInt8]) { self.text = text }

  private func stands(_ first: UInt8, _ second: UInt8? = nil) -> Bool {
    guard at < text.count, text[at] == first else { return false }
    guard let second else { return true }
    return at + 1 < text.count && text[at + 1] == second
  }

  private mutating func value(depth: Int, isNested: Bool) -> JSONValue {
    while stands(0x20) { at += 1 }
    if depth < 16, stands(UInt8(ascii: "{")) {
      at += 1
      var members: [JSONMember] = []
      while at < text.count, !stands(UInt8(ascii: "}")) {
        let name = scalar(endsAtEquals: true)
        guard stands(UInt8(ascii: "=")) else {
          // Not a struct after all: a part without a name is dropped.
          if !skipSeparator() { break }
          continue
        }
        at += 1
        members.append(JSONMember(name, value(depth: depth + 1, isNested: true)))
        if !skipSeparator() { break }
      }
      if stands(UInt8(ascii: "}")) { at += 1 }
      return .object(members)
    }
    if depth < 16, stands(UInt8(ascii: "[")) {
      at += 1
      var elements: [JSONValue] = []
      while at < text.count, !stands(UInt8(ascii: "]")) {
        elements.append(value(depth: depth + 1, isNested: true))
        if !skipSeparator() { break }
      }
      if stands(UInt8(ascii: "]")) { at += 1 }
      return .array(elements)
    }
    if !isNested {
      return text.isEmpty ? .null : .string(String(decoding: text, as: UTF8.self))
    }
    let scalar = scalar(endsAtEquals: false)
    return scalar == "null" ? .null : .string(scalar)
  }

  private mutating func skipSeparator() -> Bool {
    guard stands(UInt8(ascii: ","), 0x20) else { return false }
    at += 2
    return true
  }

  private mutating func scalar(endsAtEquals: Bool) -> String {
    let start = at
    var open = 0
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { open += 1 }
      if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
        if open == 0 { break }
        open -= 1
      }
      if open == 0, stands(UInt8(ascii: ","), 0x20) || endsAtEquals && byte == UInt8(ascii: "=") { break }
      at += 1
    }
    return String(decoding: text[start..<at], as: UTF8.self)
  }
}
