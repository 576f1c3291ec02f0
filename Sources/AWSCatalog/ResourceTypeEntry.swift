// What the Service Authorization Reference says of one resource type.

/// One resource type of a service.
public struct ResourceTypeEntry: Hashable, Sendable {
  /// The service prefix whose table defines the type, such as `s3`.
  public let service: String
  /// The type's name in that table, such as `object`.
  public let name: String
  /// Its ARN formats with `${Placeholders}`.
  public let arnFormats: [String]
  /// The condition keys that a request on such a resource carries, sorted.
  public let conditionKeys: [String]
  /// The CloudFormation types that stand for the same thing, as CloudTrail's `resources[].type` names them, sorted:
  /// `AWS::S3::Object`.
  public let cloudFormationTypes: [String]

  /// Creates an entry.
  ///
  /// - Parameters:
  ///   - service: The service prefix.
  ///   - name: The type's name.
  ///   - arnFormats: Its ARN formats.
  ///   - conditionKeys: Its condition keys.
  ///   - cloudFormationTypes: Its CloudFormation types.
  public init(
    service: String, name: String, arnFormats: [String], conditionKeys: [String],
    cloudFormationTypes: [String]
  ) {
    self.service = service
    self.name = name
    self.arnFormats = arnFormats
    self.conditionKeys = conditionKeys
    self.cloudFormationTypes = cloudFormationTypes
  }
}
