// The uses of a ledger, by number.
//
// A use is a dozen texts, and a ledger has hundreds of thousands of uses whose texts are mostly the same. So texts, lists,
// principals and circumstances are kept once and have numbers, and a use is a row of numbers: recording a call compares
// and copies numbers, and what a use is in words (`UseKey`, `UseFacts`) is made when somebody asks (`UseReader`). What
// is not of the usual sort stands beside the rows as facts of its own (`extra`): a second outcome, counts that a row has no
// room for, ids that CloudTrail does not write, details of which there are more than a row lists, and whatever was set from
// outside. The facts of a use are those of its row and of `extra` joined.

import CloudTrail
import IAM
import JSONStream

/// What a ledger knows of uses, found by what they are uses of; the same as a dictionary of ``UseFacts`` by ``UseKey``.
///
/// Two tables are equal if they say the same of the same uses, whatever the order in which they learnt it.
public struct UseTable: Sendable {
  /// A permission that a call needed, by the numbers of its texts and of its context.
  struct Need: Hashable, Sendable {
    var action: UInt32
    var resource: UInt32
    var context: UInt32
    var rule: UInt32
    var reason: UInt32
  }

  /// What is recorded of a call that used something beside counts, ids and addresses, by numbers of texts and lists.
  struct Circumstances: Hashable, Sendable {
    var region: UInt32
    var via: UInt32
    var rule: UInt32
    var reason: UInt32
    var surroundings: UInt32
    var observed: UInt32
  }

  /// Uses that differ in nothing but the resource, by the numbers of what they have in common.
  struct Group: Hashable, Sendable {
    let principal: UInt32
    let action: UInt32
    let context: UInt32
  }

  /// How many circumstances and addresses a row lists.
  private static let mostListed = 64
  /// How many uses of another table are taken in together.
  private static let mergedTogether = 32

  /// The ids of events behind the first one of a use.
  private struct FurtherExamples: Sendable {
    var second = ExampleID.largest
    var third = ExampleID.largest
  }

  /// The texts.
  private(set) var texts = TextTable()
  private var principalNumbers = Numbering<Principal>()
  /// Whether uses of each principal were added since they were last found to be few enough.
  private var hasGrown: [Bool] = []
  /// How few they were found to be.
  private var familyLimit: Int?

  private var pairs: [(key: UInt32, value: UInt32)] = []
  /// Where each list of pairs ends; the first one is empty.
  private var listEnds = [0]
  private var listIndex = HashIndex()

  private(set) var circumstances: [Circumstances] = []
  private var circumstancesIndex = HashIndex()

  private(set) var rows = ChunkedArray<UseRow>()
  private var rowIndex = HashIndex()
  private var removed = 0
  /// The circumstances and addresses that rows list.
  private(set) var lists = NumberLists()
  private var furtherExamples = ChunkedArray<FurtherExamples>()
  /// What is known of uses beside their rows.
  private(set) var extra: [Int: UseFacts] = [:]

  /// Creates a table without uses.
  public init() {
    // The place 0 stands for no further ids.
    furtherExamples.append(FurtherExamples())
  }

  /// How many uses there are.
  public var count: Int { rows.count - removed }
  /// Whether there are no uses.
  public var isEmpty: Bool { count == 0 }
  /// Whether nothing has a number.
  var isUnused: Bool { rows.isEmpty && principals.isEmpty && texts.count == 0 }

  // MARK: Numbers

  /// The principals, by number.
  var principals: [Principal] { principalNumbers.elements }

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: The text, or `nil`.
  /// - Returns: Its number.
  mutating func number(_ text: String?) -> UInt32 { texts.number(text) }

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: Its letters.
  /// - Returns: Its number.
  mutating func number(_ text: Span<UInt8>) -> UInt32 { texts.number(text) }

  /// The number of a principal, which is added if it is new.
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Its number.
  mutating func number(of principal: Principal) -> UInt32 {
    let number = principalNumbers.number(of: principal)
    if number == hasGrown.count { hasGrown.append(false) }
    return number
  }

  /// The number of a list of pairs, which is added if it is new; 0 is the empty list.
  ///
  /// - Parameter list: The pairs in their order.
  /// - Returns: Its number.
  mutating func number(of list: [ContextPair]) -> UInt32 {
    if list.isEmpty { return 0 }
    let start = pairs.count
    for pair in list { pairs.append((texts.number(pair.key), texts.number(pair.value))) }
    return numberOfTail(start)
  }

  /// The number of a list of pairs that are told by the numbers of their texts; they are put into their order.
  ///
  /// - Parameters:
  ///   - count: How many pairs there are: few, for each is put into its place by itself.
  ///   - pair: The pair of a number below the count.
  /// - Returns: The number of the list.
  @inline(__always)
  mutating func number(
    ofPairs count: Int, _ pair: (Int, inout TextTable) -> (key: UInt32, value: UInt32)
  ) -> UInt32 {
    if count == 0 { return 0 }
    let start = pairs.count
    for number in 0..<count {
      let pair = pair(number, &texts)
      var place = pairs.count
      pairs.append(pair)
      while place > start {
        let other = pairs[place - 1]
        let isSameKey = pair.key == other.key
        guard isSameKey ? texts.precedes(pair.value, other.value) : texts.precedes(pair.key, other.key)
        else { break }
        pairs[place] = other
        place -= 1
      }
      pairs[place] = pair
    }
    return numberOfTail(start)
  }

  /// The number of the pairs that were appended.
  private mutating func numberOfTail(_ start: Int) -> UInt32 {
    let hash = UseTable.hash(pairs[start...])
    if let known = find(pairs[start...], hash) {
      pairs.removeLast(pairs.count - start)
      return UInt32(known)
    }
    listEnds.append(pairs.count)
    listIndex.insert(listEnds.count - 1, hash)
    return UInt32(listEnds.count - 1)
  }

  private static func hash(_ list: ArraySlice<(key: UInt32, value: UInt32)>) -> UInt64 {
    var hash = JSONDigest.empty
    for pair in list { hash = JSONDigest(UInt64(pair.key) << 32 | UInt64(pair.value)).following(hash) }
    return hash.value
  }

  private func find(_ list: ArraySlice<(key: UInt32, value: UInt32)>, _ hash: UInt64) -> Int? {
    listIndex.find(hash) { number in
      pairs[listEnds[number - 1]..<listEnds[number]].elementsEqual(list) { $0 == $1 }
    }
  }

  /// The pairs of a list.
  ///
  /// - Parameter number: The number of the list.
  /// - Returns: The pairs in their order.
  func list(_ number: UInt32) -> [ContextPair] {
    if number == 0 { return [] }
    return pairs[listEnds[Int(number) - 1]..<listEnds[Int(number)]].map { pair in
      ContextPair(key: texts.text(pair.key) ?? "", value: texts.text(pair.value) ?? "")
    }
  }

  // MARK: Recording

  /// The place of a use, which is added if it is new.
  ///
  /// - Parameters:
  ///   - need: What was used.
  ///   - principal: The number of whose permissions were used.
  ///   - outcome: How the call ended for which the place is asked.
  /// - Returns: Its place.
  mutating func place(of need: Need, by principal: UInt32, _ outcome: Outcome) -> Int {
    var row = UseRow(need, by: principal, outcome)
    let hash = UseTable.hash(row)
    if let known = find(row, hash) {
      if rows[known].isRemoved {
        row.furtherExamples = rows[known].furtherExamples
        rows[known] = row
        removed -= 1
        hasGrown[Int(principal)] = true
      }
      return known
    }
    rows.append(row)
    rowIndex.insert(rows.count - 1, hash)
    hasGrown[Int(principal)] = true
    return rows.count - 1
  }

  /// Asks for the part of the index that finding the place of a use takes.
  ///
  /// - Parameters:
  ///   - need: What was used.
  ///   - principal: The number of whose permissions were used.
  @inline(__always)
  func prefetchIndex(_ need: Need, by principal: UInt32) {
    rowIndex.prefetch(UseTable.hash(UseRow(need, by: principal, .allowed)))
  }

  /// Asks for the row of a use.
  ///
  /// - Parameters:
  ///   - need: What was used.
  ///   - principal: The number of whose permissions were used.
  @inline(__always)
  func prefetchRow(_ need: Need, by principal: UInt32) {
    if let place = rowIndex.likely(UseTable.hash(UseRow(need, by: principal, .allowed))) {
      rows.prefetch(place)
    }
  }

  private static func hash(_ row: UseRow) -> UInt64 {
    JSONDigest(UInt64(row.resource) << 32 | UInt64(row.action))
      .following(JSONDigest(UInt64(row.context) << 32 | UInt64(row.principal))).value
  }

  private func find(_ row: UseRow, _ hash: UInt64) -> Int? {
    rowIndex.find(hash) { rows[$0].isSameUse(as: row) }
  }

  /// The number of circumstances, which are added if they are new.
  private mutating func number(of found: Circumstances) -> UInt32 {
    let hash = JSONDigest(UInt64(found.region) << 32 | UInt64(found.via))
      .following(JSONDigest(UInt64(found.rule) << 32 | UInt64(found.reason)))
      .following(JSONDigest(UInt64(found.surroundings) << 32 | UInt64(found.observed))).value
    if let known = circumstancesIndex.find(hash, { circumstances[$0] == found }) { return UInt32(known) }
    circumstances.append(found)
    circumstancesIndex.insert(circumstances.count - 1, hash)
    return UInt32(circumstances.count - 1)
  }

  /// Records the circumstances of a use.
  ///
  /// - Parameters:
  ///   - found: The circumstances.
  ///   - place: The place of the use.
  mutating func note(_ found: Circumstances, at place: Int) {
    note(circumstances: number(of: found), at: place)
  }

  private mutating func note(circumstances number: UInt32, at place: Int) {
    var list = rows[place].circumstances
    guard lists.insert(number, into: &list) else { return }
    rows.update(place) { $0.circumstances = list }
    countListed(place)
  }

  /// Records where a call came from that shows a use.
  ///
  /// - Parameters:
  ///   - address: The number of the address.
  ///   - place: The place of the use.
  mutating func note(address: UInt32, at place: Int) {
    var list = rows[place].addresses
    guard lists.insert(address, into: &list) else { return }
    rows.update(place) { $0.addresses = list }
    countListed(place)
  }

  /// Counts what a row lists; where that is too much, what it says goes to sets that keep the smallest few.
  private mutating func countListed(_ place: Int) {
    rows.update(place) { $0.listed += 1 }
    guard rows[place].listed > UseTable.mostListed else { return }
    let details = UseReader(self).details(rows[place])
    extra[place, default: UseFacts()].merge(details)
    dropLists(place)
  }

  private mutating func dropLists(_ place: Int) {
    var row = rows[place]
    lists.removeAll(&row.circumstances)
    lists.removeAll(&row.addresses)
    row.listed = 0
    rows[place] = row
  }

  /// Records an id that is not such as CloudTrail writes.
  ///
  /// - Parameters:
  ///   - id: The id of an event.
  ///   - place: The place of the use that it shows.
  mutating func note(oddID id: String, at place: Int) {
    extra[place, default: UseFacts()].exampleEvents.insert(id)
  }

  /// Records calls that show a use.
  ///
  /// - Parameters:
  ///   - counts: How many, and when.
  ///   - outcome: How they ended.
  ///   - examples: Ids of them.
  ///   - place: The place of the use.
  mutating func record(_ counts: EventCounts, _ outcome: Outcome, _ examples: SmallestIDs, at place: Int) {
    var isCounted = false
    rows.update(place) { row in
      if row.counts.isEmpty { row.outcome = outcome }
      isCounted = row.outcome == outcome && row.counts.merge(counts)
    }
    if !isCounted, counts.count > 0 { extra[place, default: UseFacts()].add(counts.tally, outcome) }
    let row = rows[place]
    if row.exampleCount == .none {
      keep(examples, at: place)
    } else {
      var known = self.examples(row)
      known.formUnion(examples)
      keep(known, at: place)
    }
  }

  /// The ids of events that a row has.
  ///
  /// - Parameter row: The row.
  /// - Returns: The ids.
  func examples(_ row: UseRow) -> SmallestIDs {
    let further = furtherExamples[Int(row.furtherExamples)]
    return SmallestIDs([row.example, further.second, further.third], row.exampleCount)
  }

  private mutating func keep(_ examples: SmallestIDs, at place: Int) {
    let needsRoom = examples.count.rawValue > SmallestIDs.Count.one.rawValue
    if needsRoom, rows[place].furtherExamples == 0 {
      rows.update(place) { $0.furtherExamples = UInt32(furtherExamples.count) }
      furtherExamples.append(FurtherExamples())
    }
    if needsRoom {
      furtherExamples[Int(rows[place].furtherExamples)] = FurtherExamples(
        second: examples[1], third: examples[2])
    }
    rows.update(place) { row in
      row.exampleCount = examples.count
      row.example = examples[0]
    }
  }

  // MARK: Large families

  /// Whether uses of a principal may have more resources than they were last found to have.
  ///
  /// - Parameters:
  ///   - principal: The number of the principal.
  ///   - limit: How many they may have.
  /// - Returns: `false` where they are known to be few enough.
  func mayBeLarge(_ principal: UInt32, limit: Int) -> Bool {
    limit != familyLimit || hasGrown[Int(principal)]
  }

  /// Notes that the uses of all principals are few enough.
  ///
  /// - Parameter limit: How many resources they may have.
  mutating func noteGeneralized(limit: Int) {
    familyLimit = limit
    for number in hasGrown.indices { hasGrown[number] = false }
  }

  /// Notes that less resources of a principal may be kept than before.
  ///
  /// - Parameter principal: The principal.
  mutating func noteGrown(_ principal: Principal) {
    if let number = principalNumbers.find(principal) { hasGrown[Int(number)] = true }
  }

  // MARK: Uses in words

  /// The places of all uses, in no order that means anything.
  package var places: some Collection<Int> { rows.indices.lazy.filter { !rows[$0].isRemoved } }

  /// The numbers of what uses have in common that differ in nothing but the resource, or `nil` where there are none.
  ///
  /// - Parameter key: One of them.
  /// - Returns: The numbers.
  func group(of key: UseKey) -> Group? {
    guard let principal = principalNumbers.find(key.principal), let action = texts.find(key.action)
    else { return nil }
    var context: [(key: UInt32, value: UInt32)] = []
    for pair in key.context {
      guard let key = texts.find(pair.key), let value = texts.find(pair.value) else { return nil }
      context.append((key, value))
    }
    let list = context.isEmpty ? 0 : find(context[...], UseTable.hash(context[...]))
    return list.map { Group(principal: principal, action: action, context: UInt32($0)) }
  }

  /// The place of a use, or `nil` where it is not in the table.
  ///
  /// - Parameter key: The use.
  /// - Returns: Its place.
  func place(of key: UseKey) -> Int? {
    guard let group = group(of: key), let resource = texts.find(key.resource) else { return nil }
    let need = Need(
      action: group.action, resource: resource, context: group.context, rule: TextTable.none,
      reason: TextTable.none)
    let row = UseRow(need, by: group.principal, .allowed)
    guard let place = find(row, UseTable.hash(row)), !rows[place].isRemoved else { return nil }
    return place
  }

  /// Changes what is known of a use beside its row.
  ///
  /// - Parameters:
  ///   - place: The place of the use.
  ///   - change: Changes the facts.
  mutating func changeExtra(at place: Int, _ change: (inout UseFacts) -> Void) {
    change(&extra[place, default: UseFacts()])
  }

  /// Forgets all that is known of a use.
  ///
  /// - Parameter place: The place of the use.
  mutating func clear(_ place: Int) {
    extra[place] = nil
    dropLists(place)
    rows.update(place) { row in
      row.counts = SmallCounts()
      row.exampleCount = .none
    }
  }

  /// Removes a use of which nothing is known any more.
  ///
  /// - Parameter place: The place of the use.
  mutating func remove(_ place: Int) {
    rows.update(place) { $0.isRemoved = true }
    removed += 1
  }

  // MARK: Joining and cutting

  /// Takes in the uses of another table.
  ///
  /// - Parameters:
  ///   - other: The other table.
  ///   - isWanted: Whether the use at one of its places is taken in.
  mutating func merge(_ other: UseTable, where isWanted: (Int) -> Bool = { _ in true }) {
    let wanted = other.places.filter(isWanted)
    // Where most is new, nothing is moved several times while it is taken in.
    if wanted.count * 4 >= rows.count {
      rowIndex.reserve(rows.count + wanted.count)
      texts.reserve(other.texts)
    }
    let unknown = UInt32.max
    var textNumbers = [UInt32](repeating: unknown, count: other.texts.count + 1)
    var listNumbers = [UInt32](repeating: unknown, count: other.listEnds.count)
    var principalNumbers = [UInt32](repeating: unknown, count: other.principals.count)
    var circumstancesNumbers = [UInt32](repeating: unknown, count: other.circumstances.count)
    func text(_ number: UInt32) -> UInt32 {
      if textNumbers[Int(number)] == unknown {
        textNumbers[Int(number)] = texts.number(number, in: other.texts)
      }
      return textNumbers[Int(number)]
    }
    func list(_ number: UInt32) -> UInt32 {
      if number == 0 { return 0 }
      if listNumbers[Int(number)] == unknown {
        let start = pairs.count
        for pair in other.pairs[other.listEnds[Int(number) - 1]..<other.listEnds[Int(number)]] {
          pairs.append((text(pair.key), text(pair.value)))
        }
        listNumbers[Int(number)] = numberOfTail(start)
      }
      return listNumbers[Int(number)]
    }
    func principal(_ number: UInt32) -> UInt32 {
      if principalNumbers[Int(number)] == unknown {
        principalNumbers[Int(number)] = self.number(of: other.principals[Int(number)])
      }
      return principalNumbers[Int(number)]
    }
    func circumstances(_ number: UInt32) -> UInt32 {
      if circumstancesNumbers[Int(number)] == unknown {
        let found = other.circumstances[Int(number)]
        circumstancesNumbers[Int(number)] = self.number(
          of: Circumstances(
            region: text(found.region), via: text(found.via), rule: text(found.rule),
            reason: text(found.reason), surroundings: list(found.surroundings),
            observed: list(found.observed)))
      }
      return circumstancesNumbers[Int(number)]
    }
    for place in wanted { textNumbers[Int(other.rows[place].resource)] = 0 }
    let resources = textNumbers.indices.filter { textNumbers[$0] == 0 }.map { UInt32($0) }
    for (resource, number) in zip(resources, texts.numbers(resources, in: other.texts)) {
      textNumbers[Int(resource)] = number
    }
    // Each round asks for what the next one reads, of many uses.
    for start in stride(from: 0, to: wanted.count, by: UseTable.mergedTogether) {
      let uses = wanted[start..<Swift.min(start + UseTable.mergedTogether, wanted.count)].map { number in
        let row = other.rows[number]
        let need = Need(
          action: text(row.action), resource: text(row.resource), context: list(row.context),
          rule: TextTable.none, reason: TextTable.none)
        return (number: number, need: need, principal: principal(row.principal))
      }
      for use in uses { prefetchIndex(use.need, by: use.principal) }
      for use in uses { prefetchRow(use.need, by: use.principal) }
      for use in uses {
        let row = other.rows[use.number]
        let place = place(of: use.need, by: use.principal, row.outcome)
        record(row.counts.counts, row.outcome, other.examples(row), at: place)
        other.lists.forEach(row.circumstances) { note(circumstances: circumstances($0), at: place) }
        other.lists.forEach(row.addresses) { note(address: text($0), at: place) }
        if let facts = other.extra[use.number] { changeExtra(at: place) { $0.merge(facts) } }
      }
    }
  }

  /// The table with some of its uses, and with nothing else in it.
  ///
  /// - Parameter isWanted: Whether the use at a place is kept.
  /// - Returns: The table; uses have other places and all else has other numbers in it.
  func compacted(where isWanted: (Int) -> Bool = { _ in true }) -> UseTable {
    var result = UseTable()
    result.merge(self, where: isWanted)
    return result
  }

  /// The uses of some principals.
  ///
  /// - Parameter isWanted: Whether the uses of a principal are wanted.
  /// - Returns: A table of these.
  func filter(_ isWanted: (Principal) -> Bool) -> UseTable {
    let wanted = principals.map(isWanted)
    return compacted { wanted[Int(rows[$0].principal)] }
  }
}
