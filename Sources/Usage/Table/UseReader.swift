// Uses in words.

import CloudTrail
import IAM
import JSONStream

/// Makes keys and facts of the uses of a table; what many uses share is made once.
package final class UseReader {
  private let table: UseTable
  private var actions: [UInt32: String] = [:]
  private var contexts: [UInt32: [ContextPair]] = [0: []]
  /// What lists of circumstances and of addresses are in words.
  private var circumstances = ListCache<UseFacts>()
  private var addresses = ListCache<BoundedSet>()
  private let readsContext: Bool

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - table: The uses.
  ///   - readsContext: Whether facts have the values of condition keys; whoever only shows uses does without.
  package init(_ table: UseTable, readsContext: Bool = true) {
    self.table = table
    self.readsContext = readsContext
  }

  /// A use with what is known of it.
  ///
  /// - Parameter place: Its place.
  /// - Returns: The use.
  package func use(at place: Int) -> (key: UseKey, value: UseFacts) { (key(at: place), facts(at: place)) }

  /// What is used by whom.
  ///
  /// - Parameter place: The place of the use.
  /// - Returns: The key.
  package func key(at place: Int) -> UseKey {
    let row = table.rows[place]
    let context = context(row)
    return UseKey(
      principal: table.principals[Int(row.principal)], action: action(row),
      resource: table.texts.text(row.resource) ?? "", context: context)
  }

  private func action(_ row: UseRow) -> String {
    if let action = actions[row.action] { return action }
    let action = table.texts.text(row.action) ?? ""
    actions[row.action] = action
    return action
  }

  private func context(_ row: UseRow) -> [ContextPair] {
    if let context = contexts[row.context] { return context }
    let context = table.list(row.context)
    contexts[row.context] = context
    return context
  }

  /// What is known of a use.
  ///
  /// - Parameter place: The place of the use.
  /// - Returns: The facts.
  package func facts(at place: Int) -> UseFacts {
    let row = table.rows[place]
    var facts = details(row)
    facts.add(row.counts.counts.tally, row.outcome)
    facts.exampleEvents = table.examples(row).examples
    if !table.extra.isEmpty, let extra = table.extra[place] { facts.merge(extra) }
    return facts
  }

  /// What a row lists: the facts without counts and ids.
  ///
  /// - Parameter row: The row.
  /// - Returns: The facts.
  func details(_ row: UseRow) -> UseFacts {
    let lists = table.lists
    var facts = circumstances.value(of: row.circumstances, lists) {
      var facts = UseFacts()
      lists.forEach(row.circumstances) { number in
        let found = table.circumstances[Int(number)]
        facts.note(
          region: table.texts.text(found.region), via: table.texts.text(found.via),
          rule: table.texts.text(found.rule), reason: table.texts.text(found.reason),
          context: readsContext ? table.list(found.surroundings) + table.list(found.observed) : [])
      }
      return facts
    }
    guard readsContext, !row.addresses.isEmpty else { return facts }
    facts.note(
      addresses: addresses.value(of: row.addresses, lists) {
        var known = BoundedSet(limit: UseFacts.contextLimit)
        lists.forEach(row.addresses) { number in
          if let address = table.texts.text(number) { known.insert(address) }
        }
        return known
      })
    return facts
  }
}

/// What was made of lists of numbers, by list; all is forgotten when there is much of it.
private struct ListCache<Value> {
  private var entries: [(list: NumberLists.List, value: Value)] = []
  private var index = HashIndex()
  /// How much is remembered.
  private static var most: Int { 4_096 }

  /// What a list gives.
  mutating func value(of list: NumberLists.List, _ lists: NumberLists, _ make: () -> Value) -> Value {
    var hash = JSONDigest.empty
    lists.forEach(list) { hash = JSONDigest(UInt64($0)).following(hash) }
    if let known = index.find(hash.value, { lists.isEqual(list, entries[$0].list) }) {
      return entries[known].value
    }
    if entries.count >= Self.most { self = ListCache() }
    let value = make()
    entries.append((list, value))
    index.insert(entries.count - 1, hash.value)
    return value
  }
}
