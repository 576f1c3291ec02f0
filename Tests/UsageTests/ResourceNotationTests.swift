// Resources in policy notation: read and written over bytes as over characters.

import IAM
import TestSupport
import Testing

@testable import Usage

@Suite("Resources in policy notation")
struct ResourceNotationTests {
  /// Law: what is read of bytes is what is read of characters.
  @Test("Escapes, wildcards and variables are found in bytes as in characters", arguments: UInt64(1)...40)
  func notation(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words = [
      "a", "log-stream:", "2026", "[${$}LATEST]", "${*}", "${?}", "${$}", "${", "}", "$", "{", "*", "?",
      "${aws:username}",
      "${}", "${a*b}", "${${$}}", "\u{1}", "\u{7f}", "\u{80}", "\u{e9}", "\u{ff}", "\u{100}", "\u{301}",
      "\u{20ac}",
      "\u{1f600}", "\r\n",
    ]
    for _ in 0..<500 {
      let count = Int.random(in: 0...7, using: &random)
      let resource = (0..<count).map { _ in random.pick(words) ?? "" }.joined()
      let place: Comment = "seed \(seed): \(resource.debugDescription)"
      let slow = SlowNotation.parts(of: resource)
      func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
      #expect(isSame(ResourceNotation.policyText(of: resource), SlowNotation.policyText(of: resource)), place)
      #expect(isSame(ResourceNotation.plainText(of: resource), slow.map(\.text).joined()), place)
      #expect(isSame(ResourceNotation.unescaped(resource), SlowNotation.unescaped(resource)), place)
      #expect(ResourceNotation.hasVariable(resource) == slow.contains { $0.kind == .variable }, place)
      #expect(ResourceNotation.hasWildcard(resource) == slow.contains { $0.kind == .wildcard }, place)
      let variable = { (name: String) in name == "aws:username" ? "ann" : nil }
      let tokens = slow.map { part -> Wildcard.Token in
        switch part.kind {
        case .literal: .literal(part.text)
        case .wildcard: part.text == "*" ? .anyText : .anyCharacter
        case .variable: variable(part.text).map { .literal($0) } ?? .anyText
        }
      }
      #expect(ResourceNotation.pattern(resource, variable: variable) == Wildcard(tokens: tokens), place)
    }
  }
}

/// The same over characters.
private enum SlowNotation {
  static func policyText(of resource: String) -> String {
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

  static func unescaped(_ resource: String) -> String {
    guard resource.hasByte(UInt8(ascii: "$")) else { return resource }
    var bytes: [UInt8] = []
    var rest = Array(resource.utf8)[...]
    while let byte = rest.first {
      let escape = Array(rest.prefix(4))
      if escape.count == 4, escape[0] == UInt8(ascii: "$"), escape[1] == UInt8(ascii: "{"),
        escape[3] == UInt8(ascii: "}"), "*?$".utf8.contains(escape[2])
      {
        bytes.append(escape[2])
        rest = rest.dropFirst(4)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  enum PartKind { case literal, wildcard, variable }

  /// Splits a text into literals (unescaped), single wildcards and the names of variables.
  static func parts(of resource: String) -> [(kind: PartKind, text: String)] {
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
