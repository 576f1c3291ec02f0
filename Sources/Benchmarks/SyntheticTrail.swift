// Trails made from a seed: the shape and sizes of real management and data events, none of their content.

import Glibc
import Synchronization

/// Makes the events of a trail.
///
/// Principals follow Zipf's law, three events in four read objects of S3, and one in twenty is refused; these are the
/// proportions of the busy accounts whose logs were looked at. Equal seeds give equal bytes.
struct SyntheticTrail {
  private var state: UInt64
  private let principals: Int
  private var number = 0

  /// Creates a trail.
  ///
  /// - Parameters:
  ///   - seed: What the trail is made from.
  ///   - principals: How many roles act.
  init(seed: UInt64, principals: Int) {
    state = seed
    self.principals = principals
  }

  private mutating func random(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  /// The next event as one line of JSON, without a line feed.
  mutating func event() -> String {
    number += 1
    // A rank whose logarithm is uniform: the first few roles make most calls.
    let bits = random(below: principals.bitWidth - principals.leadingZeroBitCount) + 1
    let role = min(principals - 1, random(below: 1 << bits))
    let account = String(111_122_223_333 + role % 4)
    let minute = number / 40 % 60
    let hour = number / 2400 % 24
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    let call: String
    let resources: String
    if random(below: 4) > 0 {
      let bucket = "bucket-\(role % 40)"
      let key = "data/2026/\(random(below: 1000))/part-\(random(below: 10))"
      call =
        #""eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"bucketName":"\#(bucket)","Host":"\#(bucket).s3.eu-west-1.amazonaws.com","key":"\#(key)"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":0,"bytesTransferredOut":\#(random(below: 9999))}"#
      resources =
        #","resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::\#(bucket)/\#(key)"},{"accountId":"\#(account)","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::\#(bucket)"}]"#
    } else {
      let names = [
        "DescribeInstances", "DescribeSubnets", "DescribeVolumes", "DescribeImages", "DescribeTags",
      ]
      call =
        #""eventSource":"ec2.amazonaws.com","eventName":"\#(names[random(below: names.count)])","requestParameters":{"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"vpc-\#(random(below: 20))"}]}}]}},"responseElements":null"#
      resources = ""
    }
    let error =
      random(below: 20) == 0 ? #","errorCode":"AccessDenied","errorMessage":"Access Denied""# : ""
    let id = String(number, radix: 16)
    return
      #"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE\#(role):job","arn":"arn:aws:sts::\#(account):assumed-role/role-\#(role)/job","accountId":"\#(account)","accessKeyId":"ASIAEXAMPLE\#(role)","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE\#(role)","arn":"arn:aws:iam::\#(account):role/team/role-\#(role)","accountId":"\#(account)","userName":"role-\#(role)"},"attributes":{"creationDate":"2026-11-20T00:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-11-20T\#(two(hour)):\#(two(minute)):\#(two(number % 60))Z","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"[aws-sdk-java/2.20.43 Linux/5.10 OpenJDK_64-Bit_Server_VM/17]","#
      + call + error
      + #","requestID":"\#(id)","eventID":"00000000-0000-4000-8000-\#(id)","readOnly":true\#(resources),"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"\#(account)","eventCategory":"Data"}"#
  }

  /// Writes files of events as `{"Records":[…]}`, one event a line for `isNDJSON`.
  ///
  /// - Parameters:
  ///   - events: How many events.
  ///   - files: Over how many files they are spread.
  ///   - isNDJSON: Whether lines are written instead of one object a file.
  ///   - isCompressed: Whether `gzip` compresses the files.
  /// - Returns: The folder of the files; it is removed when the program ends.
  mutating func write(events: Int, files: Int, isNDJSON: Bool = false, isCompressed: Bool = false) -> String {
    var template = Array("/tmp/whittle-benchmark-XXXXXX".utf8CString)
    // `mkdtemp` writes into the template, which ends with NUL.
    unsafe mkdtemp(&template)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    SyntheticTrail.removeAtExit(folder)
    for file in 0..<files {
      let count = events / files + (file < events % files ? 1 : 0)
      let lines = (0..<count).map { _ in event() }
      let text =
        isNDJSON
        ? lines.joined(separator: "\n") : "{\"Records\":[\(lines.joined(separator: ","))]}"
      let path = "\(folder)/\(file).json"
      let stream = unsafe isCompressed ? popen("gzip -6 > \(path).gz", "w") : fopen(path, "w")
      guard let stream = unsafe stream else { continue }
      unsafe fputs(text, stream)
      _ = unsafe isCompressed ? pclose(stream) : fclose(stream)
    }
    return folder
  }

  private static func removeAtExit(_ folder: String) {
    let isFirst = folders.withLock { folders in
      folders.append(folder)
      return folders.count == 1
    }
    if isFirst {
      atexit {
        for folder in SyntheticTrail.folders.withLock({ $0 }) { _ = unsafe system("rm -r \(folder)") }
      }
    }
  }

  /// The folders made so far.
  private static let folders = Mutex<[String]>([])
}
