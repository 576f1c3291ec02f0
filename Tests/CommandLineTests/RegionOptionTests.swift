// `policy --regions` through the built program.

import Foundation
import JSONStream
import TestSupport
import Testing
import whittle

@Suite struct RegionOptionTests {
  private static let logs = "testdata/photos/logs"

  @Test("`all` makes the region of every resource a wildcard and lists each")
  func all() throws {
    let result = try WhittleProcess.run(["policy", Self.logs, "--regions", "all", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(!result.text.contains("arn:aws:lambda:eu-west-1:"))
    let principals = try JSONValue(parsing: result.output)["principals"]?.elements ?? []
    for principal in principals {
      let patterns = principal["policies"]?.elements.flatMap { $0["document"]?["Statement"]?.elements ?? [] }
        .flatMap { statement -> [String] in
          let resource = statement["Resource"] ?? .null
          return (resource.elements + [resource]).compactMap(\.string).filter { $0.contains(":*:1111") }
        }
      let listed = principal["verification"]?["excess"]?.elements.filter {
        $0["kind"]?.string == "regionWildcard"
      }
      #expect(Set(listed?.compactMap { $0["pattern"]?.string } ?? []) == Set(patterns ?? []))
      #expect(listed?.allSatisfy { $0["distinctUsed"]?.scalarText == "1" } == true)
    }
    #expect(result.text.contains("regionWildcard"))
  }

  @Test("`variable` is for templates alone")
  func variable() throws {
    let terraform = try WhittleProcess.run(
      ["policy", Self.logs, "--regions", "variable", "--format", "terraform"])
    #expect(terraform.status == 0 && terraform.text.contains("arn:aws:lambda:${var.region}:"))
    #expect(terraform.text.contains(#"default     = "eu-west-1""#))
    let json = try WhittleProcess.run(["policy", Self.logs, "--regions", "variable", "--format", "json"])
    #expect(json.status == ExitStatus.wrongUsage.rawValue && json.output.isEmpty)
    #expect(json.errors.contains("--regions all"))
    try Fixtures.withTemporaryDirectory { directory in
      let out = "\(directory)/out"
      let written = try WhittleProcess.run(
        ["policy", Self.logs, "--regions", "variable", "--format", "cloudformation", "--output", out])
      #expect(written.status == 0, "\(written.errors)")
      let template = try String(contentsOfFile: "\(out)/111122223333/policies.yaml", encoding: .utf8)
      #expect(template.contains("arn:aws:lambda:${Region}:"))
      // The files are the documents that were proved, and are checked as such.
      #expect(try WhittleProcess.run(["check", out, Self.logs]).status == 0)
    }
  }
}
