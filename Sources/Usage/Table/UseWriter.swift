// Uses as lines of a format.
//
// The lines of a ledger differ in little but resources, times and ids. So all else is spelled once for each number or list of
// numbers, and a line is put together of pieces without a text for any of its parts.

import CloudTrail

/// Writes the uses of a table; what many lines have in common is spelled once.
package struct UseWriter<Notation: UseNotation> {
  private let table: UseTable
  private let reader: UseReader
  /// How lines of a principal and an action begin: of those of the last line, for lines are written in their order.
  private var beginning: [UInt8] = []
  private var numbers: (principal: UInt32, action: UInt32)?
  /// What regions with services are, and what contexts are.
  private var sites = Spellings()
  private var contexts = Spellings()

  /// Creates a writer.
  ///
  /// - Parameter table: The uses.
  package init(_ table: UseTable) {
    self.table = table
    reader = UseReader(table, readsContext: false)
  }

  /// How many uses before its turn the row of a use is asked for; the letters of its resource are at half of that.
  private static var ahead: Int { 16 }

  /// Appends a line for each outcome of some uses.
  ///
  /// - Parameters:
  ///   - places: The places of the uses.
  ///   - text: Where the lines go.
  package mutating func append(_ places: ArraySlice<Int>, to text: inout [UInt8]) {
    for index in places.indices {
      let (row, letters) = (index + Self.ahead, index + Self.ahead / 2)
      if row < places.endIndex { table.rows.prefetch(places[row]) }
      if letters < places.endIndex { table.texts.prefetch(table.rows[places[letters]].resource) }
      append(places[index], to: &text)
    }
  }

  private mutating func append(_ place: Int, to text: inout [UInt8]) {
    let row = table.rows[place]
    if !table.extra.isEmpty, table.extra.index(forKey: place) != nil {
      let facts = reader.facts(at: place)
      facts.forEachOutcome { outcome, tally in
        append(row, outcome, tally, resources: facts.distinctResources, to: &text)
        Notation.append(regions: facts.regions.elements, via: facts.via.elements, to: &text)
        Notation.append(UseExamples(facts.exampleEvents.elements), to: &text)
        appendContext(row, to: &text)
      }
    } else if !row.counts.isEmpty {
      append(row, row.outcome, row.counts.counts.tally, resources: 1, to: &text)
      appendSites(row, to: &text)
      Notation.append(UseExamples(table.examples(row)), to: &text)
      appendContext(row, to: &text)
    }
  }

  private mutating func append(
    _ row: UseRow, _ outcome: Outcome, _ tally: Tally, resources: Int, to text: inout [UInt8]
  ) {
    if numbers?.principal != row.principal || numbers?.action != row.action {
      numbers = (row.principal, row.action)
      beginning.removeAll(keepingCapacity: true)
      Notation.append(
        table.principals[Int(row.principal)], table.texts.text(row.action) ?? "", to: &beginning)
    }
    text.append(contentsOf: beginning)
    table.texts.withText(row.resource) { Notation.append(resource: $0, to: &text) }
    Notation.append(outcome, tally, resources: resources, to: &text)
  }

  private mutating func appendSites(_ row: UseRow, to text: inout [UInt8]) {
    let site = site(row)
    if let site, let known = sites[site] { return text.append(contentsOf: known) }
    let facts = reader.details(row)
    var spelled: [UInt8] = []
    Notation.append(regions: facts.regions.elements, via: facts.via.elements, to: &spelled)
    if let site { sites[site] = spelled }
    text.append(contentsOf: spelled)
  }

  /// The numbers of the region and of the service that all circumstances of a row have; `nil` where there are several.
  private func site(_ row: UseRow) -> UInt64? {
    var site: UInt64?
    var isOnly = true
    table.lists.forEach(row.circumstances) { number in
      let found = table.circumstances[Int(number)]
      let other = UInt64(found.region) << 32 | UInt64(found.via)
      isOnly = isOnly && (site ?? other) == other
      site = other
    }
    return isOnly ? site : nil
  }

  private mutating func appendContext(_ row: UseRow, to text: inout [UInt8]) {
    let number = UInt64(row.context)
    if let known = contexts[number] { return text.append(contentsOf: known) }
    var context: [UInt8] = []
    Notation.append(table.list(row.context), to: &context)
    contexts[number] = context
    text.append(contentsOf: context)
  }
}

/// What was spelled, by number; all is forgotten when there is much of it.
private struct Spellings {
  private var known: [UInt64: [UInt8]] = [:]
  /// How much is remembered.
  private static let most = 4_096

  /// The bytes of a number; `nil` where they are not remembered.
  subscript(number: UInt64) -> [UInt8]? {
    get { known[number] }
    set {
      if known.count >= Spellings.most { known.removeAll(keepingCapacity: true) }
      known[number] = newValue
    }
  }
}
