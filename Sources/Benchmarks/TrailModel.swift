// What a made-up trail is like, and the random numbers that it is made from.

import Glibc

/// The proportions of a trail.
///
/// They are those of accounts whose logs were looked at: principals follow Zipf's law with an exponent of 1.05, and
/// each of them keeps to the work of its own kind; of the resources of one kind a principal uses a few often and many
/// seldom, so that the logarithm of a resource's rank is uniform; about one event in fifteen is refused, and one in a
/// thousand is delivered twice.
struct TrailModel: Sendable {
  /// What the trail is made from: equal seeds give equal bytes.
  var seed: UInt64 = 1
  /// How many roles and users act.
  var principals = 500
  /// Over how many accounts they are spread.
  var accounts = 4
  /// How many resources of one kind a principal uses at most.
  var diversity = 512
  /// After how many events the same calls come again, at other times and with other ids; `nil` for never.
  var period: Int?
  /// Which share of the events is delivered twice.
  var duplicates = 0.001

  /// The regions, the busiest first.
  static let regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"]

  /// The number of an account.
  ///
  /// - Parameter index: Which account.
  /// - Returns: Twelve digits.
  static func account(_ index: Int) -> String {
    String(100_000_000_000 + (UInt64(index) &+ 1) &* 7_919_486_211 % 899_999_999_999)
  }
}

/// Random numbers from a seed: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators").
struct TrailDice: Sendable {
  private var state: UInt64

  /// Creates a series.
  ///
  /// - Parameter seed: What the series is made from.
  init(_ seed: UInt64) { state = seed }

  /// The number that stands for others: where they are the same, so is it.
  ///
  /// - Parameter parts: The others.
  /// - Returns: The number.
  static func hash(_ parts: UInt64...) -> UInt64 {
    var dice = TrailDice(0)
    for part in parts {
      dice.state ^= part
      dice.state = dice.next()
    }
    return dice.state
  }

  /// The next number.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number below a bound.
  ///
  /// - Parameter bound: The bound; 1 and less give 0.
  /// - Returns: The number.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// A number from 0 to 1.
  mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// A number of the normal distribution.
  mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * Double.pi * unit()) }

  /// A rank whose logarithm is uniform: 0 most often.
  ///
  /// - Parameter count: How many ranks there are.
  /// - Returns: The rank.
  mutating func rank(of count: Int) -> Int { min(count - 1, Int(exp(unit() * log(Double(count) + 1))) - 1) }
}
