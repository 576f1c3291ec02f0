// Trees as YAML in block style. Every string is double-quoted: so none can turn into a number, a date, a tag or an
// anchor, and every character has an escape. See "YAML 1.2.2", section 7.3.1.

import JSONStream

/// Writes one tree as a YAML document into a buffer.
struct YAMLWriter {
  private(set) var bytes: [UInt8] = []

  /// Writes a comment of one line.
  ///
  /// - Parameter text: The comment; control characters in it are shown, not written.
  mutating func comment(_ text: String) { bytes.append(contentsOf: "# \(terminalText(text))\n".utf8) }

  /// Writes a tree as a document.
  ///
  /// - Parameter value: The tree.
  mutating func write(_ value: JSONValue) {
    write(value, depth: 0, isInline: false)
  }

  /// Writes a value; `isInline` says that the cursor stands behind `- `, where the first member may follow.
  private mutating func write(_ value: JSONValue, depth: Int, isInline: Bool) {
    switch value {
    case .object(let members) where !members.isEmpty:
      for (index, member) in members.enumerated() {
        if index > 0 || !isInline { indent(depth) }
        append(YAMLWriter.key(member.name) + ":")
        writeNested(member.value, depth: depth)
      }
    case .array(let elements) where !elements.isEmpty:
      for (index, element) in elements.enumerated() {
        if index > 0 || !isInline { indent(depth) }
        append("- ")
        write(element, depth: depth + 1, isInline: true)
      }
    default: append(YAMLWriter.scalar(value) + "\n")
    }
  }

  /// Writes what stands behind a key: scalars on its line, containers below it.
  private mutating func writeNested(_ value: JSONValue, depth: Int) {
    if value.elements.isEmpty, value.members.isEmpty {
      append(" " + YAMLWriter.scalar(value) + "\n")
    } else {
      append("\n")
      write(value, depth: depth + 1, isInline: false)
    }
  }

  private mutating func indent(_ depth: Int) {
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension YAMLWriter {
  /// Words that YAML 1.1 reads as something else than a string.
  private static let reserved: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

  /// A key: bare where it is made of ASCII letters and digits, begins with a letter and is no reserved word.
  private static func key(_ name: String) -> String {
    let isPlain =
      name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } && name.first?.isLetter == true
    return isPlain && !reserved.contains(name.lowercased()) ? name : quoted(name)
  }

  /// A string in double quotes.
  private static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      literal.appendEscaped(scalar)
    }
    return literal + "\""
  }

  private static func scalar(_ value: JSONValue) -> String {
    value.literal(quoted: quoted)
  }
}
