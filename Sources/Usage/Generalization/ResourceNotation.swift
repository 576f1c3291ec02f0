// Resources as policies write them.
//
// In a policy `*` and `?` are wildcards, `${…}` is a variable, and `${*}`, `${?}` and `${$}` stand for the three
// characters themselves ("IAM policy elements: Variables and tags" in the IAM User Guide). The ledger names
// resources in the same notation. A name that holds `${` or a character that IAM does not accept must not get into
// a policy as it stands: an object key chosen by an attacker could otherwise widen it.

package import IAM

/// Reads and writes resources in policy notation.
package enum ResourceNotation {
  /// The resource as a policy may name it.
  ///
  /// A `${` that begins none of the three escapes is written `${$}{`. A run of characters outside of what IAM
  /// accepts in a policy (U+0009, U+000A, U+000D, U+0020–U+00FF) becomes `*`.
  ///
  /// - Parameter resource: The resource in the ledger's notation.
  /// - Returns: The resource, fit for a `Resource` element; equal to the argument for nearly all.
  package static func policyText(of resource: String) -> String {
    let isPlain = resource.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != dollar }
    if isPlain { return resource }
    let text = resource.utf8.span
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      let byte = text[place]
      if escaped(text, at: place) != nil {
        for offset in 0..<4 { result.append(text[place + offset]) }
        place += 3
      } else if byte == dollar, text.holds("${", at: place) {
        result += "${$}".utf8
      } else if byte < 0x20 || byte == 0x7F || byte >= 0xC4 {
        // The first byte of a character beyond U+00FF is at least as large; the others follow.
        if result.last != UInt8(ascii: "*") { result.append(UInt8(ascii: "*")) }
        while place + 1 < text.count, text[place + 1] & 0xC0 == 0x80 { place += 1 }
      } else {
        result.append(byte)
      }
      place += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The text that a resource without wildcards stands for: its escapes undone.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: The name as AWS knows it; wildcards stay as they are.
  package static func plainText(of resource: String) -> String {
    shortened(resource) { text, result in
      forEachPart(of: text) { _, range in
        for place in range { result.append(text[place]) }
        return true
      }
    }
  }

  /// A resource of the ledger as AWS knows it: `${*}`, `${?}` and `${$}` undone, all else as it stands.
  ///
  /// - Parameter resource: The resource in the ledger's notation.
  /// - Returns: The name.
  package static func unescaped(_ resource: String) -> String {
    shortened(resource) { text, result in
      var place = 0
      while place < text.count {
        let escape = escaped(text, at: place)
        result.append(text[escape ?? place])
        place = escape.map { $0 + 2 } ?? place + 1
      }
    }
  }

  /// A text made of the bytes of a resource; the resource itself where it has no `$`.
  private static func shortened(
    _ resource: String, _ append: (_ text: Span<UInt8>, _ result: inout [UInt8]) -> Void
  ) -> String {
    guard resource.hasByte(dollar) else { return resource }
    let text = resource.utf8.span
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    append(text, &result)
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether the text holds a variable such as `${aws:username}`.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: Whether it depends on who asks.
  package static func hasVariable(_ resource: String) -> Bool {
    resource.hasByte(dollar) && hasPart(.variable, resource)
  }

  /// Whether the text holds a wildcard.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: Whether it can stand for several resources.
  package static func hasWildcard(_ resource: String) -> Bool {
    guard resource.hasByte(UInt8(ascii: "*")) || resource.hasByte(UInt8(ascii: "?")) else { return false }
    return !resource.hasByte(dollar) || hasPart(.wildcard, resource)
  }

  /// The resource as a pattern.
  ///
  /// - Parameters:
  ///   - resource: The resource in policy notation.
  ///   - variable: What a variable stands for, where that is known; `nil` for any text.
  /// - Returns: The pattern.
  package static func pattern(_ resource: String, variable: (String) -> String? = { _ in nil }) -> Wildcard {
    guard resource.hasByte(dollar) else { return Wildcard(resource) }
    let text = resource.utf8.span
    var tokens: [Wildcard.Token] = []
    forEachPart(of: text) { kind, range in
      switch kind {
      case .literal: tokens.append(.literal(String(bytes: text.extracting(range))))
      case .wildcard:
        tokens.append(text[range.lowerBound] == UInt8(ascii: "*") ? .anyText : .anyCharacter)
      case .variable:
        tokens.append(variable(String(bytes: text.extracting(range))).map { .literal($0) } ?? .anyText)
      }
      return true
    }
    return Wildcard(tokens: tokens)
  }

  private static let dollar = UInt8(ascii: "$")

  private enum PartKind { case literal, wildcard, variable }

  /// Whether a text has a part of some kind.
  private static func hasPart(_ wanted: PartKind, _ resource: String) -> Bool {
    var isFound = false
    forEachPart(of: resource.utf8.span) { kind, _ in
      isFound = kind == wanted
      return !isFound
    }
    return isFound
  }

  /// Calls a function with the parts of a text in their order, until it returns `false`.
  ///
  /// A part is a run of characters that stand for themselves, the character that an escape stands for, one wildcard, or the
  /// name of a variable; with it comes where its text stands.
  private static func forEachPart(of text: Span<UInt8>, _ body: (PartKind, Range<Int>) -> Bool) {
    var place = 0
    var literal = 0
    // Where no brace closes, no variable begins.
    var mayClose = true
    while place < text.count {
      let byte = text[place]
      var part: (kind: PartKind, range: Range<Int>)?
      var next = place + 1
      if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") {
        part = (.wildcard, place..<next)
      } else if byte == dollar, mayClose, next < text.count, text[next] == UInt8(ascii: "{") {
        if let escape = escaped(text, at: place) {
          part = (.literal, escape..<escape + 1)
          next = escape + 2
        } else if let end = text.offset(of: UInt8(ascii: "}"), from: place) {
          part = (.variable, place + 2..<end)
          next = end + 1
        } else {
          mayClose = false
        }
      }
      if let part {
        if literal < place, !body(.literal, literal..<place) { return }
        if !body(part.kind, part.range) { return }
        literal = next
      }
      place = next
    }
    if literal < place { _ = body(.literal, literal..<place) }
  }

  /// Where the character stands that an escape at a place is for, or `nil` where no escape begins there.
  private static func escaped(_ text: Span<UInt8>, at place: Int) -> Int? {
    guard place + 3 < text.count, text[place] == dollar, text[place + 1] == UInt8(ascii: "{"),
      text[place + 3] == UInt8(ascii: "}")
    else { return nil }
    switch text[place + 2] {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), dollar: return place + 2
    default: return nil
    }
  }
}

extension ResourceNotation {
  /// A text as a condition value that stands for itself: `${` is written `${$}{`.
  ///
  /// - Parameter text: The text.
  /// - Returns: The value.
  package static func literalText(of text: String) -> String {
    guard text.hasByte(dollar) else { return text }
    var result = ""
    for character in text.unicodeScalars {
      if character == "{" && result.unicodeScalars.last == "$" { result.removeLast(); result += "${$}" }
      result.unicodeScalars.append(character)
    }
    return result
  }
}

extension ResourceNotation {
  /// A pattern narrowed to another one of the form `TEXT*`, or `nil` where that is not as simple as that.
  ///
  /// `logs/????/??/*` narrowed to `logs/2026*` is `logs/2026/??/*`: the beginning is the other pattern's, character for
  /// character, and the rest stays.
  ///
  /// - Parameters:
  ///   - pattern: The pattern to narrow.
  ///   - limit: The pattern that the result must not leave.
  /// - Returns: A pattern that both contain.
  package static func narrowed(_ pattern: String, to limit: String) -> String? {
    guard limit.hasSuffix("*"), !limit.hasByte(dollar),
      !pattern.hasByte(dollar)
    else { return nil }
    let beginning = Array(limit.unicodeScalars.dropLast())
    let scalars = Array(pattern.unicodeScalars)
    guard scalars.count >= beginning.count, !beginning.contains("*"), !beginning.contains("?") else {
      return nil
    }
    for (own, other) in zip(scalars, beginning) where own != other && own != "?" { return nil }
    var result = String.UnicodeScalarView(beginning)
    result.append(contentsOf: scalars[beginning.count...])
    return String(result)
  }
}
