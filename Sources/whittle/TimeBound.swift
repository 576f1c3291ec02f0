// The values of `--since` and `--until`.

package import IAM

/// A point in time, either fixed or counted back from the newest event of the logs.
package enum TimeBound: Hashable, Sendable {
  /// A fixed instant.
  case at(Timestamp)
  /// So many seconds before the newest event.
  case beforeNewest(seconds: Int64)

  /// Parses an ISO 8601 date or time, or a span such as `90d`, `12h`, `30m` or `2w`, or returns `nil`.
  ///
  /// - Parameter text: The text of the option.
  package init?(_ text: String) {
    if let instant = Timestamp(iso8601: text) {
      self = .at(instant)
      return
    }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
      text.first != "+"
    else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    self = .beforeNewest(seconds: seconds)
  }
}
