// From CloudTrail's (eventSource, eventName) to the actions that authorise it.
//
// The rules, in the order in which they are asked; an answer names all that applied:
//
//  1. `event-source`: the event source without its domain stands for an IAM prefix of another name.
//  2. `date-suffix`: the API date at the end of a name (`CreateFunction20150331`) is dropped. No action ends so, whereas
//     75 actions end in a digit or in `V2`, which therefore stay.
//  3. `stated`: the operations table says what authorises the operation, or that it needs no permission, or that it is
//     no call.
//  4. `imported`: a catalog file made of AWS's own service reference says it, and speaks for the service.
//  5. `same-name`: an action of the service has the operation's name.
//  6. `whole-service`: the table says that nothing else of the service is a call or needs a permission.
//  7. `unique-name`: just one service has an action of that name, and no SDK knows the operation under its own event
//     source: repairs wrong event sources. This is a guess of low confidence, which the rule's name tells.
//  8. `unresolved`.
//
// Actions that only some requests need stand behind: those of the operations table, `iam:PassRole`, and tagging. An
// action outside the catalog is never named.

import JSONStream

extension Catalog {
  /// What authorises an operation, as CloudTrail names it.
  ///
  /// - Parameters:
  ///   - source: The event source, such as `lambda.amazonaws.com`, in any case.
  ///   - name: The event name, such as `Invoke`.
  /// - Returns: The mapping; `unresolved` where no rule knows the name.
  /// - Complexity: O(log *n*) in the size of the catalog, some microseconds. Callers with many events keep the answers.
  public func operation(source: String, name: String) -> OperationMapping {
    let host = Catalog.host(of: source)
    let service = prefix(ofHost: host)
    let base = Catalog.withoutDate(name)
    var rules: [String] = []
    if service != host { rules.append("event-source") }
    if base.utf8.count != name.utf8.count { rules.append("date-suffix") }
    let key = "\(service):\(base)"

    let line = tables.operations.line(key)
    if let line, let mapping = stated(line, key, service, rules + ["stated"]) { return mapping }
    if let line = update?.tables.operations.line(key),
      update?.services.contains(service.lowercased()) == true,
      let mapping = stated(line, key, service, rules + ["imported"])
    {
      return mapping
    }
    if let action = canonicalName(key) {
      return mapping([OperationAction(action: action)], key, service, rules + ["same-name"], nil)
    }
    if let line = tables.operations.line("\(service):*"),
      let mapping = stated(line, key, service, rules + ["whole-service"])
    {
      return mapping
    }
    if let line { return unresolved(service, rules, line.text(3)) }
    switch NameIndex.shared.action(named: base) {
    case .one(let action) where canonicalName(action) != nil:
      return mapping(
        [OperationAction(action: action)], action, service, rules + ["unique-name"],
        "no action of `\(service)` has this name, and of all other services only this one has")
    case .several:
      return unresolved(
        service, rules, "no action of `\(service)` has this name, and several other services have one")
    case .none, .one:
      return unresolved(service, rules, "no action of the catalog has this name")
    }
  }

  /// The parameters by which an operation passes roles.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  /// - Returns: The rules, sorted by path; none where the operation passes no role.
  public func passRole(source: String, name: String) -> [PassRoleRule] {
    operation(source: source, name: name).passRole
  }

  /// The action that an operation needs as well where it tags what it creates.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  /// - Returns: The rule; none where the operation takes no tags.
  public func tagOnCreate(source: String, name: String) -> [TagOnCreateRule] {
    operation(source: source, name: name).tagOnCreate.map { [$0] } ?? []
  }

  /// The IAM service prefix that an event source stands for.
  ///
  /// - Parameter source: The event source, such as `monitoring.amazonaws.com`, in any case.
  /// - Returns: Such as `cloudwatch`; the host itself where no service has that name.
  public func servicePrefix(source: String) -> String {
    prefix(ofHost: Catalog.host(of: source))
  }

  /// Whether an IAM service prefix is one of the catalog's.
  ///
  /// - Parameter prefix: The prefix, in any case.
  /// - Returns: Whether the catalog has the service.
  public func hasService(_ prefix: String) -> Bool {
    tables.services.line(prefix) != nil || update?.services.contains(prefix.lowercased()) == true
  }

  /// An event name without the API date at its end, as Lambda and CloudFront write it.
  ///
  /// - Parameter name: The event name, such as `UpdateFunctionCode20150331v2` or `GetDistribution2020_05_31`.
  /// - Returns: Such as `UpdateFunctionCode`; the name itself where it ends in no date.
  public static func withoutDate(_ name: String) -> String {
    let bytes = name.utf8Span.span
    var end = bytes.count
    // An optional version: `v` and digits.
    var mark = end
    while mark > 0, bytes[mark - 1].isDigit { mark -= 1 }
    if mark < end, mark > 0, bytes[mark - 1] == UInt8(ascii: "v") { end = mark - 1 }
    // Two digits, two digits, four digits, from behind, with an underscore allowed before the first two groups.
    for (digits, underscore) in [(2, true), (2, true), (4, false)] {
      for _ in 0..<digits {
        guard end > 0, bytes[end - 1].isDigit else { return name }
        end -= 1
      }
      if underscore, end > 0, bytes[end - 1] == UInt8(ascii: "_") { end -= 1 }
    }
    return end == 0 ? name : String(decoding: name.utf8.prefix(end), as: UTF8.self)
  }

  /// The endings of event sources behind the service's host.
  private static let domains = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".amazon.aws"]

  private static func host(of source: String) -> String {
    let source = source.lowercased()
    for domain in domains where source.hasSuffix(domain) && source.utf8.count > domain.utf8.count {
      return String(source.dropLast(domain.count))
    }
    return source
  }

  private func prefix(ofHost host: String) -> String {
    if let line = tables.eventSources.line(host) { return line.text(1) }
    if hasService(host) { return host }
    // A regional endpoint in place of the event source: `ec2.eu-west-1`.
    let label = String(host.prefix { $0 != "." })
    return hasService(label) ? label : host
  }

  /// What a line of an operations table says; `nil` where it says only why nobody knows, or names actions that the
  /// catalog no longer has.
  private func stated(_ line: CatalogLine, _ key: String, _ service: String, _ rules: [String])
    -> OperationMapping?
  {
    let note = line.text(3).isEmpty ? nil : line.text(3)
    switch line.text(1) {
    case "action":
      let requirements = OperationAction.parse(line.text(2)).filter { canonicalName($0.action) != nil }
      return requirements.isEmpty ? nil : mapping(requirements, key, service, rules, note)
    case "none":
      return OperationMapping(
        kind: .noPermissionNeeded, rule: rules.joined(separator: " + "), note: note, service: service)
    case "event":
      return OperationMapping(
        kind: .notACall, rule: rules.joined(separator: " + "), note: note, service: service)
    default:
      return nil
    }
  }

  private func unresolved(_ service: String, _ rules: some Sequence<String>, _ note: String)
    -> OperationMapping
  {
    OperationMapping(
      kind: .unresolved, rule: (rules + ["unresolved"]).joined(separator: " + "), note: note, service: service
    )
  }

  private func mapping(
    _ requirements: [OperationAction], _ key: String, _ service: String, _ rules: [String], _ note: String?
  ) -> OperationMapping {
    let roles = tables.passRole.line(key).map { $0.list(from: 1).map { PassRoleRule($0) } } ?? []
    let tags = tables.tagOnCreate.line(key).map { line in
      TagOnCreateRule(action: line.text(1), parameters: line.list(2).map { RequestPath($0) })
    }
    return OperationMapping(
      kind: .action, requirements: requirements, passRole: roles,
      tagOnCreate: requirements.contains { $0.action == tags?.action } ? nil : tags,
      rule: rules.joined(separator: " + "), note: note, service: service)
  }
}
