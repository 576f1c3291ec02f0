// Rules of single services: where parameters need more than a name and a format.

/// A rule that knows the resources of one service.
protocol ServiceRule: ResourceRule {
  /// The service prefixes of the actions that it knows.
  var services: Set<String> { get }
  /// Regions that the rule itself names; in calls that it is asked about these are no names like others.
  var regions: Set<String> { get }
  /// The types whose parameters it knows so well that names and formats should not be tried after it.
  var owns: Set<String> { get }
  /// The resources, asked only for actions of the rule's services.
  ///
  /// - Parameter query: The question.
  /// - Returns: What was found.
  func found(_ query: ResourceQuery) -> [String]
}

extension ServiceRule {
  var owns: Set<String> { [] }
  var regions: Set<String> { [] }

  func resources(_ query: ResourceQuery) -> [String] {
    services.contains(query.action.service) ? found(query) : []
  }
}

/// All rules of single services; at most one knows a service.
enum ServiceRules {
  static let all: [any ServiceRule] = [
    BucketsAndObjects(), QueueURLs(), Functions(), Secrets(), Parameters(), Identities(), LogGroups(),
    EC2Resources(), Tables(), KeysAndAliases(), ECSResources(), EventRules(), LoadBalancers(), Models(),
    RelationalDatabases(), Clusters(), WebACLs(), HostedZones(), Builds(), ScalableTargets(),
    AssignmentTargets(), Subscriptions(),
  ]

  /// The rule of each service that has one.
  static let byService: [String: any ServiceRule] = {
    var rules: [String: any ServiceRule] = [:]
    for rule in all {
      for service in rule.services { rules[service] = rule }
    }
    return rules
  }()

  /// Whether a rule of a service keeps a type to itself.
  ///
  /// - Parameters:
  ///   - type: The type's name.
  ///   - service: The service prefix.
  /// - Returns: Whether one does.
  static func owned(_ type: String, of service: String) -> Bool {
    byService[service]?.owns.contains(type) ?? false
  }
}
