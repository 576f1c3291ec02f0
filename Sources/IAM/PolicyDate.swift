// Instants as the date condition operators compare them: to the nanosecond, from ISO 8601 or epoch time.

/// An instant of a date condition.
///
/// See "Date condition operators" in the IAM User Guide: values are W3C date formats (a year, a month, a day, or a
/// day with a time) or epoch (UNIX) time.
struct PolicyDate: Hashable, Sendable, Comparable {
  private let seconds: Int64
  private let nanoseconds: Int64

  /// Epoch times from here on (the year 5138) are taken as milliseconds, which AWS services hand out too.
  private static let firstMilliseconds: Int64 = 100_000_000_000

  /// Parses a date, or returns `nil` where the text is none.
  ///
  /// - Parameter text: The text, without surrounding white space. Four digits alone are a year.
  init?(_ text: String) {
    let isYear = text.utf8.count == 4 && text.utf8.allSatisfy { $0 &- 0x30 < 10 }
    if !isYear, let epoch = PolicyDate(epoch: text) {
      self = epoch
      return
    }
    let padded =
      switch text.utf8.count {
      case 4: text + "-01-01"
      case 7: text + "-01"
      default: text
      }
    guard let whole = Timestamp(iso8601: padded) else { return nil }
    seconds = whole.secondsSinceEpoch
    let fraction = text.utf8.drop { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ",") }.dropFirst()
    nanoseconds = PolicyDate.nanoseconds(fraction.prefix { $0 &- 0x30 < 10 })
  }

  private init?(epoch text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let value = Int64(first), first.utf8.first != UInt8(ascii: "+") else {
      return nil
    }
    let isWhole = parts.count == 1
    guard isWhole || value >= 0 && !parts[1].isEmpty && parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      return nil
    }
    if value >= PolicyDate.firstMilliseconds {
      seconds = value / 1000
      nanoseconds = value % 1000 * 1_000_000
    } else {
      seconds = value
      nanoseconds = isWhole ? 0 : PolicyDate.nanoseconds(parts[1].utf8[...])
    }
  }

  /// The digits behind a decimal point as billionths; further digits are dropped.
  private static func nanoseconds(_ digits: some Sequence<UInt8>) -> Int64 {
    var value: Int64 = 0
    var count = 0
    for digit in digits.prefix(9) {
      value = value * 10 + Int64(digit &- 0x30)
      count += 1
    }
    while count < 9 {
      value *= 10
      count += 1
    }
    return value
  }

  /// Orders instants by time.
  static func < (left: PolicyDate, right: PolicyDate) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
