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
    let isPlain = resource.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "$") }
    if isPlain { return resource }
    var result = String.UnicodeScalarView()
    let scalars = Array(resource.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" {
        if index + 3 < scalars.count, scalars[index + 3] == "}",
          "*?$".unicodeScalars.contains(scalars[index + 2])
        {
          result.append(contentsOf: scalars[index..<index + 4])
          index += 4
          continue
        }
        result.append(contentsOf: "${$}".unicodeScalars)
      } else if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value > 0xFF {
        if result.last != "*" { result.append("*") }
      } else {
        result.append(scalar)
      }
      index += 1
    }
    return String(result)
  }

  /// The text that a resource without wildcards stands for: its escapes undone.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: The name as AWS knows it; wildcards stay as they are.
  package static func plainText(of resource: String) -> String {
    guard resource.hasByte(UInt8(ascii: "$")) else { return resource }
    return parts(of: resource).map(\.text).joined()
  }

  /// Whether the text holds a variable such as `${aws:username}`.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: Whether it depends on who asks.
  package static func hasVariable(_ resource: String) -> Bool {
    guard resource.hasByte(UInt8(ascii: "$")) else { return false }
    return parts(of: resource).contains { $0.kind == .variable }
  }

  /// Whether the text holds a wildcard.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: Whether it can stand for several resources.
  package static func hasWildcard(_ resource: String) -> Bool {
    guard resource.hasByte(UInt8(ascii: "*")) || resource.hasByte(UInt8(ascii: "?")) else { return false }
    guard resource.hasByte(UInt8(ascii: "$")) else { return true }
    return parts(of: resource).contains { $0.kind == .wildcard }
  }

  /// The resource as a pattern.
  ///
  /// - Parameters:
  ///   - resource: The resource in policy notation.
  ///   - variable: What a variable stands for, where that is known; `nil` for any text.
  /// - Returns: The pattern.
  package static func pattern(_ resource: String, variable: (String) -> String? = { _ in nil }) -> Wildcard {
    guard resource.hasByte(UInt8(ascii: "$")) else { return Wildcard(resource) }
    return Wildcard(
      tokens: parts(of: resource).map { part -> Wildcard.Token in
        switch part.kind {
        case .literal: .literal(part.text)
        case .wildcard: part.text == "*" ? .anyText : .anyCharacter
        case .variable: variable(part.text).map { .literal($0) } ?? .anyText
        }
      })
  }

  enum PartKind { case literal, wildcard, variable }

  /// Splits a text into literals (unescaped), single wildcards and the names of variables.
  private static func parts(of resource: String) -> [(kind: PartKind, text: String)] {
    var parts: [(kind: PartKind, text: String)] = []
    var literal = String.UnicodeScalarView()
    let scalars = Array(resource.unicodeScalars)
    func flush() {
      if !literal.isEmpty { parts.append((.literal, String(literal))) }
      literal = String.UnicodeScalarView()
    }
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "*" || scalar == "?" {
        flush()
        parts.append((.wildcard, String(scalar)))
      } else if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{",
        let end = scalars[index...].firstIndex(of: "}")
      {
        let name = String(String.UnicodeScalarView(scalars[(index + 2)..<end]))
        if name == "*" || name == "?" || name == "$" {
          literal.append(contentsOf: name.unicodeScalars)
        } else {
          flush()
          parts.append((.variable, name))
        }
        index = end
      } else {
        literal.append(scalar)
      }
      index += 1
    }
    flush()
    return parts
  }
}

extension ResourceNotation {
  /// A text as a condition value that stands for itself: `${` is written `${$}{`.
  ///
  /// - Parameter text: The text.
  /// - Returns: The value.
  package static func literalText(of text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
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
    guard limit.hasSuffix("*"), !limit.utf8.contains(UInt8(ascii: "$")),
      !pattern.utf8.contains(UInt8(ascii: "$"))
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
