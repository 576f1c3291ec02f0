// A list of real actions, from which requests are chosen.

/// Action names, arranged once for finding those that a pattern matches.
public struct ActionNames: Sendable {
  /// Lower-case name and name as given, sorted by the bytes of the former.
  private let names: [(folded: String, name: String)]

  /// Arranges names.
  ///
  /// - Parameter names: Actions; what is no `service:Name` is left out.
  /// - Complexity: O(*n* log *n*) in the number of names.
  public init(_ names: [String]) {
    self.names = names.filter { ActionName($0) != nil }.map { ($0.asciiLowercased, $0) }
      .sorted { $0.folded.utf8.lexicographicallyPrecedes($1.folded.utf8) }
  }

  /// The first name that a pattern and a test accept.
  ///
  /// - Parameters:
  ///   - pattern: A pattern without regard to case.
  ///   - budget: Reduced by the number of names looked at.
  ///   - isAccepted: Receives names in lower case.
  /// - Returns: The name as given.
  func first(matching pattern: UnitPattern, budget: inout Int, where isAccepted: (String) -> Bool) -> String?
  {
    let prefix = String(units: Array(pattern.literalPrefix))
    let wildcard = pattern.wildcard
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle].folded.utf8.lexicographicallyPrecedes(prefix.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    while low < names.count, names[low].folded.utf8.starts(with: prefix.utf8) {
      budget -= 1
      if wildcard.matches(names[low].folded), isAccepted(names[low].folded) { return names[low].name }
      low += 1
    }
    return nil
  }
}
