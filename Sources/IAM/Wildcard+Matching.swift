// Matching a text against a pattern in one pass over the text.
//
// The text is read from left to right. On a mismatch it is enough to go back to the last `*` and let it swallow
// one character more: whatever an earlier `*` could swallow, the last one can swallow too. So `a*a*a*b` costs no
// more than a search for each piece in turn, O(text × longest piece) at worst, and there is nothing to recurse
// into and nothing to allocate.

extension Wildcard {
  /// Whether the pattern matches the whole of a text.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether it matches.
  /// - Complexity: O(*n* · *m*) in the length of the text and the longest piece between two `*`; O(*n*) in practice.
  ///   No allocation for texts in native UTF-8.
  public func matches(_ text: String) -> Bool { matches(utf8: text.utf8.span) }

  /// Whether the pattern matches the whole of a text given as UTF-8.
  ///
  /// Bytes that are not UTF-8 are compared as they stand; a stray continuation byte belongs to the character
  /// before it.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether it matches.
  package func matches(utf8 text: Span<UInt8>) -> Bool { matches(text, isPattern: false) }

  /// Whether the pattern matches another one read as a text, whose `*` nothing but a `*` matches.
  ///
  /// It then matches whatever the other pattern matches. The reverse is true of patterns without `?`.
  ///
  /// - Parameter other: The other pattern.
  /// - Returns: Whether it matches.
  func matches(pattern other: Wildcard) -> Bool { matches(other.bytes.span, isPattern: true) }

  @inline(__always)
  private func matches(_ text: Span<UInt8>, isPattern: Bool) -> Bool {
    let pattern = bytes.span
    let patternCount = pattern.count
    let textCount = text.count
    var patternIndex = 0
    // Most texts are told apart by what stands before the first wildcard, and that is compared as memory.
    if !isCaseInsensitive {
      guard textCount >= literalCount, ByteOrder.compare(pattern, text, literalCount) == 0 else {
        return false
      }
      patternIndex = literalCount
    }
    var textIndex = patternIndex
    /// Where to go on after a mismatch: behind the last `*`, and at the text from which it may swallow one more.
    var resumePattern = -1
    var resumeText = 0
    while true {
      if patternIndex < patternCount {
        let expected = pattern[patternIndex]
        if expected == Wildcard.any {
          patternIndex += 1
          if patternIndex == patternCount { return true }
          resumePattern = patternIndex
          resumeText = textIndex
          continue
        }
        if textIndex < textCount {
          if expected == Wildcard.one, !isPattern || text[textIndex] != Wildcard.any {
            textIndex = Wildcard.nextCharacter(after: textIndex, in: text)
            patternIndex += 1
            continue
          }
          let byte = text[textIndex]
          if expected == (isCaseInsensitive ? Wildcard.lowercased(byte) : byte) {
            textIndex += 1
            patternIndex += 1
            continue
          }
        }
      } else if textIndex == textCount {
        return true
      }
      guard resumePattern >= 0, resumeText < textCount else { return false }
      resumeText = Wildcard.nextCharacter(after: resumeText, in: text)
      textIndex = resumeText
      patternIndex = resumePattern
    }
  }

  /// The index behind the character that starts at `index`.
  private static func nextCharacter(after index: Int, in text: Span<UInt8>) -> Int {
    var next = index + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  /// The lower-case form of an ASCII letter; any other byte unchanged.
  static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
