// Policy variables, `${key}` and `${key, 'default'}`, and the escapes `${*}`, `${?}` and `${$}`.
//
// A text with variables is taken apart once, when a policy is compiled. `${` that opens no well-formed variable,
// such as `${}`, stands for itself. Values and defaults are literal: a `*` in a user's tag is no wildcard.

/// A text of a policy in which variables may stand: a resource, or the value of a condition.
///
/// See "IAM policy elements: Variables and tags" in the IAM User Guide.
public struct VariableText: Hashable, Sendable {
  /// One part of the text.
  public enum Part: Hashable, Sendable {
    /// Text as written; `*` and `?` in it may be wildcards.
    case text(String)
    /// A character written as `${*}`, `${?}` or `${$}`, which stands for itself.
    case escaped(String)
    /// A condition key whose value stands here, and what stands here where the request has no such value.
    case variable(key: String, default: String?)
  }

  /// The parts in order.
  public let parts: [Part]

  /// Takes a text apart.
  ///
  /// - Parameters:
  ///   - text: The text as the policy has it.
  ///   - version: The `Version` of the policy; before `2012-10-17` there are no variables.
  public init(_ text: String, version: String?) {
    guard version == "2012-10-17", text.hasByte(UInt8(ascii: "$")) else {
      parts = [.text(text)]
      return
    }
    var parts: [Part] = []
    // Bytes, not characters: a combining mark behind `}` must not hide it.
    let bytes = Array(text.utf8)
    var literalStart = 0
    var cursor = 0
    while let dollar = bytes[cursor...].firstIndex(of: UInt8(ascii: "$")) {
      guard let (part, behind) = VariableText.variable(at: bytes[dollar...]) else {
        cursor = dollar + 1
        continue
      }
      if dollar > literalStart {
        parts.append(.text(String(decoding: bytes[literalStart..<dollar], as: UTF8.self)))
      }
      parts.append(part)
      cursor = behind
      literalStart = behind
    }
    if literalStart < bytes.count {
      parts.append(.text(String(decoding: bytes[literalStart...], as: UTF8.self)))
    }
    self.parts = parts
  }

  /// The keys of the variables, in order; escapes are none.
  public var keys: [String] {
    parts.compactMap { if case .variable(let key, _) = $0 { key } else { nil } }
  }

  /// Whether the text stands for itself in every request.
  public var isConstant: Bool { keys.isEmpty }

  /// The parts with values put in, or `nil` where a variable has neither value nor default.
  ///
  /// A multivalued key has no single value to put in, and counts as absent.
  ///
  /// - Parameters:
  ///   - context: The request's condition keys.
  ///   - wildcards: Whether `*` and `?` are wildcards where they are written plainly.
  /// - Returns: Parts of a pattern.
  func resolved(in context: RequestContext, wildcards: Bool) -> [Wildcard.Token]? {
    var tokens: [Wildcard.Token] = []
    for part in parts {
      switch part {
      case .escaped(let character): tokens.append(.literal(character))
      case .variable(let key, let fallback):
        if case .single(let value) = context[key] {
          tokens.append(.literal(value))
        } else if let fallback {
          tokens.append(.literal(fallback))
        } else {
          return nil
        }
      case .text(let text):
        if wildcards {
          tokens += Wildcard(text).tokens
        } else {
          tokens.append(.literal(text))
        }
      }
    }
    return tokens
  }

  /// The text with values put in and no wildcards, or `nil` where a variable has neither value nor default.
  ///
  /// - Parameter context: The request's condition keys.
  /// - Returns: The text.
  func resolvedText(in context: RequestContext) -> String? {
    guard let tokens = resolved(in: context, wildcards: false) else { return nil }
    return tokens.reduce(into: "") { if case .literal(let text) = $1 { $0 += text } }
  }

  /// The variable that a text begins with, and the index behind it.
  private static func variable(at text: ArraySlice<UInt8>) -> (Part, Int)? {
    let space = UInt8(ascii: " ")
    let close = UInt8(ascii: "}")
    guard text.starts(with: "${".utf8) else { return nil }
    let name = text.dropFirst(2).prefix { $0 != close && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "{") }
    var keyBytes = name.drop { $0 == space }
    while keyBytes.last == space { keyBytes.removeLast() }
    guard !keyBytes.isEmpty, name.endIndex < text.endIndex else { return nil }
    let key = String(decoding: keyBytes, as: UTF8.self)
    if text[name.endIndex] == close {
      let isEscape = key == "*" || key == "?" || key == "$"
      return (isEscape ? .escaped(key) : .variable(key: key, default: nil), name.endIndex + 1)
    }
    let quoted = text[name.endIndex...].dropFirst().drop { $0 == space }
    guard text[name.endIndex] == UInt8(ascii: ","), quoted.first == UInt8(ascii: "'") else { return nil }
    let value = quoted.dropFirst().prefix { $0 != UInt8(ascii: "'") }
    let rest = text[value.endIndex...].dropFirst().drop { $0 == space }
    guard rest.first == close else { return nil }
    return (.variable(key: key, default: String(decoding: value, as: UTF8.self)), rest.startIndex + 1)
  }
}
