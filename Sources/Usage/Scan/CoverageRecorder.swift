// Hours of coverage, counted for many events before they go into a ledger.

import IAM

/// What events show to be covered, by numbers instead of keys.
struct CoverageRecorder: Sendable {
  private struct Place {
    let key: CoverageKey
    var hours = HourSet()
    var lastHour = Int64.min
  }

  private var numbers: [CoverageKey: Int] = [:]
  private var places: [Place] = []
  private var window = EventCounts()

  /// Whether nothing was recorded.
  var isEmpty: Bool { window.count == 0 }

  /// The number of a key.
  ///
  /// - Parameter key: What events are about.
  /// - Returns: Its number.
  mutating func number(_ key: CoverageKey) -> Int {
    if let number = numbers[key] { return number }
    numbers[key] = places.count
    places.append(Place(key: key))
    return places.count - 1
  }

  /// Records an event.
  ///
  /// - Parameters:
  ///   - time: When it was.
  ///   - number: The number of what it is about.
  @inline(__always)
  mutating func add(_ time: Timestamp, to number: Int) {
    window.add(time)
    let hour = time.secondsSinceEpoch.flooredQuotient(3600)
    if places[number].lastHour != hour {
      places[number].lastHour = hour
      places[number].hours.insert(time)
    }
  }

  /// What was recorded.
  var coverage: Coverage {
    guard window.count > 0 else { return Coverage() }
    let hours = places.map { ($0.key, $0.hours) }
    return Coverage(
      hours: Dictionary(uniqueKeysWithValues: hours.filter { !$0.1.days.isEmpty }), window: window.tally)
  }
}
