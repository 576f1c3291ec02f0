// Random JSON, weighted towards what breaks readers.

package import JSONStream

/// Makes JSON values and texts from a seeded generator.
package struct JSONGenerator {
  /// The source of randomness.
  package var random: SeededGenerator

  /// Creates a generator.
  ///
  /// - Parameter seed: Equal seeds give equal values.
  package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// A random value.
  ///
  /// - Parameter depth: How many containers may nest.
  /// - Returns: The value.
  package mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2:
      return .number(
        ["0", "-1", "12.50", "1e9", "-0.0E-7", "123456789012345678901234567890"].randomElement(using: &random)
          ?? "0")
    case 3, 4: return .string(string())
    case 5, 6:
      return .object(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in JSONMember(string(), value(depth: depth - 1)) }
      )
    default: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1) })
    }
  }

  /// A random string: ASCII, brackets and quotes, escapes, control characters, astral characters.
  package mutating func string() -> String {
    let pieces = [
      "a", "eventName", "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\u{0}", "\u{7F}", "é", "\u{2028}",
      "😀", "/", " ", "u0041", "\u{85}",
    ]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined()
  }

  /// A text of the value with random white space and randomly escaped characters.
  ///
  /// - Parameter value: The value to write.
  /// - Returns: The text.
  package mutating func text(of value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(pretty: Bool.random(using: &random))
    writer.write(value)
    return writer.bytes
  }

  /// The text with one byte replaced, removed or repeated.
  ///
  /// - Parameter text: The text to damage.
  /// - Returns: The damaged text.
  package mutating func damaged(_ text: [UInt8]) -> [UInt8] {
    guard !text.isEmpty else { return [UInt8.random(in: 0...255, using: &random)] }
    var damaged = text
    let place = Int.random(in: 0..<text.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: damaged[place] = Array("{}[]\",:\\0e-. tx\u{1}\u{FF}".utf8).randomElement(using: &random) ?? 0
    case 1: damaged.remove(at: place)
    default: damaged.insert(damaged[place], at: place)
    }
    return damaged
  }
}
