// ARNs of sessions of roles, taken apart where they stand.

import IAM

/// The ARN of a role's session: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, with or without the session's name.
package struct SessionARN {
  /// Where the segments stand.
  let segments: ARNSegments
  /// Where the name of the role stands.
  package let role: Range<Int>

  /// Takes an ARN apart, or returns `nil` where it is of no role's session.
  ///
  /// - Parameter text: The ARN.
  package init?(_ text: Span<UInt8>) {
    guard let segments = ARNSegments(text), text.holds("sts:", at: segments.service.lowerBound),
      text.holds("assumed-role/", at: segments.resource.lowerBound)
    else { return nil }
    let start = segments.resource.lowerBound + "assumed-role/".utf8.count
    role = start..<(text.offset(of: UInt8(ascii: "/"), from: start) ?? text.count)
    if role.isEmpty { return nil }
    self.segments = segments
  }

  /// Where the name of a session begins: behind the first slash behind `:assumed-role/` and the role.
  ///
  /// - Parameter text: An ARN, or any other text.
  /// - Returns: The place, which may be the end of the text; `nil` where it has none.
  package static func nameOfSession(in text: Span<UInt8>) -> Int? {
    guard let role = text.offset(of: ":assumed-role/"),
      let slash = text.offset(of: UInt8(ascii: "/"), from: role + ":assumed-role/".utf8.count)
    else { return nil }
    return slash + 1
  }
}
