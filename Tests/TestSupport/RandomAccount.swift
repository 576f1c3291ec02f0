// Seeded random accounts and their logs: few principals, operations and names, so that uses collide, subsume each other
// and cross what is granted.

/// Makes the CloudTrail records and the grants of one account.
package struct RandomAccount {
  /// The account's id.
  package let account: String
  private var random: SeededGenerator
  private var number = 0

  /// The identities of the account: kind, path and name.
  private static let identities = [
    (kind: "role", path: "team/", name: "app"), (kind: "role", path: "", name: "build"),
    (kind: "user", path: "people/", name: "alice"),
  ]

  /// Creates an account.
  ///
  /// - Parameters:
  ///   - seed: Equal seeds give equal accounts and logs but for the account's id.
  ///   - account: The account's id.
  package init(seed: UInt64, account: String = "111122223333") {
    random = SeededGenerator(seed: seed)
    self.account = account
  }

  /// Some records.
  ///
  /// - Parameter count: How many.
  /// - Returns: Each as JSON on one line.
  package mutating func records(_ count: Int) -> [String] { (0..<count).map { _ in record() } }

  /// What `aws iam get-account-authorization-details` would say of the account.
  ///
  /// - Returns: JSON in which every identity has inline and managed policies, some with boundaries.
  package mutating func grants() -> String {
    var details = ["user": [String](), "role": [String]()]
    for identity in Self.identities {
      let title = identity.kind == "user" ? "User" : "Role"
      let boundary =
        chance(0.3)
        ? #","PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"\#(arn("policy/limit"))"}"#
        : ""
      let managed = (0..<3).filter { _ in chance(0.5) }
        .map { #"{"PolicyName":"managed-\#($0)","PolicyArn":"\#(arn("policy/managed-\($0)"))"}"# }
      details[identity.kind, default: []].append(
        #"{"Path":"/\#(identity.path)","\#(title)Name":"\#(identity.name)","Arn":"\#(arn("\(identity.kind)/\(identity.path)\(identity.name)"))","#
          + #""\#(title)PolicyList":[{"PolicyName":"inline","PolicyDocument":\#(document())}],"#
          + #""AttachedManagedPolicies":[\#(managed.joined(separator: ","))]\#(boundary)}"#)
    }
    let policies =
      (0..<3).map { (name: "managed-\($0)", document: document()) }
      + [(name: "limit", document: document())]
    let list = policies.map { policy in
      #"{"PolicyName":"\#(policy.name)","Arn":"\#(arn("policy/\(policy.name)"))","DefaultVersionId":"v1","#
        + #""PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":\#(policy.document)}]}"#
    }
    return #"{"UserDetailList":[\#(joined(details["user"]))],"RoleDetailList":[\#(joined(details["role"]))],"#
      + #""GroupDetailList":[],"Policies":[\#(list.joined(separator: ","))]}"#
  }

  private func joined(_ elements: [String]?) -> String { (elements ?? []).joined(separator: ",") }

  private mutating func document() -> String {
    let statements = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      pick([
        #"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
        #"{"Effect":"Allow","Action":["s3:*","kms:*","sqs:*"],"Resource":"*"}"#,
        #"{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
        #"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::bucket-x/2026/*","arn:aws:s3:::bucket-y"]}"#,
        #"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":["lambda.amazonaws.com","ecs.amazonaws.com"]}}}"#,
        #"{"Effect":"Allow","Action":["lambda:*","dynamodb:*","logs:*","secretsmanager:*"],"Resource":"arn:aws:*:*:\#(account):*"}"#,
        #"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::bucket-x/in/*"}"#,
        #"{"Effect":"Deny","Action":"s3:Put*","Resource":"arn:aws:s3:::bucket-x/in/*"}"#,
        #"{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}"#,
      ])
    }
    return #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
  }

  private mutating func record() -> String {
    number += 1
    let identity = pick(Self.identities)
    let whole = arn("\(identity.kind)/\(identity.path)\(identity.name)")
    let mfa = pick(["true", "false"])
    let user =
      identity.kind == "user"
      ? #"{"type":"IAMUser","arn":"\#(whole)","accountId":"\#(account)","userName":"\#(identity.name)"}"#
      : #"{"type":"AssumedRole","arn":"arn:aws:sts::\#(account):assumed-role/\#(identity.name)/s\#(number % 3)","accountId":"\#(account)","#
        + #""sessionContext":{"attributes":{"mfaAuthenticated":"\#(mfa)"},"sessionIssuer":{"type":"Role","arn":"\#(whole)","accountId":"\#(account)"}}}"#
    let call = call()
    let error = pick(["", "", "", "", "", "", #""errorCode":"AccessDenied","#, #""errorCode":"NoSuchKey","#])
    let second = (number * 37) % 60
    let minute = Int.random(in: 0..<60, using: &random)
    let digits = String(UInt64.random(in: 1 << 60...UInt64.max, using: &random), radix: 16)
    return
      #"{"eventVersion":"1.09","userIdentity":\#(user),"eventTime":"2026-11-20T10:\#(two(minute)):\#(two(second))Z","#
      + #""eventSource":"\#(call.source).amazonaws.com","eventName":"\#(call.name)","awsRegion":"\#(pick(["eu-west-1", "eu-west-1", "us-east-1"]))","#
      + #""sourceIPAddress":"\#(call.via ?? pick(["192.0.2.1", "192.0.2.1", "198.51.100.7"]))",\#(error)"requestParameters":\#(call.request),"#
      + (call.via.map { #""invokedBy":"\#($0)","# } ?? "")
      + #""eventID":"\#(digits.prefix(8))-0000-4000-8000-\#(digits.prefix(12))","eventType":"AwsApiCall","eventCategory":"\#(call.isData ? "Data" : "Management")","recipientAccountId":"\#(account)"}"#
  }

  private struct Call {
    var source: String
    var name: String
    var request = "null"
    var isData = false
    var via: String?
  }

  private mutating func call() -> Call {
    let name = random.text(over: ["a", "b", "2", "0", "-"], lengths: 1...4)
    switch Int.random(in: 0..<14, using: &random) {
    case 0...2:
      let key = pick([
        "in/\(name)", "2026/11/2\(name.count)/\(name).log", "caf\u{e9}", "cafe\u{301}", "a${*}b",
      ])
      return Call(
        source: "s3", name: pick(["GetObject", "PutObject", "HeadObject"]),
        request: #"{"bucketName":"bucket-\#(pick(["x", "y"]))","key":"\#(key)"}"#, isData: true)
    case 3:
      return Call(source: "s3", name: "ListObjects", request: #"{"bucketName":"bucket-y"}"#, isData: true)
    case 4: return Call(source: "ec2", name: pick(["DescribeInstances", "DescribeVolumes"]))
    case 5:
      return Call(
        source: "ec2", name: pick(["TerminateInstances", "StopInstances"]),
        request: #"{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef\#(name.utf8.count)"}]}}"#)
    case 6:
      return Call(
        source: "sqs", name: "SendMessage",
        request: #"{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/\#(account)/queue-\#(name.prefix(1))"}"#,
        isData: true)
    case 7:
      let key = "arn:aws:kms:eu-west-1:\(account):key/0f8fad5b-d9cb-469f-a165-70867728950\(name.utf8.count)"
      return Call(
        source: "kms", name: pick(["Decrypt", "GenerateDataKey"]), request: #"{"keyId":"\#(key)"}"#,
        via: pick([nil, "s3.amazonaws.com", "secretsmanager.amazonaws.com"]))
    case 8:
      return Call(
        source: "kms", name: "Decrypt", request: #"{"keyId":"\#(pick(["alias/photos", "alias/other"]))"}"#)
    case 9:
      return Call(
        source: "lambda", name: "CreateFunction20150331",
        request: #"{"functionName":"f\#(name.prefix(1))","role":"\#(arn("role/worker"))"}"#)
    case 10:
      return Call(
        source: "secretsmanager", name: "GetSecretValue", request: #"{"secretId":"db-\#(name.prefix(1))"}"#)
    case 11:
      return Call(
        source: "dynamodb", name: pick(["GetItem", "PutItem"]),
        request: #"{"tableName":"t\#(name.prefix(1))"}"#,
        isData: true)
    case 12:
      return Call(source: "iam", name: "GetRole", request: #"{"roleName":"\#(pick(["app", "build"]))"}"#)
    default:
      return Call(
        source: "logs", name: "CreateLogStream",
        request: #"{"logGroupName":"/photos","logStreamName":"2026/11/20/[$LATEST]\#(name)"}"#)
    }
  }

  private func arn(_ resource: String) -> String { "arn:aws:iam::\(account):\(resource)" }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private mutating func chance(_ probability: Double) -> Bool { random.chance(probability) }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }
}
