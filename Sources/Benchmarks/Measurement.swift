// Runs a scenario and says how long it took.

import Glibc

/// The figures of one scenario.
struct Measurement: Sendable {
  /// The time of each round, ascending.
  let seconds: [Double]
  /// What one round did.
  let round: Scenario.Round
  /// How long the threads of the measured processes were running in one round, where that was measured.
  let cpuSeconds: Double?
  /// The most memory that the measured process held, in bytes; without one, that this process ever held.
  let peakMemory: Int
  /// What the measured process does, counted; `nil` without one.
  let counts: CommandCounts?

  /// Runs a scenario: one round to warm up, then rounds until there are at least five and two seconds have passed.
  ///
  /// A first round of five seconds or more is the measurement.
  ///
  /// - Parameter scenario: The scenario.
  /// - Throws: What the scenario throws.
  init(_ scenario: Scenario) throws {
    let work = try scenario.prepare()
    let (first, warmUp) = try Self.timed(work)
    var round = warmUp
    var seconds = first < 5 ? [] : [first]
    var cpuSeconds = first < 5 ? [] : [warmUp.cpuSeconds].compactMap { $0 }
    var peak = warmUp.peakMemory ?? 0
    while first < 5, seconds.count < 5 || (seconds.reduce(0, +) < 2 && seconds.count < 1000) {
      let time: Double
      (time, round) = try Self.timed(work)
      seconds.append(time)
      cpuSeconds += [round.cpuSeconds].compactMap { $0 }
      peak = max(peak, round.peakMemory ?? 0)
    }
    self.round = round
    self.seconds = seconds.sorted()
    self.cpuSeconds = cpuSeconds.isEmpty ? nil : cpuSeconds.sorted()[cpuSeconds.count / 2]
    counts = round.command.map { CommandCounts($0) }
    if peak > 0 {
      peakMemory = peak
      return
    }
    var usage = rusage()
    // The kernel reports kilobytes.
    peakMemory =
      unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : 0
  }

  /// The seconds that a round takes, and what it did.
  private static func timed(_ work: () throws -> Scenario.Round) rethrows -> (Double, Scenario.Round) {
    let start = ContinuousClock.now
    let round = try work()
    let time = (ContinuousClock.now - start).components
    return (Double(time.seconds) + Double(time.attoseconds) / 1e18, round)
  }

  /// The middle one of the rounds' times.
  var median: Double { seconds[seconds.count / 2] }

  /// The figures in one line.
  ///
  /// - Parameter unit: What a unit of work is called.
  /// - Returns: The line.
  func text(unit: String) -> String {
    let each = median / Double(max(1, round.units))
    var text = "\(scaled(each))s/\(unit)  \(scaled(1 / each)) \(unit)/s"
    if let bytes = round.bytes { text += "  \(scaled(Double(bytes) / median))B/s" }
    let (fastest, slowest) = (seconds[0], seconds[seconds.count - 1])
    text += "  median \(scaled(median))s of \(seconds.count) (\(scaled(fastest))s to \(scaled(slowest))s)"
    if let cpuSeconds { text += "  CPU \(scaled(cpuSeconds))s" }
    text += "  peak \(scaled(Double(peakMemory)))B"
    if let counts {
      func count(_ count: Int?, _ name: String, per size: Int, _ unit: String) -> String {
        guard let count else { return "  \(name) not available" }
        return "  \(name) \(scaled(Double(count)))(\(scaled(Double(count) / Double(max(1, size))))a \(unit))"
      }
      text += count(counts.allocations, "allocations", per: round.units, unit)
      text += count(counts.instructions, "instructions", per: round.bytes ?? round.units, "byte")
    }
    if let note = round.note { text += "  \(note)" }
    return text
  }
}

/// A number with three digits and the prefix of its power of a thousand.
///
/// - Parameter number: The number.
/// - Returns: The text, with a space before the prefix; a unit follows it directly.
func scaled(_ number: Double) -> String {
  let prefixes = [(1e9, " G"), (1e6, " M"), (1e3, " k"), (1, " "), (1e-3, " m"), (1e-6, " µ"), (1e-9, " n")]
  let (size, prefix) = prefixes.first { number >= $0.0 } ?? (1e-12, " p")
  let value = number / size
  let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  var factor = 1.0
  for _ in 0..<digits { factor *= 10 }
  let rounded = Int((value * factor).rounded())
  let text = String(rounded)
  guard digits > 0 else { return text + prefix }
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return "\(padded.dropLast(digits)).\(padded.suffix(digits))\(prefix)"
}
