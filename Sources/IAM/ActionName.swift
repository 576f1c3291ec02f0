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
    let text = String(text)
    let bytes = text.utf8.span
    guard let colon = bytes.offset(of: UInt8(ascii: ":")), colon > 0, colon + 1 < bytes.count else {
      return nil
    }
    service = String(bytes: bytes.extracting(..<colon))
    name = String(bytes: bytes.extracting((colon + 1)...))
  }

  /// The action as text, spelled as it was given.
  public var description: String { "\(service):\(name)" }

  /// Whether two actions are the same, case of ASCII letters aside.
  public static func == (left: ActionName, right: ActionName) -> Bool {
    func areSame(_ left: String, _ right: String) -> Bool {
      left.utf8.count == right.utf8.count
        && left.utf8.elementsEqual(right.utf8) { Wildcard.lowercased($0) == Wildcard.lowercased($1) }
    }
    return areSame(left.service, right.service) && areSame(left.name, right.name)
  }

  /// Orders actions by the bytes of their lower-case text.
  public static func < (left: ActionName, right: ActionName) -> Bool {
    left.description.utf8.lazy.map { Wildcard.lowercased($0) }
      .lexicographicallyPrecedes(right.description.utf8.lazy.map { Wildcard.lowercased($0) })
  }

  /// Hashes the lower-case text.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(service.asciiLowercased)
    hasher.combine(name.asciiLowercased)
  }
}
