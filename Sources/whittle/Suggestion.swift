// The nearest name to one that was mistyped.

/// The name that a mistyped word most likely stands for, or `nil` where none is near.
///
/// Near means within a third of the word's length in insertions, deletions, changes and swaps of neighbours,
/// or that the word begins the name.
///
/// - Parameters:
///   - word: What was typed.
///   - names: The names to choose from; the first of several nearest wins.
/// - Returns: The nearest name.
package func nearestName(to word: String, among names: [String]) -> String? {
  let typed = word.lowercased()
  let limit = max(1, typed.drop(while: { $0 == "-" }).count / 3)
  let ranked = names.map { (name: $0, distance: editDistance(typed, $0.lowercased())) }
  if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit { return best.name }
  let stem = typed.drop(while: { $0 == "-" })
  return stem.count >= 2 ? names.first { $0.drop(while: { $0 == "-" }).hasPrefix(stem) } : nil
}

/// The number of insertions, deletions, changes and swaps of neighbours between two words.
///
/// This is the optimal string alignment distance.
///
/// - Parameters:
///   - left: One word.
///   - right: The other word.
/// - Returns: The distance.
/// - Complexity: O(*n* · *m*) in the lengths; words beyond 64 characters are cut there.
package func editDistance(_ left: String, _ right: String) -> Int {
  let left = Array(left.prefix(64))
  let right = Array(right.prefix(64))
  var rows = [Array(0...right.count)]
  for (i, one) in left.enumerated() {
    var row = [i + 1]
    for (j, other) in right.enumerated() {
      var cost = min(rows[i][j] + (one == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, one == right[j - 1], left[i - 1] == other { cost = min(cost, rows[i - 1][j - 1] + 1) }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[left.count][right.count]
}
