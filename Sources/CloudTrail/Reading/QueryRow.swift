// Rows of query results and exports, turned back into CloudTrail's own form.
//
// One table of column names serves Athena, CloudTrail Lake, Microsoft Sentinel and the console's event history:
// their names differ in case and prefix, and none means two things. Nested columns are JSON or `StructText`.

import JSONStream

/// A row of a table whose columns are an event's fields.
struct QueryRow {
  /// The columns' names in lower case, with their texts.
  private let columns: [String: String]

  /// Creates a row.
  ///
  /// - Parameter columns: Names as the header has them, with the texts of the row; empty ones are left out.
  init(_ columns: some Sequence<(name: String, text: String)>) {
    self.columns = Dictionary(
      columns.lazy.filter { !$0.text.isEmpty && $0.text != "null" }.map { ($0.name.lowercased(), $0.text) },
      uniquingKeysWith: { $1 })
  }

  /// The form that a header's names tell, or `nil` if they are no table of events.
  ///
  /// - Parameter names: The names in the header.
  /// - Returns: The form.
  static func format(header names: [String]) -> LogFormat? {
    let exact = Set(names)
    let lower = Set(names.map { $0.lowercased() })
    if lower.contains("@message") { return .cloudWatchLogs }
    if lower.contains("_raw") { return .splunk }
    if lower.isSuperset(of: ["event name", "event time"]) { return .eventHistory }
    if lower.isSuperset(of: ["useridentityarn", "eventname"]) { return .sentinel }
    if lower.isSuperset(of: ["useridentity", "eventname"]) {
      return exact.contains("useridentity") ? .athena : .lake
    }
    return lower.contains("eventname") || lower.contains("eventdata") || lower.contains("eventjson")
      ? .lake : nil
  }

  /// Whether a column of this name holds whole events as JSON.
  ///
  /// - Parameter column: The name as the header has it.
  /// - Returns: Whether it does; `eventData` may also be a struct.
  static func holdsEvent(_ column: String) -> Bool {
    ["@message", "_raw", "eventdata", "eventjson"].contains(column.lowercased())
  }

  /// Whether a field is a whole event as JSON.
  ///
  /// - Parameters:
  ///   - text: The field.
  ///   - column: The name of its column.
  /// - Returns: Whether it is.
  static func isEvent(_ text: [UInt8], in column: String) -> Bool {
    guard holdsEvent(column) else { return false }
    let marks = text.lazy.filter { !$0.isJSONWhitespace }.prefix(2)
    guard marks.first == UInt8(ascii: "{") else { return false }
    // A struct begins with a name that has no quotes; in the other columns that is damage, and is to be seen.
    return column.lowercased() != "eventdata" || marks.dropFirst().first == UInt8(ascii: "\"")
  }

  /// The row's event in CloudTrail's form, or `nil` if too little was selected to tell who called what.
  func cloudTrailRecord(_ format: LogFormat) -> JSONValue? {
    let identity = userIdentity(format)
    guard let identity, first("eventname", "event name") != nil,
      format == .eventHistory || columns["eventsource"] != nil
    else { return nil }
    var members = [JSONMember("userIdentity", identity)]
    for (name, sources) in QueryRow.texts {
      if let text = sources.lazy.compactMap({ columns[$0] }).first {
        members.append(JSONMember(name, .string(name == "eventTime" ? QueryRow.time(text) : text)))
      }
    }
    for name in ["requestParameters", "responseElements", "additionalEventData", "resources", "tlsDetails"] {
      if let text = columns[name.lowercased()] {
        members.append(JSONMember(name, QueryRow.canonical(QueryRow.nested(text))))
      }
    }
    return .object(members)
  }

  private func first(_ names: String...) -> String? { names.lazy.compactMap { columns[$0] }.first }

  /// The fields that are plain texts, with the columns that hold them.
  private static let texts: [(name: String, columns: [String])] = [
    ("eventVersion", ["eventversion"]),
    // The older event history gives times in the zone of whoever looked, so they tell nothing here.
    ("eventTime", ["eventtime", "timegenerated [utc]", "timegenerated", "event time"]),
    ("eventSource", ["eventsource", "event source"]),
    ("eventName", ["eventname", "event name"]),
    ("awsRegion", ["awsregion", "aws region"]),
    ("sourceIPAddress", ["sourceipaddress", "source ip address"]),
    ("userAgent", ["useragent", "user agent"]),
    ("errorCode", ["errorcode", "error code"]),
    ("errorMessage", ["errormessage"]),
    ("eventID", ["eventid", "awseventid", "event id"]),
    ("eventType", ["eventtype", "eventtypename", "event type"]),
    ("eventCategory", ["eventcategory", "event category"]),
    ("recipientAccountId", ["recipientaccountid"]),
    ("sharedEventID", ["sharedeventid"]),
    ("vpcEndpointId", ["vpcendpointid"]),
  ]

  /// A time as CloudTrail writes it; what is no time of Azure's portal stays as it is.
  ///
  /// The portal writes `11/20/2026, 12:34:56.000 PM` under a header that says `[UTC]`: the month first, and twelve
  /// hours.
  private static func time(_ text: String) -> String {
    let parts = text.split(separator: " ")
    guard parts.count == 3, ["AM", "PM"].contains(parts[2]), parts[0].hasSuffix(",") else { return text }
    let date = parts[0].dropLast().split(separator: "/").map { $0.count == 1 ? "0" + $0 : String($0) }
    let clock = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard date.count == 3, clock.count == 2, let hour = Int(clock[0]), (1...12).contains(hour) else {
      return text
    }
    let hours = hour % 12 + (parts[2] == "PM" ? 12 : 0)
    return "\(date[2])-\(date[0])-\(date[1])T\(hours < 10 ? "0" : "")\(hours):\(clock[1])Z"
  }

  private func userIdentity(_ format: LogFormat) -> JSONValue? {
    if let text = columns["useridentity"] { return QueryRow.canonical(QueryRow.nested(text)) }
    func member(_ name: String, _ column: String) -> JSONMember? {
      columns[column].map { JSONMember(name, .string($0)) }
    }
    if format == .eventHistory {
      // No ARN and no type: the name of a user or session is all the evidence there is.
      let members = [
        JSONMember("type", .string("EventHistory")), member("userName", "user name"),
        member("accessKeyId", "aws access key"),
      ]
      return .object(members.compactMap { $0 })
    }
    var members = [
      member("type", "useridentitytype"), member("principalId", "useridentityprincipalid"),
      member("arn", "useridentityarn"), member("accountId", "useridentityaccountid"),
      member("accessKeyId", "useridentityaccesskeyid"), member("userName", "useridentityusername"),
      member("invokedBy", "useridentityinvokedby"),
    ].compactMap { $0 }
    if members.isEmpty { return nil }
    let issuer = [
      member("type", "sessionissuertype"), member("arn", "sessionissuerarn"),
      member("accountId", "sessionissueraccountid"), member("userName", "sessionissuerusername"),
    ].compactMap { $0 }
    var context = issuer.isEmpty ? [] : [JSONMember("sessionIssuer", .object(issuer))]
    if let mfa = member("mfaAuthenticated", "sessionmfaauthenticated") {
      context.append(JSONMember("attributes", .object([mfa])))
    }
    if !context.isEmpty { members.append(JSONMember("sessionContext", .object(context))) }
    return .object(members)
  }

  private static func nested(_ text: String) -> JSONValue {
    (try? JSONValue(parsing: text)) ?? StructText.parse(text)
  }

  private static let names: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "principalId", "accountId", "invokedBy", "accessKeyId", "userName", "sessionContext", "sessionIssuer",
      "mfaAuthenticated", "creationDate", "sourceIdentity", "identityProvider", "onBehalfOf", "userId",
      "identityStoreArn", "webIdFederationData", "federatedProvider", "ec2RoleDelivery", "ARNPrefix",
      "tlsVersion",
    ].map { ($0.lowercased(), $0) })

  /// Spells the names of identities and resources as CloudTrail does; query engines write them in lower case.
  private static func canonical(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      .object(members.map { JSONMember(names[$0.name] ?? $0.name, canonical($0.value)) })
    case .array(let elements): .array(elements.map(canonical))
    default: value
    }
  }
}
