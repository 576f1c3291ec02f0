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
    guard let rest = message[...].rest(behindBytes: "not authorized to perform: ") else { return nil }
    // In printable ASCII, bytes are characters, and white space is a space.
    let isPlain = message.isPrintableASCII
    let action =
      isPlain
      ? Substring(rest.utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ",") })
      : rest.prefix { !$0.isWhitespace && $0 != "," }
    self.action = String(action)
    guard isPlain || action.contains(":"), DenialMessage.isAction(self.action) else { return nil }
    guard let stated = rest.rest(behindBytes: "on resource: ") else {
      resource = nil
      return
    }
    var text =
      isPlain
      ? Substring(stated.utf8.prefix { $0 != UInt8(ascii: " ") }) : stated.prefix { !$0.isWhitespace }
    while let last = text.last, last == "." || last == "," { text.removeLast() }
    resource = text.isEmpty ? nil : String(text)
  }

  /// Whether letters stand before and behind the first colon of a text.
  private static func isAction(_ text: String) -> Bool {
    let bytes = text.utf8.span
    var colon = 0
    while colon < bytes.count, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
    return colon > 0 && colon + 1 < bytes.count
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
