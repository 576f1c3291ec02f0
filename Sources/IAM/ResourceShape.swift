// Whether a resource of a policy can match any ARN at all.

/// What can be told of a resource pattern without knowing the service.
struct ResourceShape {
  /// Whether some ARN matches the pattern: the text begins like one and has six segments, or a `*` that may stand for
  /// the rest.
  let mayMatchAnARN: Bool

  init(_ text: String, version: String?) {
    var prefix = "arn:".utf8[...]
    var colons = 0
    var hasStar = false
    var canBegin = true
    for part in VariableText(text, version: version).parts {
      switch part {
      case .variable: hasStar = true
      case .escaped: canBegin = canBegin && (hasStar || prefix.isEmpty)
      case .text(let text):
        for byte in text.utf8 {
          if byte == UInt8(ascii: "*") { hasStar = true }
          if byte == UInt8(ascii: ":") { colons += 1 }
          guard !hasStar, let expected = prefix.popFirst() else { continue }
          if byte != expected, byte != UInt8(ascii: "?") { canBegin = false }
        }
      }
    }
    mayMatchAnARN = canBegin && (hasStar || colons >= 5)
  }
}
