// Kinds of ASCII characters, by byte.

extension UInt8 {
  /// Whether the byte is a decimal digit.
  @inlinable @inline(__always)
  public var isDigit: Bool { self &- 0x30 < 10 }

  /// Whether the byte is a hexadecimal digit, in upper or lower case.
  @inlinable @inline(__always)
  public var isHexadecimalDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }

  /// Whether the byte is a letter or a decimal digit.
  @inlinable @inline(__always)
  public var isAlphanumeric: Bool { isDigit || (self | 0x20) &- 0x61 < 26 }
}
