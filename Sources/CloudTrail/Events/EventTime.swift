// Times of events, nearly all of which are written in one way.

import IAM
import JSONStream

extension Timestamp {
  /// The time that a string node tells, or `nil` where it is none.
  ///
  /// `2026-11-20T12:34:56Z` is read without making a string; everything else takes the general way.
  ///
  /// - Parameters:
  ///   - tape: A tape.
  ///   - index: The index of the value.
  ///   - bytes: The text of the tape.
  init?(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    let node = tape[index]
    if node.kind == .string, node.end - node.start == 22,
      let seconds = Timestamp.seconds(bytes.extracting(node.start + 1..<node.end - 1))
    {
      self.init(secondsSinceEpoch: seconds)
    } else if let text = tape.nonemptyText(at: index, bytes) {
      self.init(iso8601: text)
    } else {
      return nil
    }
  }

  /// The seconds since 1970 of a time in CloudTrail's own spelling, or `nil`; leap seconds take the general way.
  private static func seconds(_ text: Span<UInt8>) -> Int64? {
    func number(_ first: Int, _ count: Int) -> Int? {
      var value = 0
      for place in first..<first + count {
        let digit = text[place] &- 0x30
        guard digit < 10 else { return nil }
        value = value * 10 + Int(digit)
      }
      return value
    }
    guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "Z"),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2), year >= 1970, (1...12).contains(month),
      // Days that only some months have take the general way, which knows the months.
      (1...28).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    // The year is taken to begin in March, so that the leap day is its last.
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
  }
}
