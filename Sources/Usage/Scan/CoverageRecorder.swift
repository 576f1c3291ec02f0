// Hours of coverage, counted for many events before they go into a ledger.

import IAM

/// What events show to be covered, by numbers instead of keys.
struct CoverageRecorder: Sendable {
  private var numbers: [CoverageKey: UInt32] = [:]
  private var places: [(key: CoverageKey, hours: HourSet)] = []
  /// The hour of the last event of each place, by itself so that few lines of the processor's cache are looked at.
  private var lastHours: [Int64] = []
  private var window = EventCounts()

  /// Whether nothing was recorded.
  var isEmpty: Bool { window.count == 0 }

  /// The number of a key.
  ///
  /// - Parameter key: What events are about.
  /// - Returns: Its number.
  mutating func number(_ key: CoverageKey) -> UInt32 {
    if let number = numbers[key] { return number }
    let number = UInt32(places.count)
    numbers[key] = number
    places.append((key, HourSet()))
    lastHours.append(.min)
    return number
  }

  /// Records an event.
  ///
  /// - Parameters:
  ///   - time: When it was.
  ///   - number: The number of what it is about.
  @inline(__always)
  mutating func add(_ time: Timestamp, to number: UInt32) {
    window.add(time)
    let hour = time.secondsSinceEpoch.flooredQuotient(3600)
    if lastHours[Int(number)] != hour {
      lastHours[Int(number)] = hour
      places[Int(number)].hours.insert(time)
    }
  }

  /// What was recorded.
  var coverage: Coverage {
    guard window.count > 0 else { return Coverage() }
    return Coverage(
      hours: Dictionary(uniqueKeysWithValues: places.filter { !$0.hours.days.isEmpty }), window: window.tally)
  }
}
