// What the writer promises: grammar, escapes, layout.

import JSONStream
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  @Test func compactAndPrettyLayouts() throws {
    let value = try JSONValue(parsing: #"{"a":[],"b":{},"c":[1,{"d":null}]}"#)
    var compact = JSONWriter()
    compact.write(value)
    #expect(compact.text == #"{"a":[],"b":{},"c":[1,{"d":null}]}"#)
    var pretty = JSONWriter(pretty: true)
    pretty.write(value)
    #expect(
      pretty.text == """
        {
          "a": [],
          "b": {},
          "c": [
            1,
            {
              "d": null
            }
          ]
        }
        """)
  }

  @Test func hostileCharactersAreEscaped() {
    var writer = JSONWriter()
    writer.write("\"\\\u{0}\u{1B}[31m\n\u{7F}\u{9B}\u{2028}é😀")
    #expect(writer.text == #""\"\\\u0000\u001b[31m\n\u007f\u009b\u2028é😀""#)
  }

  /// Bytes are looked at eight together: what must be escaped is found wherever it stands.
  @Test func escapesAreFoundAnywhere() {
    let special: [(text: String, escaped: String)] = [
      ("\"", #"\""#), ("\\", #"\\"#), ("\u{0}", #"\u0000"#), ("\u{1F}", #"\u001f"#), ("\u{7F}", #"\u007f"#),
      ("\u{80}", #"\u0080"#), ("\u{61C}", #"\u061c"#), ("\u{200E}", #"\u200e"#), ("\u{2069}", #"\u2069"#),
      (" ", " "), ("!", "!"), ("#", "#"), ("[", "["), ("]", "]"), ("~", "~"), ("\u{A0}", "\u{A0}"),
      ("\u{E9}", "\u{E9}"), ("\u{627}", "\u{627}"), ("\u{20AC}", "\u{20AC}"), ("\u{1F600}", "\u{1F600}"),
    ]
    for count in 0...26 {
      for place in 0...count {
        for (text, escaped) in special {
          for filler in ["a", "\u{FF}", "\u{10FFFF}"] {
            let before = String(repeating: filler, count: place)
            let behind = String(repeating: filler, count: count - place)
            var writer = JSONWriter()
            writer.write(before + text + behind)
            #expect(writer.text == "\"\(before)\(escaped)\(behind)\"")
          }
        }
      }
    }
  }

  /// Law: bytes are written as the text that they are, whatever they are.
  @Test(arguments: 0..<20 as Range<UInt64>) func bytesAreWrittenAsText(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let odd: [UInt8] = [0, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xA8, 0xC2, 0xC3, 0xD8, 0xE2, 0xED, 0xF0, 0xFF]
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        random.chance(0.1) ? random.pick(odd) ?? 0 : UInt8.random(in: 0x20...0x7E, using: &random)
      }
      var quoted: [UInt8] = []
      JSONWriter.quote(bytes.span, into: &quoted)
      var expected: [UInt8] = []
      JSONWriter.quote(String(decoding: bytes, as: UTF8.self), into: &expected)
      #expect(quoted == expected, "seed \(seed)")
    }
  }

  @Test func integersAreWrittenInDecimal() {
    for number in [0, 7, 10, -1, 1_234_567_890, -100, Int.max, Int.min] {
      var writer = JSONWriter()
      writer.write(number)
      #expect(writer.text == String(number))
    }
  }

  @Test func printableASCIIIsKnown() {
    for count in 0...20 {
      for place in 0..<count {
        for (byte, isPrintable) in [
          (0x1F, false), (0x20, true), (0x7E, true), (0x7F, false), (0x80, false), (0xFF, false), (0, false),
        ] as [(UInt32, Bool)] {
          var scalars = [Unicode.Scalar](repeating: "a", count: count)
          scalars[place] = Unicode.Scalar(byte) ?? " "
          #expect(String(String.UnicodeScalarView(scalars)).isPrintableASCII == isPrintable)
        }
      }
    }
  }

  @Test func lowLevelCallsSeparateThemselves() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("n")
    writer.write(7)
    writer.name("l")
    writer.write(["a", "b"])
    writer.name("t")
    writer.write(true)
    writer.endObject()
    writer.endLine()
    #expect(writer.text == #"{"n":7,"l":["a","b"],"t":true}"# + "\n")
  }

  /// Law: what is written reads back as the same value, in both layouts, and has no raw control character.
  @Test(arguments: 0..<20 as Range<UInt64>) func roundTrips(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    for _ in 0..<50 {
      let value = generator.value(depth: 4)
      for isPretty in [false, true] {
        var writer = JSONWriter(pretty: isPretty)
        writer.write(value)
        #expect(ReferenceJSON.parse(writer.bytes) == value, "seed \(seed)")
        #expect(!writer.bytes.contains { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F }, "seed \(seed)")
      }
    }
  }
}
