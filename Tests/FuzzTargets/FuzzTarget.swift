// What is fuzzed: entry points for arbitrary bytes, with the laws that must hold whatever they are.
//
// One list serves the fuzzer (`Tests/Fuzzer`), which makes inputs up, and the tests, which replay the inputs of
// `testdata/fuzz`: a small corpus to start from, and every input that once broke something.

/// An entry point for arbitrary bytes.
package struct FuzzTarget: Sendable {
  /// The target's name; its corpus is the folder of that name in `testdata/fuzz`.
  package let name: String

  private let body: @Sendable ([UInt8]) -> String?

  /// Creates a target.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - body: Reads an input and tells the law that it broke, if any.
  init(_ name: String, _ body: @escaping @Sendable ([UInt8]) -> String?) {
    self.name = name
    self.body = body
  }

  /// Reads an input.
  ///
  /// - Parameter input: Any bytes.
  /// - Returns: The law that is broken, or `nil`.
  package func run(_ input: [UInt8]) -> String? { body(input) }

  /// All targets.
  package static let all: [FuzzTarget] = [
    .json, .framer, .logs, .tables, .compression, .usage, .templates, .policy, .arn, .wildcard, .times,
    .grants,
    .requests,
  ]
}
