// IAM action names, `service:Name`.

/// An IAM action such as `s3:GetObject`: a service prefix and a name, compared without regard to case.
///
/// See "IAM JSON policy elements: Action" in the IAM User Guide.
public struct ActionName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The service prefix, as written.
  public let service: String
  /// The name behind the colon, as written.
  public let name: String

  /// Creates an action name from its parts.
  ///
  /// - Parameters:
  ///   - service: The service prefix.
  ///   - name: The name.
  public init(service: String, name: String) {
    self.service = service
    self.name = name
  }

  /// Parses `service:Name`, or returns `nil` where the text has no colon or an empty part.
  ///
  /// - Parameter text: The action; wildcards are allowed in both parts.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(service: String(parts[0]), name: String(parts[1]))
  }

  /// The action as text, spelled as it was given.
  public var description: String { "\(service):\(name)" }

  private var folded: String { description.lowercased() }

  /// Whether two actions are the same, case aside.
  public static func == (left: ActionName, right: ActionName) -> Bool { left.folded == right.folded }

  /// Orders actions by their lower-case text.
  public static func < (left: ActionName, right: ActionName) -> Bool { left.folded < right.folded }

  /// Hashes the lower-case text.
  public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
