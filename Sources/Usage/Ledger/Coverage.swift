// What the logs could have shown: which account, region, hour and event category they contain.

public import IAM

/// What a stretch of coverage is about.
public struct CoverageKey: Hashable, Comparable, Sendable {
  /// The account whose trail delivered the events.
  public var account: String
  /// The region of the events.
  public var region: String
  /// The event category, `Management`, `Data`, `NetworkActivity` or `Insight`.
  public var category: String
  /// The event source for all categories but `Management`, which trails select by service; else empty.
  public var eventSource: String

  /// Creates a key.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - region: The region.
  ///   - category: The event category.
  ///   - eventSource: The event source, or an empty string for management events.
  public init(account: String, region: String, category: String, eventSource: String = "") {
    self.account = account
    self.region = region
    self.category = category
    self.eventSource = eventSource
  }

  /// Orders keys by account, region, category and source, by bytes.
  public static func < (left: CoverageKey, right: CoverageKey) -> Bool {
    if !left.account.sameBytes(as: right.account) { return left.account.precedes(right.account) }
    if !left.region.sameBytes(as: right.region) { return left.region.precedes(right.region) }
    if !left.category.sameBytes(as: right.category) { return left.category.precedes(right.category) }
    return left.eventSource.precedes(right.eventSource)
  }

  /// Whether two keys have the same bytes.
  public static func == (left: CoverageKey, right: CoverageKey) -> Bool {
    left.account.sameBytes(as: right.account) && left.region.sameBytes(as: right.region)
      && left.category.sameBytes(as: right.category) && left.eventSource.sameBytes(as: right.eventSource)
  }

  /// Hashes the bytes of all parts.
  public func hash(into hasher: inout Hasher) {
    account.hashBytes(into: &hasher)
    region.hashBytes(into: &hasher)
    category.hashBytes(into: &hasher)
    eventSource.hashBytes(into: &hasher)
  }
}

/// A set of hours, 24 bits a day.
public struct HourSet: Hashable, Sendable {
  /// The hours of each day seen, as bits 0 to 23, by days since 1970-01-01.
  public private(set) var days: [Int32: UInt32] = [:]

  /// Creates an empty set.
  public init() {}

  /// Inserts the hour that contains an instant; instants more than 5 million years off are left out.
  ///
  /// - Parameter time: The instant.
  public mutating func insert(_ time: Timestamp) {
    let day = Int32(exactly: time.secondsSinceEpoch.flooredQuotient(86_400))
    let hour = time.secondsSinceEpoch.flooredRemainder(86_400) / 3600
    guard let day else { return }
    days[day, default: 0] |= 1 << UInt32(hour)
  }

  /// Joins another set into this one.
  ///
  /// - Parameter other: The other set.
  public mutating func formUnion(_ other: HourSet) {
    for (day, hours) in other.days { days[day, default: 0] |= hours }
  }

  /// How many hours the set has.
  public var count: Int { days.values.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether the hour that contains an instant is in the set.
  ///
  /// - Parameter time: The instant.
  /// - Returns: Whether its hour is covered.
  public func contains(_ time: Timestamp) -> Bool {
    guard let day = Int32(exactly: time.secondsSinceEpoch.flooredQuotient(86_400)) else { return false }
    let hour = time.secondsSinceEpoch.flooredRemainder(86_400) / 3600
    return (days[day] ?? 0) & (1 << UInt32(hour)) != 0
  }

  /// The hours as half-open stretches of time, ascending; hours that touch are one stretch.
  ///
  /// - Complexity: O(*d* log *d*) in the number of days.
  public var stretches: [Range<Timestamp>] {
    var result: [Range<Timestamp>] = []
    for (day, hours) in days.sorted(by: { $0.key < $1.key }) {
      for hour in 0..<24 where hours & (1 << UInt32(hour)) != 0 {
        let start = Timestamp(secondsSinceEpoch: Int64(day) * 86_400 + Int64(hour) * 3600)
        let end = Timestamp(secondsSinceEpoch: start.secondsSinceEpoch + 3600)
        if let last = result.last, last.upperBound == start {
          result[result.count - 1] = last.lowerBound..<end
        } else {
          result.append(start..<end)
        }
      }
    }
    return result
  }
}

/// The hours that the logs contain, by account, region, event category and service.
///
/// An hour counts as covered where at least one event of it was read. "Unused" may only be claimed where the
/// coverage could have shown use (SEMANTICS §8).
public struct Coverage: Hashable, Sendable {
  /// The hours by what they are about.
  public private(set) var hours: [CoverageKey: HourSet] = [:]
  /// The first and last instant of all events, with their number.
  public private(set) var window = Tally()

  /// Creates the coverage of no event.
  public init() {}

  /// Creates a coverage.
  ///
  /// - Parameters:
  ///   - hours: The hours by what they are about.
  ///   - window: The first and last instant of all events, with their number.
  public init(hours: [CoverageKey: HourSet], window: Tally) {
    self.hours = hours
    self.window = window
  }

  /// Records one event.
  ///
  /// - Parameters:
  ///   - key: What the event is about.
  ///   - time: When it was, where known.
  public mutating func record(_ key: CoverageKey, at time: Timestamp?) {
    window.add(at: time)
    guard let time else { return }
    hours[key, default: HourSet()].insert(time)
  }

  /// Joins another coverage into this one.
  ///
  /// - Parameter other: The other coverage.
  public mutating func merge(_ other: Coverage) {
    window.merge(other.window)
    hours.merge(other.hours) { left, right in
      var joined = left
      joined.formUnion(right)
      return joined
    }
  }

  /// The keys covered, sorted.
  public var keys: [CoverageKey] { hours.keys.sorted() }

  /// Whether the logs contain events of a category for a service in an account.
  ///
  /// - Parameters:
  ///   - category: The event category.
  ///   - eventSource: The event source; not looked at for management events.
  ///   - account: The account, or `nil` for any.
  /// - Returns: Whether any hour is covered.
  public func contains(category: String, eventSource: String, account: String? = nil) -> Bool {
    hours.keys.contains { key in
      key.category == category && (key.category == "Management" || key.eventSource == eventSource)
        && (account == nil || key.account == account)
    }
  }
}

extension Int64 {
  /// The quotient rounded towards negative infinity.
  func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The remainder that belongs to the floored quotient, never negative.
  func flooredRemainder(_ divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
