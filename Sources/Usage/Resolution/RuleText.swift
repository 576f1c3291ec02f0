// What the names of rules mean, for people.

/// Explains the rules of requirements.
public enum RuleText {
  /// What a rule did, as sentence fragments in the order in which they applied.
  ///
  /// - Parameter rule: The rule of a requirement, such as `date-suffix + stated, parameters`.
  /// - Returns: One fragment for each part that is known.
  public static func fragments(of rule: String) -> [String] {
    var parts: [Substring] = []
    var rest = rule[...]
    while let cut = rest.firstRange(of: ", ") {
      parts += separated(rest[..<cut.lowerBound])
      rest = rest[cut.upperBound...]
    }
    return (parts + separated(rest)).compactMap { part in
      if let known = texts[String(part)] { return known }
      if part.hasPrefix("pass-role ") { return "the request passes a role in `\(part.dropFirst(10))`" }
      if part.hasPrefix("parameter ") {
        return "the resource stands in the parameter `\(part.dropFirst(10))`"
      }
      return ServiceRules.all.contains { $0.name == part }
        ? "the resource is read from the parameters of \(part)" : nil
    }
  }

  private static func separated(_ text: Substring) -> [Substring] {
    var parts: [Substring] = []
    var rest = text
    while let cut = rest.firstRange(of: " + ") {
      parts.append(rest[..<cut.lowerBound])
      rest = rest[cut.upperBound...]
    }
    return parts + [rest]
  }

  private static let texts: [String: String] = [
    "event-source": "the event source stands for an IAM prefix of another name",
    "date-suffix": "the API date at the end of the event name is dropped",
    "stated": "the catalog states what authorises the operation",
    "same-name": "the action has the operation's name",
    "unique-name": "no other service has an action of the operation's name (a guess)",
    "whole-service": "the catalog states what authorises the service's operations",
    "tag-on-create": "the request tags what it creates",
    "operation": "the operation needs the action besides",
    "path": "the resource is the path of the request",
    "listed": "the record lists the resource",
    "parameter-arn": "a request parameter holds the resource's ARN",
    "parameters": "request parameters fill the ARN format of the resource",
    "response": "the response names the resource",
    "denial-message": "AWS's denial states it",
    "created": "the call creates the resource, whose id the service assigns",
    "partial": "request parameters fill a part of the ARN format; the rest is open",
    "fixed": "an account has one resource of this kind",
    "collection": "the call is about all resources of this kind",
    "required-type": "the action requires a resource of this type besides, which the record does not tell",
    "no-resource-types": "the action cannot be limited to resources",
    "unresolved": "nothing in the record tells the resource",
  ]
}
