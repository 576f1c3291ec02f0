// How often, and between which instants.

public import IAM

/// A count with the first and last instant of what was counted.
public struct Tally: Hashable, Sendable {
  /// How many.
  public var count: Int
  /// The earliest instant, where any of the counted had one.
  public var firstSeen: Timestamp?
  /// The latest instant, where any of the counted had one.
  public var lastSeen: Timestamp?

  /// Creates a tally.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - firstSeen: The earliest instant.
  ///   - lastSeen: The latest instant.
  public init(count: Int = 0, firstSeen: Timestamp? = nil, lastSeen: Timestamp? = nil) {
    self.count = count
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }

  /// Counts one more.
  ///
  /// - Parameter time: When it was, where known.
  public mutating func add(at time: Timestamp?) {
    count = count.addingReportingOverflow(1).overflow ? Int.max : count + 1
    guard let time else { return }
    if let first = firstSeen { if time < first { firstSeen = time } } else { firstSeen = time }
    if let last = lastSeen { if last < time { lastSeen = time } } else { lastSeen = time }
  }

  /// Adds another tally: counts add, instants widen.
  ///
  /// - Parameter other: The other tally.
  public mutating func merge(_ other: Tally) {
    let sum = count.addingReportingOverflow(other.count)
    count = sum.overflow ? Int.max : sum.partialValue
    if let first = other.firstSeen { firstSeen = min(firstSeen ?? first, first) }
    if let last = other.lastSeen { lastSeen = max(lastSeen ?? last, last) }
  }

  /// The tally of both.
  ///
  /// - Parameter other: The other tally.
  /// - Returns: Counts added, instants widened.
  public func merged(with other: Tally) -> Tally {
    var result = self
    result.merge(other)
    return result
  }
}
