// The condition keys of a request and their values.

/// The request context: condition keys, compared without regard to case, and their values.
///
/// See "The request context" in the IAM User Guide.
public struct RequestContext: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// The value or values of one condition key.
  public enum Value: Hashable, Sendable {
    /// A single-valued key.
    case single(String)
    /// A multivalued key, possibly without any value.
    case multiple([String])

    /// The values as a list.
    public var all: [String] {
      switch self {
      case .single(let value): [value]
      case .multiple(let values): values
      }
    }
  }

  private struct Entry: Hashable {
    let key: String
    var value: Value
  }

  /// The keys in lower case, sorted by bytes: a request has few, and contexts are copied more often than searched.
  private var entries: [Entry] = []

  /// Creates a context without keys.
  public init() {}

  /// Creates a context from keys and values; of keys that differ in case only, the last one stays.
  ///
  /// - Parameter elements: Condition keys, in any case, with their values.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a condition key, or `nil` where the request does not have the key.
  ///
  /// - Parameter key: The condition key, in any case.
  /// - Complexity: O(log *n*) to read, O(*n*) to write, in the number of keys.
  public subscript(key: String) -> Value? {
    get { self[lowercased: key.asciiLowercased] }
    set {
      let key = key.asciiLowercased
      let place = place(of: key)
      let isKnown = place < entries.count && entries[place].key.sameBytes(as: key)
      switch (newValue, isKnown) {
      case (let value?, true): entries[place].value = value
      case (let value?, false): entries.insert(Entry(key: key, value: value), at: place)
      case (nil, true): entries.remove(at: place)
      case (nil, false): break
      }
    }
  }

  /// The value of a condition key that is in lower case already.
  subscript(lowercased key: String) -> Value? {
    let place = place(of: key)
    return place < entries.count && entries[place].key.sameBytes(as: key) ? entries[place].value : nil
  }

  /// The place of the first key that does not stand before a given one.
  private func place(of key: String) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key.precedes(key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The lower-case keys that are present, sorted by bytes.
  public var keys: [String] { entries.map(\.key) }

  /// Whether the request has no key at all.
  public var isEmpty: Bool { entries.isEmpty }
}
