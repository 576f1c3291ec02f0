// The command line of the measurements, as inert values.

/// What is measured, and how much of it.
enum Settings {
  /// How to use the program.
  static let help = """
    swift run -c release Benchmarks [NAME…] [--filter TEXT] [--size MB] [--list]

      NAME           measure these scenarios; all of them without a name
      --filter TEXT  measure the scenarios with this text in their names
      --size MB      how much JSON the scenarios on logs read; 20 by default
      --list         list the scenarios
      --trail DIR    write a trail and stop, for other programs to be measured on
        --form FORM       records, packed, lines or packedLines; packed by default
        --files N         over how many files it is spread; 1000 by default
        --seed N          what it is made from; 1 by default
        --principals N    how many roles and users act; 500 by default
        --diversity N     how many resources of one kind a principal uses at most; 512 by default
        --period N        after how many events the same calls come again; never by default

    Build everything first (`swift build -c release`): `whittle` itself is measured as a process of its own.

    Every figure is the median of at least five rounds. Figures of different machines, or of different days on one
    machine, are not comparable: compare scenarios of one run.
    """

  /// The words of the command line.
  private static let words = Array(CommandLine.arguments.dropFirst())

  /// Options that have a value.
  private static let valued = [
    "--filter", "--size", "--trail", "--form", "--files", "--seed", "--principals", "--diversity", "--period",
  ]

  /// The value of an option, or `nil` where it is not given.
  static func value(_ option: String) -> String? {
    words.firstIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
  }

  /// Whether a switch is given.
  static func has(_ option: String) -> Bool { words.contains(option) }

  /// The value of an option that is a number.
  ///
  /// - Parameters:
  ///   - option: The option.
  ///   - standard: What it is where the option is not given or no positive number.
  /// - Returns: The number.
  static func number(_ option: String, _ standard: Int) -> Int {
    value(option).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? standard
  }

  /// How much JSON is read, in bytes.
  static let size = number("--size", 20) * 1_000_000

  /// What the trail that is written is like.
  static var model: TrailModel {
    var model = TrailModel()
    model.seed = UInt64(number("--seed", 1))
    model.principals = number("--principals", model.principals)
    model.diversity = number("--diversity", model.diversity)
    model.period = value("--period").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    return model
  }

  /// The names of scenarios.
  static var names: [String] {
    words.indices.filter { !words[$0].hasPrefix("-") && ($0 == 0 || !valued.contains(words[$0 - 1])) }.map {
      words[$0]
    }
  }

  /// The first option that there is not.
  static var unknownOption: String? {
    words.first { $0.hasPrefix("-") && !(valued + ["--list", "--help", "-h"]).contains($0) }
  }
}
