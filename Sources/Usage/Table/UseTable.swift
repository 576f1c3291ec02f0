// The uses of a ledger, by number.
//
// A use is a dozen texts, and a ledger has hundreds of thousands of uses whose texts are mostly the same. So texts, lists,
// principals and circumstances are kept once and have numbers, and a use is a row of numbers: recording a call compares
// and copies numbers, and what a use is in words (`UseKey`, `UseFacts`) is made when somebody asks (`UseReader`). What
// is not of the usual sort stands beside the rows as facts of its own (`extra`): a second outcome, ids that CloudTrail
// does not write, details of which there are more than a row lists, and whatever was set from outside. The facts of a use
// are those of its row and of `extra` joined.

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

  /// One use.
  struct Row: Sendable {
    let principal: UInt32
    let action: UInt32
    let resource: UInt32
    let context: UInt32
    /// The heads of the lists of its circumstances and addresses among the links; 0 for none.
    fileprivate(set) var circumstances: UInt32 = 0
    fileprivate(set) var addresses: UInt32 = 0
    fileprivate var links: UInt16 = 0
    /// Whether the use was removed.
    fileprivate var isRemoved = false
    /// The outcome that is counted here.
    fileprivate(set) var outcome: Outcome
    fileprivate(set) var counts = EventCounts()
    fileprivate(set) var examples = SmallestIDs()
  }

  /// A number in a list of numbers.
  private struct Link: Sendable {
    let number: UInt32
    /// The number of the next link; 0 for none.
    let next: UInt32
  }

  /// How many circumstances and addresses a row lists.
  private static let mostLinks = 64

  /// The texts.
  private(set) var texts = TextTable()
  /// The principals, by number.
  private(set) var principals: [Principal] = []
  private var principalNumbers: [Principal: UInt32] = [:]

  private var pairs: [(key: UInt32, value: UInt32)] = []
  /// Where each list of pairs ends; the first one is empty.
  private var listEnds = [0]
  private var listIndex = HashIndex()

  private(set) var circumstances: [Circumstances] = []
  private var circumstancesIndex = HashIndex()

  private(set) var rows: [Row] = []
  private var rowIndex = HashIndex()
  private var removed = 0
  private var links = [Link(number: 0, next: 0)]
  /// The first free link, 0 for none.
  private var freeLinks: UInt32 = 0
  /// What is known of uses beside their rows.
  private(set) var extra: [Int: UseFacts] = [:]

  /// Creates a table without uses.
  public init() {}

  /// How many uses there are.
  public var count: Int { rows.count - removed }
  /// Whether there are no uses.
  public var isEmpty: Bool { count == 0 }
  /// Whether nothing has a number.
  var isUnused: Bool { rows.isEmpty && principals.isEmpty && texts.count == 0 }

  // MARK: Numbers

  /// The number of a text, which is added if it is new.
  ///
  /// - Parameter text: The text, or `nil`.
  /// - Returns: Its number.
  mutating func number(_ text: String?) -> UInt32 { texts.number(text) }

  /// The number of a text that is written on the spot.
  ///
  /// - Parameter write: Appends the text to a buffer and touches nothing that is in it.
  /// - Returns: Its number.
  @inline(__always)
  mutating func number(_ write: (inout [UInt8]) -> Void) -> UInt32 { texts.number(write) }

  /// The number of a principal, which is added if it is new.
  ///
  /// - Parameter principal: The principal.
  /// - Returns: Its number.
  mutating func number(of principal: Principal) -> UInt32 {
    if let number = principalNumbers[principal] { return number }
    let number = UInt32(principals.count)
    principals.append(principal)
    principalNumbers[principal] = number
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
    let row = Row(
      principal: principal, action: need.action, resource: need.resource, context: need.context,
      outcome: outcome)
    let hash = UseTable.hash(row)
    if let known = find(row, hash) {
      if rows[known].isRemoved {
        rows[known] = row
        removed -= 1
      }
      return known
    }
    rows.append(row)
    rowIndex.insert(rows.count - 1, hash)
    return rows.count - 1
  }

  private static func hash(_ row: Row) -> UInt64 {
    JSONDigest(UInt64(row.resource) << 32 | UInt64(row.action))
      .following(JSONDigest(UInt64(row.context) << 32 | UInt64(row.principal))).value
  }

  private func find(_ row: Row, _ hash: UInt64) -> Int? {
    rowIndex.find(hash) { place in
      rows[place].resource == row.resource && rows[place].principal == row.principal
        && rows[place].action == row.action && rows[place].context == row.context
    }
  }

  /// Records the circumstances of a use.
  ///
  /// - Parameters:
  ///   - found: The circumstances.
  ///   - place: The place of the use.
  mutating func note(_ found: Circumstances, at place: Int) {
    let hash = JSONDigest(UInt64(found.region) << 32 | UInt64(found.via))
      .following(JSONDigest(UInt64(found.rule) << 32 | UInt64(found.reason)))
      .following(JSONDigest(UInt64(found.surroundings) << 32 | UInt64(found.observed))).value
    let number: Int
    if let known = circumstancesIndex.find(hash, { circumstances[$0] == found }) {
      number = known
    } else {
      number = circumstances.count
      circumstances.append(found)
      circumstancesIndex.insert(number, hash)
    }
    guard let head = linked(UInt32(number), rows[place].circumstances) else { return }
    rows[place].circumstances = head
    countLink(place)
  }

  /// Records where a call came from that shows a use.
  ///
  /// - Parameters:
  ///   - address: The number of the address.
  ///   - place: The place of the use.
  mutating func note(address: UInt32, at place: Int) {
    guard let head = linked(address, rows[place].addresses) else { return }
    rows[place].addresses = head
    countLink(place)
  }

  /// Adds a number to a list.
  ///
  /// - Returns: The new head of the list, or `nil` where the list has the number.
  private mutating func linked(_ number: UInt32, _ head: UInt32) -> UInt32? {
    var place = head
    while place != 0 {
      let link = links[Int(place)]
      if link.number == number { return nil }
      place = link.next
    }
    let link = Link(number: number, next: head)
    if freeLinks != 0 {
      let place = freeLinks
      freeLinks = links[Int(place)].next
      links[Int(place)] = link
      return place
    }
    links.append(link)
    return UInt32(links.count - 1)
  }

  /// Counts a link; where there are too many, what they say goes to sets that keep the smallest few.
  private mutating func countLink(_ place: Int) {
    rows[place].links += 1
    guard rows[place].links > UseTable.mostLinks else { return }
    let details = details(place)
    extra[place, default: UseFacts()].merge(details)
    dropLinks(place)
  }

  private func details(_ place: Int) -> UseFacts { UseReader(self).details(rows[place]) }

  private mutating func dropLinks(_ place: Int) {
    for head in [rows[place].circumstances, rows[place].addresses] where head != 0 {
      var last = head
      while links[Int(last)].next != 0 { last = links[Int(last)].next }
      links[Int(last)] = Link(number: 0, next: freeLinks)
      freeLinks = head
    }
    rows[place].circumstances = 0
    rows[place].addresses = 0
    rows[place].links = 0
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
    if rows[place].outcome == outcome {
      rows[place].counts.merge(counts)
    } else if rows[place].counts.count == 0 {
      rows[place].outcome = outcome
      rows[place].counts = counts
    } else {
      extra[place, default: UseFacts()].add(counts.tally, outcome)
    }
    rows[place].examples.formUnion(examples)
  }

  /// Goes through a list of links.
  ///
  /// - Parameters:
  ///   - head: The head of the list.
  ///   - visit: What is done with each number.
  func forEach(_ head: UInt32, _ visit: (UInt32) -> Void) {
    var place = head
    while place != 0 {
      visit(links[Int(place)].number)
      place = links[Int(place)].next
    }
  }

  /// Whether two lists of links have the same numbers in the same order.
  ///
  /// - Parameters:
  ///   - left: The head of one list.
  ///   - right: The head of the other one.
  /// - Returns: Whether they have.
  func isEqual(_ left: UInt32, _ right: UInt32) -> Bool {
    var left = left
    var right = right
    while left != right {
      guard left != 0, right != 0, links[Int(left)].number == links[Int(right)].number else { return false }
      left = links[Int(left)].next
      right = links[Int(right)].next
    }
    return true
  }

  // MARK: As a dictionary

  /// The places of all uses, in no order that means anything.
  package var places: some Collection<Int> { rows.indices.lazy.filter { !rows[$0].isRemoved } }

  /// The place of a use.
  private func place(of key: UseKey) -> Int? {
    guard let principal = principalNumbers[key.principal], let action = texts.find(key.action),
      let resource = texts.find(key.resource)
    else { return nil }
    var context: [(key: UInt32, value: UInt32)] = []
    for pair in key.context {
      guard let key = texts.find(pair.key), let value = texts.find(pair.value) else { return nil }
      context.append((key, value))
    }
    let list = context.isEmpty ? 0 : find(context[...], UseTable.hash(context[...]))
    guard let list else { return nil }
    let row = Row(
      principal: principal, action: action, resource: resource, context: UInt32(list), outcome: .allowed)
    guard let place = find(row, UseTable.hash(row)), !rows[place].isRemoved else { return nil }
    return place
  }

  /// The place of a use, which is added if it is new.
  private mutating func add(_ key: UseKey) -> Int {
    let need = Need(
      action: number(key.action), resource: number(key.resource), context: number(of: key.context),
      rule: TextTable.none, reason: TextTable.none)
    return place(of: need, by: number(of: key.principal), .allowed)
  }

  /// What is known of a use; `nil` where it is not in the table.
  public subscript(key: UseKey) -> UseFacts? {
    get { place(of: key).map { UseReader(self).facts(at: $0) } }
    set {
      guard let newValue else {
        removeValue(forKey: key)
        return
      }
      let place = add(key)
      clear(place)
      extra[place] = newValue
    }
  }

  /// What is known of a use, or what shall be known of it where it is not in the table.
  public subscript(key: UseKey, default facts: @autoclosure () -> UseFacts) -> UseFacts {
    get { self[key] ?? facts() }
    set { self[key] = newValue }
  }

  /// Changes what is known of a use, which is added if it is new.
  ///
  /// - Parameters:
  ///   - key: The use.
  ///   - change: Adds to facts; what is known already is joined with it.
  mutating func join(_ key: UseKey, _ change: (inout UseFacts) -> Void) {
    change(&extra[add(key), default: UseFacts()])
  }

  /// Removes a use.
  ///
  /// - Parameter key: The use.
  /// - Returns: What was known of it.
  @discardableResult
  public mutating func removeValue(forKey key: UseKey) -> UseFacts? {
    guard let place = place(of: key) else { return nil }
    let facts = UseReader(self).facts(at: place)
    clear(place)
    rows[place].isRemoved = true
    removed += 1
    return facts
  }

  /// Forgets all that is known of a use.
  private mutating func clear(_ place: Int) {
    extra[place] = nil
    dropLinks(place)
    rows[place].counts = EventCounts()
    rows[place].examples = SmallestIDs()
  }

  /// The uses, in no order that means anything.
  public var keys: [UseKey] {
    let reader = UseReader(self)
    return places.map { reader.key(at: $0) }
  }

  /// What is known of the uses, in no order that means anything.
  public var values: [UseFacts] {
    let reader = UseReader(self)
    return places.map { reader.facts(at: $0) }
  }

  // MARK: Joining and cutting

  /// Makes room for another table, so that nothing is moved several times while it is taken in.
  private mutating func reserve(_ other: UseTable) {
    if other.rows.count * 4 < rows.count { return }
    rows.reserveCapacity(rows.count + other.rows.count)
    rowIndex.reserve(rows.count + other.rows.count)
    links.reserveCapacity(links.count + other.links.count)
    texts.reserve(other.texts)
  }

  /// Takes in the uses of another table.
  ///
  /// - Parameters:
  ///   - other: The other table.
  ///   - isWanted: Whether the use at one of its places is taken in.
  mutating func merge(_ other: UseTable, where isWanted: (Int) -> Bool = { _ in true }) {
    let unknown = UInt32.max
    var textNumbers = [UInt32](repeating: unknown, count: other.texts.count + 1)
    var listNumbers = [UInt32](repeating: unknown, count: other.listEnds.count)
    var principalNumbers = [UInt32](repeating: unknown, count: other.principals.count)
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
    reserve(other)
    for number in other.places where isWanted(number) {
      let row = other.rows[number]
      let need = Need(
        action: text(row.action), resource: text(row.resource), context: list(row.context),
        rule: TextTable.none, reason: TextTable.none)
      let place = self.place(of: need, by: principal(row.principal), row.outcome)
      if row.counts.count > 0 { record(row.counts, row.outcome, row.examples, at: place) }
      other.forEach(row.circumstances) { number in
        let found = other.circumstances[Int(number)]
        note(
          Circumstances(
            region: text(found.region), via: text(found.via), rule: text(found.rule),
            reason: text(found.reason),
            surroundings: list(found.surroundings), observed: list(found.observed)), at: place)
      }
      other.forEach(row.addresses) { note(address: text($0), at: place) }
      if let facts = other.extra[number] { extra[place, default: UseFacts()].merge(facts) }
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

extension UseTable: Sequence {
  /// A use with what is known of it.
  public typealias Element = (key: UseKey, value: UseFacts)

  /// Goes through the uses in no order that means anything.
  public func makeIterator() -> AnyIterator<Element> {
    let reader = UseReader(self)
    var next = 0
    return AnyIterator {
      while next < rows.count {
        next += 1
        if !rows[next - 1].isRemoved { return reader.use(at: next - 1) }
      }
      return nil
    }
  }
}

extension UseTable: Hashable {
  /// Whether two tables say the same of the same uses.
  public static func == (left: UseTable, right: UseTable) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  /// Hashes how many uses there are.
  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension UseFacts {
  /// Adds calls.
  ///
  /// - Parameters:
  ///   - tally: How many, and when.
  ///   - outcome: How they ended.
  mutating func add(_ tally: Tally, _ outcome: Outcome) {
    switch outcome {
    case .allowed: allowed.merge(tally)
    case .failed: failed.merge(tally)
    case .denied: denied.merge(tally)
    }
  }
}
