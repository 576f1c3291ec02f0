// The framer: what counts as a record, what damage costs, and that cutting the stream changes nothing.

import JSONStream
import TestSupport
import Testing

@Suite struct JSONFramerTests {
  /// Every envelope is opened, however its records are read.
  @Test(arguments: Envelope.allCases) func envelopesAreOpened(envelope: Envelope) {
    let array = "\"\(envelope.rawValue)\":[{\"a\":1},{\"a\":2}]"
    let text = envelope == .hits ? "{\"hits\":{\(array)}}" : "{\(array)}"
    let records = ["{\"a\":1}", "{\"a\":2}"].map { Found.record($0, envelope) }
    #expect(found(in: [Array(text.utf8)]) == records)
    #expect(found(in: text.utf8.map { [$0] }) == records)
    let other = text.replacing(envelope.rawValue, with: "x" + envelope.rawValue)
    #expect(found(in: [Array(other.utf8)]) == [.record(other, nil)])
  }

  enum Found: Hashable {
    case record(String, Envelope?)
    case damage(Int)
  }

  /// Feeds chunks through a window as a reader of files does.
  private func found(in chunks: [[UInt8]], recordLimit: Int = 1 << 20) -> [Found] {
    var framer = JSONFramer(recordLimit: recordLimit)
    var window: [UInt8] = []
    var found: [Found] = []
    for (place, chunk) in (chunks + [[]]).enumerated() {
      window.removeFirst(framer.keptFrom)
      framer.drop(framer.keptFrom)
      window += chunk
      let isFinal = place == chunks.count
      reading: while true {
        switch framer.next(window.span, isFinal: isFinal) {
        case .record(let range, let envelope):
          found.append(.record(String(decoding: window[range], as: UTF8.self), envelope))
          #expect(framer.tape[0].range == 0..<range.count)
        case .damage(let damage): found.append(.damage(damage.offset))
        case .needMore, .end: break reading
        }
      }
    }
    return found
  }

  private func found(in text: String, recordLimit: Int = 1 << 20) -> [Found] {
    found(in: [Array(text.utf8)], recordLimit: recordLimit)
  }

  @Test(arguments: [
    (
      #"{"Records":[{"a":1},{"b":2}]}"#,
      [Found.record(#"{"a":1}"#, .records), .record(#"{"b":2}"#, .records)]
    ),
    (#"{"Records":[],"x":[1]}{"a":1}"#, [.record(#"{"a":1}"#, nil)]),
    (#"{"x":{"y":[]},"Events":[{"a":1}],"NextToken":"n"}"#, [.record(#"{"a":1}"#, .lookupEvents)]),
    (
      #"[[{"a":1}],[],[{"Records":[{"b":2}]}]] "#,
      [.record(#"{"a":1}"#, nil), .record(#"{"b":2}"#, .records)]
    ),
    (
      #"{"took":1,"hits":{"total":2,"hits":[{"a":1},[2]],"x":0},"y":1}{"b":3}"#,
      [.record(#"{"a":1}"#, .hits), .record("[2]", .hits), .record(#"{"b":3}"#, nil)]
    ),
    (
      "{\"a\":1}\n{\"b\":2}\t{\"c\":3}{}",
      ["a", "b", "c"].enumerated().map { .record("{\"\($1)\":\($0 + 1)}", nil) } + [.record("{}", nil)]
    ),
    (
      "2024-03-01T00:00:00.000Z {\"a\":1}\n2024-03-01T00:00:00Z {\"b\":2}\n12 ",
      [.record(#"{"a":1}"#, nil), .record(#"{"b":2}"#, nil), .record("12", nil)]
    ),
    ("\u{FEFF}{\"a\":1}", [.record(#"{"a":1}"#, nil)]),
    (#"{"results":[[{"field":"f"}]]}"#, [.record(#"[{"field":"f"}]"#, .results)]),
    ("", []), (" \n", []),
  ])
  func recordsAreFound(text: String, expected: [Found]) {
    #expect(found(in: text) == expected)
  }

  @Test(arguments: [
    // A record is lost with the damage inside it; those before and after count.
    (
      #"{"Records":[{"eventVersion":1},{"eventVersion":x},{"eventVersion":3}]}"#,
      [Found.record(#"{"eventVersion":1}"#, .records), .damage(47), .record(#"{"eventVersion":3}"#, nil)]
    ),
    (
      "{\"a\":1}\n{\"b\":\"unclosed\n{\"c\":3}\n",
      [.record(#"{"a":1}"#, nil), .damage(22), .record(#"{"c":3}"#, nil)]
    ),
    (#"[{"a":1}{"b":2},]"#, [.record(#"{"a":1}"#, nil), .damage(8), .record(#"{"b":2}"#, nil), .damage(16)]),
    (#"entTime":"x"},{"eventVersion":2}]}"#, [.damage(0), .record(#"{"eventVersion":2}"#, nil)]),
    (#"{"Records":[{"a":1},{"a":"#, [.record(#"{"a":1}"#, .records), .damage(25)]),
    (#"[{"a":1}"#, [.record(#"{"a":1}"#, nil), .damage(8)]),
    ("{\"a\":1}\0\0\0", [.record(#"{"a":1}"#, nil), .damage(7)]),
    ("<html>", [.damage(0)]),
  ])
  func damageIsReportedAndSurvived(text: String, expected: [Found]) {
    #expect(found(in: text) == expected)
  }

  @Test func longRecordsAreSkippedWithoutBeingKept() {
    let long = #"{"x":[1,"\u0041"],"y":""# + String(repeating: "\\n", count: 5000) + #"","z":12345}"#
    let text = Array((#"{"Records":[{"a":1},"# + long + #",{"b":2}]}"#).utf8)
    let expected: [Found] = [.record(#"{"a":1}"#, .records), .damage(20), .record(#"{"b":2}"#, .records)]
    #expect(found(in: [text], recordLimit: 1000) == expected)
    for size in [1, 7, 64, 999, 4096] {
      let chunks = stride(from: 0, to: text.count, by: size).map {
        Array(text[$0..<min($0 + size, text.count)])
      }
      #expect(found(in: chunks, recordLimit: 1000) == expected, "chunks of \(size)")
    }
  }

  @Test func aLongRecordNeedsNoMoreWindowThanTheLimit() {
    var framer = JSONFramer(recordLimit: 1000)
    var window = Array(#"{"a":""#.utf8)
    var largest = 0
    for _ in 0..<2000 {
      while case .damage = framer.next(window.span, isFinal: false) {}
      window.removeFirst(framer.keptFrom)
      framer.drop(framer.keptFrom)
      window += Array("0123456789".utf8)
      largest = max(largest, window.count)
    }
    #expect(largest <= 1020)
  }

  /// Law: however a stream is cut in two, and cut into single bytes, the same is found.
  @Test(arguments: [
    #"{"Records":[{"a":"\u00e9\\"},{"eventVersion":x},{"eventVersion":3}],"n":-1.5e3}"#,
    #"[[{"a":tru},null],{"hits":{"hits":[1,2]}}]2024-03-01T00:00:00.000Z {"a":"é"}12 "#,
    "\u{FEFF}{\"a\":1}\n{\"b\"\n{\"c\":[[[]]]},{}\0\0{\"d\":false}]",
  ])
  func cuttingChangesNothing(text: String) {
    let bytes = Array(text.utf8)
    let whole = found(in: [bytes])
    for first in 0...bytes.count {
      #expect(found(in: [Array(bytes[..<first]), Array(bytes[first...])]) == whole, "cut at \(first)")
    }
    #expect(found(in: bytes.map { [$0] }) == whole)
    for limit in [4, 9, 20] {
      #expect(found(in: bytes.map { [$0] }, recordLimit: limit) == found(in: [bytes], recordLimit: limit))
    }
  }

  /// Law: generated streams give the records that they were made from, and damaged ones are cut-independent.
  @Test(arguments: 0..<20 as Range<UInt64>) func generatedStreams(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    for _ in 0..<20 {
      var text: [UInt8] = []
      var expected: [Found] = []
      for _ in 0..<Int.random(in: 0...3, using: &generator.random) {
        let records = (0..<Int.random(in: 0...3, using: &generator.random)).map { _ in
          generator.text(of: .object([JSONMember("eventVersion", generator.value(depth: 3))]))
        }
        let joined = Array(records.joined(separator: [0x2C]))
        let envelope: Envelope?
        switch Int.random(in: 0..<3, using: &generator.random) {
        case 0:
          envelope = .records
          text += Array(#"{"x":[{}],"Records": ["#.utf8) + joined + Array("]}".utf8)
        case 1:
          envelope = nil
          text += Array("[[".utf8) + joined + Array("],[]]".utf8)
        default:
          envelope = nil
          text += Array(records.joined(separator: [0x0A]))
        }
        expected += records.map { .record(String(decoding: $0, as: UTF8.self), envelope) }
      }
      #expect(found(in: [text]) == expected, "seed \(seed)")
      let damaged = generator.damaged(text)
      let whole = found(in: [damaged])
      #expect(found(in: damaged.map { [$0] }) == whole, "seed \(seed)")
      let cut = Int.random(in: 0...damaged.count, using: &generator.random)
      #expect(found(in: [Array(damaged[..<cut]), Array(damaged[cut...])]) == whole, "seed \(seed)")
    }
  }
}
