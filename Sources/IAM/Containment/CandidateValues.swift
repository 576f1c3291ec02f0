// Representatives of the classes into which conditions part the values of a key.

/// Collects values worth trying for a condition key: those that policies name, and their neighbours.
struct CandidateValues {
  private var texts: [String] = []
  private var numbers: [Double] = []
  private var instants: [Int64] = []

  /// Adds the values of a condition.
  ///
  /// - Parameters:
  ///   - values: The values; those with variables are skipped.
  ///   - comparison: How they are compared, negation aside.
  /// - Returns: Whether the candidates represent all classes of values that the condition tells apart.
  mutating func add(_ values: [VariableText], comparison: ConditionOperator.Comparison) -> Bool {
    var isComplete = true
    for value in values {
      guard value.isConstant, let text = value.resolvedText(in: RequestContext()) else { continue }
      switch comparison {
      case .numericEquals, .numericLessThan, .numericLessThanEquals, .numericGreaterThan,
        .numericGreaterThanEquals:
        isComplete = addNumber(text) && isComplete
      case .dateEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan, .dateGreaterThanEquals:
        isComplete = addDate(text) && isComplete
      case .ipAddress: addNetwork(text)
      case .bool: texts += ["true", "false"]
      case .null: break
      case .stringLike, .arnEquals, .arnLike:
        texts.append(text.replacing("*", with: "").replacing("?", with: "x"))
      default: texts.append(text)
      }
    }
    return isComplete
  }

  /// The candidates: a plain text first, which no number, date or network is, and then all others.
  var all: [String] {
    var all = ["x", "example"]
    var number = 0
    while texts.contains(all[0]) {
      all[0] = "x\(number)"
      number += 1
    }
    all += texts
    let sorted = numbers.sorted()
    for (index, value) in sorted.enumerated() {
      all.append(CandidateValues.text(value))
      if index + 1 < sorted.count { all.append(CandidateValues.text((value + sorted[index + 1]) / 2)) }
    }
    if let least = sorted.first, let greatest = sorted.last {
      all += [CandidateValues.text(least - 1), CandidateValues.text(greatest + 1)]
    }
    for instant in instants {
      for neighbour in [instant - 1, instant, instant + 1] {
        let date = Timestamp(secondsSinceEpoch: neighbour).description
        all += [date, String(date.dropLast()) + ".5Z"]
      }
    }
    var seen: Set<[UInt8]> = []
    return all.filter { seen.insert(Array($0.utf8)).inserted }
  }

  /// A number as text; whole numbers without a fraction.
  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }

  /// Adds a number; `false` where floating point might not tell it from its neighbours and what lies between.
  private mutating func addNumber(_ text: String) -> Bool {
    guard let exact = DecimalNumber(text) else { return true }
    guard let value = Double(text), abs(value) < 1e15, value == value.rounded() || abs(value) < 1e9,
      text.utf8.count < 20, (value * 1e6).rounded() / 1e6 == value,
      DecimalNumber(CandidateValues.text(value)) == exact
    else {
      texts.append(text)
      return false
    }
    numbers.append(value)
    return true
  }

  /// Adds a date; `false` where it has a fraction of a second or another form than ISO 8601.
  private mutating func addDate(_ text: String) -> Bool {
    guard PolicyDate(text) != nil else { return true }
    guard let instant = Timestamp(iso8601: text), abs(instant.secondsSinceEpoch) < 1 << 40 else {
      texts.append(text)
      return false
    }
    instants.append(instant.secondsSinceEpoch)
    return !text.utf8.contains(UInt8(ascii: ".")) && !text.utf8.contains(UInt8(ascii: ","))
  }

  /// Adds the first and the last address of a network, and what lies before and behind it.
  private mutating func addNetwork(_ text: String) {
    texts += ["192.0.2.1", "2001:db8::1"]
    guard let network = IPNetwork(text) else { return }
    let width = network.isIPv4 ? 32 : 128
    let hostBits = UInt128(width - network.prefixLength)
    let hosts: UInt128 = hostBits == 128 ? .max : (1 << hostBits) - 1
    let greatest: UInt128 = width == 128 ? .max : (1 << 32) - 1
    let first = network.address
    let last = first + hosts
    var addresses = [first, last]
    if first > 0 { addresses.append(first - 1) }
    if last < greatest { addresses.append(last + 1) }
    for address in addresses { texts.append(CandidateValues.text(address, isIPv4: network.isIPv4)) }
  }

  private static func text(_ address: UInt128, isIPv4: Bool) -> String {
    isIPv4
      ? [24, 16, 8, 0].map { String(address >> UInt128($0) & 0xFF) }.joined(separator: ".")
      : (0..<8).reversed().map { String(address >> UInt128($0 * 16) & 0xFFFF, radix: 16) }.joined(
        separator: ":")
  }
}
