// The slow twin of `Wildcard`: the definition of `*` and `?`, written down and run.

/// Oracles for patterns of `*` and `?`, by plain recursion and enumeration.
package enum NaiveGlob {
  /// Whether the pattern matches the whole text; takes exponential time.
  ///
  /// - Parameters:
  ///   - pattern: A pattern of `*`, `?` and literal characters.
  ///   - text: The text.
  /// - Returns: Whether it matches.
  package static func matches(_ pattern: String, _ text: String) -> Bool {
    matches(Array(pattern.unicodeScalars)[...], Array(text.unicodeScalars)[...])
  }

  private static func matches(
    _ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    switch pattern.first {
    case nil: text.isEmpty
    case "*": (text.startIndex...text.endIndex).contains { matches(pattern.dropFirst(), text[$0...]) }
    case "?": !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
    case let literal?: text.first == literal && matches(pattern.dropFirst(), text.dropFirst())
    }
  }

  /// All texts over an alphabet up to a length, the shortest first.
  ///
  /// - Parameters:
  ///   - alphabet: The characters.
  ///   - length: The greatest length.
  /// - Returns: The texts.
  package static func texts(over alphabet: [Character], upTo length: Int) -> [String] {
    var all = [""]
    var longest = [""]
    for _ in 0..<length {
      longest = longest.flatMap { text in alphabet.map { text + String($0) } }
      all += longest
    }
    return all
  }
}
