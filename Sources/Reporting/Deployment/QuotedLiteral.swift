// What HCL's and YAML's double-quoted strings have in common: their escapes, and how a scalar stands in them.

import JSONStream

extension String {
  /// Appends a scalar to the content of a double-quoted literal of HCL or YAML.
  ///
  /// - Parameter scalar: The scalar; quotes, backslashes and whatever a terminal would act on are escaped.
  mutating func appendEscaped(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": self += "\\\""
    case "\\": self += "\\\\"
    case "\n": self += "\\n"
    case "\r": self += "\\r"
    case "\t": self += "\\t"
    case _ where isUnsafeOnTerminals(scalar):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let width = scalar.value > 0xFFFF ? 8 : 4
      self += width == 8 ? "\\U" : "\\u"
      self += String(repeating: "0", count: width - digits.count) + digits
    default: unicodeScalars.append(scalar)
    }
  }
}

extension JSONValue {
  /// The value as a literal of one line; containers stand for empty ones.
  ///
  /// - Parameter quoted: Writes a string in the language's quotes.
  /// - Returns: The literal.
  func literal(quoted: (String) -> String) -> String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): quoted(text)
    case .array: "[]"
    case .object: "{}"
    }
  }
}
