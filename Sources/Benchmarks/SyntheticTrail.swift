// Trails made from a seed: the shape and sizes of real management and data events, none of their content.

import Glibc
import Synchronization

/// Makes the events of a trail.
///
/// Principals follow Zipf's law, three events in four read objects of S3, and one in twenty is refused; these are the
/// proportions of the busy accounts whose logs were looked at. Equal seeds give equal bytes.
struct SyntheticTrail {
  /// What a file looks like.
  enum Form {
    /// `{"Records":[…]}`.
    case records
    /// The same, compressed by `gzip`.
    case packed
    /// An event a line.
    case lines
    /// The same, compressed by `gzip`.
    case packedLines
  }

  /// What was written.
  struct Written: Sendable {
    /// The folder of the files, `0.json`, `1.json` and so on.
    let folder: String
    /// How many events there are.
    let events: Int
    /// How many bytes of JSON there are.
    let bytes: Int
  }

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

  private mutating func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  private mutating func random(below bound: Int) -> Int { Int(random() % UInt64(max(1, bound))) }

  /// So many random hexadecimal digits, at most eight.
  private mutating func digits(_ count: Int) -> String {
    let text = String(random() << 1 | UInt64(1) << 32, radix: 16)
    return String(text.suffix(count))
  }

  /// The next event as one line of JSON, without a line feed.
  mutating func event() -> String {
    number += 1
    // A rank whose logarithm is uniform: the first few roles make most calls.
    let bits = random(below: principals.bitWidth - principals.leadingZeroBitCount) + 1
    let role = min(principals - 1, random(below: 1 << bits))
    let account = String(111_122_223_333 + role % 4)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    let time =
      "2026-11-\(two(1 + number / 20_000 % 28))T\(two(number / 830 % 24)):\(two(number / 14 % 60)):\(two(number % 60))Z"
    let call: String
    let resources: String
    if random(below: 4) > 0 {
      let bucket = "bucket-\(role % 40)"
      let key = "data/2026/\(random(below: 1000))/part-\(random(below: 10))"
      call =
        #""eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"bucketName":"\#(bucket)","Host":"\#(bucket).s3.eu-west-1.amazonaws.com","key":"\#(key)"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"\#(digits(8))\#(digits(8))\#(digits(8))=","bytesTransferredOut":\#(random(below: 9999))}"#
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
    let request = "\(digits(8))-\(digits(4))"
    let id = "\(digits(8))-\(digits(4))-4\(digits(3))-8\(digits(3))-\(digits(8))\(digits(4))"
    return
      #"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE\#(role):job","arn":"arn:aws:sts::\#(account):assumed-role/role-\#(role)/job","accountId":"\#(account)","accessKeyId":"ASIAEXAMPLE\#(role)","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE\#(role)","arn":"arn:aws:iam::\#(account):role/team/role-\#(role)","accountId":"\#(account)","userName":"role-\#(role)"},"attributes":{"creationDate":"2026-11-20T00:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"\#(time)","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.\#(random(below: 250))","userAgent":"[aws-sdk-java/2.20.43 Linux/5.10 OpenJDK_64-Bit_Server_VM/17]","#
      + call + error
      + #","requestID":"\#(request)","eventID":"\#(id)","readOnly":true\#(resources),"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"\#(account)","eventCategory":"Data"}"#
  }

  /// Writes files of events, between half and one and a half times as many in each as the mean.
  ///
  /// - Parameters:
  ///   - bytes: How much JSON, about.
  ///   - files: Over how many files it is spread; `nil` for files of five events.
  ///   - form: What the files look like.
  ///   - folder: Where they are written; by default a folder that is removed when the program ends.
  /// - Returns: What was written.
  mutating func write(bytes: Int, files: Int?, form: Form, folder: String? = nil) -> Written {
    let folder = folder ?? SyntheticTrail.temporaryFolder()
    var written = (events: 0, bytes: 0, files: 0)
    while files.map({ written.files < $0 }) ?? (written.bytes < bytes) {
      // The mean of what is left, so that the sum comes out.
      let mean = files.map { (bytes - written.bytes) / ($0 - written.files) }
      let isLast = files.map { $0 - written.files == 1 } ?? false
      let wanted = mean.map { isLast ? $0 : $0 / 2 + random(below: $0) }
      let path = "\(folder)/\(written.files).json"
      let isPacked = form == .packed || form == .packedLines
      let isLines = form == .lines || form == .packedLines
      let stream = unsafe isPacked ? popen("gzip -n -6 > \(path).gz", "w") : fopen(path, "w")
      guard let stream = unsafe stream else { break }
      func put(_ text: String) {
        unsafe fputs(text, stream)
        written.bytes += text.utf8.count
      }
      let end = wanted.map { written.bytes + $0 }
      if !isLines { put(#"{"Records":["#) }
      var count = 0
      while end.map({ written.bytes < $0 }) ?? (count < 5) {
        if count > 0 { put(isLines ? "\n" : ",") }
        put(event())
        count += 1
      }
      put(isLines ? "\n" : "]}")
      _ = unsafe isPacked ? pclose(stream) : fclose(stream)
      written.events += count
      written.files += 1
    }
    return Written(folder: folder, events: written.events, bytes: written.bytes)
  }

  private static func temporaryFolder() -> String {
    var template = Array("/tmp/whittle-benchmark-XXXXXX".utf8CString)
    // `mkdtemp` writes into the template, which ends with NUL.
    unsafe mkdtemp(&template)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    removeAtExit(folder)
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
