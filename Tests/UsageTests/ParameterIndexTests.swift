// Parameters by name, held to a look at all of them.

import CloudTrail
import JSONStream
import TestSupport
import Testing

@testable import Usage

@Suite struct ParameterIndexTests {
  /// Law: a name that is made of two parts finds what the whole name finds, and that is what stands at the least depth,
  /// among few parameters and among many.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func namesInTwoParts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let names = ["name", "bucketName", "Bucket-Names", "names", "id", "s", "a", "instanceId", "instanceIds"]
    func value(_ depth: Int, _ width: Int) -> JSONValue {
      if depth == 0 || random.chance(0.4) { return .string("v\(Int.random(in: 0..<1000, using: &random))") }
      if random.chance(0.2) {
        return .array((0..<Int.random(in: 0...2, using: &random)).map { _ in value(depth - 1, width) })
      }
      return .object(
        (0..<Int.random(in: 0...width, using: &random)).map { _ in
          JSONMember(random.pick(names) ?? "", value(depth - 1, width))
        })
    }
    for round in 0..<300 {
      let members = (0..<6).map { _ in JSONMember(random.pick(names) ?? "", value(3, round % 2 == 0 ? 2 : 8))
      }
      let index = ParameterIndex(.object(members))
      for name in names.map({ ParameterIndex.folded($0) }) + ["", "nameid"] {
        let all = index.parameters.filter { $0.name == name }
        let least = all.map(\.depth).min()
        let expected = all.filter { $0.depth == least }
        for cut in 0...name.utf8.count {
          let stem = String(name.prefix(cut))
          let ending = String(name.dropFirst(cut))
          #expect(index.values(folded: stem, ending) == expected, "seed \(seed)")
        }
        #expect(index.values(named: name) == expected, "seed \(seed)")
      }
    }
  }

  /// Law: a part as it is written is indexed as its value is, however names and texts are written.
  @Test("Parts as written have the parameters of their values", arguments: 1...4 as ClosedRange<UInt64>)
  func writtenParts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = [
      "name", "Bucket-Name", "items", "item", "Item", "members", "tag", "content", "cont\\u0065nt",
      "t\\u0061g", "", "DescribeThingsRequest", "createThingResponse", "caf\u{E9}", "entry", "\\u0069tems",
    ]
    let scalars = [
      "null", "true", "false", "0", "-1.5e3", "\"\"", "\"v1\"", "\"a\\n\\u00e9\"",
      "\"arn%3Aaws%3As3%3A%3A%3Ab\"",
      "\"arn:aws:iam::111122223333:role/r\"", "\"{\\\"a\\\":1}\"", "\"\\ud800\"", "[]", "{}",
    ]
    func value(_ depth: Int) -> String {
      switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
      case 0, 1: return random.pick(scalars) ?? "0"
      case 2:
        let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1) }
        return "[" + elements.joined(separator: ", ") + "]"
      default: return object(depth, Int.random(in: 0...4, using: &random))
      }
    }
    func object(_ depth: Int, _ count: Int) -> String {
      let members = (0..<count).map { _ in "\"\(random.pick(names) ?? "")\" : \(value(depth - 1))" }
      return "{ " + members.joined(separator: ",") + "}"
    }
    for round in 0..<600 {
      let text =
        round % 50 == 0
        ? String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40)
        : round % 7 == 0 ? value(3) : object(5, [1, 2, 2, 3, 6, 30].randomElement(using: &random) ?? 1)
      let event = try CloudTrailEvent(json: "{\"requestParameters\":\(text)}")
      let index = ParameterIndex(event.requestPart)
      #expect(index.parameters == ParameterIndex(event.requestParameters).parameters, "seed \(seed): \(text)")
      for name in ["name", "v", "item", "content"] {
        #expect(index.values(named: name) == ParameterIndex(event.requestParameters).values(named: name))
      }
    }
  }
}
