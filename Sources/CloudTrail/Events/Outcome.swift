// How a call ended (SEMANTICS §3).

import IAM

/// How a call ended; raw values are those of `outcome` in machine output.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
  /// The call succeeded.
  case allowed
  /// The call failed for a reason other than permission: it got past authorization, or would be repeated.
  case failed
  /// The call was refused for lack of permission.
  case denied
}

extension Outcome {
  /// Error codes that mean a refusal for lack of permission, in lower case, without `Client.` and `Server.`.
  ///
  /// Collected from the "Common errors" pages of the services' API references; most services use the first four.
  private static let refusals: Set<String> = [
    "accessdenied", "accessdeniedexception", "unauthorizedoperation", "authorizationerror",
    "accessdeniederror", "accessdeniedfault", "authorizationerrorexception", "authorizationexception",
    "forbidden", "forbiddenexception", "insufficientprivilegesexception", "insufficientpermissionsexception",
    "insufficientpermissions", "kmsaccessdeniedexception", "kms.accessdeniedexception",
    "kmsaccessdeniedfault", "notauthorized", "notauthorizedexception", "operationnotpermittedexception",
    "permissiondenied", "s3accessdeniedexception", "unauthorized", "unauthorizedaccess",
    "unauthorizedaccessexception", "unauthorizedexception", "useraccessdenied", "usernotauthorized",
    "vpceaccessdenied",
  ]

  /// Codes that these services use for wrong passwords and tokens, which are not questions of permission.
  private static let signInServices: Set<String> = [
    "cognito-idp.amazonaws.com", "cognito-identity.amazonaws.com", "signin.amazonaws.com",
    "sso-oidc.amazonaws.com",
  ]

  /// Decides the outcome of a call.
  ///
  /// - Parameters:
  ///   - errorCode: The record's `errorCode`; `Client.` or `Server.` may stand before it, as EC2 writes it.
  ///   - errorMessage: The record's `errorMessage`.
  ///   - eventSource: The record's `eventSource`.
  init(errorCode: String?, errorMessage: String?, eventSource: String?) {
    guard let errorCode, !errorCode.isEmpty else {
      self = errorMessage == nil ? .allowed : .failed
      return
    }
    var code = errorCode.lowercased()
    for prefix in ["client.", "server."] where code.hasPrefix(prefix) { code.removeFirst(prefix.utf8.count) }
    let names = Outcome.namesRefusedAction(errorMessage)
    if code == "notauthorizedexception", let eventSource, Outcome.signInServices.contains(eventSource) {
      self = names ? .denied : .failed
    } else if Outcome.refusals.contains(code) || names {
      self = .denied
    } else {
      self = .failed
    }
  }

  /// Whether a message is IAM's own: `User: ARN is not authorized to perform: ACTION on resource: ARN`.
  ///
  /// Some services pass it on under a code of their own (`ClientException`, `InvalidRequestException`).
  ///
  /// - Parameter message: The error message of a record.
  /// - Returns: Whether IAM wrote it.
  package static func namesRefusedAction(_ message: String?) -> Bool {
    guard let message, message.hasPrefix("User: ") else { return false }
    return message.containsBytes(of: " is \(wordsBeforeAction)")
  }

  /// What stands before the action in what IAM says of a refusal.
  package static let wordsBeforeAction: StaticString = "not authorized to perform: "
}

extension CloudTrailEvent {
  /// How the call ended.
  public var outcome: Outcome {
    Outcome(errorCode: errorCode, errorMessage: errorMessage, eventSource: eventSource)
  }
}
