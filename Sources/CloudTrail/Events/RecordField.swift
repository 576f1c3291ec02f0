// The member names that readers look at, found in one pass over a record's members.

import JSONStream

/// A member of a CloudTrail record, or of something that wraps one, that a reader looks at.
enum RecordField: Int, CaseIterable {
  // Of CloudTrail's records.
  case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress
  case userAgent, errorCode, errorMessage, requestParameters, responseElements
  case additionalEventData, eventID, resources, eventType, recipientAccountId, sharedEventID
  case vpcEndpointId, eventCategory, insightDetails
  // Of what wraps them.
  case timestamp, detail, digestS3Object, digestStartTime, awslogs, messageType, message
  case cloudTrailEvent, kinesis, source, result, raw, aws, event, classUID, eventData, field
  case value, index, create, body, sns, snsMessage, s3, data

  /// The field with a name, or `nil` if no reader looks at it.
  ///
  /// - Parameters:
  ///   - tape: A tape.
  ///   - index: The index of the name.
  ///   - bytes: The text of the tape.
  init?(_ tape: JSONTape, named index: Int, _ bytes: Span<UInt8>) {
    let node = tape[index]
    // Escaped names are legal, if unheard of: they take the slow way through all names.
    let length = node.hasEscapes ? tape.decodedBytes(of: index, bytes).count : node.end - node.start - 2
    func has(_ name: StaticString) -> Bool { tape.isString(index, name, bytes) }
    switch length {
    case 2:
      if has("s3") {
        self = .s3
      } else {
        return nil
      }
    case 3:
      if has("aws") {
        self = .aws
      } else if has("Sns") {
        self = .sns
      } else {
        return nil
      }
    case 4:
      if has("_raw") {
        self = .raw
      } else if has("body") {
        self = .body
      } else if has("data") {
        self = .data
      } else {
        return nil
      }
    case 5:
      if has("event") {
        self = .event
      } else if has("field") {
        self = .field
      } else if has("value") {
        self = .value
      } else if has("index") {
        self = .index
      } else {
        return nil
      }
    case 6:
      if has("detail") {
        self = .detail
      } else if has("result") {
        self = .result
      } else if has("create") {
        self = .create
      } else {
        return nil
      }
    case 7:
      if has("eventID") {
        self = .eventID
      } else if has("awslogs") {
        self = .awslogs
      } else if has("message") {
        self = .message
      } else if has("kinesis") {
        self = .kinesis
      } else if has("_source") {
        self = .source
      } else if has("Message") {
        self = .snsMessage
      } else {
        return nil
      }
    case 9:
      if has("eventTime") {
        self = .eventTime
      } else if has("eventName") {
        self = .eventName
      } else if has("awsRegion") {
        self = .awsRegion
      } else if has("userAgent") {
        self = .userAgent
      } else if has("errorCode") {
        self = .errorCode
      } else if has("resources") {
        self = .resources
      } else if has("eventType") {
        self = .eventType
      } else if has("class_uid") {
        self = .classUID
      } else if has("eventData") {
        self = .eventData
      } else {
        return nil
      }
    case 10:
      if has("@timestamp") {
        self = .timestamp
      } else {
        return nil
      }
    case 11:
      if has("eventSource") {
        self = .eventSource
      } else if has("messageType") {
        self = .messageType
      } else {
        return nil
      }
    case 12:
      if has("eventVersion") {
        self = .eventVersion
      } else if has("userIdentity") {
        self = .userIdentity
      } else if has("errorMessage") {
        self = .errorMessage
      } else {
        return nil
      }
    case 13:
      if has("sharedEventID") {
        self = .sharedEventID
      } else if has("vpcEndpointId") {
        self = .vpcEndpointId
      } else if has("eventCategory") {
        self = .eventCategory
      } else {
        return nil
      }
    case 14:
      if has("insightDetails") {
        self = .insightDetails
      } else if has("digestS3Object") {
        self = .digestS3Object
      } else {
        return nil
      }
    case 15:
      if has("sourceIPAddress") {
        self = .sourceIPAddress
      } else if has("digestStartTime") {
        self = .digestStartTime
      } else if has("CloudTrailEvent") {
        self = .cloudTrailEvent
      } else {
        return nil
      }
    case 16:
      if has("responseElements") {
        self = .responseElements
      } else {
        return nil
      }
    case 17:
      if has("requestParameters") {
        self = .requestParameters
      } else {
        return nil
      }
    case 18:
      if has("recipientAccountId") {
        self = .recipientAccountId
      } else {
        return nil
      }
    case 19:
      if has("additionalEventData") {
        self = .additionalEventData
      } else {
        return nil
      }
    default: return nil
    }
  }
}

/// Where the fields of one object stand in a tape.
struct RecordFields {
  /// The index of each field's value by raw value, 0 where the object has no such member.
  private var values = [Int](repeating: 0, count: RecordField.allCases.count)

  /// Creates fields that are all absent.
  init() {}

  /// Finds the fields of an object; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - index: The index of the object.
  ///   - tape: The tape.
  ///   - bytes: The text of the tape.
  mutating func find(in index: Int, of tape: JSONTape, _ bytes: Span<UInt8>) {
    for place in values.indices { values[place] = 0 }
    guard tape[index].kind == .object else { return }
    var child = index + 1
    let end = tape[index].next
    while child < end {
      if let field = RecordField(tape, named: child, bytes) { values[field.rawValue] = child + 1 }
      child = tape[child + 1].next
    }
  }

  /// The index of a field's value, or `nil` where the object has no such member.
  subscript(field: RecordField) -> Int? {
    let index = values[field.rawValue]
    return index == 0 ? nil : index
  }
}
