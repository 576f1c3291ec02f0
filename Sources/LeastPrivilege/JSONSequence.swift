// Cuts a text that holds several JSON values, one behind another, into its values.

/// The JSON values of a text, found by their brackets without parsing them.
enum JSONSequence {
  /// The values of a text with the offset of each.
  ///
  /// A text without any bracket, or whose brackets do not close, is one value, so that the parser can say what is
  /// wrong with it. A byte order mark before the first value is left out.
  ///
  /// - Parameter bytes: The text in UTF-8.
  /// - Returns: The text of each value and the offset of its first byte.
  /// - Complexity: O(*n*) in the length of the text.
  static func values(of bytes: [UInt8]) -> [(offset: Int, text: [UInt8])] {
    var values: [(offset: Int, text: [UInt8])] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var depth = 0
    var inString = false
    var escaped = false
    for index in bytes.indices where index >= start {
      let byte = bytes[index]
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        guard depth <= 0 else { continue }
        values.append((start, Array(bytes[start...index])))
        start = index + 1
        depth = 0
      default: continue
      }
    }
    let rest = bytes[min(start, bytes.count)...]
    if values.isEmpty || rest.contains(where: { ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x1E].contains($0) }) {
      values.append((start, Array(rest)))
    }
    return values
  }
}
