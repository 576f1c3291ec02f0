// Patterns with `*` and `?`, as IAM writes actions, resources and `StringLike` values.
//
// A pattern is kept as the UTF-8 bytes of its literal characters, with two bytes that UTF-8 never uses standing
// for the wildcards (`Wildcard.any`, `Wildcard.one`). So a literal `*`, which policies write as `${*}`, needs no
// escape, a text can be compared as it stands, and no text can be mistaken for a wildcard.
//
// The form is canonical: a run of wildcards such as `*?**?` is written `??*`, and case-insensitive literals are in
// lower case. Two canonical patterns are equal exactly if they match the same texts, which is what `==` promises.

/// A pattern in which `*` matches any text, the empty one included, and `?` any one character.
///
/// A character is a Unicode scalar value; case is compared as ASCII letters only. Two wildcards are equal if they
/// match the same texts. See "Wildcards in resource ARNs" under "IAM JSON policy elements: Resource" in the IAM
/// User Guide.
public struct Wildcard: Hashable, Sendable, CustomStringConvertible {
  /// One part of a pattern.
  public enum Token: Hashable, Sendable {
    /// Text that stands for itself, `*` and `?` included.
    case literal(String)
    /// Any one character.
    case anyCharacter
    /// Any text, the empty one included.
    case anyText
  }

  /// Stands for `*` in `bytes`.
  static let any: UInt8 = 0xFF
  /// Stands for `?` in `bytes`.
  static let one: UInt8 = 0xFE

  /// The canonical pattern: literal UTF-8, `any` and `one`.
  let bytes: [UInt8]
  /// How many bytes stand before the first wildcard.
  let literalCount: Int

  /// Whether ASCII letters are compared without regard to case.
  public let isCaseInsensitive: Bool

  /// Creates a pattern from its text, in which `*` and `?` are wildcards.
  ///
  /// - Parameters:
  ///   - pattern: The pattern; there is no escape character.
  ///   - caseInsensitive: Whether `A` and `a` are the same.
  public init(_ pattern: String, caseInsensitive: Bool = false) {
    // Most patterns are texts.
    if !caseInsensitive, !pattern.hasByte(UInt8(ascii: "*")), !pattern.hasByte(UInt8(ascii: "?")) {
      self.init(Array(pattern.utf8), caseInsensitive)
      return
    }
    var builder = CanonicalBuilder(isCaseInsensitive: caseInsensitive, capacity: pattern.utf8.count)
    let text = pattern.utf8.span
    for place in text.indices {
      switch text[place] {
      case UInt8(ascii: "*"): builder.appendAnyText()
      case UInt8(ascii: "?"): builder.appendAnyCharacter()
      default: builder.append(text[place])
      }
    }
    self.init(builder.finish(), caseInsensitive)
  }

  /// Creates a pattern from parts, which may hold `*` and `?` as literal characters.
  ///
  /// - Parameters:
  ///   - tokens: The parts, in order.
  ///   - caseInsensitive: Whether `A` and `a` are the same.
  public init(tokens: some Sequence<Token>, caseInsensitive: Bool = false) {
    var builder = CanonicalBuilder(isCaseInsensitive: caseInsensitive, capacity: 0)
    for token in tokens {
      switch token {
      case .literal(let text): for byte in text.utf8 { builder.append(byte) }
      case .anyCharacter: builder.appendAnyCharacter()
      case .anyText: builder.appendAnyText()
      }
    }
    self.init(builder.finish(), caseInsensitive)
  }

  private init(_ bytes: [UInt8], _ isCaseInsensitive: Bool) {
    self.bytes = bytes
    self.isCaseInsensitive = isCaseInsensitive
    func first(_ wildcard: UInt8) -> Int { bytes.span.offset(of: wildcard) ?? bytes.count }
    literalCount = min(first(Wildcard.any), first(Wildcard.one))
  }

  /// Whether the pattern has no wildcard, and so matches one text (but for case).
  public var isLiteral: Bool { literalCount == bytes.count }

  /// The one text that the pattern matches, or `nil` where it has wildcards.
  ///
  /// The text of a case-insensitive pattern is in lower case.
  public var literal: String? { isLiteral ? String(decoding: bytes, as: UTF8.self) : nil }

  /// Whether the pattern is `*`.
  public var matchesEverything: Bool { literalCount == 0 && bytes.count == 1 && bytes[0] == Wildcard.any }

  /// The parts of the canonical pattern, neighbouring literal characters in one part.
  public var tokens: [Token] {
    var tokens: [Token] = []
    var rest = bytes[...]
    while let first = rest.first {
      if first >= Wildcard.one {
        tokens.append(first == Wildcard.any ? .anyText : .anyCharacter)
        rest = rest.dropFirst()
      } else {
        let literal = rest.prefix { $0 < Wildcard.one }
        tokens.append(.literal(String(decoding: literal, as: UTF8.self)))
        rest = rest.dropFirst(literal.count)
      }
    }
    return tokens
  }

  /// The canonical pattern as text, literal `*` and `?` as `${*}` and `${?}`.
  public var description: String {
    tokens.map { token in
      switch token {
      case .literal(let text):
        text.reduce(into: "") { $0 += $1 == "*" || $1 == "?" ? "${\($1)}" : String($1) }
      case .anyCharacter: "?"
      case .anyText: "*"
      }
    }.joined()
  }
}

/// Builds canonical patterns byte by byte.
private struct CanonicalBuilder {
  let isCaseInsensitive: Bool
  private var bytes: [UInt8] = []
  /// Whether a `*` was read since the last literal byte; it is written after the `?` of the same run.
  private var hasPendingStar = false

  init(isCaseInsensitive: Bool, capacity: Int) {
    self.isCaseInsensitive = isCaseInsensitive
    bytes.reserveCapacity(capacity)
  }

  mutating func append(_ byte: UInt8) {
    flush()
    bytes.append(isCaseInsensitive ? Wildcard.lowercased(byte) : byte)
  }

  mutating func appendAnyCharacter() { bytes.append(Wildcard.one) }

  mutating func appendAnyText() { hasPendingStar = true }

  mutating func finish() -> [UInt8] {
    flush()
    return bytes
  }

  private mutating func flush() {
    if hasPendingStar { bytes.append(Wildcard.any) }
    hasPendingStar = false
  }
}
