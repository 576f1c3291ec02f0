// Policies that AWS writes and keeps.

/// One AWS managed policy.
public struct ManagedPolicy: Hashable, Sendable {
  /// Its name, such as `ReadOnlyAccess`.
  public let name: String
  /// Its path, `/` or such as `/service-role/`.
  public let path: String
  /// Its default version, such as `v151`.
  public let version: String
  /// The document as compact JSON.
  public let document: String

  /// Its ARN in the `aws` partition.
  public var arn: String { "arn:aws:iam::aws:policy\(path)\(name)" }

  /// Creates a managed policy.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - path: Its path.
  ///   - version: Its default version.
  ///   - document: The document as compact JSON.
  public init(name: String, path: String, version: String, document: String) {
    self.name = name
    self.path = path
    self.version = version
    self.document = document
  }
}
