// What an event says around its call: who, when, from where.

/// A sort of caller, which decides how the identity is written.
enum Caller: Int, CaseIterable, Sendable {
  /// A session of a role.
  case role
  /// A user of IAM.
  case user
  /// A session of a role that an AWS service makes calls with.
  case service

  /// The identity as CloudTrail writes it.
  private var identity: String {
    let session =
      #""type":"AssumedRole","principalId":"<principalID>:<session>","arn":"arn:aws:sts::<account>:assumed-role/<principalName>/<session>","accountId":"<account>","accessKeyId":"<accessKey>","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"<principalID>","arn":"<principalARN>","accountId":"<account>","userName":"<principalName>"},"attributes":{"creationDate":"<created>","mfaAuthenticated":"false"}}"#
    return switch self {
    case .role: session
    case .user:
      #""type":"IAMUser","principalId":"<principalID>","arn":"<principalARN>","accountId":"<account>","accessKeyId":"<accessKey>","userName":"<principalName>""#
    case .service: session + #","invokedBy":"ecs-tasks.amazonaws.com""#
    }
  }

  /// The text of an event, with slots.
  ///
  /// - Parameters:
  ///   - operation: The call.
  ///   - isRefused: Whether it was refused.
  /// - Returns: One line of JSON.
  func text(_ operation: TrailOperation, isRefused: Bool) -> String {
    let source = "\(operation.service).amazonaws.com"
    let origin =
      self == .service
      ? #""sourceIPAddress":"ecs-tasks.amazonaws.com","userAgent":"ecs-tasks.amazonaws.com""#
      : #""sourceIPAddress":"<address>","userAgent":"<agent>""#
    let error =
      isRefused
      ? #""errorCode":"AccessDenied","errorMessage":"User: <principalARN> is not authorized to perform: \#(operation.service):\#(operation.name) because no identity-based policy allows the \#(operation.service):\#(operation.name) action","#
      : ""
    let resources = operation.resources.isEmpty ? "" : #""resources":\#(operation.resources),"#
    let connection =
      self == .service
      ? ""
      : #","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"\#(operation.service).<region>.amazonaws.com"}"#
    return
      #"{"eventVersion":"1.11","userIdentity":{\#(identity)},"eventTime":"<time>","eventSource":"\#(source)","eventName":"\#(operation.name)","awsRegion":"<region>",\#(origin),\#(error)\#(operation.content),"requestID":"<requestID>","eventID":"<eventID>","readOnly":\#(operation.isReadOnly),\#(resources)"eventType":"AwsApiCall","managementEvent":\#(!operation.isData),"recipientAccountId":"<account>","eventCategory":"\#(operation.isData ? "Data" : "Management")"\#(connection)}"#
  }
}
