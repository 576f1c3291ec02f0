// Colours for terminals, named for what they say.

/// How a piece of text on a terminal looks.
public enum TextStyle: Hashable, Sendable {
  /// As it is.
  case plain
  /// A heading.
  case heading
  /// Something that is as it should be.
  case good
  /// Something to look at.
  case warning
  /// Something that is not as it should be.
  case bad
  /// Something of less weight.
  case dim

  private var code: String {
    switch self {
    case .plain: ""
    case .heading: "1"
    case .good: "32"
    case .warning: "33"
    case .bad: "31"
    case .dim: "2"
    }
  }

  /// Wraps text in the escape sequences of a style.
  ///
  /// - Parameters:
  ///   - text: The text, already safe for terminals.
  ///   - style: The style.
  ///   - enabled: Whether colours are wanted; the text is returned as it is where not.
  /// - Returns: The text to print.
  public static func paint(_ text: String, _ style: TextStyle, enabled: Bool) -> String {
    enabled && style != .plain && !text.isEmpty ? "\u{1B}[\(style.code)m\(text)\u{1B}[0m" : text
  }
}
