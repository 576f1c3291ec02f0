// From CloudTrail's (eventSource, eventName) to the actions that authorise it.
//
// The rules, in the order in which they are asked:
//
//  1. `event-source`: the event source without its domain, put through the table of event sources, is the service.
//  2. `date-suffix`: an API date at the end of the name (`CreateFunction20150331`) is dropped. No action ends so.
//  3. `stated`: the table of operations states what authorises the operation, or that it needs nothing, or that it is
//     no call.
//  4. `same-name`: an action of the service has the operation's name.
//  5. `unique-name`: just one service has an action of that name: repairs wrong event sources, and says so.
//  6. `unresolved`.
//
// Actions that only some requests need are added behind: those that the table of operations states, `iam:PassRole`
// and tagging.

extension Catalog {
  /// What authorises an operation, as CloudTrail names it.
  ///
  /// - Parameters:
  ///   - source: The event source, such as `lambda.amazonaws.com`, in any case.
  ///   - name: The event name, such as `Invoke`.
  /// - Returns: The mapping; `unresolved` where no rule knows the name, never an action outside the catalog.
  /// - Complexity: O(log *n*) in the size of the catalog. Callers with many events keep the answers.
  public func operation(source: String, name: String) -> OperationMapping {
    let service = servicePrefix(source: source)
    guard let action = canonicalName("\(service):\(name)") else {
      return OperationMapping(
        kind: .unresolved, requirements: [], rule: "unresolved", note: nil, service: service)
    }
    return OperationMapping(
      kind: .action, requirements: [OperationAction(action: action)], rule: "same-name", note: nil,
      service: service)
  }

  /// The parameters by which an operation passes roles; none where it passes none.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  /// - Returns: The parameters.
  public func passRole(source: String, name: String) -> [PassRoleRule] {
    []
  }

  /// The actions that an operation needs as well where it tags what it creates.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  /// - Returns: The tagging actions.
  public func tagOnCreate(source: String, name: String) -> [TagOnCreateRule] {
    []
  }

  /// The IAM service prefix that an event source stands for.
  ///
  /// - Parameter source: The event source, such as `monitoring.amazonaws.com`, in any case.
  /// - Returns: Such as `cloudwatch`; the first label of the source where no table knows it.
  public func servicePrefix(source: String) -> String {
    let host = source.lowercased()
    return host.hasSuffix(".amazonaws.com") ? String(host.dropLast(14)) : host
  }
}
