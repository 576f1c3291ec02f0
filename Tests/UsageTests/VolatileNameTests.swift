// Names with their volatile parts as wildcards: over bytes as over texts.

import TestSupport
import Testing

@testable import Usage

@Suite("Volatile names")
struct VolatileNameTests {
  /// Law: a pattern made over bytes is the one made over texts.
  @Test("Patterns are made of bytes as of texts", arguments: UInt64(1)...40)
  func patterns(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "2026", "1999", "11", "07", "3f2a9c1d", "deadbeefdeadbeef", "12345678", "20261120", "20261340",
      "1699999999", "20261120T0305Z", "20261120T", "20261120TZ", "20261120T03Z05", "111122223333",
      "1699999999123", "x", "abc", "Z",
      "T0305Z", "-", "-", "/", "/", "_", ".", ":", "=", ",", "+", " ", "*", "?", "\u{e9}", "\u{301}",
      "5f1c2a34",
      "9d21", "4c3b", "8f10", "0123456789ab", "5f1c2a34-9d21-4c3b-8f10-0123456789ab",
      "5f1c2a34_9d21_4c3b_8f10_0123456789ab",
    ]
    for _ in 0..<500 {
      let name = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick(parts) ?? "" }.joined()
      for kind in [SplitName.Kind.object, .run, .dated, .plain] {
        let pattern = VolatileName.pattern(of: name, kind: kind)
        #expect(pattern == SlowVolatileName.pattern(of: name, kind: kind), "seed \(seed): \(name), \(kind)")
      }
    }
  }

  @Test(
    "Dates, ids and instants are wildcards",
    arguments: [
      ("logs/2026/11/20/3f2a9c1d-app.gz", "logs/????/??/??/*-app.gz"),
      ("5f1c2a34-9d21-4c3b-8f10-0123456789ab", "*"),
      ("a/20261120T0305Z_3f2a9c1d", "a/*"),
      ("111122223333/x", "111122223333/x"),
    ])
  func examples(name: String, pattern: String) {
    #expect(VolatileName.pattern(of: name, kind: .object) == pattern)
  }
}

/// The same rules over texts, token by token.
private enum SlowVolatileName {
  static func pattern(of name: String, kind: SplitName.Kind) -> String {
    if kind == .run { return "*" }
    let tokens = tokens(of: name)
    var parts: [String] = []
    var index = 0
    while index < tokens.count {
      if let length = uuidLength(tokens[index...]) {
        parts.append(kind == .object ? "*" : tokens[index..<(index + length)].joined())
        index += length
        continue
      }
      let date = dateLength(tokens[index...])
      if date > 1 {
        parts += tokens[index..<(index + date)].map { isNumber($0) ? question($0) : $0 }
        index += date
        continue
      }
      parts.append(pattern(ofToken: tokens[index], kind: kind))
      index += 1
    }
    return collapsed(parts)
  }

  private static func pattern(ofToken token: String, kind: SplitName.Kind) -> String {
    let count = token.utf8.count
    if isNumber(token) {
      switch count {
      case 8 where isDate(token): return question(token)
      case 10 where token.hasPrefix("1") || token.hasPrefix("20"), 13, 14: return "*"
      case 12: return token
      case 4 where kind == .object && (token.hasPrefix("19") || token.hasPrefix("20")): return question(token)
      case 2 where kind == .object: return question(token)
      case 3... where kind == .object: return "*"
      default: return token
      }
    }
    if isInstant(token) { return "*" }
    return kind == .object && isHash(token) ? "*" : token
  }

  /// Cuts a name into runs of letters and digits, and single other characters.
  private static func tokens(of name: String) -> [String] {
    var tokens: [String] = []
    var run: [UInt8] = []
    func flush() {
      if !run.isEmpty { tokens.append(String(decoding: run, as: UTF8.self)) }
      run = []
    }
    for byte in name.utf8 {
      // Bytes of characters beyond ASCII belong to words.
      if isAlphanumeric(byte) || byte >= 0x80 {
        run.append(byte)
      } else {
        flush()
        tokens.append(String(decoding: [byte], as: UTF8.self))
      }
    }
    flush()
    return tokens
  }

  /// How many tokens a UUID at the start takes: eight, four, four, four and twelve hexadecimal digits.
  private static func uuidLength(_ tokens: ArraySlice<String>) -> Int? {
    let lengths = [8, 4, 4, 4, 12]
    guard tokens.count >= 9 else { return nil }
    for (position, token) in tokens.prefix(9).enumerated() {
      if position % 2 == 1 {
        guard token == "-" || token == "_" else { return nil }
      } else {
        guard token.utf8.count == lengths[position / 2], token.utf8.allSatisfy(isHexadecimal) else {
          return nil
        }
      }
    }
    return 9
  }

  /// How many tokens a date at the start takes: year and month, and a day where one follows, with one separator.
  private static func dateLength(_ tokens: ArraySlice<String>) -> Int {
    let tokens = Array(tokens.prefix(5))
    guard tokens.count >= 3, tokens[0].utf8.count == 4, isNumber(tokens[0]),
      tokens[0].hasPrefix("19") || tokens[0].hasPrefix("20"),
      ["-", "_", "/", "."].contains(tokens[1]), tokens[2].utf8.count == 2, isNumber(tokens[2])
    else { return 0 }
    if tokens.count == 5, tokens[3] == tokens[1], tokens[4].utf8.count == 2, isNumber(tokens[4]) { return 5 }
    return 3
  }

  /// Joins parts; wildcards with only punctuation between them become one `*`.
  private static func collapsed(_ parts: [String]) -> String {
    var result: [String] = []
    for part in parts {
      if part == "*", let last = result.lastIndex(of: "*"),
        result[(last + 1)...].allSatisfy({ $0.utf8.count == 1 && "-_.=:,".contains($0) })
      {
        result.removeSubrange((last + 1)...)
        continue
      }
      result.append(part)
    }
    return result.joined()
  }

  private static func question(_ token: String) -> String {
    String(repeating: "?", count: token.utf8.count)
  }

  private static func isNumber(_ token: String) -> Bool {
    !token.isEmpty && token.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Whether eight digits are a year, a month and a day.
  private static func isDate(_ token: String) -> Bool {
    guard token.hasPrefix("19") || token.hasPrefix("20") else { return false }
    let month = Int(token.dropFirst(4).prefix(2)) ?? 0
    let day = Int(token.dropFirst(6)) ?? 0
    return (1...12).contains(month) && (1...31).contains(day)
  }

  /// Whether the token is an instant such as `20261120T0305Z`.
  private static func isInstant(_ token: String) -> Bool {
    let day = token.prefix(8)
    let rest = token.dropFirst(8)
    guard isNumber(String(day)), isDate(String(day)), rest.hasPrefix("T") else { return false }
    return isNumber(String(rest.dropFirst().filter { $0 != "Z" }))
  }

  /// Whether the token looks like a hash: eight or more hexadecimal digits of both sorts, or sixteen or more
  /// letters and digits with at least three digits.
  private static func isHash(_ token: String) -> Bool {
    let bytes = token.utf8
    let digits = bytes.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard digits > 0, bytes.allSatisfy({ $0 < 0x80 }) else { return false }
    if bytes.count >= 8, digits < bytes.count, bytes.allSatisfy(isHexadecimal) { return true }
    return bytes.count >= 16 && digits >= 3
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}
