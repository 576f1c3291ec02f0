// The texts of the documents that an account grants, for edits in place.
//
// What a policy means stands in its `PolicyDocument`; what a reviewer of an edit compares is text. Documents that come
// as one line (URL-encoded by the IAM API, or decoded into a tree by the AWS CLI) are broken into lines once, member
// for member in their own order, so that every difference shows up where it is; documents that have lines already stay
// as they are, to the byte.

package import IAM
import JSONStream

/// The text of a granted document as edits begin from it.
package struct GrantedText: Hashable, Sendable {
  /// UTF-8.
  package var bytes: [UInt8]
  /// Whether line breaks were put in, because the document came as one line or as a tree.
  package var isReformatted: Bool

  /// A document without white space, in the order in which it was written; `nil` where it is none.
  ///
  /// - Parameter value: The document, as a tree or as text, URL-encoded or plain.
  /// - Returns: The bytes.
  static func compact(_ value: JSONValue?) -> [UInt8]? {
    switch value {
    case .object(let members):
      var writer = JSONWriter()
      writer.write(.object(members))
      return writer.bytes
    case .string(let string):
      guard let text = try? PolicyText(json: Array(string.utf8)).text else { return nil }
      return (try? JSONValue(parsing: text)).flatMap { compact($0) }
    default: return nil
    }
  }
}

extension AccountGrants {
  /// What a text belongs to: an identity's or policy's ARN with the name of an inline policy, and what the text says.
  struct TextKey: Hashable, Sendable {
    var subject: String
    var document: PolicyDocument
  }

  /// The text of a document.
  ///
  /// - Parameters:
  ///   - document: The document.
  ///   - subject: The ARN of the managed policy, or of the identity, followed by a space and the inline policy's name.
  /// - Returns: The text that was read, or the canonical one where the document came from elsewhere.
  package func text(of document: PolicyDocument, subject: String) -> GrantedText {
    texts[TextKey(subject: subject, document: document)]
      ?? GrantedText(bytes: document.json(pretty: true), isReformatted: true)
  }

  /// Remembers the text of a document that was read.
  mutating func remember(_ value: JSONValue?, as document: PolicyDocument, subject: String) {
    guard let text = Self.text(of: value) else { return }
    remember(text, at: TextKey(subject: subject, document: document))
  }

  /// Takes over the texts of other grants; of two texts that say the same, the first by bytes holds.
  mutating func rememberTexts(of other: AccountGrants) {
    for (key, text) in other.texts { remember(text, at: key) }
  }

  private mutating func remember(_ text: GrantedText, at key: TextKey) {
    if let known = texts[key], known.bytes.lexicographicallyPrecedes(text.bytes) { return }
    texts[key] = text
  }

  private static func text(of value: JSONValue?) -> GrantedText? {
    switch value {
    case .object: return value.map { GrantedText(bytes: pretty($0), isReformatted: true) }
    case .string(let string):
      guard let text = try? PolicyText(json: Array(string.utf8)).text else { return nil }
      if text.contains(0x0A) { return GrantedText(bytes: text, isReformatted: false) }
      return (try? JSONValue(parsing: text)).map { GrantedText(bytes: pretty($0), isReformatted: true) }
    default: return nil
    }
  }

  private static func pretty(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(pretty: true)
    writer.write(value)
    return writer.bytes
  }
}
