// The words of the reference that look like names and are none.

package import JSONStream

extension Catalog {
  /// The words of the tables that look like names.
  ///
  /// These are the words with digits that stand in the names of services and resource types, in ARN formats and in what
  /// the tables say of operations; the pieces of words that operations look for in requests; and what stands before a
  /// hyphen in front of a placeholder. The regions of formats are left out (``namedRegions``).
  ///
  /// - Parameter beginnings: What no name begins with.
  /// - Returns: The words.
  /// - Complexity: O(*n*) in the size of these tables; keep the result.
  package func vocabulary(beginnings: [String]) -> LabelVocabulary {
    let layers = [tables, update?.tables].compactMap { $0 }
    var vocabulary = LabelVocabulary(
      stems: Set(layers.flatMap { Catalog.stems(of: $0.operations) }).sortedByBytes(), beginnings: beginnings)
    for layer in layers {
      for table in [layer.services, layer.operations, layer.eventSources] {
        unsafe table.withBytes { unsafe vocabulary.add($0) }
      }
      unsafe layer.resourceTypes.withBytes { bytes in
        var start = 0
        for region in unsafe Catalog.regions(in: bytes) {
          unsafe vocabulary.add(UnsafeRawBufferPointer(rebasing: bytes[start..<region.lowerBound]))
          start = region.upperBound
        }
        unsafe vocabulary.add(UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
      for prefix in Catalog.prefixes(of: layer.resourceTypes) { vocabulary.add(prefix: prefix) }
    }
    return vocabulary
  }

  /// The regions that ARN formats name instead of leaving them open, with the services of the formats.
  ///
  /// - Complexity: O(*n*) in the size of the table of resource types; keep the result.
  package var namedRegions: [(service: String, region: String)] {
    var found: [(service: String, region: String)] = []
    for layer in [tables, update?.tables].compactMap({ $0 }) {
      unsafe layer.resourceTypes.withBytes { bytes in
        for region in unsafe Catalog.regions(in: bytes) {
          // The line begins with the service and a colon.
          let line = unsafe bytes[..<region.lowerBound].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
          let service = unsafe bytes[line...].prefix { $0 != UInt8(ascii: ":") }
          unsafe found.append(
            (String(decoding: service, as: UTF8.self), String(decoding: bytes[region], as: UTF8.self)))
        }
      }
    }
    return found
  }

  /// Where regions stand in formats: behind the third colon of an ARN, unless a placeholder or asterisk does.
  private static func regions(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var place = 0
    // Every place that is looked at is below the count of the bytes.
    while place + 4 <= bytes.count {
      let isARN =
        unsafe bytes[place] == UInt8(ascii: "a") && bytes[place + 1] == UInt8(ascii: "r")
        && bytes[place + 2] == UInt8(ascii: "n") && bytes[place + 3] == UInt8(ascii: ":")
      place += isARN ? 4 : 1
      guard isARN else { continue }
      var start = place
      var end = place
      var colons = 1
      var inside = false
      while end < bytes.count, unsafe bytes[end] > 0x20 {
        let byte = unsafe bytes[end]
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { inside = byte == UInt8(ascii: "{") }
        if byte == UInt8(ascii: ":"), !inside {
          colons += 1
          if colons == 4 { break }
          start = end + 1
        }
        end += 1
      }
      if colons == 4, start < end, unsafe bytes[start] &- UInt8(ascii: "a") < 26 { found.append(start..<end) }
    }
    return found
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
