// Whether a resource of a policy can match any ARN at all.

/// What can be told of a resource pattern without knowing the service.
struct ResourceShape {
  /// Whether some ARN matches the pattern: the text begins like one and has six segments, or a `*` that may stand for
  /// the rest.
  let mayMatchAnARN: Bool

  init(_ text: String, version: String?) {
    /// How many of the first four letters have been met.
    var begun = 0
    var colons = 0
    var hasStar = false
    var canBegin = true
    for part in VariableText(text, version: version).parts {
      switch part {
      case .variable: hasStar = true
      case .escaped: canBegin = canBegin && (hasStar || begun == ResourceShape.beginning.count)
      case .text(let text):
        let bytes = text.utf8.span
        for place in bytes.indices {
          let byte = bytes[place]
          if byte == UInt8(ascii: "*") { hasStar = true }
          if byte == UInt8(ascii: ":") { colons += 1 }
          guard !hasStar, begun < ResourceShape.beginning.count else { continue }
          if byte != ResourceShape.beginning[begun], byte != UInt8(ascii: "?") { canBegin = false }
          begun += 1
        }
      }
    }
    mayMatchAnARN = canBegin && (hasStar || colons >= 5)
  }

  private static let beginning = Array("arn:".utf8)
}
