// One CloudTrail record, decoded. Everything here is as the record says it; what it means (which principal,
// which outcome, which permission) is decided in `Principal`, `EventKind`, `Outcome` and the Usage module.

package import JSONStream

public import IAM

/// One CloudTrail record ("CloudTrail record contents" in the CloudTrail User Guide).
///
/// Absent, `null` and empty strings are all `nil`: real records use the three alike.
public struct CloudTrailEvent: Sendable {
  /// The id that CloudTrail gave the event.
  public var eventID: String?
  /// When the call was made; `nil` where absent or not a time.
  public var eventTime: Timestamp?
  /// The service's host name, such as `s3.amazonaws.com`.
  public var eventSource: String?
  /// The operation.
  public var eventName: String?
  /// `AwsApiCall`, `AwsServiceEvent` and so on.
  public var eventType: String?
  /// `Management`, `Data`, `Insight`, `NetworkActivity`; absent before event version 1.08.
  public var eventCategory: String?
  /// The region that the call went to.
  public var awsRegion: String?
  /// The account that received the event.
  public var recipientAccountID: String?
  /// The caller's address, or a service's host name.
  public var sourceIPAddress: String?
  /// The caller's user agent.
  public var userAgent: String?
  /// The error code, where the call failed.
  public var errorCode: String?
  /// The error message, where the call failed.
  public var errorMessage: String?
  /// The VPC endpoint that the call went through.
  public var vpcEndpointID: String?
  /// The id shared by the records of one call in several accounts.
  public var sharedEventID: String?
  /// Whether the record tells the version of TLS that the call was made over.
  public var usesTLS = false
  /// Who made the call.
  public var userIdentity = UserIdentity()
  /// The resources that the record lists.
  public var resources: [EventResource] = []
  /// The operation's parameters, `null` where the record has none.
  package var requestParameters: JSONValue {
    get { requestParametersPart.value }
    set { requestParametersPart = LazyJSON(newValue) }
  }
  /// The operation's response, `null` where the record has none.
  package var responseElements: JSONValue {
    get { responseElementsPart.value }
    set { responseElementsPart = LazyJSON(newValue) }
  }
  /// Further data of the event, `null` where the record has none.
  package var additionalEventData: JSONValue {
    get { additionalEventDataPart.value }
    set { additionalEventDataPart = LazyJSON(newValue) }
  }
  /// The operation's parameters as they are at hand.
  package var requestPart: JSONPart { requestParametersPart.part }
  /// The operation's response as it is at hand.
  package var responsePart: JSONPart { responseElementsPart.part }
  /// How many of the large parts must be known to know what was read of them: none, the request parameters, these and
  /// the response, or these and the additional data as well.
  package var partsRead: Int {
    func wasRead(_ part: LazyJSON) -> Bool { part !== LazyJSON.null && part.wasRead }
    if wasRead(additionalEventDataPart) { return 3 }
    return wasRead(responseElementsPart) ? 2 : wasRead(requestParametersPart) ? 1 : 0
  }
  var requestParametersPart = LazyJSON.null
  var responseElementsPart = LazyJSON.null
  var additionalEventDataPart = LazyJSON.null
  /// A hash of what the event says: source, name, region, error, identity, request parameters and resources.
  ///
  /// Its id and time are left out, and so is how the record was written; events with equal digests need the same
  /// permissions.
  public internal(set) var digest = EventDigest.empty

  /// Creates an event of which nothing is known.
  public init() {}
}

/// The `userIdentity` element of a record.
public struct UserIdentity: Hashable, Sendable {
  /// `IAMUser`, `AssumedRole`, `Root`, `AWSService` and so on.
  public var type: String?
  /// The unique id of the identity.
  public var principalID: String?
  /// The ARN of the caller (for roles, of the session).
  public var arn: String?
  /// The account that owns the identity.
  public var accountID: String?
  /// The access key id that signed the call.
  public var accessKeyID: String?
  /// The friendly name.
  public var userName: String?
  /// The service that made the call on the identity's behalf.
  public var invokedBy: String?
  /// The identity provider of a federated identity.
  public var identityProvider: String?
  /// The Identity Center user behind the call.
  public var onBehalfOfUserID: String?
  /// The `type` of the session issuer.
  public var sessionIssuerType: String?
  /// The ARN of the session issuer, with its path.
  public var sessionIssuerARN: String?
  /// The account of the session issuer.
  public var sessionIssuerAccountID: String?
  /// The name of the session issuer.
  public var sessionIssuerUserName: String?
  /// Whether the session was authenticated with MFA, where the record says.
  public var mfaAuthenticated: Bool?
  /// The source identity set on the session.
  public var sourceIdentity: String?

  /// Creates an identity of which nothing is known.
  public init() {}
}

/// One element of a record's `resources` array.
public struct EventResource: Hashable, Sendable {
  /// The resource's ARN (`ARN` or `arn`).
  public var arn: String?
  /// The prefix of the ARNs of a listing (`ARNPrefix`).
  public var arnPrefix: String?
  /// The account that owns the resource.
  public var accountID: String?
  /// The CloudFormation-style type, such as `AWS::S3::Object`.
  public var type: String?

  /// Creates a resource of which nothing is known.
  public init() {}
}
