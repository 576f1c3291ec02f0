// A list of patterns, arranged so that a pattern meets only those others that may have to do with it.
//
// Nearly all patterns name their service outright: `s3:get*`, `arn:aws:s3:::photos/*`. Two patterns that name different
// ones match no common text, so that patterns are kept by the text up to the colon behind the service:
//
//   s3:         s3:getobject  s3:list*          asked for `s3:get*`: these, and those without a bucket
//   (none)      *  s?:*
//
// Invariant *same number of colons*: all keys of one arrangement end in their *n*th colon. A text has one beginning of
// that form, so that it begins with one key at most.

/// Patterns of one `Action` or `Resource` element, by what they begin with.
struct PatternBuckets: Sendable {
  private struct Bucket: Sendable {
    var literals: Set<UnitPattern> = []
    var others: [UnitPattern] = []
  }

  private let colons: Int
  /// In the order of the patterns, so that the same work is done each time.
  private var buckets: [Bucket] = []
  private var indices: [ArraySlice<UInt32>: Int] = [:]
  private var unkeyed = Bucket()

  /// Arranges patterns.
  ///
  /// - Parameters:
  ///   - patterns: The patterns, all of which compare case alike.
  ///   - colons: With which colon the service ends: the first of an action, the third of an ARN.
  init(_ patterns: [UnitPattern], colons: Int) {
    self.colons = colons
    for pattern in patterns {
      guard let key = key(of: pattern) else {
        Self.add(pattern, to: &unkeyed)
        continue
      }
      let index = indices[key] ?? buckets.count
      if index == buckets.count {
        indices[key] = index
        buckets.append(Bucket())
      }
      Self.add(pattern, to: &buckets[index])
    }
  }

  private static func add(_ pattern: UnitPattern, to bucket: inout Bucket) {
    if pattern.isLiteral { bucket.literals.insert(pattern) } else { bucket.others.append(pattern) }
  }

  private func key(of pattern: UnitPattern) -> ArraySlice<UInt32>? {
    var left = colons
    for (index, unit) in pattern.units.enumerated() {
      if unit >= PatternUnit.firstVariable { return nil }
      if unit == PatternUnit.colon { left -= 1 }
      if left == 0 { return pattern.units[...index] }
    }
    return nil
  }

  /// How the list stands to a pattern.
  ///
  /// - Parameters:
  ///   - pattern: The pattern.
  ///   - budget: How much work may be done; reduced by the work done.
  /// - Returns: Whether one pattern of the list is known to contain it, and whether one may match some of the same texts.
  func relation(of pattern: UnitPattern, budget: inout Int) -> (isInside: Bool, isTouched: Bool) {
    var isTouched = false
    func isInside(_ bucket: Bucket) -> Bool {
      budget -= 1
      if pattern.isLiteral {
        if bucket.literals.contains(pattern) { return true }
      } else if !isTouched {
        budget -= bucket.literals.count
        isTouched = bucket.literals.contains { $0.mayIntersect(pattern) }
      }
      for other in bucket.others {
        budget -= 1
        guard other.mayIntersect(pattern) else { continue }
        if other.contains(pattern, budget: &budget) ?? false { return true }
        // A text either is matched or not, unless that depends on a variable.
        isTouched = isTouched || !pattern.isLiteral || other.hasVariables
      }
      return false
    }
    if isInside(unkeyed) { return (true, true) }
    if let key = key(of: pattern) {
      if let index = indices[key], isInside(buckets[index]) { return (true, true) }
    } else {
      for bucket in buckets where isInside(bucket) { return (true, true) }
    }
    return (false, isTouched)
  }
}
