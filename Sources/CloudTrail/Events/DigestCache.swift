// What was worked out before, found by the digest of what it was worked out from.

import JSONStream

/// A bounded table of values by digest.
///
/// Two digests that fall on one place displace each other, so memory is bounded and results do not depend on the table.
struct DigestCache<Value> {
  private var entries: [(digest: JSONDigest, value: Value)]

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - empty: The value of the digest of nothing.
  ///   - places: How many values are kept at most, a power of two.
  init(_ empty: Value, places: Int) {
    precondition(places.nonzeroBitCount == 1)
    entries = [(JSONDigest, Value)](repeating: (.empty, empty), count: places)
  }

  /// The value of a digest.
  ///
  /// - Parameters:
  ///   - digest: The digest.
  ///   - make: Works the value out.
  /// - Returns: The value kept, or the one worked out.
  mutating func value(_ digest: JSONDigest, _ make: () -> Value) -> Value {
    let place = Int(truncatingIfNeeded: digest.value >> 20) & (entries.count - 1)
    if entries[place].digest == digest { return entries[place].value }
    let value = make()
    entries[place] = (digest, value)
    return value
  }
}
