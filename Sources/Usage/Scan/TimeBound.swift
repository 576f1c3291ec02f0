// `--since` and `--until`: an instant, or a stretch of time before the newest event.

public import IAM

/// One end of a stretch of time.
public enum TimeBound: Hashable, Sendable {
  /// An instant.
  case at(Timestamp)
  /// So many seconds before the newest event of the logs.
  case beforeNewest(seconds: Int64)

  /// Parses `2026-09-01`, `2026-09-01T12:00:00Z`, or a number of seconds, minutes, hours, days or weeks: `90d`, `12h`.
  ///
  /// - Parameter text: The text.
  public init?(_ text: String) {
    if let instant = Timestamp(iso8601: text) {
      self = .at(instant)
      return
    }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
      case let (seconds, overflow) = count.multipliedReportingOverflow(by: unit), !overflow
    else { return nil }
    self = .beforeNewest(seconds: seconds)
  }

  /// Whether the instant can only be told when the newest event is known.
  public var isRelative: Bool { if case .beforeNewest = self { true } else { false } }

  /// The instant, or `nil` where it depends on a newest event that there is not.
  ///
  /// - Parameter newest: The time of the newest event.
  /// - Returns: The instant.
  public func instant(newest: Timestamp?) -> Timestamp? {
    switch self {
    case .at(let instant): return instant
    case .beforeNewest(let seconds):
      guard let newest else { return nil }
      let (difference, overflow) = newest.secondsSinceEpoch.subtractingReportingOverflow(seconds)
      return Timestamp(secondsSinceEpoch: overflow ? Int64.min : difference)
    }
  }
}
