// Looking up many names at once equals looking them up one by one; digests depend on content alone.

import JSONStream
import TestSupport
import Testing

@Suite struct JSONNamesTests {
  /// Names of every length up to the longest, with neighbours that differ in one byte at either end or the middle.
  private static let names = (1...24).flatMap { length in
    let name = String(repeating: "n", count: length)
    return [name, "m" + name.dropFirst()] + (length > 2 ? [String(name.dropLast()) + "m"] : [])
  }

  /// Law: `find` gives what `value(of:)` gives, for present, absent, escaped and repeated names of every length.
  @Test func findsWhatOneByOneLookupFinds() throws {
    let table = JSONNames(JSONNamesTests.names)
    var places: [UInt32] = []
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let members = (0..<12).map { number -> String in
        var name = random.pick(JSONNamesTests.names) ?? "n"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: name += String(repeating: "n", count: Int.random(in: 0...30, using: &random))
        case 1: name = "\\u006" + (name.first == "n" ? "e" : "d") + name.dropFirst()
        default: break
        }
        return "\"\(name)\":\(number)"
      }
      let bytes = Array("{\(members.joined(separator: ","))}".utf8)
      var tape = JSONTape()
      try tape.parse(bytes.span)
      tape.find(table, in: 0, bytes.span, into: &places)
      for (number, name) in JSONNamesTests.names.enumerated() {
        let expected = tape.members(of: 0).reduce(into: 0 as UInt32) { found, member in
          if tape.text(of: member.name, bytes.span) == name { found = UInt32(member.value) }
        }
        #expect(places[number] == expected, "seed \(seed), \(name)")
      }
    }
  }

  @Test func findsNothingInOtherValues() throws {
    var places: [UInt32] = [7]
    for text in ["{}", "[]", "1", "\"n\""] {
      let bytes = Array(text.utf8)
      var tape = JSONTape()
      try tape.parse(bytes.span)
      tape.find(JSONNames(["n", "m"]), in: 0, bytes.span, into: &places)
      #expect(places == [0, 0])
    }
  }

  private func digest(_ text: String) throws -> JSONDigest {
    let bytes = Array(text.utf8)
    var tape = JSONTape()
    try tape.parse(bytes.span)
    return tape.digest(of: 0, bytes.span)
  }

  /// Law: the digest is the same for the same value, however written, and differs for values nearly the same.
  @Test func digestsDependOnContentAlone() throws {
    #expect(try digest(#"{"a":"é\n","b":[1,{}]}"#) == digest(#" { "b" : [1, { }] , "a" : "\u00e9\u000a" } "#))
    let different = [
      "null", "true", "false", "0", "1", #""""#, #""0""#, "[]", "{}", "[[]]", "[{}]", "[1,2]", "[2,1]",
      "[12]",
      #"{"a":1}"#, #"{"b":1}"#, #"{"a":"1"}"#, #"{"a":1,"b":2}"#, #"{"a":2,"b":1}"#, #"["a",1]"#,
      #""aaaaaaaaa""#,
      #""aaaaaaaa""#, #""aaaaaaaa\u0000""#, #"{"a":"b"}"#, #"{"b":"a"}"#, #"{"ab":"c"}"#, #"{"a":"bc"}"#,
      #"{"a":"b","c":"d"}"#, #"{"a":"d","c":"b"}"#, #"{"a":""}"#, #"{"":"a"}"#, #"{"a":[]}"#,
    ]
    #expect(Set(try different.map { try digest($0) }).count == different.count)
  }

  /// Law: strings of any length that differ in one letter have different digests, and each has one, however written.
  @Test func digestsDependOnEachLetter() throws {
    for length in 0...130 {
      let text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
      var texts = [text]
      for place in text.indices {
        var other = text
        other[place] = UInt8(ascii: "b")
        texts.append(other)
      }
      let written = texts.map { String(decoding: $0, as: UTF8.self) }
      for format in [#""%""#, #"{"n":"%"}"#, #"{"%":"v"}"#] {
        func digest(_ text: String) throws -> JSONDigest {
          try self.digest(format.split(separator: "%").joined(separator: text))
        }
        let digests = try written.map { try digest($0) }
        #expect(Set(digests).count == digests.count, "\(length) letters in \(format)")
        let escaped = written.map { $0.replacing("b", with: #"\u0062"#) }
        #expect(try escaped.map { try digest($0) } == digests, "\(length) letters in \(format)")
      }
    }
  }
}
