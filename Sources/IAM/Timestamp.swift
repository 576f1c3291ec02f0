// Instants with second precision, as CloudTrail writes them and IAM's date operators compare them.

import JSONStream

/// An instant in UTC, in whole seconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Seconds since the epoch; negative before it.
  public let secondsSinceEpoch: Int64

  /// Creates an instant.
  ///
  /// - Parameter secondsSinceEpoch: Seconds since 1970-01-01T00:00:00Z.
  public init(secondsSinceEpoch: Int64) {
    self.secondsSinceEpoch = secondsSinceEpoch
  }

  /// Orders instants by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.secondsSinceEpoch < right.secondsSinceEpoch
  }
}

extension Timestamp {
  /// Parses an ISO 8601 date or date and time, or returns `nil` where the text is none.
  ///
  /// Accepted are `2026-11-20`, `2026-11-20T12:34Z`, `2026-11-20T12:34:56Z`, a space for the `T`, fractions of a
  /// second (dropped) and offsets such as `+01:00`; without a zone the time is UTC.
  ///
  /// - Parameter text: The text, without surrounding white space.
  public init?(iso8601 text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    func number(_ digits: Int) -> Int? {
      guard bytes.count >= digits else { return nil }
      var value = 0
      for byte in bytes.prefix(digits) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      bytes = bytes.dropFirst(digits)
      return value
    }
    func skip(_ characters: String) -> UInt8? {
      guard let first = bytes.first, characters.utf8.contains(first) else { return nil }
      bytes = bytes.dropFirst()
      return first
    }
    guard let year = number(4), skip("-") != nil, let month = number(2), skip("-") != nil,
      let day = number(2),
      (1...12).contains(month), day >= 1, day <= Timestamp.days(inMonth: month, of: year)
    else { return nil }
    var seconds = Timestamp.days(year: year, month: month, day: day) * 86_400
    if !bytes.isEmpty {
      guard skip("Tt ") != nil, let hour = number(2), skip(":") != nil, let minute = number(2),
        hour < 24, minute < 60
      else { return nil }
      seconds += Int64(hour * 3600 + minute * 60)
      if skip(":") != nil {
        guard let second = number(2), second <= 60 else { return nil }
        seconds += Int64(second)
        if skip(".,") != nil {
          guard number(1) != nil else { return nil }
          while number(1) != nil {}
        }
      }
      if let sign = skip("+-") {
        guard let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        let offset = Int64(hours * 3600 + minutes * 60)
        seconds += sign == UInt8(ascii: "+") ? -offset : offset
      } else {
        _ = skip("Zz")
      }
    }
    guard bytes.isEmpty else { return nil }
    self.init(secondsSinceEpoch: seconds)
  }

  /// The instant as `2026-11-20T12:34:56Z`.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the instant as ``description`` has it.
  ///
  /// - Parameter bytes: Where the text goes.
  package func append(to bytes: inout [UInt8]) {
    var days = secondsSinceEpoch / 86_400
    var rest = secondsSinceEpoch % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    let (year, month, day) = Timestamp.civil(days: days)
    var letters = [20 of UInt8](repeating: UInt8(ascii: "-"))
    func pair(_ value: Int64, _ place: Int) {
      letters[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
      letters[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
    }
    pair(month, 5)
    pair(day, 8)
    letters[10] = UInt8(ascii: "T")
    pair(rest / 3600, 11)
    letters[13] = UInt8(ascii: ":")
    pair(rest / 60 % 60, 14)
    letters[16] = UInt8(ascii: ":")
    pair(rest % 60, 17)
    letters[19] = UInt8(ascii: "Z")
    if (0...9999).contains(year) {
      pair(year / 100, 0)
      pair(year % 100, 2)
      bytes.append(text: letters.span)
    } else {
      let digits = String(year)
      for _ in 0..<max(0, 4 - digits.utf8.count) { bytes.append(UInt8(ascii: "0")) }
      bytes.append(text: digits)
      bytes.append(text: letters.span.extracting(4...))
    }
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since the epoch of a proleptic Gregorian date; the year is taken to begin in March, so that the leap
  /// day is its last.
  private static func days(year: Int, month: Int, day: Int) -> Int64 {
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    return (year, civilMonth, dayOfYear - (153 * month + 2) / 5 + 1)
  }
}
