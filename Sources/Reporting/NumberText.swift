// Numbers, times and counts as people read them. Machine formats never use these.

import IAM
import JSONStream

/// A whole number with its digits in groups of three.
///
/// - Parameter number: The number.
/// - Returns: Text such as `1,204`.
func grouped(_ number: Int) -> String {
  var text: [UInt8] = []
  text.append(decimal: number)
  let first = number < 0 ? 1 : 0
  for place in stride(from: text.count - 3, to: first, by: -3) { text.insert(UInt8(ascii: ","), at: place) }
  return String(decoding: text, as: UTF8.self)
}

/// A count with its noun.
///
/// - Parameters:
///   - number: The count.
///   - singular: The noun for one.
///   - plural: The noun for any other count; the singular with an `s` by default.
/// - Returns: Text such as `1 file` or `1,204 files`.
func counted(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
  "\(grouped(number)) \(number == 1 ? singular : plural ?? singular + "s")"
}

/// A number of bytes in decimal units.
///
/// - Parameter bytes: The number of bytes.
/// - Returns: Text such as `23.4 MB`.
func byteCount(_ bytes: Int) -> String {
  let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 999.5, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  let tenths = Int((value * 10).rounded())
  let text = unit == 0 || tenths >= 1000 ? String(Int(value.rounded())) : "\(tenths / 10).\(tenths % 10)"
  return "\(text) \(units[unit])"
}

/// An instant as people read it; a dash where there is none.
///
/// - Parameter time: The instant.
/// - Returns: Text such as `2026-11-20 11:58:10`.
func timeText(_ time: Timestamp?) -> String {
  guard let time else { return "–" }
  var text: [UInt8] = []
  time.append(to: &text)
  text.removeLast()
  text[text.count - "T00:00:00".utf8.count] = UInt8(ascii: " ")
  return String(decoding: text, as: UTF8.self)
}

/// The length of a stretch of time, in its largest fitting unit.
///
/// - Parameters:
///   - start: The first instant.
///   - end: The last instant.
/// - Returns: Text such as `80 days`.
func durationText(from start: Timestamp, to end: Timestamp) -> String {
  let (difference, overflow) = end.secondsSinceEpoch.subtractingReportingOverflow(start.secondsSinceEpoch)
  let seconds = Int(overflow ? .max : difference)
  return switch seconds {
  case ..<120: counted(seconds, "second")
  case ..<7200: counted(seconds / 60, "minute")
  case ..<172_800: counted(seconds / 3600, "hour")
  default: counted(seconds / 86_400, "day")
  }
}

/// How far a reading has come, as people read it.
///
/// - Parameters:
///   - files: How many files were finished.
///   - bytes: How many bytes were read.
/// - Returns: Text such as `12 files, 23.4 MB`.
package func progressText(files: Int, bytes: Int) -> String {
  "\(counted(files, "file")), \(byteCount(bytes))"
}
