// Amazon Resource Names, split into their six segments.

/// An Amazon Resource Name: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// An instance has exactly six segments and no empty partition, service or resource; wildcards may stand in
/// any of them. See "Amazon Resource Names (ARNs)" in the IAM User Guide.
public struct ARN: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The partition, such as `aws`, `aws-cn` or `aws-us-gov`.
  public let partition: String
  /// The service namespace, such as `s3`.
  public let service: String
  /// The region, empty for global resources.
  public let region: String
  /// The twelve-digit account id, empty for resources whose ARN has none.
  public let account: String
  /// All that follows the fifth colon, colons included.
  public let resource: String

  /// Creates an ARN from its segments.
  ///
  /// - Parameters:
  ///   - partition: The partition.
  ///   - service: The service namespace.
  ///   - region: The region, or an empty string.
  ///   - account: The account id, or an empty string.
  ///   - resource: The resource part.
  public init(partition: String, service: String, region: String, account: String, resource: String) {
    self.partition = partition
    self.service = service
    self.region = region
    self.account = account
    self.resource = resource
  }

  /// Parses an ARN, or returns `nil` where the text is none.
  ///
  /// - Parameter text: The whole ARN; surrounding white space is not accepted.
  /// - Complexity: O(*n*) in the length of the text.
  public init?(_ text: some StringProtocol) {
    // Bytes, not characters: a combining mark behind a colon must not hide it.
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].elementsEqual("arn".utf8), !parts[1].isEmpty, !parts[2].isEmpty,
      !parts[5].isEmpty
    else { return nil }
    self.init(
      partition: String(decoding: parts[1], as: UTF8.self),
      service: String(decoding: parts[2], as: UTF8.self),
      region: String(decoding: parts[3], as: UTF8.self), account: String(decoding: parts[4], as: UTF8.self),
      resource: String(decoding: parts[5], as: UTF8.self))
  }

  /// The ARN as text.
  public var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }

  /// Orders ARNs as the bytes of their text are ordered.
  public static func < (left: ARN, right: ARN) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}
