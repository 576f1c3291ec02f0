// What denials say, read as bytes and as characters.

import IAM
import TestSupport
import Testing

@testable import Usage

@Suite("Denial messages")
struct DenialMessageTests {
  /// Law: reading bytes gives what reading characters gives.
  @Test("A message is cut at white space of any sort", arguments: UInt64(1)...40)
  func words(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "User: u is ", "not authorized to perform: ", "not authorized to perform: ", "s3:GetObject", "s3:",
      ":x", "ec2:Run",
      " ", " ", ",", ".", "on resource: ", " on resource: ", "arn:aws:s3:::b/k", "*", " because no", "\u{a0}",
      "\u{2003}",
      "\u{2028}", "\u{85}", "\u{3000}", "\u{1680}", "\u{205F}", "\t", "\n", "\u{e9}", "\u{2019}", "\u{1F600}",
      "\u{80}",
    ]
    for _ in 0..<500 {
      let message = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick(parts) ?? "" }.joined()
      let read = DenialMessage(message)
      let text = Self.read(message)
      #expect(read?.action == text?.action && read?.resource == text?.resource, "seed \(seed): \(message)")
    }
  }

  private static func read(_ message: String) -> (action: String, resource: String?)? {
    guard let verb = message.firstRange(of: "not authorized to perform: ") else { return nil }
    let rest = message[verb.upperBound...]
    let action = rest.prefix { !$0.isWhitespace && $0 != "," }
    guard ActionName(action) != nil else { return nil }
    guard let object = rest.firstRange(of: "on resource: ") else { return (String(action), nil) }
    var resource = rest[object.upperBound...].prefix { !$0.isWhitespace }
    while let last = resource.last, last == "." || last == "," { resource.removeLast() }
    return (String(action), resource.isEmpty ? nil : String(resource))
  }
}
