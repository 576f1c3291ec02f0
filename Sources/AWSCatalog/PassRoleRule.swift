// Permissions that CloudTrail never logs but a call proves: passing a role, and tagging while creating.

/// A parameter by which an operation passes a role to a service, so that the caller needs `iam:PassRole`.
///
/// See "Grant a user permissions to pass a role to an AWS service" in the IAM User Guide.
public struct PassRoleRule: Hashable, Sendable {
  /// What the parameter holds.
  public enum Form: String, Hashable, Sendable {
    /// A role, as ARN or name.
    case role
    /// An instance profile, as ARN or name: the role passed is the one inside it.
    case instanceProfile
  }

  /// The parameter that holds the role.
  public let parameter: RequestPath
  /// What the parameter holds.
  public let form: Form
  /// The services that may receive the role, as `iam:PassedToService` names them, sorted; empty where AWS does not
  /// document it.
  public let services: [String]

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - parameter: The parameter that holds the role.
  ///   - form: What the parameter holds.
  ///   - services: The services that may receive the role.
  public init(parameter: RequestPath, form: Form, services: [String]) {
    self.parameter = parameter
    self.form = form
    self.services = services
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
