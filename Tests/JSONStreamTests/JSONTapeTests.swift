// The tape against the reference parser, on hand-written cases and generated ones.

import JSONStream
import TestSupport
import Testing

@Suite struct JSONTapeTests {
  private func error(_ text: String) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue(parsing: text)
      return nil
    } catch {
      return error
    }
  }

  @Test func nodesAreInDocumentOrderWithOffsets() throws {
    let bytes = Array(#" {"a":[1,"x\n"],"a":true}"#.utf8)
    var tape = JSONTape()
    try tape.parse(bytes.span)
    #expect(tape.nodes.map(\.kind) == [.object, .string, .array, .number, .string, .string, .true])
    #expect(tape.nodes.map(\.start) == [1, 2, 6, 7, 9, 16, 20])
    #expect(tape.nodes.map(\.end) == [25, 5, 15, 8, 14, 19, 24])
    #expect(tape.nodes.map(\.next) == [7, 2, 5, 4, 5, 6, 7])
    #expect(tape.nodes.map(\.hasEscapes) == [false, false, false, false, true, false, false])
    #expect(tape.value(of: "a", in: 0, bytes.span) == 6)
    #expect(Array(tape.members(of: 0)).map(\.name) == [1, 5])
    #expect(Array(tape.elements(of: 2)) == [3, 4])
    #expect(tape.text(of: 4, bytes.span) == "x\n")
  }

  @Test(arguments: [
    ("", JSONError.Code.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1,]", .unexpectedCharacter, 3),
    (#"{"a" 1}"#, .unexpectedCharacter, 5), (#"{"a":1,}"#, .unexpectedCharacter, 7),
    ("[01]", .invalidNumber, 1),
    ("1.", .invalidNumber, 0), ("nul", .unexpectedEnd, 3), ("nulx", .unexpectedCharacter, 3),
    (#""\x""#, .invalidEscape, 2), (#""\u12G4""#, .invalidEscape, 5), ("\"a\nb\"", .controlCharacter, 2),
    ("1 2", .trailingContent, 2), ("[1}", .unexpectedCharacter, 2), (#""abc"#, .unexpectedEnd, 4),
  ])
  func errorsSayWhatAndWhere(text: String, code: JSONError.Code, offset: Int) {
    #expect(error(text) == JSONError(code, at: offset))
  }

  /// Law: the nodes of a part are those that parsing the part's text alone gives.
  @Test(arguments: 1...6 as ClosedRange<UInt64>) func partsAreTapesOfTheirOwn(seed: UInt64) throws {
    var generator = JSONGenerator(seed: seed)
    var tape = JSONTape()
    for _ in 0..<100 {
      let text = generator.text(of: generator.value(depth: 5))
      try tape.parse(text.span)
      for index in tape.nodes.indices {
        let part = unsafe tape.nodes.withUnsafeBufferPointer { unsafe JSONTape.nodes(ofPart: index, of: $0) }
        let own = Array(text[tape[index].range])
        var alone = JSONTape()
        try alone.parse(own.span)
        #expect(part.map(\.range) == alone.nodes.map(\.range), "seed \(seed)")
        #expect(part.map(\.next) == alone.nodes.map(\.next), "seed \(seed)")
        #expect(part.map(\.kind) == alone.nodes.map(\.kind), "seed \(seed)")
        #expect(part.map(\.hasEscapes) == alone.nodes.map(\.hasEscapes), "seed \(seed)")
        #expect(
          JSONValue(JSONTape(part), at: 0, own.span) == JSONValue(tape, at: index, text.span), "seed \(seed)")
      }
    }
  }

  @Test func depthIsBoundedWithoutRecursion() throws {
    let deep =
      Array(String(repeating: "[", count: 5000).utf8) + Array(String(repeating: "]", count: 5000).utf8)
    var tape = JSONTape(depthLimit: 512)
    #expect(throws: JSONError(.nestingTooDeep, at: 512)) { try tape.parse(deep.span) }
    var opaque = JSONTape(depthLimit: 3, depthPolicy: .opaque)
    try opaque.parse(deep.span)
    #expect(opaque.nodes.count == 4)
    #expect(opaque[3].isOpaque && opaque[3].range == 3..<9997)
    let mismatched = Array(deep.prefix(5000)) + Array("}".utf8)
    #expect(throws: JSONError(.unexpectedCharacter, at: 5000)) { try opaque.parse(mismatched.span) }
    let hostile = [UInt8](repeating: UInt8(ascii: "["), count: 2_000_000)
    #expect(throws: JSONError(.nestingTooDeep, at: 1 << 20)) { try opaque.parse(hostile.span) }
  }

  @Test func stringsAreDecodedWithReplacement() throws {
    #expect(try JSONValue(parsing: #""\ud83d\ude00\u00e9\/""#) == .string("😀é/"))
    #expect(try JSONValue(parsing: #""a\ud83dz""#) == .string("a\u{FFFD}z"))
    #expect(try JSONValue(parsing: #""\ude00\ud83d""#) == .string("\u{FFFD}\u{FFFD}"))
    #expect(try JSONValue(parsing: [0x22, 0x61, 0xFF, 0x62, 0x22]) == .string("a\u{FFFD}b"))
    #expect(try JSONValue(parsing: #"{"a\u0062":1}"#)["ab"] == .number("1"))
  }

  /// Law: the tape and the reference parser accept the same texts and read the same values.
  @Test(arguments: 0..<20 as Range<UInt64>) func equalsTheReferenceParser(seed: UInt64) throws {
    var generator = JSONGenerator(seed: seed)
    for _ in 0..<100 {
      let value = generator.value(depth: 4)
      let text = generator.text(of: value)
      #expect(try JSONValue(parsing: text) == value, "seed \(seed)")
      let damaged = generator.damaged(text)
      #expect(
        (try? JSONValue(parsing: damaged)) == ReferenceJSON.parse(damaged),
        "seed \(seed): \(String(decoding: damaged, as: UTF8.self).debugDescription)")
    }
  }

  /// Law: every text over a small alphabet is judged as the reference parser judges it.
  @Test func equalsTheReferenceParserOnAllSmallTexts() {
    let alphabet = Array(#"{}[]",:1\u-"#.utf8)
    func visit(_ text: [UInt8], _ left: Int) {
      #expect((try? JSONValue(parsing: text)) == ReferenceJSON.parse(text))
      guard left > 0 else { return }
      for byte in alphabet { visit(text + [byte], left - 1) }
    }
    visit([], 4)
  }
}
