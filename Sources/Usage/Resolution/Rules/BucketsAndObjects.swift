// Rule `s3`: buckets and objects by their wire names (`bucketName`, `key`), access points instead of buckets.

import IAM

/// S3 buckets, objects and access points.
struct BucketsAndObjects: ServiceRule {
  let name = "s3"
  let services: Set<String> = ["s3", "s3express"]

  func found(_ query: ResourceQuery) -> [String] {
    guard
      let bucket = query.call.request.value(named: "bucketName") ?? query.call.request.value(named: "bucket"),
      WellFormed.isValue(bucket)
    else { return [] }
    let key = query.call.request.values(named: "key").map(\.value).filter(WellFormed.isValue)
    if let accessPoint = WellFormed.arn(bucket) {
      switch query.type.name {
      case "accesspoint": return query.resource(accessPoint).map { [$0] } ?? []
      case "accesspointobject":
        return key.compactMap { key in ARN("\(accessPoint)/object/\(key)").flatMap(query.resource) }
      case "bucket": return query.resource(accessPoint).map { [$0] } ?? []
      default: return []
      }
    }
    switch query.type.name {
    case "bucket": return query.resource(named: bucket).map { [$0] } ?? []
    case "object":
      guard let format = query.type.formats.first else { return [] }
      return key.compactMap { query.resource(format, [bucket, $0]) }
    default: return []
    }
  }
}

/// The object that a copy reads, from `x-amz-copy-source`: `bucket/key`, percent-encoded, with a version, or the ARN of
/// an object behind an access point.
struct CopySource: Hashable, Sendable {
  /// The ARN of the object.
  let resource: String
  /// Whether the source names a version.
  let hasVersion: Bool

  /// Reads the header's value, or returns `nil` where it names no object.
  ///
  /// - Parameters:
  ///   - header: The header's value.
  ///   - partition: The partition of the call.
  init?(_ header: String, partition: String) {
    let parts = header.split(separator: "?", maxSplits: 1)
    guard let first = parts.first else { return nil }
    hasVersion = parts.count == 2 && parts[1].lowercased().hasPrefix("versionid=")
    var source = PercentEncoding.decoded(String(first))
    guard WellFormed.isValue(source) else { return nil }
    if let arn = WellFormed.arn(source) {
      resource =
        "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
        + ResourcePattern.escaped(arn.resource)
      return
    }
    if source.hasPrefix("/") { source.removeFirst() }
    let names = source.split(separator: "/", maxSplits: 1)
    guard names.count == 2 else { return nil }
    resource = "arn:\(partition):s3:::\(ResourcePattern.escaped(source))"
  }
}
