// The member names that readers look at, found in one pass over a record's members.

import JSONStream

/// A member of a CloudTrail record, or of something that wraps one, that a reader looks at.
package enum RecordField: Int, CaseIterable, Sendable {
  // Of CloudTrail's records.

  /// A record's `eventVersion`.
  case eventVersion
  /// A record's `userIdentity`.
  case userIdentity
  /// A record's `eventTime`.
  case eventTime
  /// A record's `eventSource`.
  case eventSource
  /// A record's `eventName`.
  case eventName
  /// A record's `awsRegion`.
  case awsRegion
  /// A record's `sourceIPAddress`.
  case sourceIPAddress
  /// A record's `userAgent`.
  case userAgent
  /// A record's `errorCode`.
  case errorCode
  /// A record's `errorMessage`.
  case errorMessage
  /// A record's `requestParameters`.
  case requestParameters
  /// A record's `responseElements`.
  case responseElements
  /// A record's `additionalEventData`.
  case additionalEventData
  /// A record's `eventID`.
  case eventID
  /// A record's `resources`.
  case resources
  /// A record's `eventType`.
  case eventType
  /// A record's `recipientAccountId`.
  case recipientAccountId
  /// A record's `sharedEventID`.
  case sharedEventID
  /// A record's `vpcEndpointId`.
  case vpcEndpointId
  /// A record's `eventCategory`.
  case eventCategory
  /// A record's `insightDetails`.
  case insightDetails
  /// A record's `tlsDetails`.
  case tlsDetails

  // Of what wraps them.

  /// A wrapping's `@timestamp`.
  case timestamp
  /// A wrapping's `detail`.
  case detail
  /// A wrapping's `digestS3Object`.
  case digestS3Object
  /// A wrapping's `digestStartTime`.
  case digestStartTime
  /// A wrapping's `awslogs`.
  case awslogs
  /// A wrapping's `messageType`.
  case messageType
  /// A wrapping's `message`.
  case message
  /// A wrapping's `CloudTrailEvent`.
  case cloudTrailEvent
  /// A wrapping's `kinesis`.
  case kinesis
  /// A wrapping's `_source`.
  case source
  /// A wrapping's `result`.
  case result
  /// A wrapping's `_raw`.
  case raw
  /// A wrapping's `aws`.
  case aws
  /// A wrapping's `event`.
  case event
  /// A wrapping's `class_uid`.
  case classUID
  /// A wrapping's `eventData`.
  case eventData
  /// A wrapping's `field`.
  case field
  /// A wrapping's `value`.
  case value
  /// A wrapping's `index`.
  case index
  /// A wrapping's `create`.
  case create
  /// A wrapping's `body`.
  case body
  /// A wrapping's `Sns`.
  case sns
  /// A wrapping's `Message`.
  case snsMessage
  /// A wrapping's `s3`.
  case s3
  /// A wrapping's `data`.
  case data

  /// The names of the fields, in the order of the cases.
  static let names = JSONNames([
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
    "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
    "responseElements", "additionalEventData", "eventID", "resources", "eventType",
    "recipientAccountId", "sharedEventID", "vpcEndpointId", "eventCategory", "insightDetails",
    "tlsDetails", "@timestamp", "detail", "digestS3Object", "digestStartTime", "awslogs", "messageType",
    "message",
    "CloudTrailEvent", "kinesis", "_source", "result", "_raw", "aws", "event", "class_uid",
    "eventData", "field", "value", "index", "create", "body", "Sns", "Message", "s3", "data",
  ])
}

/// Where the fields of one object stand in a tape, and the parts of its identity, good for one call.
///
/// The places are in memory of whoever asked for them: values as large as that, passed about, are copied again and again.
@safe struct RecordFields {
  /// How many fields there are.
  private static let count = RecordField.names.count
  /// How many numbers are kept: the places of the fields, whether the identity was looked at, and the places of its parts.
  static let room = count + 1 + IdentityFields.count

  /// The index of each field's value by raw value, 0 where the object has no such member; the rest of the room behind.
  private let values: UnsafeMutablePointer<UInt32>

  /// Finds the fields of an object; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - index: The index of the object.
  ///   - record: The record.
  ///   - room: Where the places are kept: ``room`` numbers.
  init(of index: Int, _ record: RecordText, _ room: UnsafeMutablePointer<UInt32>) {
    // The room is as large as the caller says.
    unsafe record.find(RecordField.names, in: index, room)
    unsafe room[RecordFields.count] = 0
    unsafe values = room
  }

  /// Where the parts of the identity stand, or `nil` where the object has none; found when first asked for.
  ///
  /// - Parameter record: The record.
  /// - Returns: The places, good as long as these.
  func identity(_ record: RecordText) -> IdentityFields? {
    guard let index = self[.userIdentity] else { return nil }
    // There is room for both behind the fields.
    let wasFound = unsafe values + RecordFields.count
    if unsafe wasFound.pointee != 0 { return unsafe IdentityFields(found: wasFound + 1) }
    unsafe wasFound.pointee = 1
    return unsafe IdentityFields(record, at: index, wasFound + 1)
  }

  /// Calls a function with the fields of an object.
  ///
  /// - Parameters:
  ///   - index: The index of the object.
  ///   - record: The record.
  ///   - body: The function; the fields are good for its call.
  /// - Returns: What the function returns.
  static func with<Result>(
    _ index: Int, of record: RecordText, _ body: (RecordFields) -> Result
  ) -> Result {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) { room in
      guard let base = room.baseAddress else { preconditionFailure("room for fields has an address") }
      return body(unsafe RecordFields(of: index, record, base))
    }
  }

  /// The index of a field's value, or `nil` where the object has no such member.
  @inline(__always)
  subscript(field: RecordField) -> Int? {
    // There is a place for each case.
    let index = unsafe values[field.rawValue]
    return index == 0 ? nil : Int(index)
  }
}
