// HashiCorp configuration language, laid out as `terraform fmt` lays it out: two spaces, `=` aligned over lines that
// follow each other and hold one value each. See "HCL Native Syntax Specification" for strings and identifiers.

import JSONStream

/// Writes Terraform configuration into a buffer.
struct HCLWriter {
  private(set) var bytes: [UInt8] = []
  private var depth = 0

  /// Writes a comment of one line.
  ///
  /// - Parameter text: The comment; control characters in it are shown, not written.
  mutating func comment(_ text: String) { line("# \(terminalText(text))") }

  mutating func blankLine() { bytes.append(0x0A) }

  /// Writes a block.
  ///
  /// - Parameters:
  ///   - type: The block's type.
  ///   - labels: Its labels, unquoted.
  ///   - body: Writes what stands inside.
  mutating func block(_ type: String, _ labels: [String], _ body: (inout HCLWriter) -> Void) {
    line(([type] + labels.map(HCLWriter.quoted)).joined(separator: " ") + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// Writes attributes of one line each, with their `=` aligned.
  ///
  /// - Parameter attributes: Names and expressions.
  mutating func attributes(_ attributes: [(name: String, expression: String)]) {
    let width = attributes.map { terminalWidth($0.name) }.max() ?? 0
    for (name, expression) in attributes {
      line(name + String(repeating: " ", count: width - terminalWidth(name)) + " = " + expression)
    }
  }

  /// Writes an attribute whose value is a function called with one tree.
  ///
  /// - Parameters:
  ///   - name: The attribute's name.
  ///   - function: The function.
  ///   - value: Its argument.
  mutating func attribute(_ name: String, call function: String, _ value: JSONValue) {
    write(value, prefix: "\(name) = \(function)(", suffix: ")")
  }

  /// Writes an attribute whose value is a list, one element a line.
  ///
  /// - Parameters:
  ///   - name: The attribute's name.
  ///   - expressions: The elements, one at least.
  mutating func list(_ name: String, _ expressions: [String]) {
    line("\(name) = [")
    depth += 1
    for expression in expressions { line(expression + ",") }
    depth -= 1
    line("]")
  }

  /// Writes a value; containers are spread over lines, one element or member each.
  private mutating func write(_ value: JSONValue, prefix: String, suffix: String) {
    switch value {
    case .object(let members) where !members.isEmpty:
      line(prefix + "{")
      depth += 1
      write(members)
      depth -= 1
      line("}" + suffix)
    case .array(let elements) where !elements.isEmpty:
      line(prefix + "[")
      depth += 1
      for element in elements { write(element, prefix: "", suffix: ",") }
      depth -= 1
      line("]" + suffix)
    default: line(prefix + HCLWriter.scalar(value) + suffix)
    }
  }

  private mutating func write(_ members: [JSONMember]) {
    var aligned: [(name: String, expression: String)] = []
    for member in members {
      let key = HCLWriter.key(member.name)
      if member.value.elements.isEmpty, member.value.members.isEmpty {
        aligned.append((key, HCLWriter.scalar(member.value)))
      } else {
        attributes(aligned)
        aligned = []
        write(member.value, prefix: "\(key) = ", suffix: "")
      }
    }
    attributes(aligned)
  }

  private mutating func line(_ text: String) {
    bytes.append(contentsOf: repeatElement(0x20, count: text.isEmpty ? 0 : depth * 2))
    bytes.append(contentsOf: text.utf8)
    bytes.append(0x0A)
  }
}

extension HCLWriter {
  /// A string as a quoted template that means just that string.
  ///
  /// - Parameter text: The string.
  /// - Returns: The literal; `${` and `%{` are doubled, so that nothing in it is interpolated.
  static func quoted(_ text: String) -> String {
    var literal = "\""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      // A `$` or `%` is doubled when its brace comes: only then do the two mean something.
      if scalar == "{", let sign = previous, sign == "$" || sign == "%" {
        literal.unicodeScalars.append(sign)
      }
      literal.appendEscaped(scalar)
      previous = scalar
    }
    return literal + "\""
  }

  /// A name made of a text's ASCII letters, digits, `_` and `-`, fit for a resource's label.
  ///
  /// - Parameter text: The text.
  /// - Returns: The identifier; characters that are not allowed become `_`.
  static func identifier(_ text: String) -> String {
    let name = String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
    return name.first?.isLetter == true ? name : "_" + name
  }

  /// An object's key: bare where it is an identifier, quoted otherwise.
  private static func key(_ name: String) -> String {
    let isIdentifier =
      name.first.map { $0.isASCII && $0.isLetter } == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    return isIdentifier ? name : quoted(name)
  }

  /// A value that takes one line.
  private static func scalar(_ value: JSONValue) -> String {
    value.literal(quoted: quoted)
  }
}
