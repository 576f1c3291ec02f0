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

  private var values: [String: Value]

  /// Creates a context without keys.
  public init() { values = [:] }

  /// Creates a context from keys and values; of keys that differ in case only, the last one stays.
  ///
  /// - Parameter elements: Condition keys, in any case, with their values.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init()
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a condition key, or `nil` where the request does not have the key.
  ///
  /// - Parameter key: The condition key, in any case.
  public subscript(key: String) -> Value? {
    get { values[key.asciiLowercased] }
    set { values[key.asciiLowercased] = newValue }
  }

  /// The value of a condition key that is in lower case already.
  subscript(lowercased key: String) -> Value? { values[key] }

  /// The lower-case keys that are present, sorted.
  public var keys: [String] { values.keys.sorted() }

  /// Whether the request has no key at all.
  public var isEmpty: Bool { values.isEmpty }
}
