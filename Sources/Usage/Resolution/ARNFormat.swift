// ARN formats of the Service Authorization Reference: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
//
// A format does two jobs. It tells whether an ARN is one of its resource type, and what stands where its placeholders
// stand; and it builds an ARN from values. Text that the service assigns and no policy can know beforehand is written
// as `*`. Characters of a value that a policy would read as a pattern are written as IAM's `${*}`, `${?}`, `${$}`, so
// that the resource of a requirement is always a valid `Resource` element.

import IAM
import JSONStream

/// One ARN format.
///
/// A class, because formats are handed about a great deal and never change.
final class ARNFormat: Hashable, Sendable {
  /// A piece of the resource part.
  enum Token: Hashable, Sendable {
    /// Text as it stands.
    case literal(String)
    /// A placeholder, without `${}`.
    case placeholder(String)
  }

  /// A piece of the resource part as it is matched.
  private enum Piece: Sendable {
    /// Bytes as they stand.
    case literal([UInt8])
    /// A placeholder, with the byte that its value may not hold at the end of the resource part.
    case placeholder(forbidden: UInt8?)
  }

  /// The format as the table writes it.
  let text: String
  /// The service segment, such as `s3`.
  let service: String
  /// What stands in the region segment.
  let region: [Token]
  /// What stands in the account segment.
  let account: [Token]
  /// What stands behind the fifth colon.
  let resource: [Token]
  /// Whether the service segment has a placeholder.
  private let hasOpenService: Bool
  /// The pieces of the resource part as bytes.
  private let pieces: [Piece]
  /// How telling the format is: its number of literal characters, then of placeholders.
  let specificity: (literals: Int, placeholders: Int)
  /// The placeholders of the resource part, in order.
  let placeholders: [String]
  /// The names of these, taken apart.
  let names: [PlaceholderName]

  /// Parses a format, or returns `nil` where the text is none.
  ///
  /// - Parameter text: The format.
  init?(_ text: String) {
    guard let segments = ARNFormat.segments(text) else { return nil }
    self.text = text
    self.service = segments[2]
    self.region = ARNFormat.tokens(segments[3])
    self.account = ARNFormat.tokens(segments[4])
    resource = ARNFormat.tokens(segments[5])
    hasOpenService = service.utf8.contains(UInt8(ascii: "$"))
    var literals = 0
    for case .literal(let text) in resource { literals += text.utf8.count }
    placeholders = resource.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
    specificity = (literals, placeholders.count)
    names = placeholders.map { PlaceholderName($0) }
    pieces = resource.map { token in
      switch token {
      case .literal(let text): .literal(Array(text.utf8))
      case .placeholder(let name): .placeholder(forbidden: ARNFormat.forbidden[name])
      }
    }
  }

  /// Whether two formats are written alike.
  static func == (left: ARNFormat, right: ARNFormat) -> Bool { left.text == right.text }

  /// Hashes the text.
  func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Splits at the first five colons outside `${…}`.
  private static func segments(_ text: String) -> [String]? {
    var segments: [String] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var inside = false
    for place in bytes.indices where segments.count < 5 {
      switch bytes[place] {
      case UInt8(ascii: "{"): inside = true
      case UInt8(ascii: "}"): inside = false
      case UInt8(ascii: ":") where !inside:
        segments.append(String(text[start..<place]))
        start = bytes.index(after: place)
      default: continue
      }
    }
    segments.append(String(text[start...]))
    return segments.count == 6 && segments[0] == "arn" && !segments[5].isEmpty ? segments : nil
  }

  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var rest = text[...]
    while let start = rest.offset(ofBytes: "${") {
      let open = rest.utf8.index(rest.startIndex, offsetBy: start)
      let inner = rest.utf8.index(open, offsetBy: 2)
      guard let end = rest.utf8[inner...].firstIndex(of: UInt8(ascii: "}")) else { break }
      if open > rest.startIndex { tokens.append(.literal(String(rest[..<open]))) }
      tokens.append(.placeholder(String(rest[inner..<end])))
      rest = rest[rest.utf8.index(after: end)...]
    }
    if !rest.isEmpty { tokens.append(.literal(String(rest))) }
    return tokens
  }
}

extension ARNFormat {
  /// What stands in the place of each placeholder of the resource part, or `nil` where the ARN is not of this format.
  ///
  /// Every placeholder takes at least one character. All but the last take as few as they can, so that the parts of
  /// a path end at the next literal. An account may be empty (resources that AWS owns) and so may what the format
  /// leaves empty; a region that the format asks for must be there.
  ///
  /// - Parameter arn: The ARN.
  /// - Returns: One text a placeholder.
  func bindings(_ arn: ARN) -> [String]? {
    var bindings: [String] = []
    let resource = arn.resource
    let isMatch = match(arn) { range in
      let start = resource.utf8.index(resource.startIndex, offsetBy: range.lowerBound)
      bindings.append(
        String(decoding: resource.utf8[start...].prefix(range.count), as: UTF8.self))
    }
    return isMatch ? bindings : nil
  }

  /// Characters that names at the end of a format cannot hold, where taking them would make one type's ARN another's: an
  /// object no bucket, a subscription no topic.
  private static let forbidden: [String: UInt8] = [
    "BucketName": UInt8(ascii: "/"), "TopicName": UInt8(ascii: ":"), "QueueName": UInt8(ascii: ":"),
  ]

  private static func segment(_ text: String, fits tokens: [Token], mayBeEmpty: Bool) -> Bool {
    guard let first = tokens.first else { return text.isEmpty }
    if tokens.count == 1, case .literal(let literal) = first { return literal == text || literal == "*" }
    return mayBeEmpty || !text.isEmpty
  }

  /// The byte with which resource parts of this format begin; `nil` where any will do.
  var firstByte: UInt8? {
    if case .literal(let literal)? = pieces.first { literal.first } else { nil }
  }

  /// Whether an ARN is of this format.
  ///
  /// - Parameter arn: The ARN, or a pattern of ARNs.
  /// - Returns: Whether it is.
  func matches(_ arn: ARN) -> Bool { match(arn) { _ in } }

  /// Matches an ARN, and visits what stands in the place of each placeholder of the resource part.
  ///
  /// Placeholders match anything, so the first place where the literal behind one fits is as good as any later one, and
  /// nothing has to be tried twice, however hostile the text; only a literal at the very end is looked for there.
  private func match(_ arn: ARN, _ visit: (Range<Int>) -> Void) -> Bool {
    let text = arn.resource.utf8.span
    // Most formats of a service are ruled out by how the resource part begins.
    if case .literal(let literal)? = pieces.first, !ARNFormat.stands(literal, in: text, at: 0) {
      return false
    }
    guard hasOpenService || arn.service == service,
      ARNFormat.segment(arn.region, fits: region, mayBeEmpty: false),
      ARNFormat.segment(arn.account, fits: account, mayBeEmpty: true)
    else { return false }
    var position = 0
    for index in pieces.indices {
      switch pieces[index] {
      case .literal(let literal):
        guard ARNFormat.stands(literal, in: text, at: position) else { return false }
        position += literal.count
      case .placeholder(let forbidden):
        guard position < text.count, let end = self.end(of: index, from: position + 1, in: text) else {
          return false
        }
        if end == text.count, let forbidden {
          for place in position..<end where text[place] == forbidden { return false }
        }
        visit(position..<end)
        position = end
      }
    }
    return position == text.count
  }

  /// Whether a literal stands at a place of a text.
  private static func stands(_ literal: [UInt8], in text: Span<UInt8>, at start: Int) -> Bool {
    guard literal.count <= text.count - start else { return false }
    for place in literal.indices where text[start + place] != literal[place] { return false }
    return true
  }

  /// Where the text of a placeholder ends: before the literal behind it, or at the end of the text.
  private func end(of index: Int, from start: Int, in text: Span<UInt8>) -> Int? {
    guard index + 1 < pieces.count else { return text.count }
    guard case .literal(let next) = pieces[index + 1] else { return start }
    if index + 2 == pieces.count {
      let end = text.count - next.count
      return end >= start && ARNFormat.stands(next, in: text, at: end) ? end : nil
    }
    var end = start
    while end + next.count <= text.count {
      if ARNFormat.stands(next, in: text, at: end) { return end }
      end += 1
    }
    return nil
  }

  /// An ARN of this format.
  ///
  /// - Parameters:
  ///   - place: The partition, region and account.
  ///   - values: What stands in the place of each placeholder of the resource part; `nil` for what the service assigns,
  ///     which becomes `*`.
  /// - Returns: The ARN, or `nil` where a segment that the format asks for is not known.
  func filled(_ place: Place, _ values: [String?]) -> String? {
    var text: [UInt8] = []
    text.reserveCapacity(128)
    text.append(literal: "arn:")
    text.append(text: place.partition)
    text.append(literal: ":")
    text.append(text: service)
    text.append(literal: ":")
    guard ARNFormat.fill(region, place, &text) else { return nil }
    text.append(literal: ":")
    guard ARNFormat.fill(account, place, &text) else { return nil }
    text.append(literal: ":")
    var next = 0
    for token in resource {
      switch token {
      case .literal(let literal): text.append(text: literal)
      case .placeholder:
        guard next < values.count else { return nil }
        text.append(text: values[next].map(ResourcePattern.escaped) ?? "*")
        next += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends a segment, or returns `false` where it asks for a region that is not known.
  private static func fill(_ tokens: [Token], _ place: Place, _ text: inout [UInt8]) -> Bool {
    for token in tokens {
      switch token {
      case .literal(let literal): text.append(text: literal)
      case .placeholder(let name):
        if name.hasPrefix("Region") {
          guard let region = place.region else { return false }
          text.append(text: region)
        } else {
          text.append(text: name.hasPrefix("Account") ? place.account ?? "*" : "*")
        }
      }
    }
    return true
  }
}

/// Where a resource is: the segments of an ARN that the event as a whole tells.
struct Place: Hashable, Sendable {
  /// The partition.
  var partition: String
  /// The region, where known.
  var region: String?
  /// The account; empty for what AWS owns, `nil` where it is not known, which is written as `*`.
  var account: String?
}

/// How text from a log is written in a resource pattern.
enum ResourcePattern {
  /// The pattern that matches an ARN alone.
  ///
  /// - Parameter arn: The ARN.
  /// - Returns: The pattern.
  static func text(_ arn: ARN) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(128)
    text.append(literal: "arn")
    for segment in [arn.partition, arn.service, arn.region, arn.account, escaped(arn.resource)] {
      text.append(literal: ":")
      text.append(text: segment)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a policy may read a byte as something else than itself.
  private static func isTelling(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "$")
  }

  /// The text with `*`, `?` and `${` written as IAM's variables for them.
  ///
  /// See "IAM policy elements: Variables and tags" in the IAM User Guide: `${*}`, `${?}` and `${$}` stand for the
  /// characters themselves.
  ///
  /// - Parameter text: Text from a record.
  /// - Returns: The text as a pattern that matches it alone.
  static func escaped(_ text: String) -> String {
    let bytes = text.utf8.span
    var place = 0
    while place < bytes.count, !ResourcePattern.isTelling(bytes[place]) { place += 1 }
    if place == bytes.count { return text }
    var result = ""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "*", "?": result += "${\(scalar)}"
      case "{" where previous == "$":
        result.unicodeScalars.removeLast()
        result += "${$}{"
      default: result.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return result
  }
}
