// What is wrong with a JSON text, and where.

/// A departure of a text from RFC 8259, or from a bound of the reader.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong; raw values are stable and serve as machine-readable codes.
  package enum Code: String, Hashable, Sendable {
    /// The text ends inside a value.
    case unexpectedEnd
    /// A character stands where another is required.
    case unexpectedCharacter
    /// A number does not follow the grammar.
    case invalidNumber
    /// A backslash begins no escape of the grammar.
    case invalidEscape
    /// A string holds an unescaped control character.
    case controlCharacter
    /// Arrays and objects nest deeper than the reader allows.
    case nestingTooDeep
    /// The text is longer than the reader allows.
    case tooLong
    /// Something other than white space follows the value.
    case trailingContent
  }

  /// What is wrong.
  package let code: Code
  /// The offset of the offending byte from the first byte of the text.
  package let offset: Int

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What is wrong.
  ///   - offset: The offset of the offending byte.
  package init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// The error as a sentence fragment, without the offset.
  package var message: String {
    switch code {
    case .unexpectedEnd: "the text ends inside a JSON value"
    case .unexpectedCharacter: "unexpected character in JSON"
    case .invalidNumber: "invalid JSON number"
    case .invalidEscape: "invalid escape in a JSON string"
    case .controlCharacter: "unescaped control character in a JSON string"
    case .nestingTooDeep: "JSON nested too deeply"
    case .tooLong: "JSON value too long"
    case .trailingContent: "unexpected content after the JSON value"
    }
  }

  /// The error with its offset.
  package var description: String { "\(message) at byte \(offset)" }
}
