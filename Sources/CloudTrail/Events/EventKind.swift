// What sort of record CloudTrail, or whatever carried it, has written.

import JSONStream

/// The kind of a record; raw values are the keys of `notCalls` and `skipped` in machine output.
///
/// See "CloudTrail record contents" (`eventType`, `eventCategory`) in the CloudTrail User Guide.
public enum EventKind: String, Hashable, Sendable, CaseIterable {
  /// A call of an API (`AwsApiCall`).
  case apiCall
  /// An action in the console that no public API has (`AwsConsoleAction`).
  case consoleAction
  /// A call by all signs, but with no event type, or with one that AWS does not document.
  case untypedCall
  /// A sign-in to the console and what goes with it (`AwsConsoleSignIn`).
  case signIn
  /// Something that a service did by itself (`AwsServiceEvent`).
  case serviceEvent
  /// A call through a VPC endpoint, recorded beside the record of the call itself (`AwsVpceEvent`).
  case networkActivity
  /// An Insights event; never given to consumers.
  case insight
  /// A digest file; never given to consumers.
  case digest
  /// A summary of data events; never given to consumers. The events themselves may be missing from the trail.
  case aggregated
  /// A notification of S3, SNS or SQS, with no event in it; never given to consumers.
  case notification
  /// A message by which CloudWatch Logs checks a destination; never given to consumers.
  case controlMessage
  /// An action line of an Elasticsearch bulk request; never given to consumers.
  case bulkAction
  /// A row of a query that selected too little to be an event; never given to consumers.
  case partialRow
  /// A record of another product; never given to consumers.
  case otherProduct
  /// JSON of no known form; never given to consumers as an event.
  case unrecognized

  /// Whether records of this kind are calls under an identity's permissions (SEMANTICS §3).
  public var isCall: Bool {
    switch self {
    case .apiCall, .consoleAction, .untypedCall: true
    default: false
    }
  }

  /// Whether records of this kind are events that consumers get.
  public var isEvent: Bool {
    switch self {
    case .signIn, .serviceEvent, .networkActivity: true
    default: isCall
    }
  }

  /// Decides the kind of a record of CloudTrail.
  ///
  /// - Parameters:
  ///   - eventType: The record's `eventType`.
  ///   - eventCategory: The record's `eventCategory`.
  ///   - eventSource: The record's `eventSource`.
  init(eventType: String?, eventCategory: String?, eventSource: String?) {
    switch eventCategory {
    case "Insight": self = .insight
    case "Aggregated": self = .aggregated
    case "NetworkActivity": self = .networkActivity
    default:
      switch eventType {
      case "AwsApiCall": self = .apiCall
      case "AwsServiceEvent": self = .serviceEvent
      // The second spelling stands in real records.
      case "AwsConsoleSignIn", "AwsConsoleSignin": self = .signIn
      case "AwsConsoleAction": self = .consoleAction
      case "AwsVpceEvent": self = .networkActivity
      case "AwsAggregatedEvent": self = .aggregated
      // The second spelling stands in records of the wild.
      case "AwsCloudTrailInsight", "AWSCloudTrailInsight": self = .insight
      case .none where eventSource == "signin.amazonaws.com": self = .signIn
      default: self = .untypedCall
      }
    }
  }
}

extension EventKind {
  /// Whether a record is a call of an API by its letters alone, as nearly all are: `AwsApiCall` with the category
  /// `Management` or `Data`, or none.
  ///
  /// - Parameters:
  ///   - nodes: The nodes of the record's tape.
  ///   - text: The text of the tape.
  ///   - fields: Where the record's members stand.
  /// - Returns: Whether it is; `false` where only decoding tells.
  @inline(__always)
  static func isPlainCall(
    _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer, _ fields: RecordFields
  ) -> Bool {
    // All offsets come from the tape, which has checked them against this text; words may overlap.
    func holds(_ node: JSONTape.Node, _ first: UInt64, _ last: UInt64) -> Bool {
      func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      return node.end &- node.start == 12 && word(node.start) == first && word(node.end &- 8) == last
    }
    guard let type = fields[.eventType], unsafe nodes[type].isString,
      // `"AwsApiCall"`
      unsafe holds(nodes[type], 0x4369_7041_7377_4122, 0x226C_6C61_4369_7041)
    else { return false }
    guard let category = fields[.eventCategory], unsafe !nodes[category].isAbsent else { return true }
    let node = unsafe nodes[category]
    guard node.isString else { return false }
    // `"Management"`
    if holds(node, 0x6D65_6761_6E61_4D22, 0x2274_6E65_6D65_6761) { return true }
    // `"Data"`
    guard node.end &- node.start == 6 else { return false }
    return unsafe text[node.start &+ 1..<node.end &- 1].elementsEqual("Data".utf8)
  }
}

extension CloudTrailEvent {
  /// What sort of event this is.
  public var kind: EventKind {
    EventKind(eventType: eventType, eventCategory: eventCategory, eventSource: eventSource)
  }
}
