// The member names that readers look at, found in one pass over a record's members.

import JSONStream

/// A member of a CloudTrail record, or of something that wraps one, that a reader looks at.
package enum RecordField: Int, CaseIterable, Sendable {
  // Of CloudTrail's records.
  case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress
  case userAgent, errorCode, errorMessage, requestParameters, responseElements
  case additionalEventData, eventID, resources, eventType, recipientAccountId, sharedEventID
  case vpcEndpointId, eventCategory, insightDetails
  // Of what wraps them.
  case timestamp, detail, digestS3Object, digestStartTime, awslogs, messageType, message
  case cloudTrailEvent, kinesis, source, result, raw, aws, event, classUID, eventData, field
  case value, index, create, body, sns, snsMessage, s3, data

  /// The names of the fields, in the order of the cases.
  static let names = JSONNames([
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
    "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
    "responseElements", "additionalEventData", "eventID", "resources", "eventType",
    "recipientAccountId", "sharedEventID", "vpcEndpointId", "eventCategory", "insightDetails",
    "@timestamp", "detail", "digestS3Object", "digestStartTime", "awslogs", "messageType", "message",
    "CloudTrailEvent", "kinesis", "_source", "result", "_raw", "aws", "event", "class_uid",
    "eventData", "field", "value", "index", "create", "body", "Sns", "Message", "s3", "data",
  ])
}

/// Where the fields of one object stand in a tape.
struct RecordFields {
  /// The index of each field's value by raw value, 0 where the object has no such member.
  private var values: [Int] = []

  /// Creates fields that are all absent.
  init() {}

  /// Finds the fields of an object; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - index: The index of the object.
  ///   - tape: The tape.
  ///   - bytes: The text of the tape.
  mutating func find(in index: Int, of tape: JSONTape, _ bytes: Span<UInt8>) {
    tape.find(RecordField.names, in: index, bytes, into: &values)
  }

  /// The index of a field's value, or `nil` where the object has no such member.
  subscript(field: RecordField) -> Int? {
    let index = values[field.rawValue]
    return index == 0 ? nil : index
  }
}
