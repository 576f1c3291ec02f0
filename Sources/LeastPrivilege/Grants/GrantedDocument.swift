// Policy documents inside the JSON of other things.

import IAM
import JSONStream

/// A policy document as the answers of AWS's APIs hold it.
enum GrantedDocument {
  /// Why there is no document.
  struct Fault: Error {
    /// What is wrong, as the beginning of a sentence.
    var message: String
  }

  /// Parses a document given as an object, or as text, plain or URL-encoded.
  ///
  /// - Parameter value: What stands where the document is expected.
  /// - Returns: The document.
  /// - Throws: Where there is none, or IAM's grammar does not have it.
  static func parse(_ value: JSONValue?) throws(Fault) -> PolicyDocument {
    let bytes: [UInt8]
    switch value {
    case .string(let text): bytes = Array(text.utf8)
    case .object(let members):
      var writer = JSONWriter()
      writer.write(.object(members))
      bytes = writer.bytes
    default: throw Fault(message: "the document is missing")
    }
    do throws(PolicyError) {
      return try PolicyDocument(json: bytes)
    } catch {
      throw Fault(message: "the document cannot be read: \(error)")
    }
  }
}
