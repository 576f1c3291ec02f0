// CloudTrail events in the Open Cybersecurity Schema Framework, turned back into CloudTrail's own form.
//
// Amazon Security Lake writes the classes Account Change (3001), Authentication (3002) and API Activity (6003). The
// mapping is the one of the schema's public "AWS CloudTrail" examples, read backwards; version 1.0.0-rc.2 has the
// ARN in `actor.user.uuid` and the principal id in `uid`, later ones have them in `uid` and `uid_alt`. What has no
// place in the schema stands in `unmapped`: an object with dotted names, or (from Parquet) a list of pairs.

import IAM
import JSONStream

/// A record in OCSF.
struct OCSFRecord {
  private let record: JSONValue

  /// Takes the record or records that a document holds.
  ///
  /// - Parameter document: One record, or a table of them by column as pandas writes it: `{"time":{"0":…},…}`.
  /// - Returns: The records.
  static func records(in document: JSONValue) -> [OCSFRecord] {
    let rows = document["metadata"]?.members.map(\.name) ?? []
    guard !rows.isEmpty, rows.allSatisfy({ Int($0) != nil }) else { return [OCSFRecord(record: document)] }
    return rows.map { row in
      OCSFRecord(record: .object(document.members.map { JSONMember($0.name, $0.value[row] ?? .null) }))
    }
  }

  /// Whether the record is one of CloudTrail.
  var isCloudTrail: Bool { record["metadata"]?["product"]?["name"]?.string == "CloudTrail" }

  /// The record in CloudTrail's form.
  var cloudTrailRecord: JSONValue {
    let unmapped = unmappedValues
    func at(_ path: String) -> JSONValue? { record.value(at: path) }
    func leftover(_ name: String) -> JSONValue? {
      if let whole = unmapped.last(where: { $0.name == name })?.value { return whole }
      let parts = unmapped.filter { $0.name.hasPrefix(name + ".") }
      if parts.isEmpty { return nil }
      var object = JSONValue.object([])
      for part in parts {
        object.set(
          part.value, at: part.name.dropFirst(name.utf8.count + 1).split(separator: ".").map(String.init))
      }
      return object
    }
    var members: [JSONMember] = []
    func add(_ name: String, _ value: JSONValue?) {
      if let value, value != .null { members.append(JSONMember(name, value)) }
    }
    add("eventVersion", at("metadata.product.version"))
    add("userIdentity", userIdentity)
    add("eventTime", time)
    add("eventSource", at("api.service.name"))
    add("eventName", at("api.operation"))
    add("awsRegion", at("cloud.region"))
    add("sourceIPAddress", at("src_endpoint.ip") ?? at("src_endpoint.domain"))
    add("userAgent", at("http_request.user_agent"))
    add("errorCode", at("api.response.error"))
    add("errorMessage", at("api.response.error_message") ?? at("api.response.message"))
    add("requestParameters", at("api.request.data") ?? leftover("requestParameters"))
    add("responseElements", at("api.response.data") ?? leftover("responseElements"))
    add("additionalEventData", leftover("additionalEventData"))
    add("tlsDetails", leftover("tlsDetails"))
    add("eventID", at("metadata.uid"))
    add("eventType", leftover("eventType") ?? at("metadata.event_code"))
    add("eventCategory", leftover("eventCategory"))
    add(
      "recipientAccountId",
      leftover("recipientAccountId") ?? at("cloud.account.uid") ?? at("cloud.account_uid"))
    add("sharedEventID", leftover("sharedEventID") ?? at("metadata.correlation_uid"))
    add("vpcEndpointId", leftover("vpcEndpointId") ?? at("src_endpoint.uid"))
    add("resources", .array((record["resources"]?.elements ?? []).map(OCSFRecord.resource)))
    return .object(members)
  }

  private var userIdentity: JSONValue {
    func at(_ path: String) -> JSONValue? { record.value(at: path) }
    let ids = ["actor.user.uid", "actor.user.uuid", "actor.user.uid_alt"].compactMap { at($0) }
    func isARN(_ value: JSONValue) -> Bool { value.string?.hasPrefix("arn:") == true }
    let type = at("actor.user.type")?.string
    // Services are named in `invoked_by` alone.
    let names: [(String, JSONValue?)] = [
      ("type", type.map(JSONValue.string)), ("principalId", ids.first { !isARN($0) && $0 != .null }),
      ("arn", ids.first(where: isARN)),
      ("accountId", at("actor.user.account.uid") ?? at("actor.user.account_uid")),
      ("accessKeyId", at("actor.user.credential_uid")), ("userName", at("actor.user.name")),
      ("invokedBy", at("actor.invoked_by")), ("identityProvider", at("actor.idp.name")),
    ]
    var members = names.compactMap { name, value in value.map { JSONMember(name, $0) } }
    var context: [JSONMember] = []
    if let issuer = at("actor.session.issuer"), isARN(issuer) {
      context.append(JSONMember("sessionIssuer", .object([JSONMember("arn", issuer)])))
    }
    if let mfa = at("actor.session.is_mfa") ?? at("actor.session.mfa") {
      context.append(JSONMember("attributes", .object([JSONMember("mfaAuthenticated", mfa)])))
    }
    if !context.isEmpty { members.append(JSONMember("sessionContext", .object(context))) }
    return .object(members)
  }

  /// The time as text: the schema has milliseconds since 1970, some exports seconds or text.
  private var time: JSONValue? {
    if let text = record["time_dt"]?.string { return .string(text) }
    guard let time = record["time"] else { return nil }
    guard case .number(let text) = time, let number = Double(text), number.magnitude < 1e17 else {
      return time
    }
    let seconds = number.magnitude > 1e11 ? number / 1000 : number
    return .string(Timestamp(secondsSinceEpoch: Int64(seconds.rounded(.down))).description)
  }

  private static func resource(_ resource: JSONValue) -> JSONValue {
    let account = resource.value(at: "owner.account.uid") ?? resource.value(at: "account_uid")
    let names: [(String, JSONValue?)] = [
      ("ARN", resource["uid"]), ("accountId", account), ("type", resource["type"]),
    ]
    return .object(names.compactMap { name, value in value.map { JSONMember(name, $0) } })
  }

  private var unmappedValues: [JSONMember] {
    guard let unmapped = record["unmapped"] else { return [] }
    if case .object(let members) = unmapped { return members }
    return unmapped.elements.compactMap { pair in
      if let name = pair["key"]?.string { return JSONMember(name, pair["value"] ?? .null) }
      guard pair.elements.count == 2, let name = pair.elements[0].string else { return nil }
      return JSONMember(name, pair.elements[1])
    }
  }
}

extension JSONValue {
  /// The value at a path of member names joined by dots, or `nil` where it is absent or `null`.
  func value(at path: String) -> JSONValue? {
    var value = self
    for name in path.split(separator: ".") {
      guard let next = value[String(name)] else { return nil }
      value = next
    }
    return value == .null ? nil : value
  }

  /// Puts a value into an object, with objects on the way made as needed; paths are cut at 16 names.
  mutating func set(_ value: JSONValue, at path: [String]) {
    guard case .object(var members) = self, let first = path.first, path.count <= 16 else { return }
    let place = members.firstIndex { $0.name == first }
    if path.count == 1 {
      if let place { members[place].value = value } else { members.append(JSONMember(first, value)) }
    } else {
      var inner = place.map { members[$0].value } ?? .object([])
      inner.set(value, at: Array(path.dropFirst()))
      if let place { members[place].value = inner } else { members.append(JSONMember(first, inner)) }
    }
    self = .object(members)
  }
}
