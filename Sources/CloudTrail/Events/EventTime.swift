// Times of events, nearly all of which are written in one way.

import IAM
import JSONStream

extension Timestamp {
  /// The time that a string node tells, or `nil` where it is none.
  ///
  /// `2026-11-20T12:34:56Z` is read without making a string; everything else takes the general way.
  ///
  /// - Parameters:
  ///   - record: A record.
  ///   - index: The index of the value.
  init?(_ record: RecordText, at index: Int) {
    let node = record[index]
    if node.isString, node.end &- node.start == 22,
      let seconds = unsafe Timestamp.seconds(record.text, from: node.start &+ 1)
    {
      self.init(secondsSinceEpoch: seconds)
    } else if let letters = record.nonemptyText(at: index) {
      self.init(iso8601: letters)
    } else {
      return nil
    }
  }

  /// The seconds since 1970 of a time in CloudTrail's own spelling, or `nil`; leap seconds take the general way.
  ///
  /// Eight letters are tested and read together: with the digits' and separators' own bits taken off, a digit is at
  /// most 9 and a separator 0, which adding 6 or 15 shows in the upper half of its byte.
  ///
  /// - Parameters:
  ///   - text: A buffer.
  ///   - start: Where the time begins; 20 bytes from there on are in the buffer.
  /// - Returns: The seconds.
  private static func seconds(_ text: UnsafeRawBufferPointer, from start: Int) -> Int64? {
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: unsafe text.loadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self))
    }
    // `2026-11-`, `20T12:34` and `2:34:56Z`, the first letter as the lowest byte.
    let first = word(0) ^ 0x2D30_302D_3030_3030
    let second = word(8) ^ 0x3030_3A30_3054_3030
    let third = word(12) ^ 0x5A30_303A_3030_3A30
    var odd = first | (first &+ 0x0F06_060F_0606_0606)
    odd |= second | (second &+ 0x0606_0F06_060F_0606)
    odd |= third | (third &+ 0x0F06_060F_0606_0F06)
    guard odd & 0xF0F0_F0F0_F0F0_F0F0 == 0 else { return nil }
    // Each byte becomes the number of its own digit and the next one.
    func pairs(_ digits: UInt64) -> UInt64 { digits &* 10 &+ digits >> 8 }
    func byte(_ pairs: UInt64, _ place: UInt64) -> Int {
      Int(truncatingIfNeeded: pairs &>> (8 &* place) & 0xFF)
    }
    let (date, clock, end) = (pairs(first), pairs(second), pairs(third))
    let year = byte(date, 0) &* 100 &+ byte(date, 2)
    let month = byte(date, 5)
    let day = byte(clock, 0)
    let (hour, minute, seconds) = (byte(clock, 3), byte(clock, 6), byte(end, 5))
    guard year >= 1970, month > 0, month <= 12, day > 0, hour < 24, minute < 60, seconds < 60 else {
      return nil
    }
    // The leap day takes the general way, which knows the years, and so do days that no month has.
    guard day <= 28 || day <= 30 && month != 2 || day == 31 && (month &+ month >> 3) & 1 == 1 else {
      return nil
    }
    // The year is taken to begin in March, so that the leap day is its last.
    let shifted = month <= 2 ? year &- 1 : year
    let dayOfYear = (153 &* (month > 2 ? month &- 3 : month &+ 9) &+ 2) / 5 &+ day &- 1
    let days = shifted &* 365 &+ shifted / 4 &- shifted / 100 &+ shifted / 400 &+ dayOfYear &- 719_468
    return Int64(days &* 86_400 &+ hour &* 3600 &+ minute &* 60 &+ seconds)
  }
}
