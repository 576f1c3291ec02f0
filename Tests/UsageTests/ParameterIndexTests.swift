// Parameters by name, held to a look at all of them.

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
}
