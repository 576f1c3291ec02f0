// CloudTrail events in the Elastic Common Schema, turned back into CloudTrail's own form.
//
// Filebeat and Elastic Agent take an event apart and keep its text in `event.original` only where they are told to;
// without it this is all there is. See "AWS CloudTrail fields" under "Exported fields" in the Filebeat Reference.
// Request parameters stand there as text without quotes (`{bucketName=photos}`), which tells nothing for sure where a
// value holds a comma; `flattened` has them as an object.

import JSONStream

/// An event in the Elastic Common Schema.
struct ElasticRecord {
  private let document: JSONValue

  /// Takes a document, or returns `nil` where it is no event of CloudTrail.
  ///
  /// - Parameter document: The document.
  init?(_ document: JSONValue) {
    guard let trail = document.value(at: "aws.cloudtrail"), !trail.members.isEmpty,
      document.value(at: "event.action") != nil
    else { return nil }
    self.document = document
  }

  /// The event in CloudTrail's form.
  var cloudTrailRecord: JSONValue {
    func at(_ path: String) -> JSONValue? { document.value(at: path) }
    func trail(_ name: String) -> JSONValue? { at("aws.cloudtrail." + name) }
    return ElasticRecord.object([
      ("eventVersion", trail("event_version")), ("userIdentity", userIdentity),
      ("eventTime", at("@timestamp")), ("eventSource", at("event.provider")),
      ("eventName", at("event.action")), ("awsRegion", at("cloud.region")),
      ("sourceIPAddress", at("source.address") ?? at("source.ip")),
      ("userAgent", at("user_agent.original")), ("errorCode", trail("error_code")),
      ("errorMessage", trail("error_message")),
      ("requestParameters", trail("flattened.request_parameters")),
      ("responseElements", trail("flattened.response_elements")),
      ("additionalEventData", trail("flattened.additional_eventdata")), ("eventID", at("event.id")),
      ("resources", .array((trail("resources")?.elements ?? []).map(ElasticRecord.resource))),
      ("eventType", trail("event_type")), ("eventCategory", trail("event_category")),
      ("recipientAccountId", trail("recipient_account_id") ?? at("cloud.account.id")),
      ("sharedEventID", trail("shared_event_id")), ("vpcEndpointId", trail("vpc_endpoint_id")),
    ])
  }

  private var userIdentity: JSONValue {
    func at(_ name: String) -> JSONValue? { document.value(at: "aws.cloudtrail.user_identity." + name) }
    func issuer(_ name: String) -> JSONValue? { at("session_context.session_issuer." + name) }
    let sessionIssuer = ElasticRecord.object([
      ("type", issuer("type")), ("principalId", issuer("principal_id")), ("arn", issuer("arn")),
      ("accountId", issuer("account_id")),
    ])
    let attributes = ElasticRecord.object([("mfaAuthenticated", at("session_context.mfa_authenticated"))])
    let context = ElasticRecord.object([("sessionIssuer", sessionIssuer), ("attributes", attributes)])
    return ElasticRecord.object([
      ("type", at("type")), ("principalId", document.value(at: "user.id")), ("arn", at("arn")),
      ("accessKeyId", at("access_key_id")), ("userName", document.value(at: "user.name")),
      ("invokedBy", at("invoked_by")), ("sessionContext", context),
    ])
  }

  private static func resource(_ resource: JSONValue) -> JSONValue {
    object([
      ("ARN", resource["arn"]), ("accountId", resource["account_id"]), ("type", resource["type"]),
    ])
  }

  /// An object of the members that are there; those that are empty objects are left out.
  private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(
      members.compactMap { name, value in
        guard let value, value != .null, value != .object([]) else { return nil }
        return JSONMember(name, value)
      })
  }
}
