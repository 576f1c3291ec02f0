// Where declared grants will stand, where the declaration does not tell.

/// The account, region and partition for which infrastructure is declared.
public struct GrantPlace: Hashable, Sendable {
  /// The account, twelve digits.
  public var account: String?
  /// The region.
  public var region: String?
  /// The partition.
  public var partition: String?

  /// Creates a place; what is not given is not known.
  ///
  /// - Parameters:
  ///   - account: The account.
  ///   - region: The region.
  ///   - partition: The partition.
  public init(account: String? = nil, region: String? = nil, partition: String? = nil) {
    self.account = account
    self.region = region
    self.partition = partition
  }
}
