// A decoded JSON value that keeps what a security tool must not lose: member order, duplicate members
// and the text of numbers. It is what code off the hot path works on; the hot path reads `JSONTape`.

/// One JSON value as RFC 8259 defines it, with object members in document order.
package indirect enum JSONValue: Hashable, Sendable {
  /// The literal `null`.
  case null
  /// The literal `true` or `false`.
  case bool(Bool)
  /// A number, as its text in the document, so that nothing is lost beyond 64 bits.
  case number(String)
  /// A string after unescaping; invalid UTF-8 and lone surrogates are replaced by U+FFFD.
  case string(String)
  /// An array, in order.
  case array([JSONValue])
  /// An object: its members in document order, duplicates kept.
  case object([JSONMember])
}

/// One name and value of a JSON object.
package struct JSONMember: Hashable, Sendable {
  /// The member's name after unescaping.
  package var name: String
  /// The member's value.
  package var value: JSONValue

  /// Creates a member.
  ///
  /// - Parameters:
  ///   - name: The name, unescaped.
  ///   - value: The value.
  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// The value of the last member called `name`, or `nil` if this is no object or has none.
  ///
  /// The last of several duplicates wins, as in ECMAScript and Python.
  ///
  /// - Parameter name: The member's name, compared exactly.
  /// - Complexity: O(*n*) in the number of members.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The elements of an array, or an empty collection for anything else.
  package var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// The members of an object in document order, or an empty collection for anything else.
  package var members: [JSONMember] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The text of a string, or `nil` for anything else.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The truth value of a boolean, or `nil` for anything else.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The text of a string, number or boolean, or `nil` for a container or `null`.
  package var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
