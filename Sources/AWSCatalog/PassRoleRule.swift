// Permissions that CloudTrail never logs but a call proves: passing a role, and tagging while creating.

/// A parameter by which an operation passes a role to a service, so that the caller needs `iam:PassRole`.
///
/// A role can be passed only within its own account: an ARN of another account in such a parameter is a reference, and
/// needs no permission of the caller. See "Grant a user permissions to pass a role to an AWS service" in the IAM User
/// Guide.
public struct PassRoleRule: Hashable, Sendable {
  /// What the parameter holds.
  public enum Form: String, Hashable, Sendable {
    /// A role.
    case role
    /// An instance profile, as ARN or name: the role passed is the one inside it.
    case instanceProfile
  }

  /// The parameter that holds the role.
  public let parameter: RequestPath
  /// What the parameter holds.
  public let form: Form
  /// Whether the parameter may hold a bare name.
  ///
  /// Where it may not, a value that is no ARN is no role: parameters such as `role` hold other things elsewhere.
  public let acceptsName: Bool
  /// Whether every call of the operation passes a role.
  public let always: Bool
  /// The services that may receive the role, as `iam:PassedToService` names them, sorted.
  ///
  /// Empty where AWS does not document it.
  public let services: [String]

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - parameter: The parameter that holds the role.
  ///   - form: What the parameter holds.
  ///   - acceptsName: Whether it may hold a bare name.
  ///   - always: Whether every call passes a role.
  ///   - services: The services that may receive the role.
  public init(
    parameter: RequestPath, form: Form, acceptsName: Bool = true, always: Bool = false, services: [String]
  ) {
    self.parameter = parameter
    self.form = form
    self.acceptsName = acceptsName
    self.always = always
    self.services = services
  }

  /// Parses `path form principal principal` as the table writes it.
  ///
  /// - Parameter text: One rule of a line.
  init(_ text: String) {
    let parts = text.split(separator: " ").map(String.init)
    let form = parts.count > 1 ? parts[1] : "role"
    self.init(
      parameter: RequestPath(parts.first ?? ""), form: form == "profile" ? .instanceProfile : .role,
      acceptsName: form != "role", always: form == "always",
      services: Array(parts.dropFirst(2)).sortedByBytes())
  }
}

/// An action that an operation needs as well where it tags what it creates.
public struct TagOnCreateRule: Hashable, Sendable {
  /// The tagging action, such as `ec2:CreateTags`.
  public let action: String
  /// The parameters that hold tags: any one of them, where it is not empty, is proof.
  public let parameters: [RequestPath]

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - action: The tagging action.
  ///   - parameters: The parameters that hold tags.
  public init(action: String, parameters: [RequestPath]) {
    self.action = action
    self.parameters = parameters
  }
}

extension Sequence<String> {
  /// The strings in the order of their bytes, which does not depend on a locale or a version of Unicode.
  func sortedByBytes() -> [String] {
    sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
