// What a denial says of itself: "User: … is not authorized to perform: ACTION on resource: RESOURCE because …".
//
// The message is the one place where AWS states which IAM action and resource a call was checked for.
//
// Invariant NAMES-ARE-OPAQUE (`NameLabels`) holds for the resource: what is looked for are separators and words of IAM's,
// none of which has a digit in it. The action is compared letter by letter (`TemplateTable`).

import CloudTrail
import IAM
import JSONStream

/// The action and resource that a denial message states.
struct DenialMessage: Hashable, Sendable {
  /// The action as the message spells it.
  let action: String
  /// The ARN or `*`, where the message states one.
  let resource: String?

  /// Reads a message, or returns `nil` where it states no action.
  ///
  /// - Parameter message: The record's `errorMessage`.
  init?(_ message: String) {
    let text = message.utf8.span
    let (verb, object): (StaticString, StaticString) = (Outcome.wordsBeforeAction, "on resource: ")
    guard let found = text.offset(of: verb) else { return nil }
    let start = found + verb.utf8CodeUnitCount
    var word = text.extracting(start..<DenialMessage.endOfWord(in: text, from: start))
    if let comma = word.offset(of: UInt8(ascii: ",")) { word = word.extracting(..<comma) }
    let action = String(bytes: word)
    guard ActionName(action) != nil else { return nil }
    self.action = action
    guard let stated = text.offset(of: object, from: start) else {
      resource = nil
      return
    }
    let name = stated + object.utf8CodeUnitCount
    var end = DenialMessage.endOfWord(in: text, from: name)
    while end > name, text[end - 1] == UInt8(ascii: ".") || text[end - 1] == UInt8(ascii: ",") { end -= 1 }
    resource = end > name ? String(bytes: text.extracting(name..<end)) : nil
  }

  /// Where the next white space stands, as Unicode has it, or else the end.
  private static func endOfWord(in text: Span<UInt8>, from start: Int) -> Int {
    (start..<text.count).first { place in
      // No byte of another character begins like these, and behind them the rest of the character stands.
      switch text[place] {
      case 0x09...0x0D, 0x20: true
      case 0xC2: text[place + 1] == 0x85 || text[place + 1] == 0xA0
      case 0xE1: text[place + 1] == 0x9A && text[place + 2] == 0x80
      case 0xE2:
        switch (text[place + 1], text[place + 2]) {
        case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): true
        default: false
        }
      case 0xE3: text[place + 1] == 0x80 && text[place + 2] == 0x80
      default: false
      }
    } ?? text.count
  }
}

/// Rule `denial-message`: the resource that the denial states.
///
/// Its wildcards are IAM's own and stand for what a service would assign; they are kept.
struct DeniedResources: ResourceRule {
  let name = "denial-message"
  /// Whether the rule answers with patterns or with whole ARNs.
  ///
  /// A whole ARN is what IAM checked, paths included, and better than anything that parameters tell.
  let patterns: Bool

  func resources(_ query: ResourceQuery) -> [String] {
    guard let message = query.call.denial,
      message.action.lowercased() == query.action.action.lowercased(),
      let arn = message.resource.flatMap(WellFormed.arn),
      arn.resource.hasByte(UInt8(ascii: "*")) == patterns,
      query.action.serviceTypes.types(of: arn).contains(query.type.name)
    else { return [] }
    return [arn.description]
  }
}
