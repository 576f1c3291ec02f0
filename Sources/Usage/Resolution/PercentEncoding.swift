// ARNs that CloudTrail writes percent-encoded because they stood in a URL path (EKS, MSK, Connect, Lambda).

enum PercentEncoding {
  /// The text decoded where it is a percent-encoded ARN, else the text as it is.
  ///
  /// - Parameter text: A parameter's value.
  /// - Returns: The text to use.
  static func decodedARN(_ text: String) -> String {
    // Most values are ruled out by their first letter.
    guard let first = text.utf8.first, first | 0x20 == UInt8(ascii: "a"), text.utf8.count >= 6,
      text.utf8.prefix(6).elementsEqual("arn%3a".utf8, by: { $0 | 0x20 == $1 })
    else { return text }
    return decoded(text)
  }

  /// The text with every well-formed `%XX` replaced by its byte; what is not well-formed stays.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The decoded text.
  static func decoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "%")) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = nibble(bytes[index + 1]),
        let low = nibble(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
