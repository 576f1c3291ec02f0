// A folder for the files of one test.

@testable import CloudTrail
import Foundation

/// A folder that is removed when the test ends; a class for its `deinit`.
final class ScratchFolder {
  let url: URL

  /// Makes the folder.
  ///
  /// - Parameter inMemory: Whether it should stand in memory where the system has a place for that.
  /// - Throws: What Foundation throws where it cannot be made.
  init(inMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let parent =
      inMemory && FileManager.default.isWritableFile(atPath: memory)
      ? URL(filePath: memory) : FileManager.default.temporaryDirectory
    url = parent.appending(path: "whittle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.path }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// Scans the whole folder.
  func scan(jobs: Int = 1) -> (consumer: EventCollector, summary: LogSummary) {
    LogScan(inputs: [.path(path)], jobs: jobs).run { EventCollector() }
  }

  /// Scans one text as a file.
  static func scan(_ bytes: [UInt8]) throws -> (consumer: EventCollector, summary: LogSummary) {
    let folder = try ScratchFolder()
    try folder.write("log", bytes)
    return folder.scan()
  }

  /// Scans one text as a file.
  static func scan(_ text: String) throws -> (consumer: EventCollector, summary: LogSummary) {
    try scan(Array(text.utf8))
  }
}

/// A gzip member that stores its content without compressing it.
func gzipped(_ content: [UInt8]) -> [UInt8] {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in content {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
  var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = content[...]
  repeat {
    let block = rest.prefix(65535)
    rest = rest.dropFirst(block.count)
    bytes += [rest.isEmpty ? 1 : 0] + littleEndian(UInt32(block.count), 2)
    bytes += littleEndian(~UInt32(block.count), 2) + block
  } while !rest.isEmpty
  return bytes + littleEndian(~crc, 4) + littleEndian(UInt32(content.count), 4)
}

/// A Zstandard frame that stores its content without compressing it, behind a frame that is to be skipped.
func zstandard(_ content: [UInt8]) -> [UInt8] {
  precondition((256..<65536).contains(content.count), "a size in two bytes, and one block")
  let skippable: [UInt8] = [0x51, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 0xAA, 0xBB]
  let size = content.count - 256
  let block = content.count << 3 | 1
  return skippable + [0x28, 0xB5, 0x2F, 0xFD, 0x60, UInt8(size & 0xFF), UInt8(size >> 8)]
    + [UInt8(block & 0xFF), UInt8(block >> 8 & 0xFF), UInt8(block >> 16)] + content
}

/// Hand-written events after the shapes of real ones.
enum Sample {
  static let list =
    #"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:job","arn":"arn:aws:sts::111122223333:assumed-role/app/job","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/team/app","accountId":"111122223333","userName":"app"},"attributes":{"creationDate":"2026-11-20T11:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-11-20T12:34:56Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"[aws-cli/2.15 \"quoted\"]","requestParameters":null,"responseElements":null,"eventID":"11111111-0000-4000-8000-000000000001","readOnly":true,"eventType":"AwsApiCall","recipientAccountId":"111122223333","eventCategory":"Management"}"#
  static let put =
    #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/zoë","accountId":"111122223333","userName":"zoë"},"eventTime":"2026-11-20T12:35:00Z","eventSource":"s3.amazonaws.com","eventName":"PutBucketTagging","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"cli","errorCode":"AccessDenied","errorMessage":"Access Denied","requestParameters":{"bucketName":"photos","Host":"s3"},"responseElements":null,"eventID":"11111111-0000-4000-8000-000000000002","resources":[{"ARN":"arn:aws:s3:::photos","accountId":"111122223333","type":"AWS::S3::Bucket"}],"eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#
  static let names = ["ListBuckets", "PutBucketTagging"]

  /// The text as the content of a JSON string, with quotes.
  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The text as a field of CSV.
  static func field(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
