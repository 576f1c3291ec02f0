// Accounts made from a seed: what their roles used, and what they are granted.
//
// The shape is that of accounts that have grown: a few services and actions make most of the use (Zipf's law), roles
// share buckets, tables and keys, and their grants are wildcards over services with a few denies, conditions and
// boundaries between them.

import AWSCatalog
import CloudTrail
import IAM
import LeastPrivilege
import Usage

/// Makes the ledger and the grants of an account.
struct SyntheticUse {
  /// The account's number.
  static let account = "111122223333"

  private static let services = [
    "s3", "dynamodb", "ec2", "logs", "sqs", "kms", "lambda", "ssm", "sns", "secretsmanager", "ecr",
    "cloudwatch",
    "iam", "ecs", "states", "kinesis", "rds", "glue", "athena", "cloudformation", "events",
    "elasticloadbalancing",
    "autoscaling", "route53", "sts", "codebuild", "apigateway", "firehose", "elasticfilesystem", "batch",
  ]

  /// Actions with the ARN format of the first resource type that each needs, by service.
  private static let actions: [[(name: String, format: String?)]] = services.map { service in
    Catalog.embedded.actions(matching: "\(service):*").filter { $0.observability != .never }.map { entry in
      (entry.action, entry.resourceTypes.first { $0.required }?.arnFormats.first)
    }
  }

  private var state: UInt64

  /// Creates a generator.
  ///
  /// - Parameter seed: What the account is made from.
  init(seed: UInt64) { state = seed }

  private mutating func random(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  /// A rank below a bound whose logarithm is uniform, as in Zipf's law.
  private mutating func rank(below bound: Int) -> Int {
    let bits = random(below: bound.bitWidth - bound.leadingZeroBitCount + 1)
    return min(bound - 1, random(below: 1 << bits))
  }

  /// The name of a role.
  static func role(_ number: Int) -> Principal {
    Principal(
      kind: .role, identifier: "arn:aws:iam::\(account):role/team-\(number % 50)/service-\(number)",
      account: account)
  }

  // MARK: Use

  /// The uses of all roles.
  ///
  /// - Parameters:
  ///   - roles: How many roles there are.
  ///   - uses: How many different uses each has.
  /// - Returns: The ledger.
  mutating func ledger(roles: Int, uses: Int) -> UsageLedger {
    var ledger = UsageLedger()
    for role in 0..<roles {
      let principal = Self.role(role)
      // A role does one job: it works with a few services and a few actions of each.
      let own = (0..<6).map { _ in rank(below: Self.services.count) }
      var made = 0
      while made < uses {
        let key = use(of: principal, role, own)
        guard ledger.uses[key] == nil else { continue }
        ledger.uses[key] = facts()
        made += 1
      }
    }
    return ledger
  }

  private mutating func use(of principal: Principal, _ role: Int, _ own: [Int]) -> UseKey {
    let service = own[rank(below: own.count)]
    let names = Self.actions[service]
    // The offset makes that the frequent actions of a service are not those that begin with A.
    let (action, format) = names[(rank(below: names.count) &* 7 &+ 3) % names.count]
    var context: [ContextPair] = []
    if action == "iam:PassRole" {
      context = [ContextPair(key: "iam:PassedToService", value: "lambda.amazonaws.com")]
    } else if action == "kms:Decrypt", random(below: 3) == 0 {
      context = [ContextPair(key: "kms:ViaService", value: "s3.eu-west-1.amazonaws.com")]
    }
    return UseKey(
      principal: principal, action: action, resource: format.map { resource(in: $0, role) } ?? "*",
      context: context)
  }

  private mutating func resource(in format: String, _ role: Int) -> String {
    var result = ""
    var rest = format[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      let end = rest.firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
      result += value(of: rest[start.upperBound..<end], role)
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private mutating func value(of placeholder: Substring, _ role: Int) -> String {
    switch placeholder {
    case "Partition": return "aws"
    case "Region": return random(below: 10) == 0 ? "us-east-1" : "eu-west-1"
    case "Account": return Self.account
    case "BucketName": return random(below: 3) == 0 ? "shared-\(rank(below: 40))" : "service-\(role)-data"
    case "ObjectName":
      return random(below: 2) == 0
        ? "in/2026/11/\(10 + random(below: 20))/part-\(random(below: 100)).gz"
        : "reports/\(String(random(below: 1 << 31), radix: 16)).csv"
    case "KeyId": return "0f8fad5b-d9cb-469f-a165-\(100_000_000_000 + rank(below: 30))"
    default:
      return random(below: 3) == 0 ? "shared-\(rank(below: 200))" : "service-\(role)-\(rank(below: 30))"
    }
  }

  private mutating func facts() -> UseFacts {
    var facts = UseFacts()
    let first = Timestamp(secondsSinceEpoch: 1_790_000_000 + Int64(random(below: 1_000_000)))
    let last = Timestamp(secondsSinceEpoch: first.secondsSinceEpoch + Int64(random(below: 5_000_000)))
    let tally = Tally(count: 2 + rank(below: 5_000), firstSeen: first, lastSeen: last)
    switch random(below: 40) {
    case 0: facts.denied = tally
    case 1: facts.failed = tally
    default: facts.allowed = tally
    }
    facts.regions.insert("eu-west-1")
    for _ in 0..<3 {
      facts.exampleEvents.insert("00000000-0000-4000-8000-\(100_000_000_000 + random(below: 1 << 31))")
    }
    return facts
  }

  // MARK: Grants

  /// The account as `aws iam get-account-authorization-details` tells it.
  ///
  /// - Parameter roles: How many roles there are.
  /// - Returns: The grants.
  /// - Throws: Where the text that is made is no description of an account.
  mutating func grants(roles: Int) throws -> AccountGrants {
    let policies = (0..<40).map { number in
      #"""
      {"PolicyName":"shared-\#(number)","Arn":"\#(Self.policy(number))","DefaultVersionId":"v1","PolicyVersionList":
      [{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[\#(shared(number))]}}]}
      """#
    }
    let descriptions = (0..<roles).map { role in
      #"""
      {"RoleName":"service-\#(role)","Path":"/team-\#(role % 50)/","Arn":"\#(Self.role(role).identifier)",
      "RolePolicyList":[{"PolicyName":"own","PolicyDocument":{"Version":"2012-10-17","Statement":[\#(own(role))]}}],
      "AttachedManagedPolicies":[{"PolicyArn":"\#(Self.policy(rank(below: 38)))"},
      {"PolicyArn":"arn:aws:iam::aws:policy/\#(awsManaged())"}]\#(boundary(role))}
      """#
    }
    let text =
      #"{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[\#(descriptions.joined(separator: ","))],"#
      + #""Policies":[\#(policies.joined(separator: ","))]}"#
    return try AccountGrants(parsing: Array(text.utf8), file: "-")
  }

  private static func policy(_ number: Int) -> String { "arn:aws:iam::\(account):policy/shared-\(number)" }

  private mutating func awsManaged() -> String {
    let names = [
      "AmazonS3FullAccess", "AmazonDynamoDBFullAccess", "CloudWatchLogsFullAccess", "AmazonSQSFullAccess",
      "ReadOnlyAccess", "PowerUserAccess", "AdministratorAccess",
    ]
    return names[rank(below: names.count)]
  }

  private func boundary(_ role: Int) -> String {
    guard role % 5 == 0 else { return "" }
    return #","PermissionsBoundary":{"PermissionsBoundaryArn":"\#(Self.policy(38 + role / 5 % 2))"}"#
  }

  /// The statements of a shared policy; the last two are made to be boundaries.
  private mutating func shared(_ number: Int) -> String {
    switch number {
    case 38:
      return #"{"Effect":"Allow","NotAction":["organizations:*","account:*"],"Resource":"*"},"#
        + #"{"Effect":"Deny","Action":["iam:CreateUser","iam:*AccessKey*"],"Resource":"*"}"#
    case 39:
      return
        #"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["iam:*","sts:*"],"#
        + #""Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}"#
    default: break
    }
    var statements = (0..<5).map { index in
      let service = Self.services[(number &* 3 &+ index) % Self.services.count]
      let condition =
        index == 4 ? #","Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}"# : ""
      return #"{"Effect":"Allow","Action":["\#(service):Get*","\#(service):List*","\#(service):Describe*","#
        + #""\#(service):Put*","\#(service):Send*"],"Resource":"*"\#(condition)}"#
    }
    if number % 4 == 0 {
      statements.append(
        #"{"Effect":"Deny","Action":["s3:DeleteBucket*","kms:ScheduleKeyDeletion","logs:Delete*"],"Resource":"*"}"#
      )
    }
    return statements.joined(separator: ",")
  }

  /// The statements of a role's inline policy.
  private mutating func own(_ role: Int) -> String {
    var statements = (0..<8).map { index in
      let service = Self.services[index < 4 ? index : rank(below: Self.services.count)]
      return
        #"{"Effect":"Allow","Action":"\#(service):*","Resource":["arn:aws:\#(service):*:*:*service-\#(role)-*","#
        + #""arn:aws:\#(service):::service-\#(role)-*","arn:aws:\#(service):*:*:*shared-*","arn:aws:\#(service):::shared-*"]}"#
    }
    statements.append(
      #"{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::\#(Self.account):role/*","#
        + #""Condition":{"StringEquals":{"iam:PassedToService":["lambda.amazonaws.com","ecs.amazonaws.com"]}}}"#
    )
    if role % 7 == 0 {
      statements.append(#"{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::shared-3/*"}"#)
    }
    return statements.joined(separator: ",")
  }
}
