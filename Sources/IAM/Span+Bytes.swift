// Texts as bytes. What is decided about a text of a log is decided by its bytes (`String+Bytes`), and most of it before
// anybody needs a `String`: searches go over memory, wherever the text stands.

import Glibc

extension Span<UInt8> {
  /// Whether all bytes are ASCII.
  package var isASCII: Bool {
    var all: UInt8 = 0
    for index in indices { all |= self[index] }
    return all < 0x80
  }

  /// Whether some letters stand at a place.
  ///
  /// - Parameters:
  ///   - part: The letters.
  ///   - place: Where they would begin, no further than the end.
  /// - Returns: Whether they do.
  package func holds(_ part: StaticString, at place: Int = 0) -> Bool {
    guard count - place >= part.utf8CodeUnitCount else { return false }
    // As many bytes are there, and an empty text has no address.
    return unsafe withUnsafeBytes { text in
      guard let start = text.baseAddress else { return part.utf8CodeUnitCount == 0 }
      return unsafe memcmp(start + place, part.utf8Start, part.utf8CodeUnitCount) == 0
    }
  }

  /// Where a byte stands for the first time.
  ///
  /// - Parameters:
  ///   - byte: The byte.
  ///   - place: Where the search begins, no further than the end.
  /// - Returns: The place, or `nil` where the byte does not stand there.
  package func offset(of byte: UInt8, from place: Int = 0) -> Int? {
    // The search is kept to the bytes that are there.
    unsafe withUnsafeBytes { text in
      guard let start = text.baseAddress, let found = unsafe memchr(start + place, Int32(byte), count - place)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - start
    }
  }

  /// Where some letters stand for the first time.
  ///
  /// - Parameters:
  ///   - part: The letters, not none.
  ///   - place: Where the search begins, no further than the end.
  /// - Returns: Where they begin, or `nil` where they do not stand there.
  package func offset(of part: StaticString, from place: Int = 0) -> Int? {
    // A static string of several letters has a pointer to as many.
    let first = unsafe part.utf8Start[0]
    var place = place
    while let found = offset(of: first, from: place) {
      if holds(part, at: found) { return found }
      place = found + 1
    }
    return nil
  }
}

extension String {
  /// The text that bytes are; what is no UTF-8 is replaced.
  ///
  /// - Parameter bytes: The bytes.
  package init(bytes: Span<UInt8>) {
    // The bytes are copied within the call.
    self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// How the text stands to bytes: below zero where it comes first, zero where it has the same bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The order.
  package func order(to bytes: Span<UInt8>) -> Int {
    let own = utf8.span
    let order = ByteOrder.compare(own, bytes, min(own.count, bytes.count))
    return order == 0 ? own.count - bytes.count : Int(order)
  }
}
