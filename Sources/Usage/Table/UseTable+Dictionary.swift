// The table of uses as the dictionary that it stands for.

import CloudTrail
import IAM

extension UseTable {
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
      changeExtra(at: place) { $0 = newValue }
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
    changeExtra(at: add(key), change)
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
    remove(place)
    return facts
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
