// The members that may hold more than fits into memory.

/// A member of a document's outermost object whose array is passed on element by element.
///
/// CloudTrail and the tools that carry its events wrap them in one object with one long array; reading it as one
/// value would cost memory in proportion to the file. No CloudTrail event has a member with one of these names.
package enum Envelope: String, Hashable, Sendable, CaseIterable {
  /// CloudTrail's log files; also S3, SNS, SQS and Kinesis notifications.
  case records = "Records"
  /// `aws cloudtrail lookup-events`.
  case lookupEvents = "Events"
  /// CloudWatch Logs subscriptions.
  case logEvents = "logEvents"
  /// CloudWatch Logs `filter-log-events`.
  case events = "events"
  /// Splunk and CloudWatch Logs Insights results.
  case results = "results"
  /// CloudTrail Lake `get-query-results`.
  case queryResultRows = "QueryResultRows"
  /// Elasticsearch responses: the outer `hits` is an object that holds the array of the same name.
  case hits = "hits"
}

extension JSONTape {
  /// The envelope whose value begins at the cursor, if the automaton watches for them and there is one.
  func envelopeAtCursor(_ byte: UInt8, _ bytes: Span<UInt8>) -> Envelope? {
    guard state.watchesEnvelopes, state.open.count == 1, state.deepCount == 0, !state.isDiscarding,
      byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{"),
      let name = nodes.indices.last, nodes[0].kind == .object
    else { return nil }
    let node = nodes[name]
    guard !node.hasEscapes else { return nil }
    return Envelope(
      name: bytes.extracting(node.start + 1..<node.end - 1), isArray: byte == UInt8(ascii: "["))
  }
}

extension Envelope {
  /// Whether a name of a length may be one: this rules most members out.
  @inline(__always)
  static func mayHaveName(ofLength length: Int) -> Bool {
    switch length {
    case 4, 6, 7, 9, 15: true
    default: false
    }
  }

  /// The envelope of a name, if there is one: an object for `hits`, else an array.
  ///
  /// - Parameters:
  ///   - name: The content of the name.
  ///   - isArray: Whether the member's value is an array; else it is an object.
  init?(name: Span<UInt8>, isArray: Bool) {
    guard Envelope.mayHaveName(ofLength: name.count) else { return nil }
    let candidate: Envelope? =
      switch name[0] {
      case UInt8(ascii: "R"): .records
      case UInt8(ascii: "E"): .lookupEvents
      case UInt8(ascii: "l"): .logEvents
      case UInt8(ascii: "e"): .events
      case UInt8(ascii: "r"): .results
      case UInt8(ascii: "Q"): .queryResultRows
      case UInt8(ascii: "h"): .hits
      default: nil
      }
    guard let candidate, isArray || candidate == .hits else { return nil }
    let wanted = candidate.rawValue.utf8
    guard wanted.count == name.count else { return nil }
    for (place, byte) in wanted.enumerated() where name[place] != byte { return nil }
    self = candidate
  }
}
