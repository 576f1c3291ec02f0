// Comparisons by bytes. Swift compares strings by Unicode canonical equivalence, IAM does not: two texts that look the
// same but are encoded differently are different resources.

extension String {
  /// The text with ASCII letters in lower case, as IAM compares actions and condition keys.
  var asciiLowercased: String {
    guard utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return self }
    return String(decoding: utf8.lazy.map { Wildcard.lowercased($0) }, as: UTF8.self)
  }

  /// Whether two texts consist of the same bytes.
  ///
  /// - Parameter other: The other text.
  /// - Returns: Whether they are the same.
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Whether all bytes are ASCII; for such texts, `==` compares bytes.
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
