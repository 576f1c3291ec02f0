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
