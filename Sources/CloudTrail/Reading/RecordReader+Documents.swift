// Forms that no single member tells, tried on documents that are nothing else.

import JSONStream

extension RecordReader {
  /// Reads a document whose form only several of its members tell together.
  ///
  /// - Parameters:
  ///   - document: The document.
  ///   - place: Where it stands.
  /// - Returns: Whether it is of a known form; if so, it has been read or counted.
  mutating func readDocument(_ document: JSONValue, _ place: Place) -> Bool {
    var inner = place
    inner.depth += 1
    if let record = ElasticRecord(document) {
      read(record: record.cloudTrailRecord, .elastic, inner)
    } else if let event = document["event"], event["eventName"] != nil || event["eventVersion"] != nil {
      // What the HTTP Event Collector of Splunk takes.
      read(record: event, .splunk, inner)
    } else if let text = document["event"]?.string?.utf8,
      text.first(where: { !$0.isJSONWhitespace }) == UInt8(ascii: "{")
    {
      inner.format = .splunk
      read(text: Array(text), inner)
    } else if readTable(document, inner) || readRow(document: document, inner)
      || readDeliveries(document, inner)
    {
      return true
    } else if let kind = RecordReader.kindWithoutEvents(document) {
      counted.skipped[kind, default: 0] += 1
    } else {
      return false
    }
    return true
  }

  /// Reads the records that Firehose hands to a function that transforms them.
  private mutating func readDeliveries(_ document: JSONValue, _ place: Place) -> Bool {
    let deliveries = document["records"]?.elements.compactMap { $0["data"]?.string } ?? []
    var place = place
    place.format = .cloudWatchLogs
    for data in deliveries { readBase64(Array(data.utf8), place) }
    return !deliveries.isEmpty
  }

  /// The kind of a document that holds no event, where several members tell it.
  private static func kindWithoutEvents(_ document: JSONValue) -> EventKind? {
    // CloudTrail Lake signs saved query results in a file of its own.
    if document["hashSignature"] != nil, document["files"] != nil { return .digest }
    // CloudTrail tells a topic of each file that it delivers.
    if document["s3Bucket"] != nil, document["s3ObjectKey"] != nil { return .notification }
    if document.members.count == 1, ["update", "delete"].contains(document.members[0].name) {
      return .bulkAction
    }
    return nil
  }
}
