// Finding actions by their name alone, for events whose source no service claims.

/// An index of the embedded actions by their name without service prefix.
///
/// Built on first use in one pass over the actions, since few logs need it: an open hash table of line offsets, so that
/// a log full of made-up names costs no more than one probe each.
struct NameIndex: Sendable {
  /// What the catalog knows of a name.
  enum Match: Equatable {
    /// No service has an action of that name.
    case none
    /// One service has: the action as AWS spells it.
    case one(String)
    /// More than one service has.
    case several
  }

  /// The index of the embedded actions.
  static let shared = NameIndex(CatalogTables.embedded.actions)

  private let table: CatalogTable
  /// For each slot the offset of the first line with a name plus one, or 0; negative where another line shares the name.
  private var slots: [Int32]
  private let mask: Int

  /// Indexes a table of actions.
  ///
  /// - Parameter table: The actions.
  init(_ table: CatalogTable) {
    self.table = table
    var size = 1024
    while size < table.lineCount * 2 { size *= 2 }
    mask = size - 1
    slots = [Int32](repeating: 0, count: size)
    var line = table.line(at: table.start)
    while let current = line {
      insert(current)
      line = current.next
    }
  }

  /// Looks a name up, ASCII case aside.
  ///
  /// - Parameter name: The name, such as `RunInstances`.
  /// - Returns: What the catalog knows of it.
  func action(named name: String) -> Match {
    let name = name.utf8Span.span
    var hash = NameIndex.seed
    for index in name.indices { hash = NameIndex.mix(hash, name[index]) }
    var slot = hash & mask
    while slots[slot] != 0 {
      if let line = table.line(at: abs(Int(slots[slot])) - 1), equal(name, NameIndex.name(line), table) {
        return slots[slot] < 0 ? .several : .one(line.text(0))
      }
      slot = (slot + 1) & mask
    }
    return .none
  }

  private mutating func insert(_ line: CatalogLine) {
    let name = NameIndex.name(line)
    var hash = NameIndex.seed
    for offset in name { hash = NameIndex.mix(hash, table.byte(at: offset)) }
    var slot = hash & mask
    while slots[slot] != 0 {
      if let other = table.line(at: abs(Int(slots[slot])) - 1), equal(name, NameIndex.name(other)) {
        slots[slot] = -abs(slots[slot])
        return
      }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(line.start + 1)
  }

  private static let seed = 5381

  private static func mix(_ hash: Int, _ byte: UInt8) -> Int { hash &* 33 ^ Int(lowercased(byte)) }

  private static func name(_ line: CatalogLine) -> Range<Int> {
    let key = line.range(0)
    var start = key.lowerBound
    while start < key.upperBound, line.table.byte(at: start) != UInt8(ascii: ":") { start += 1 }
    return min(start + 1, key.upperBound)..<key.upperBound
  }

  private func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    guard left.count == right.count else { return false }
    for (first, second) in zip(left, right)
    where lowercased(table.byte(at: first)) != lowercased(table.byte(at: second)) {
      return false
    }
    return true
  }

  private func equal(_ name: Span<UInt8>, _ range: Range<Int>, _ table: CatalogTable) -> Bool {
    guard name.count == range.count else { return false }
    for index in name.indices
    where lowercased(name[index]) != lowercased(table.byte(at: range.lowerBound + index)) {
      return false
    }
    return true
  }
}
