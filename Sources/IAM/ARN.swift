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
    let text = String(text)
    let bytes = text.utf8.span
    guard let segments = ARNSegments(bytes) else { return nil }
    func segment(_ range: Range<Int>) -> String { String(bytes: bytes.extracting(range)) }
    self.init(
      partition: segment(segments.partition), service: segment(segments.service),
      region: segment(segments.region), account: segment(segments.account),
      resource: segment(segments.resource))
  }

  /// The ARN as text.
  public var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }

  /// Orders ARNs as the bytes of their text are ordered.
  public static func < (left: ARN, right: ARN) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}

/// Where the segments of an ARN stand in its text.
///
/// An instance has six segments and no empty partition, service or resource.
package struct ARNSegments {
  /// The partition.
  package let partition: Range<Int>
  /// The service namespace.
  package let service: Range<Int>
  /// The region, which may be empty.
  package let region: Range<Int>
  /// The account, which may be empty.
  package let account: Range<Int>
  /// All that follows the fifth colon.
  package let resource: Range<Int>

  /// Finds the segments, or returns `nil` where the text is no ARN.
  ///
  /// Bytes, not characters: a combining mark behind a colon must not hide it.
  ///
  /// - Parameter text: The whole ARN.
  /// - Complexity: O(*n*) in the length of the text.
  package init?(_ text: Span<UInt8>) {
    // The first segment is told apart before anything else: most texts are no ARNs.
    guard text.count > 8, text.holds("arn:") else { return nil }
    func end(of segment: Int) -> Int? { text.offset(of: UInt8(ascii: ":"), from: segment) }
    guard let partition = end(of: 4), let service = end(of: partition + 1),
      let region = end(of: service + 1), let account = end(of: region + 1),
      partition > 4, service > partition + 1, account + 1 < text.count
    else { return nil }
    self.partition = 4..<partition
    self.service = partition + 1..<service
    self.region = service + 1..<region
    self.account = region + 1..<account
    resource = account + 1..<text.count
  }
}
