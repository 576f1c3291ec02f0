// Comparisons by bytes. Swift compares strings by Unicode canonical equivalence, AWS does not: an object key with a
// composed `é` and one with a decomposed `é` are different resources. A ledger that took the two for one would keep
// whichever came first, and its bytes would depend on the order of the files. Whatever is keyed or sorted by text from
// logs therefore goes through the comparisons below.

import Glibc

extension String {
  /// Whether this text stands before another by UTF-8 bytes.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether it comes first.
  package func precedes(_ other: String) -> Bool {
    order(to: other.utf8.span) < 0
  }

  /// Whether this text has the same UTF-8 bytes as another.
  ///
  /// - Parameter other: The text to compare with.
  /// - Returns: Whether they are the same byte for byte.
  package func sameBytes(as other: String) -> Bool {
    let left = utf8.span
    let right = other.utf8.span
    return left.count == right.count && ByteOrder.compare(left, right, left.count) == 0
  }

  /// Feeds the UTF-8 bytes and their number to a hasher.
  ///
  /// - Parameter hasher: The hasher.
  package func hashBytes(into hasher: inout Hasher) {
    // The hasher takes bytes from raw memory only; the buffer lives as long as the closure.
    unsafe utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    hasher.combine(0xFF as UInt8)
  }
}

/// Comparison of memory, not of code units one by one: a ledger compares texts for every event.
enum ByteOrder {
  static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>, _ count: Int) -> Int32 {
    unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        // Empty texts may have no address; both have at least `count` bytes.
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        return unsafe memcmp(left, right, count)
      }
    }
  }
}

extension String {
  /// The text with ASCII letters in lower case, as IAM compares actions and condition keys.
  package var asciiLowercased: String {
    let bytes = utf8.span
    var first = 0
    while first < bytes.count, !(0x41...0x5A).contains(bytes[first]) { first += 1 }
    if first == bytes.count { return self }
    // The standard library gives out the memory of a new string, and takes as many bytes as are said to be written.
    return unsafe String(unsafeUninitializedCapacity: bytes.count) { output in
      for index in 0..<bytes.count { unsafe output[index] = Wildcard.lowercased(bytes[index]) }
      return bytes.count
    }
  }

  /// Whether a byte stands somewhere in the text.
  ///
  /// - Parameter byte: The byte.
  /// - Returns: Whether it is found.
  package func hasByte(_ byte: UInt8) -> Bool { utf8.span.offset(of: byte) != nil }

  /// Whether the bytes of another text stand somewhere in this one.
  ///
  /// - Parameter part: The other text, not empty.
  /// - Returns: Whether it is found.
  package func containsBytes(of part: String) -> Bool { self[...].offset(ofBytes: part) != nil }

  /// Whether all bytes are ASCII; for such texts, `==` compares bytes.
  var isASCII: Bool { utf8.span.isASCII }

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

extension Substring {
  /// How many bytes stand before those of another text, or `nil`.
  ///
  /// - Parameter part: The other text, not empty.
  /// - Returns: The number of bytes, or `nil` where the text does not stand in this one.
  package func offset(ofBytes part: String) -> Int? {
    let text = utf8.span
    let part = part.utf8.span
    guard part.count <= text.count else { return nil }
    let first = part[0]
    for start in 0...(text.count - part.count) where text[start] == first {
      var length = 1
      while length < part.count, text[start + length] == part[length] { length += 1 }
      if length == part.count { return start }
    }
    return nil
  }
}
