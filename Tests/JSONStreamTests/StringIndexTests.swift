// The fast ways to find strings and records, held to the slow ones.

@testable import JSONStream
import TestSupport
import Testing

@Suite struct StringIndexTests {
  /// What an index holds, in offsets from the start of the text.
  struct Found: Hashable {
    var quotes: [Int] = []
    var backslashes: [Int] = []
    var control: Int?
  }

  /// The oracle: one byte after the other.
  private func naive(_ text: [UInt8]) -> Found {
    var found = Found()
    var isInside = false
    var isEscaped = false
    for (offset, byte) in text.enumerated() {
      if isInside, byte < 0x20, found.control == nil { found.control = offset }
      if byte == UInt8(ascii: "\\") { found.backslashes.append(offset) }
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        found.quotes.append(offset)
        isInside.toggle()
      }
    }
    return found
  }

  private func found(in text: [UInt8], cutAt cut: Int, dropping: Int, _ kernel: StringIndex.Kernel) -> Found {
    var index = StringIndex(kernel: kernel)
    index.restart(at: 0)
    index.cover(Array(text[..<cut]).span, from: 0, cut)
    let dropped = min(dropping, cut)
    index.drop(dropped)
    let rest = Array(text[dropped...])
    // The part that was dropped is passed first, as a reader does.
    let first = index
    index.cover(rest.span, from: max(0, cut - dropped), rest.count)
    var found = Found()
    for held in [first, index] {
      found.quotes += held.quotes[..<held.quoteCount].map { dropped + held.origin + Int($0) }
      found.backslashes += held.backslashes[..<held.backslashCount].map { dropped + held.origin + Int($0) }
    }
    found.quotes = Array(Set(found.quotes)).sorted()
    found.backslashes = Array(Set(found.backslashes)).sorted()
    found.control = index.control == Int.max ? nil : dropped + index.control
    return found
  }

  /// Law: every kernel finds what the oracle finds, however the text lies in memory and is cut.
  @Test(arguments: StringIndex.Kernel.allCases.filter(\.isSupported))
  func kernelsAgreeWithTheOracle(kernel: StringIndex.Kernel) {
    var random = SeededGenerator(seed: 7)
    let marks = Array("\"\\\\\u{1}\n {}".utf8)
    for round in 0..<300 {
      let length = Int.random(in: 0...260, using: &random)
      let text = (0..<length).map { _ in
        random.chance(0.5)
          ? marks.randomElement(using: &random) ?? 0x20 : UInt8.random(in: 0...255, using: &random)
      }
      let cut = Int.random(in: 0...length, using: &random)
      let dropped = Int.random(in: 0...length, using: &random)
      #expect(
        found(in: text, cutAt: cut, dropping: dropped, kernel) == naive(text),
        "round \(round): \(text), cut at \(cut), \(dropped) dropped")
    }
  }
}

@Suite struct PlainRecordTests {
  /// One step of a framer, with the nodes of its record.
  struct Step: Hashable {
    var range: Range<Int>
    var envelope: Envelope?
    var damage: String?
    var nodes: [[Int]] = []
  }

  private func steps(_ chunks: [[UInt8]], _ kernel: StringIndex.Kernel?, recordLimit: Int = 1 << 20) -> [Step]
  {
    var framer = JSONFramer(recordLimit: recordLimit, depthLimit: 20, kernel: kernel)
    var window: [UInt8] = []
    var steps: [Step] = []
    for (place, chunk) in (chunks + [[]]).enumerated() {
      window.removeFirst(framer.keptFrom)
      framer.drop(framer.keptFrom)
      window += chunk
      reading: while true {
        switch framer.next(window.span, isFinal: place == chunks.count) {
        case .record(let range, let envelope):
          let first = framer.streamOffset(range.lowerBound)
          let nodes = framer.tape.nodes.map {
            [$0.start, $0.end, $0.next, Int($0.kind.rawValue), $0.hasEscapes ? 1 : 0, $0.isOpaque ? 1 : 0]
          }
          steps.append(Step(range: first..<first + range.count, envelope: envelope, nodes: nodes))
        case .damage(let damage):
          steps.append(Step(range: damage.offset..<damage.offset, damage: damage.message))
        case .needMore, .end: break reading
        }
      }
    }
    return steps
  }

  private static let kernels = StringIndex.Kernel.allCases.filter(\.isSupported)

  /// Law: records, nodes and damage are those of the automaton, for every kernel and every cut in two.
  @Test(arguments: [
    #"{"Records":[{"a":"\u00e9\\","b":[1,-2.5e3,true,null,{}]},{"eventVersion":x},{"eventVersion":3}],"n":-1.5e3}"#,
    #"[[{"a":tru},{"x":[ ],"y" : { } , "z":"\"" }],{"hits":{"hits":[1,{"a":""}]}}]2024-03-01T00:00:00.000Z {"a":"é"}12 "#,
    "\u{FEFF}{\"a\":1}\n{\"b\"\n{\"c\":[[[]]]},{}\0\0{\"d\":false}]{\"e\":\"\u{1}\"}\n{\"f\":\"\\x\"}\n{\"g\":01}\n{\"h\":1}",
    #"{"a":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}{"a":{"Records":[1]},"logEvents":[{"b":1}],"events":{}}{"a":1,}"#,
    "{\"a\":\"\\\\\\\"\",\"b\":\"\\u12\"}\n{\"c\":\"\\u12aF\",\"d\":\"\\\\\"}\n{\"e\":\"x\\\n\"}\n{\"f\":\"\"}",
  ])
  func plainRecordsAreThoseOfTheAutomaton(text: String) {
    let bytes = Array(text.utf8)
    let expected = steps([bytes], nil)
    for kernel in PlainRecordTests.kernels {
      #expect(steps([bytes], kernel) == expected, "\(kernel)")
      #expect(steps(bytes.map { [$0] }, kernel) == expected, "\(kernel), byte by byte")
      for cut in 0...bytes.count {
        #expect(
          steps([Array(bytes[..<cut]), Array(bytes[cut...])], kernel) == expected, "\(kernel), cut at \(cut)")
      }
      for limit in [4, 9, 20] {
        #expect(steps([bytes], kernel, recordLimit: limit) == steps([bytes], nil, recordLimit: limit))
      }
    }
  }

  /// Law: the same for generated streams, whole, damaged and cut at random.
  @Test(arguments: 0..<40 as Range<UInt64>) func generatedStreams(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    var text: [UInt8] = []
    for _ in 0..<12 {
      let event = generator.text(of: .object([JSONMember("eventVersion", generator.value(depth: 4))]))
      text += event + Array(["\n", " ", ""].randomElement(using: &generator.random)?.utf8 ?? "".utf8)
    }
    if generator.random.chance(0.5) { text = Array(#"{"Records":["#.utf8) + text + Array("]}".utf8) }
    for _ in 0..<20 {
      var damaged = text
      for _ in 0..<Int.random(in: 0...3, using: &generator.random) {
        let place = Int.random(in: 0..<damaged.count, using: &generator.random)
        switch Int.random(in: 0..<3, using: &generator.random) {
        case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator.random)
        case 1: damaged.remove(at: place)
        default: damaged.insert(Array("\"\\{}[],:\u{1}".utf8)[place % 9], at: place)
        }
      }
      let expected = steps([damaged], nil)
      let cuts =
        [0, damaged.count] + (0..<3).map { _ in Int.random(in: 0...damaged.count, using: &generator.random) }
      let chunks = zip(cuts.sorted(), cuts.sorted().dropFirst()).map { Array(damaged[$0..<$1]) }
      for kernel in PlainRecordTests.kernels {
        #expect(steps(chunks, kernel) == expected, "seed \(seed), \(kernel)")
      }
    }
  }
}
