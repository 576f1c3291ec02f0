// UTF-16, as PowerShell redirects write it, to UTF-8.

/// The encoding of a text, as its first bytes tell.
enum TextEncoding: Hashable {
  case utf8, utf16LittleEndian, utf16BigEndian

  /// Decides by a byte order mark, or by where the zeros of the first two characters stand.
  init(_ bytes: ArraySlice<UInt8>) {
    let first = Array(bytes.prefix(4))
    if first.starts(with: [0xFF, 0xFE]) {
      self = .utf16LittleEndian
    } else if first.starts(with: [0xFE, 0xFF]) {
      self = .utf16BigEndian
    } else if first.count == 4, first[1] == 0, first[3] == 0, first[0] != 0, first[2] != 0 {
      self = .utf16LittleEndian
    } else if first.count == 4, first[0] == 0, first[2] == 0, first[1] != 0, first[3] != 0 {
      self = .utf16BigEndian
    } else {
      self = .utf8
    }
  }
}

/// A resumable decoder from UTF-16 to UTF-8; lone surrogates become U+FFFD.
struct UTF16Decoder {
  private let isBigEndian: Bool
  private var isAtStart = true
  private var spareByte: UInt8?
  private var highSurrogate: UInt16?

  /// Creates a decoder for a stream.
  init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

  /// Appends the characters of a chunk to a text.
  ///
  /// - Parameters:
  ///   - chunk: The next bytes of the stream.
  ///   - text: Where the characters go.
  mutating func decode(_ chunk: ArraySlice<UInt8>, into text: inout [UInt8]) {
    for byte in chunk {
      guard let first = spareByte else {
        spareByte = byte
        continue
      }
      spareByte = nil
      let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
      defer { isAtStart = false }
      if isAtStart, unit == 0xFEFF { continue }
      append(unit, to: &text)
    }
  }

  /// Appends what is left at the end of the stream.
  mutating func finish(into text: inout [UInt8]) {
    if spareByte != nil || highSurrogate != nil { text.append(contentsOf: "\u{FFFD}".utf8) }
    spareByte = nil
    highSurrogate = nil
  }

  private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
        append(Unicode.Scalar(value), to: &text)
        return
      }
      append(nil, to: &text)
    }
    if UTF16.isLeadSurrogate(unit) {
      highSurrogate = unit
    } else if unit < 0x80 {
      text.append(UInt8(unit))
    } else {
      append(Unicode.Scalar(unit), to: &text)
    }
  }

  private func append(_ scalar: Unicode.Scalar?, to text: inout [UInt8]) {
    for byte in UTF8.encode(scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter { text.append(byte) }
  }
}
