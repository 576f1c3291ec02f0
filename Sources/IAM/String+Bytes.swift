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
    let left = utf8.span
    let right = other.utf8.span
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }

  /// Whether the bytes of another text stand somewhere in this one.
  ///
  /// - Parameter part: The other text, not empty.
  /// - Returns: Whether it is found.
  func containsBytes(of part: String) -> Bool {
    let text = utf8.span
    let part = part.utf8.span
    guard part.count <= text.count else { return false }
    for start in 0...(text.count - part.count) {
      var length = 0
      while length < part.count, text[start + length] == part[length] { length += 1 }
      if length == part.count { return true }
    }
    return false
  }

  /// Whether all bytes are ASCII; for such texts, `==` compares bytes.
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

  /// The account segment of an ARN; `nil` where it is empty or the text is no ARN.
  var arnAccount: String? {
    guard utf8.starts(with: "arn:".utf8) else { return nil }
    var rest = utf8[...]
    for _ in 0..<4 {
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      rest = rest[rest.index(after: colon)...]
    }
    guard let end = rest.firstIndex(of: UInt8(ascii: ":")), end > rest.startIndex else { return nil }
    return String(self[rest.startIndex..<end])
  }
}
