// The calls of a made-up trail, with all the fields that CloudTrail gives calls of their kind.

/// One kind of call.
struct TrailOperation: Sendable {
  /// How often the call is made among the calls of its kind of principal.
  let weight: Int
  /// The service, as in `eventSource` before `.amazonaws.com`.
  let service: String
  /// The `eventName`.
  let name: String
  /// Request parameters, response elements and the like: members without the comma behind the last.
  let content: String
  /// The `resources` of the event, or nothing.
  var resources = ""
  /// Whether it only reads.
  var isReadOnly = true
  /// Whether it is a data event.
  var isData = false

  /// Creates a kind of call.
  init(
    _ weight: Int, _ service: String, _ name: String, _ content: String, resources: String = "",
    isReadOnly: Bool = true, isData: Bool = false
  ) {
    self.weight = weight
    self.service = service
    self.name = name
    self.content = content
    self.resources = resources
    self.isReadOnly = isReadOnly
    self.isData = isData
  }

  /// What is told of a request that S3 has served.
  private static let objectData =
    #""additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"SSEApplied":"Default_SSE_S3","AuthenticationMethod":"AuthHeader","x-amz-id-2":"<extendedID>","bytesTransferredOut":<number>}"#

  private static func object(_ weight: Int, _ name: String, isReadOnly: Bool) -> TrailOperation {
    TrailOperation(
      weight, "s3", name,
      #""requestParameters":{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<objectKey>"},"responseElements":null,"#
        + objectData,
      resources:
        #"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::<bucket>/<objectKey>"},{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}]"#,
      isReadOnly: isReadOnly, isData: true)
  }

  private static func describe(_ weight: Int, _ name: String, _ filter: String) -> TrailOperation {
    TrailOperation(
      weight, "ec2", name, #""requestParameters":{\#(filter)},"responseElements":null"#)
  }

  private static let keyResources =
    #"[{"accountId":"<account>","type":"AWS::KMS::Key","ARN":"arn:aws:kms:<region>:<account>:key/<kmsKey>"}]"#

  private static let decrypt = TrailOperation(
    12, "kms", "Decrypt",
    #""requestParameters":{"encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:<region>:<account>:parameter<parameter>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},"responseElements":null"#,
    resources: keyResources)

  private static let assume = TrailOperation(
    6, "sts", "AssumeRole",
    #""requestParameters":{"roleArn":"arn:aws:iam::<account>:role/<role>","roleSessionName":"<session>","durationSeconds":3600},"responseElements":{"credentials":{"accessKeyId":"ASIA<token>","sessionToken":"<extendedID><extendedID><extendedID>","expiration":"Nov 20, 2026, 1:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROA<token>:<session>","arn":"arn:aws:sts::<account>:assumed-role/<role>/<session>"}}"#,
    resources:
      #"[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<role>"}]"#)

  private static let identity = TrailOperation(
    4, "sts", "GetCallerIdentity", #""requestParameters":null,"responseElements":null"#)

  private static let logStream = TrailOperation(
    5, "logs", "CreateLogStream",
    #""requestParameters":{"logStreamName":"<logStream>","logGroupName":"<logGroup>"},"responseElements":null,"apiVersion":"20140328""#,
    isReadOnly: false)

  private static let secret = TrailOperation(
    7, "secretsmanager", "GetSecretValue",
    #""requestParameters":{"secretId":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>"},"responseElements":null"#
  )

  private static let parameter = TrailOperation(
    8, "ssm", "GetParameter",
    #""requestParameters":{"name":"<parameter>","withDecryption":true},"responseElements":null"#,
    resources: #"[{"accountId":"<account>","ARN":"arn:aws:ssm:<region>:<account>:parameter<parameter>"}]"#)

  private static func table(_ weight: Int, _ name: String, isReadOnly: Bool) -> TrailOperation {
    TrailOperation(
      weight, "dynamodb", name,
      #""requestParameters":{"tableName":"<table>","key":{"id":"<token>"},"consistentRead":false},"responseElements":null"#,
      resources:
        #"[{"accountId":"<account>","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:<region>:<account>:table/<table>"}]"#,
      isReadOnly: isReadOnly, isData: true)
  }

  /// What each kind of principal does.
  static let kinds: [[TrailOperation]] = [
    // A service of one's own.
    [
      decrypt, object(14, "GetObject", isReadOnly: true), object(5, "PutObject", isReadOnly: false),
      table(8, "GetItem", isReadOnly: true), table(4, "PutItem", isReadOnly: false), secret, parameter,
      logStream,
      assume, identity,
      TrailOperation(
        3, "sqs", "ReceiveMessage",
        #""requestParameters":{"queueUrl":"https://sqs.<region>.amazonaws.com/<account>/<queue>","maxNumberOfMessages":10},"responseElements":null"#,
        resources:
          #"[{"accountId":"<account>","type":"AWS::SQS::Queue","ARN":"arn:aws:sqs:<region>:<account>:<queue>"}]"#,
        isData: true),
      TrailOperation(
        2, "kms", "GenerateDataKey",
        #""requestParameters":{"keyId":"arn:aws:kms:<region>:<account>:key/<kmsKey>","keySpec":"AES_256","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::<bucket>/<objectKey>"}},"responseElements":null"#,
        resources: keyResources),
    ],
    // What brings changes out.
    [
      describe(
        6, "DescribeInstances", #""instancesSet":{"items":[{"instanceId":"<instance>"}]},"filterSet":{}"#),
      describe(
        5, "DescribeRouteTables",
        #""routeTableIdSet":{},"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"<vpc>"}]}}]}"#
      ),
      describe(5, "DescribeSubnets", #""subnetSet":{"items":[{"subnetId":"<subnet>"}]},"filterSet":{}"#),
      describe(
        4, "DescribeSecurityGroups",
        #""securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"<group>"}]},"filterSet":{}"#),
      describe(2, "DescribeVpcAttribute", #""vpcId":"<vpc>","attribute":"enableDnsHostnames""#),
      TrailOperation(
        5, "iam", "GetRole", #""requestParameters":{"roleName":"<role>"},"responseElements":null"#),
      TrailOperation(
        4, "iam", "ListAttachedRolePolicies",
        #""requestParameters":{"roleName":"<role>"},"responseElements":null"#),
      TrailOperation(
        3, "cloudformation", "DescribeStacks",
        #""requestParameters":{"stackName":"<stack>"},"responseElements":null"#),
      TrailOperation(
        2, "lambda", "UpdateFunctionCode20150331v2",
        #""requestParameters":{"functionName":"<function>","s3Bucket":"<bucket>","s3Key":"<objectKey>","publish":true,"dryRun":false},"responseElements":{"functionName":"<function>","functionArn":"arn:aws:lambda:<region>:<account>:function:<function>","runtime":"python3.13","role":"arn:aws:iam::<account>:role/<role>","handler":"app.handler","codeSize":<number>,"timeout":30,"memorySize":512,"lastModified":"<time>","codeSha256":"<extendedID>","version":"17","tracingConfig":{"mode":"PassThrough"},"revisionId":"<requestID>","state":"Active","lastUpdateStatus":"InProgress","packageType":"Zip","architectures":["arm64"],"ephemeralStorage":{"size":512}}"#,
        isReadOnly: false),
      TrailOperation(
        2, "ecs", "UpdateService",
        #""requestParameters":{"cluster":"<cluster>","service":"<function>","taskDefinition":"arn:aws:ecs:<region>:<account>:task-definition/<function>:12","desiredCount":3,"forceNewDeployment":true},"responseElements":{"service":{"serviceArn":"arn:aws:ecs:<region>:<account>:service/<cluster>/<function>","serviceName":"<function>","clusterArn":"arn:aws:ecs:<region>:<account>:cluster/<cluster>","status":"ACTIVE","desiredCount":3,"runningCount":3,"pendingCount":0,"launchType":"FARGATE"}}"#,
        isReadOnly: false),
      TrailOperation(
        3, "ecr", "BatchGetImage",
        #""requestParameters":{"registryId":"<account>","repositoryName":"<image>","imageIds":[{"imageTag":"latest"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json"]},"responseElements":null"#,
        resources: #"[{"ARN":"arn:aws:ecr:<region>:<account>:repository/<image>","accountId":"<account>"}]"#),
      assume, identity, parameter, object(3, "PutObject", isReadOnly: false),
    ],
    // What watches over accounts.
    [
      describe(7, "DescribeInstances", #""maxResults":1000,"instancesSet":{},"filterSet":{}"#),
      describe(5, "DescribeVolumes", #""volumeSet":{"items":[{"volumeId":"<volume>"}]},"filterSet":{}"#),
      describe(
        4, "DescribeNetworkInterfaces",
        #""networkInterfaceIdSet":{"items":[{"networkInterfaceId":"<network>"}]},"filterSet":{}"#),
      describe(
        3, "DescribeImages", #""ownersSet":{"items":[{"owner":"self"}]},"imagesSet":{},"filterSet":{}"#),
      TrailOperation(
        5, "monitoring", "DescribeAlarms",
        #""requestParameters":{"alarmNames":["<alarm>"],"maxRecords":100},"responseElements":null"#),
      TrailOperation(
        5, "s3", "GetBucketAcl",
        #""requestParameters":{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","acl":""},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<extendedID>","bytesTransferredOut":<number>}"#,
        resources: #"[{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}]"#),
      TrailOperation(
        3, "elasticloadbalancing", "DescribeLoadBalancers",
        #""requestParameters":{"pageSize":400},"responseElements":null,"apiVersion":"2015-12-01""#),
      TrailOperation(
        3, "rds", "DescribeDBInstances",
        #""requestParameters":{"dBInstanceIdentifier":"<cluster>"},"responseElements":null"#),
      TrailOperation(
        3, "kms", "DescribeKey",
        #""requestParameters":{"keyId":"arn:aws:kms:<region>:<account>:key/<kmsKey>"},"responseElements":null"#,
        resources: keyResources),
      TrailOperation(
        3, "sns", "GetTopicAttributes",
        #""requestParameters":{"topicArn":"arn:aws:sns:<region>:<account>:<topic>"},"responseElements":null"#),
      TrailOperation(
        2, "iam", "ListRolePolicies", #""requestParameters":{"roleName":"<role>"},"responseElements":null"#),
      logStream, identity, secret,
    ],
  ]
}
