// The source of randomness of every property test: a failure prints its seed, and the seed brings it back.

/// SplitMix64: a small generator whose whole state is the seed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates a generator.
  ///
  /// - Parameter seed: Equal seeds give equal sequences.
  package init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// One of the elements, or `nil` if there is none.
  ///
  /// - Parameter elements: What to choose from.
  /// - Returns: An element, each as likely as the others.
  package mutating func pick<C: RandomAccessCollection>(_ elements: C) -> C.Element? {
    elements.randomElement(using: &self)
  }

  /// Whether an event of the given probability happens.
  ///
  /// - Parameter probability: From 0 to 1.
  /// - Returns: `true` with that probability.
  package mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }

  /// A text over a small alphabet.
  ///
  /// - Parameters:
  ///   - alphabet: The characters to draw from.
  ///   - lengths: The lengths to draw from.
  /// - Returns: The text.
  package mutating func text(over alphabet: [Character], lengths: ClosedRange<Int>) -> String {
    let count = Int.random(in: lengths, using: &self)
    return String((0..<count).compactMap { _ in pick(alphabet) })
  }
}
