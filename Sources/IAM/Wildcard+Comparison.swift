// Comparing patterns: does one match everything that another matches, and is there a text that both match?
//
// Both questions are decided on characters rather than bytes, since `?` in one pattern stands against a character of
// any length in the other. The alphabet is taken as unbounded: there is always a character that neither pattern names.

extension Wildcard {
  /// How much work `contains` may do before it gives up; only patterns with many `?` far from any `*` come near.
  private static let workLimit = 1 << 20

  /// Whether every text that `other` matches is matched by this pattern too.
  ///
  /// The answer is exact but for made-up pairs such as `*a????????????????b` and `*a*a*a*a*a*a*a*a*`, whose
  /// comparison takes exponential time: after a bounded number of steps these are answered `false`.
  ///
  /// - Parameter other: The smaller pattern.
  /// - Returns: `true` only if no text is matched by `other` alone.
  public func contains(_ other: Wildcard) -> Bool {
    if !beginsLike(other) { return false }
    if matchesEverything || self == other { return true }
    if isLiteral, !other.isLiteral { return false }
    if isCaseInsensitive || !other.isCaseInsensitive {
      if matches(pattern: other) { return true }
      // Without `?` the other pattern's `*` is as good as a character that this pattern does not name.
      if !bytes.contains(Wildcard.one) { return false }
    }
    // Texts that the other pattern matches: one with as little as can be for each `*`, one with a little more.
    for filling in [[], [Self.someCharacter]] where !matches(utf8: other.text(filling).span) { return false }
    var budget = Wildcard.workLimit
    return UnitPattern(self).contains(UnitPattern(other), budget: &budget) ?? false
  }

  /// A character as good as any other.
  private static let someCharacter: UInt8 = 1

  /// A text that the pattern matches.
  ///
  /// - Parameter filling: What stands for each `*`.
  /// - Returns: The text in UTF-8.
  private func text(_ filling: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case Wildcard.any: text += filling
      case Wildcard.one: text.append(Self.someCharacter)
      default: text.append(byte)
      }
    }
    return text
  }

  /// Whether some text is matched by both patterns.
  ///
  /// - Parameter other: The other pattern.
  /// - Returns: Whether the two have a text in common.
  /// - Complexity: O(*n* · *m*) in the lengths of the patterns.
  public func intersects(_ other: Wildcard) -> Bool {
    if !canBeginLike(other) { return false }
    let folds = isCaseInsensitive || other.isCaseInsensitive
    var left = UnitPattern(self).units
    var right = UnitPattern(other).units
    if folds {
      left = left.map(PatternUnit.lowercased)
      right = right.map(PatternUnit.lowercased)
    }
    /// `row[j]` tells whether some text takes the left pattern to the current position and the right one to `j`.
    var row = [Bool](repeating: false, count: right.count + 1)
    row[0] = true
    for i in 0...left.count {
      var next = [Bool](repeating: false, count: right.count + 1)
      for j in 0...right.count where row[j] {
        let leftUnit = i < left.count ? left[i] : nil
        let rightUnit = j < right.count ? right[j] : nil
        // A `*` may match nothing, or swallow a unit of the other side and stay where it is.
        if leftUnit == PatternUnit.any {
          next[j] = true
          if j < right.count { row[j + 1] = true }
        } else if rightUnit == PatternUnit.any {
          row[j + 1] = true
          if i < left.count { next[j] = true }
        } else if let leftUnit, let rightUnit {
          let isCommon = leftUnit == rightUnit || leftUnit == PatternUnit.one || rightUnit == PatternUnit.one
          if isCommon { next[j + 1] = true }
        }
      }
      if i == left.count { return row[right.count] }
      row = next
    }
    return false
  }

  /// Whether what stands before the first wildcard stands in another pattern too, the case of letters aside.
  ///
  /// Where not, that pattern matches a text that this one does not: most pairs of patterns are told apart here.
  private func beginsLike(_ other: Wildcard) -> Bool {
    let left = bytes.span
    let right = other.bytes.span
    if !isCaseInsensitive, !other.isCaseInsensitive {
      guard right.count >= literalCount, !isLiteral || left.count == right.count else { return false }
      return ByteOrder.compare(left, right, literalCount) == 0
    }
    for index in 0..<left.count {
      if left[index] >= Wildcard.one { return true }
      guard index < right.count, Wildcard.lowercased(left[index]) == Wildcard.lowercased(right[index]) else {
        return false
      }
    }
    return left.count == right.count
  }

  /// Whether what stands before the first wildcard of either pattern is the same, the case of letters aside.
  ///
  /// Where not, no text is matched by both.
  private func canBeginLike(_ other: Wildcard) -> Bool {
    let left = bytes.span
    let right = other.bytes.span
    for index in 0..<min(left.count, right.count) {
      if left[index] >= Wildcard.one || right[index] >= Wildcard.one { return true }
      if Wildcard.lowercased(left[index]) != Wildcard.lowercased(right[index]) { return false }
    }
    return true
  }
}
