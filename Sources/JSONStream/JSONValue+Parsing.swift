// From text to decoded values.

extension JSONValue {
  /// Parses one JSON text.
  ///
  /// - Parameter bytes: The text in UTF-8, with nothing but white space around one value.
  /// - Throws: What is wrong and at which byte; nesting deeper than 512 is refused.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var tape = JSONTape()
    let span = bytes.span
    try tape.parse(span)
    self.init(tape, at: 0, span)
  }

  /// Parses one JSON text.
  ///
  /// - Parameter text: The text, with nothing but white space around one value.
  /// - Throws: What is wrong and at which byte of its UTF-8; nesting deeper than 512 is refused.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// Decodes a part of a tape.
  ///
  /// Containers that the tape holds as opaque become empty ones.
  ///
  /// - Parameters:
  ///   - tape: The tape; its depth limit bounds the recursion.
  ///   - index: The index of the value.
  ///   - bytes: The text that was parsed.
  /// - Complexity: O(*n*) in the length of the value's text.
  package init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    switch tape[index].kind {
    case .null: self = .null
    case .false: self = .bool(false)
    case .true: self = .bool(true)
    case .number: self = .number(tape.scalarText(of: index, bytes) ?? "0")
    case .string: self = .string(tape.text(of: index, bytes) ?? "")
    case .array:
      var elements: [JSONValue] = []
      for element in tape.elements(of: index) { elements.append(JSONValue(tape, at: element, bytes)) }
      self = .array(elements)
    case .object:
      var members: [JSONMember] = []
      for (name, value) in tape.members(of: index) {
        members.append(JSONMember(tape.text(of: name, bytes) ?? "", JSONValue(tape, at: value, bytes)))
      }
      self = .object(members)
    }
  }
}
