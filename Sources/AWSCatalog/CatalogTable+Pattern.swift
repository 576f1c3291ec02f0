// Finding the lines whose first field matches a pattern of `*` and `?`.

extension CatalogTable {
  /// Visits the lines whose first field matches a pattern, ASCII case aside, in their order.
  ///
  /// What stands before the first wildcard is looked up, so that `s3:Get*` reads no more than the lines of `s3:Get`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern: `*` stands for any bytes, `?` for one character.
  ///   - visit: Called for each line.
  /// - Complexity: O(*n*) in the size of the lines that share the pattern's literal beginning.
  func forEachLine(matching pattern: String, _ visit: (CatalogLine) -> Void) {
    let pattern = pattern.utf8Span.span
    var literal = 0
    while literal < pattern.count, !isWildcard(pattern[literal]) { literal += 1 }
    let prefix = pattern.extracting(0..<literal)
    var line = line(at: lowerBound(prefix))
    while let candidate = line {
      let key = candidate.range(0)
      guard hasPrefix(prefix, key) else { return }
      if matches(pattern, literal, key) { visit(candidate) }
      line = candidate.next
    }
  }

  private func isWildcard(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
  }

  private func hasPrefix(_ prefix: Span<UInt8>, _ key: Range<Int>) -> Bool {
    guard prefix.count <= key.count else { return false }
    for index in prefix.indices
    where lowercased(prefix[index]) != lowercased(byte(at: key.lowerBound + index)) {
      return false
    }
    return true
  }

  /// Matches the rest of a key against the rest of a pattern.
  ///
  /// Goes back to the last `*` where it fails: linear in practice and never worse than the product of the lengths.
  /// Keys are ASCII, so that `?` may stand for one byte.
  private func matches(_ pattern: Span<UInt8>, _ literal: Int, _ key: Range<Int>) -> Bool {
    var at = literal
    var offset = key.lowerBound + literal
    var star = -1
    var retry = 0
    while offset < key.upperBound {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        star = at
        retry = offset
        at += 1
      } else if at < pattern.count,
        pattern[at] == UInt8(ascii: "?") || lowercased(pattern[at]) == lowercased(byte(at: offset))
      {
        at += 1
        offset += 1
      } else if star >= 0 {
        retry += 1
        at = star + 1
        offset = retry
      } else {
        return false
      }
    }
    while at < pattern.count, pattern[at] == UInt8(ascii: "*") { at += 1 }
    return at == pattern.count
  }
}

extension CatalogLine {
  /// The first byte of a field, or 0 where the field is empty.
  ///
  /// - Parameter index: The number of the field, from 0.
  /// - Returns: The byte.
  func code(_ index: Int) -> UInt8 {
    let range = range(index)
    return range.isEmpty ? 0 : table.byte(at: range.lowerBound)
  }
}
