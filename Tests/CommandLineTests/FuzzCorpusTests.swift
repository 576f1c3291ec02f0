// Every input of `testdata/fuzz`, through its target: where fuzzing starts from, and whatever it once broke.

import Foundation
import FuzzTargets
import TestSupport
import Testing

@Suite("Fuzz corpus")
struct FuzzCorpusTests {
  private static func inputs(_ target: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: Fixtures.testdata.appending(path: "fuzz/\(target)"), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test("no input breaks a law of its target", arguments: FuzzTarget.all.map(\.name))
  func replay(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try Self.inputs(name)
    #expect(!files.isEmpty, "fuzzing \(name) has nothing to start from")
    for file in files {
      let input = [UInt8](try Data(contentsOf: file))
      #expect(target.run(input) == nil, "\(file.lastPathComponent)")
      // Half an input is where many a reader goes wrong.
      #expect(target.run(Array(input.prefix(input.count / 2))) == nil, "half of \(file.lastPathComponent)")
    }
  }

  @Test("every folder of inputs has its target")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Fixtures.testdata.appending(path: "fuzz").path)
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
  }
}
