// Exact decimal numbers for the numeric condition operators: no rounding, whatever the number of digits.

/// A decimal number of any size, compared exactly.
///
/// Kept as sign, digits without leading and trailing zeros, and the power of ten of the first digit: 1250 is
/// `[1, 2, 5]` with `exponent` 3. Zero has no digits.
struct DecimalNumber: Hashable, Sendable, Comparable {
  private let isNegative: Bool
  private let exponent: Int
  private let digits: [UInt8]

  /// Powers of ten beyond this are refused, so that adding them up cannot overflow.
  private static let exponentLimit = 1_000_000

  /// Parses `-12.50`, `.5` or `1e3`, or returns `nil` where the text is no number.
  ///
  /// - Parameter text: The text, without surrounding white space.
  init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes = bytes.dropFirst()
    }
    func takeDigits() -> ArraySlice<UInt8> {
      let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      bytes = bytes.dropFirst(digits.count)
      return digits
    }
    let whole = takeDigits()
    var fraction: ArraySlice<UInt8> = []
    if bytes.first == UInt8(ascii: ".") {
      bytes = bytes.dropFirst()
      fraction = takeDigits()
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    var scale = 0
    if let mark = bytes.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      let power = bytes.dropFirst()
      guard let value = Int(String(decoding: power, as: UTF8.self)),
        abs(value) <= DecimalNumber.exponentLimit
      else { return nil }
      scale = value
      bytes = []
    }
    guard bytes.isEmpty else { return nil }
    let all = whole + fraction
    let leadingZeros = all.prefix { $0 == UInt8(ascii: "0") }.count
    var digits = Array(all.dropFirst(leadingZeros))
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    self.digits = digits
    self.isNegative = isNegative && !digits.isEmpty
    exponent = digits.isEmpty ? 0 : whole.count - leadingZeros - 1 + scale
  }

  /// Orders numbers by value.
  static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isSmallerMagnitude(than: left) : left.isSmallerMagnitude(than: right)
  }

  private func isSmallerMagnitude(than other: DecimalNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if exponent != other.exponent { return exponent < other.exponent }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
