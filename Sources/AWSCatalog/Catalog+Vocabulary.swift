// The words of the reference that look like names and are none.

package import JSONStream

extension Catalog {
  /// The words with digits that stand in the names of services and resource types, in ARN formats and in what the tables
  /// say of operations; the pieces of words that operations look for in requests; and what stands before a hyphen in
  /// front of a placeholder.
  ///
  /// - Parameter beginnings: What no name begins with.
  /// - Returns: The words.
  /// - Complexity: O(*n*) in the size of these tables; keep the result.
  package func vocabulary(beginnings: [String]) -> LabelVocabulary {
    let layers = [tables, update?.tables].compactMap { $0 }
    var vocabulary = LabelVocabulary(
      stems: Set(layers.flatMap { Catalog.stems(of: $0.operations) }).sortedByBytes(), beginnings: beginnings)
    for layer in layers {
      for table in [layer.resourceTypes, layer.services, layer.operations, layer.eventSources] {
        unsafe table.withBytes { unsafe vocabulary.add($0) }
      }
      for prefix in Catalog.prefixes(of: layer.resourceTypes) { vocabulary.add(prefix: prefix) }
    }
    return vocabulary
  }

  /// Runs of letters beside an asterisk: what a pattern of the table may find inside a word.
  private static func stems(of table: CatalogTable) -> [String] {
    var stems: Set<String> = []
    for offset in table.start..<table.count where table.byte(at: offset) == UInt8(ascii: "*") {
      stems.insert(table.letters(before: offset).lowercased())
      var end = offset + 1
      while table.isLetter(end) { end += 1 }
      stems.insert(table.text(offset + 1..<end).lowercased())
    }
    stems.remove("")
    return Array(stems)
  }

  /// The letters before a hyphen and a placeholder, such as the `ou` of `ou-${OrganizationalUnitId}`.
  private static func prefixes(of table: CatalogTable) -> [String] {
    var prefixes: Set<String> = []
    for offset in table.start..<table.count
    where table.byte(at: offset) == UInt8(ascii: "$") && offset > table.start
      && table.byte(at: offset - 1) == UInt8(ascii: "-")
    {
      prefixes.insert(table.letters(before: offset - 1))
    }
    prefixes.remove("")
    return Array(prefixes)
  }
}

extension CatalogTable {
  fileprivate func isLetter(_ offset: Int) -> Bool {
    start <= offset && offset < count && (byte(at: offset) | 0x20) &- UInt8(ascii: "a") < 26
  }

  fileprivate func letters(before end: Int) -> String {
    var start = end
    while isLetter(start - 1) { start -= 1 }
    return text(start..<end)
  }
}
