// Every policy document of the shared data, through parser and writer and back.

import Foundation
import IAM
import JSONStream
import TestSupport
import Testing

@Suite(.enabled(if: Fixtures.hasSharedData, Comment(rawValue: Fixtures.skippedComment)))
struct PolicyRoundTripTests {
  /// Documents of the folder that are no policies: templates with words to fill in, and the IAM User Guide's own
  /// examples of mistakes ("Troubleshooting IAM policies").
  static let invalid: [String: PolicyError.Code] = [
    "troubleshoot_policies-09.json": .duplicateElement, "troubleshoot_policies-11.json": .duplicateElement,
    "troubleshoot_policies-13.json": .duplicateElement,
    "confused-deputy-00.json": .invalidPrincipal,
    "id_credentials_mfa_configure-api-require-00.json": .invalidPrincipal,
    "id_credentials_mfa_configure-api-require-05.json": .invalidPrincipal,
    "id_roles_use_passrole-00.json": .invalidAction,
    "reference_policies_iam-condition-keys-10.json": .invalidPrincipal,
    "troubleshoot_policies-08.json": .invalidARN,
  ]

  /// All policy documents inside a JSON value: objects with a `Statement`, and texts that hold one.
  static func documents(in value: JSONValue) -> [[UInt8]] {
    switch value {
    case .object(let members):
      if value["Statement"] != nil {
        var writer = JSONWriter()
        writer.write(value)
        return [writer.bytes]
      }
      return members.flatMap { documents(in: $0.value) }
    case .array(let elements): return elements.flatMap { documents(in: $0) }
    case .string(let text) where text.contains("Statement") && (text.hasPrefix("%7B") || text.hasPrefix("{")):
      return [Array(text.utf8)]
    default: return []
    }
  }

  @Test func everyDocumentMeansTheSameAfterARoundTrip() throws {
    let folder = URL(filePath: try Fixtures.shared("iam"))
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var count = 0
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "json", let data = try? Data(contentsOf: file),
        let value = try? JSONValue(parsing: [UInt8](data))
      else { continue }
      for json in PolicyRoundTripTests.documents(in: value) {
        count += 1
        let source: PolicyText
        do {
          source = try PolicyText(json: json)
        } catch {
          #expect(
            PolicyRoundTripTests.invalid[file.lastPathComponent] == error.code, "\(file.path): \(error)")
          continue
        }
        if !source.isURLEncoded { #expect(source.text == json) }
        for pretty in [false, true] {
          let written = source.document.json(pretty: pretty)
          #expect(try PolicyDocument(json: written) == source.document, "\(file.path)")
          #expect(try PolicyDocument(json: written).json(pretty: pretty) == written, "\(file.path)")
        }
        #expect(source.statementRanges.count == source.document.statements.count)
      }
    }
    #expect(count > 400)
  }
}
