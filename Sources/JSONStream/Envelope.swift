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
    // The longest name has 15 letters; most members are ruled out by their length and first letter.
    guard !node.hasEscapes, (6...17).contains(node.end - node.start) else { return nil }
    let isArray = byte == UInt8(ascii: "[")
    switch bytes[node.start + 1] {
    case UInt8(ascii: "R") where isArray: return isString(name, "Records", bytes) ? .records : nil
    case UInt8(ascii: "E") where isArray: return isString(name, "Events", bytes) ? .lookupEvents : nil
    case UInt8(ascii: "l") where isArray: return isString(name, "logEvents", bytes) ? .logEvents : nil
    case UInt8(ascii: "e") where isArray: return isString(name, "events", bytes) ? .events : nil
    case UInt8(ascii: "r") where isArray: return isString(name, "results", bytes) ? .results : nil
    case UInt8(ascii: "Q") where isArray:
      return isString(name, "QueryResultRows", bytes) ? .queryResultRows : nil
    case UInt8(ascii: "h"): return isString(name, "hits", bytes) ? .hits : nil
    default: return nil
    }
  }
}
