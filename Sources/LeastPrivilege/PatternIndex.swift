// Finds the patterns of a list that match a text without trying all of them.

import IAM
import Usage

/// A list of patterns in which literal ones are looked up by the bytes of their text.
///
/// Most of a policy's lists is literal; what is left is tried one by one.
struct PatternIndex {
  private var literals: [ByteString: [Int]] = [:]
  private var patterns: [(position: Int, pattern: Wildcard)] = []
  private let isCaseInsensitive: Bool

  /// Indexes patterns.
  ///
  /// - Parameters:
  ///   - patterns: The patterns; all compare case in the same way.
  ///   - caseInsensitive: Whether letters are compared without regard to case.
  init(_ patterns: [Wildcard], caseInsensitive: Bool = false) {
    isCaseInsensitive = caseInsensitive
    for (position, pattern) in patterns.enumerated() {
      if let text = pattern.literal {
        literals[ByteString(text), default: []].append(position)
      } else {
        self.patterns.append((position, pattern))
      }
    }
  }

  /// The positions of the patterns that match a text, ascending.
  ///
  /// - Parameter text: The text.
  /// - Returns: Positions in the list.
  func matches(_ text: String) -> [Int] {
    var result = literals[ByteString(isCaseInsensitive ? text.asciiLowercased : text)] ?? []
    for (position, pattern) in patterns where pattern.matches(text) { result.append(position) }
    return result.count > 1 ? result.sorted() : result
  }

  /// The positions of the patterns that match everything, ascending.
  var matchingEverything: [Int] { patterns.filter(\.pattern.matchesEverything).map(\.position) }
}
