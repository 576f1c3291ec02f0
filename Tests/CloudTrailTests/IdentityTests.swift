// Whose permissions a call used, and how it ended (SEMANTICS §2, §3).

import CloudTrail
import IAM
import TestSupport
import Testing

@Suite struct IdentityTests {
  private func principal(_ identity: String) throws -> Principal {
    Principal(try CloudTrailEvent(json: #"{"userIdentity":\#(identity)}"#))
  }

  @Test(arguments: [
    (
      #"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app/s","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/team/app"}}}"#,
      Principal.Kind.role, "arn:aws:iam::111122223333:role/team/app", "111122223333" as String?
    ),
    (
      #"{"type":"AssumedRole","arn":"arn:aws-cn:sts::111122223333:assumed-role/app/s/t"}"#, .role,
      "arn:aws-cn:iam::111122223333:role/app", "111122223333"
    ),
    (
      #"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app"}"#, .role,
      "arn:aws:iam::111122223333:role/app", "111122223333"
    ),
    (
      #"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/f","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u"}}}"#,
      .user, "arn:aws:iam::111122223333:user/u", "111122223333"
    ),
    (
      #"{"type":"FederatedUser","arn":"arn:aws:sts::111122223333:federated-user/f"}"#, .federatedUser,
      "arn:aws:sts::111122223333:federated-user/f", "111122223333"
    ),
    (
      #"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/p/u","sessionContext":{"sessionIssuer":{}}}"#,
      .user, "arn:aws:iam::111122223333:user/p/u", "111122223333"
    ),
    (
      #"{"type":"Root","arn":"arn:aws:iam::111122223333:root"}"#, .root, "arn:aws:iam::111122223333:root",
      "111122223333"
    ),
    (
      #"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#, .awsService, "service:ec2.amazonaws.com", nil
    ),
    (
      #"{"invokedBy":"ec2.amazonaws.com","accountId":"111122223333"}"#, .awsService,
      "service:ec2.amazonaws.com", nil
    ),
    (
      #"{"type":"AWSAccount","accountId":"444455556666","principalId":"AIDA"}"#, .awsAccount,
      "account:444455556666:AIDA", "444455556666"
    ),
    (
      #"{"type":"AWSAccount","accountId":"ANONYMOUS_PRINCIPAL","principalId":""}"#, .anonymous, "anonymous",
      nil
    ),
    (
      #"{"type":"WebIdentityUser","identityProvider":"idp","userName":"u"}"#, .webIdentityUser,
      "WebIdentityUser:idp:u", nil
    ),
    (#"{"type":"SAMLUser","identityProvider":"idp","principalId":"p"}"#, .samlUser, "SAMLUser:idp:p", nil),
    (
      #"{"type":"IdentityCenterUser","onBehalfOf":{"userId":"u"},"accountId":"1"}"#, .identityCenterUser,
      "identitycenter:u", nil
    ),
    (#"{"type":"IAMUser","accountId":"1","userName":"HIDDEN"}"#, .unknown, "IAMUser:1:HIDDEN", "1"),
    (#"{"type":"IAMUser","arn":"arn: aws: iam"}"#, .unknown, "arn: aws: iam", nil),
    ("{}", .unknown, "missing", nil), ("null", .unknown, "missing", nil),
  ])
  func principals(identity: String, kind: Principal.Kind, identifier: String, account: String?) throws {
    #expect(try principal(identity) == Principal(kind: kind, identifier: identifier, account: account))
  }

  /// Law: the role that bytes of an ARN tell is the one that its parts tell.
  @Test("A session tells its role", arguments: UInt64(1)...20)
  func roles(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "assumed-role", "assumed-role", "/", "/", "app", "s@x", ":", "role", "\u{e9}", "federated-user",
    ]
    let heads = [
      "arn:aws:sts::1:", "arn:aws-cn:sts:eu:1:", "arn:aws:sts:::", "arn:aws:iam::1:", "arn:sts:", "",
    ]
    for _ in 0..<500 {
      let tail = (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(parts) ?? "" }
      let text = (random.pick(heads) ?? "") + tail.joined()
      let arn = ARN(text)
      let names = arn?.resource.split(separator: "/", omittingEmptySubsequences: false) ?? []
      let isSession =
        arn?.service == "sts" && names.count > 1 && names[0] == "assumed-role" && !names[1].isEmpty
      let role = arn.map { "arn:\($0.partition):iam::\($0.account):role/\(names.dropFirst().first ?? "")" }
      #expect(Principal.role(ofSession: text) == (isSession ? role : nil), "seed \(seed): \(text)")
    }
  }

  @Test(arguments: [
    ("AccessDenied", Outcome.denied), ("AccessDeniedException", .denied),
    ("Client.UnauthorizedOperation", .denied),
    ("UnauthorizedOperation", .denied), ("AuthorizationError", .denied), ("NotAuthorized", .denied),
    ("VpceAccessDenied", .denied), ("Server.AccessDenied", .denied), ("AccessDeniedFault", .denied),
    ("NoSuchBucketPolicy", .failed), ("Client.DryRunOperation", .failed), ("ThrottlingException", .failed),
    ("Client.AuthFailure", .failed),
  ])
  func errorCodes(code: String, outcome: Outcome) throws {
    #expect(
      try CloudTrailEvent(json: #"{"eventSource":"x.amazonaws.com","errorCode":"\#(code)"}"#).outcome
        == outcome)
  }

  @Test func outcomesBeyondCodes() throws {
    func outcome(_ members: String) throws -> Outcome { try CloudTrailEvent(json: "{\(members)}").outcome }
    #expect(try outcome("") == .allowed)
    #expect(try outcome(#""errorCode":"""#) == .allowed)
    #expect(try outcome(#""errorCode":null,"errorMessage":"Failed authentication""#) == .failed)
    #expect(
      try outcome(#""errorCode":"NotAuthorizedException","eventSource":"cognito-idp.amazonaws.com""#)
        == .failed)
    #expect(
      try outcome(
        #""errorCode":"ClientException","errorMessage":"User: arn:x is not authorized to perform: iam:PassRole""#
      )
        == .denied)
  }

  @Test(arguments: [
    (#""eventType":"AwsApiCall""#, EventKind.apiCall), (#""eventType":"AwsConsoleSignIn""#, .signIn),
    (#""eventType":"AwsConsoleSignin""#, .signIn),
    (#""eventType":"AwsServiceEvent""#, .serviceEvent), (#""eventType":"AwsVpceEvent""#, .networkActivity),
    (#""eventType":"AwsConsoleAction""#, .consoleAction), (#""eventName":"x""#, .untypedCall),
    (#""eventSource":"signin.amazonaws.com""#, .signIn),
    (#""eventType":"AwsApiCall","eventCategory":"NetworkActivity""#, .networkActivity),
    (#""eventType":"AwsAggregatedEvent""#, .aggregated), (#""eventCategory":"Insight""#, .insight),
  ])
  func kinds(members: String, kind: EventKind) throws {
    #expect(try CloudTrailEvent(json: "{\(members)}").kind == kind)
  }

  @Test func digestsDependOnContentAlone() throws {
    let one = try CloudTrailEvent(
      json: #"{"eventName":"A","requestParameters":{"a":"é","b":[1,2]},"eventID":"1"}"#)
    let two = try CloudTrailEvent(
      json:
        #"{ "eventID" : "2", "requestParameters":{"b": [1, 2], "a":"\u00e9"}, "eventName":"A", "errorCode":null}"#
    )
    let three = try CloudTrailEvent(
      json: #"{"eventName":"A","requestParameters":{"a":"é","b":[2,1]},"eventID":"1"}"#)
    #expect(one.digest == two.digest)
    #expect(one.digest != three.digest)
  }
}

extension IdentityTests {
  @Test func `names that only Unicode takes for the same are two principals, in the order of their bytes`() {
    func user(_ name: String, account: String? = "111122223333") -> Principal {
      Principal(kind: .user, identifier: "arn:aws:iam::111122223333:user/\(name)", account: account)
    }
    let composed = user("caf\u{e9}")
    let decomposed = user("cafe\u{301}")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, user("caf\u{e9}")]).count == 2)
    #expect([composed, decomposed].sorted() == [decomposed, composed])
    // Swift orders these two the other way round: it takes the sign of ohms for an omega.
    #expect([user("\u{2126}"), user("\u{3b1}")].sorted() == [user("\u{3b1}"), user("\u{2126}")])
    #expect(user("x", account: nil) < user("x", account: ""))
    #expect(user("x", account: nil) != user("x", account: ""))
  }
}
