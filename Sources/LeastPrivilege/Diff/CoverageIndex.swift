// What the logs could have shown (SEMANTICS §8).
//
// "Unused" is a claim about the hours, accounts and regions that the logs contain. Which region an action's events stand in
// is told by the resources that a statement names; an action of a global service stands in the service's home region, wherever
// it was called from. Where a statement leaves the region open, the claim is about the regions covered, which every report
// names.

import AWSCatalog
import IAM
import Usage

/// Answers whether the use of an action would stand in the logs.
struct CoverageIndex {
  /// The regions of which the logs contain management events, by account.
  private var managementRegions: [String: Set<String>] = [:]
  /// The regions of which the logs contain data events of a service, by account and service.
  private var dataRegions: [DataKey: Set<String>] = [:]

  private let catalog: Catalog
  /// Patterns of the services whose calls were read; all where there are none.
  private let services: [Wildcard]

  private struct DataKey: Hashable {
    var account: String
    var service: String
  }

  /// Services whose management events CloudTrail records in one region of a partition, wherever the call was made.
  ///
  /// See "Global services" in the whitepaper "AWS Fault Isolation Boundaries", and "Global service events" in the CloudTrail
  /// User Guide.
  private static let globalServices: [String: Set<String>] = {
    let east: Set<String> = [
      "us-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "us-iso-east-1", "us-isob-east-1",
    ]
    let names = [
      "account", "artifact", "billing", "budgets", "ce", "cloudfront", "consolidatedbilling", "cur",
      "freetier", "health",
      "iam", "invoicing", "organizations", "payments", "route53", "route53domains", "savingsplans", "shield",
      "support",
      "tax", "trustedadvisor", "waf",
    ]
    var services = Dictionary(uniqueKeysWithValues: names.map { ($0, east) })
    for name in ["globalaccelerator", "networkmanager", "route53-recovery-control-config"] {
      services[name] = ["us-west-2", "us-gov-west-1"]
    }
    return services
  }()

  /// Takes what the logs contain.
  ///
  /// - Parameters:
  ///   - coverage: The coverage of the logs.
  ///   - services: Patterns of the services whose calls were read; all where there are none.
  ///   - catalog: The AWS reference.
  init(_ coverage: Coverage, services: [String] = [], catalog: Catalog) {
    self.catalog = catalog
    self.services = services.map { Wildcard($0, caseInsensitive: true) }
    for key in coverage.keys {
      if key.category == "Management" {
        managementRegions[key.account, default: []].insert(key.region)
      } else if key.category == "Data" {
        let data = DataKey(account: key.account, service: catalog.servicePrefix(source: key.eventSource))
        dataRegions[data, default: []].insert(key.region)
      }
    }
  }

  /// Whether the logs could have shown the use of an action in an account.
  ///
  /// - Parameters:
  ///   - entry: The action.
  ///   - account: The account.
  ///   - regions: The regions that the granted resources name; `nil` where they leave the region open.
  /// - Returns: Whether every region in which the use could stand is covered, and at least one.
  func isObservable(_ entry: ActionTraits, account: String, regions: GrantedRegions? = nil) -> Bool {
    let service = String(entry.action.prefix { $0 != ":" })
    guard services.isEmpty || services.contains(where: { $0.matches(service) }) else { return false }
    let covered: Set<String>?
    switch entry.observability {
    case .never: return false
    case .management: covered = managementRegions[account]
    case .data: covered = dataRegions[DataKey(account: account, service: service)]
    }
    guard let covered else { return false }
    if entry.observability == .management, let homes = Self.globalServices[service] {
      return !covered.isDisjoint(with: homes)
    }
    guard let named = regions?.named(for: entry, catalog: catalog) else { return true }
    return named.isSubset(of: covered)
  }
}

/// The regions that the resources of a statement name, by the service in their ARNs.
struct GrantedRegions: Hashable {
  private var named: [String: Set<String>] = [:]
  /// Services of which some pattern leaves the region open.
  private var open: Set<String> = []

  /// Takes the regions from a `Resource` element; `nil` where no region is named at all, as for most.
  ///
  /// - Parameter element: The element.
  init?(_ element: Statement.ResourceElement?) {
    guard case .resource(let patterns)? = element else { return nil }
    for pattern in patterns {
      let parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(
        String.init)
      func isLiteral(_ text: String) -> Bool { !text.isEmpty && !text.contains { "*?$".contains($0) } }
      // A pattern of any service may stand for any region.
      guard parts.count == 6, isLiteral(parts[2]) else { return nil }
      if isLiteral(parts[3]) {
        named[parts[2], default: []].insert(parts[3])
      } else {
        open.insert(parts[2])
      }
    }
    if named.isEmpty { return nil }
  }

  /// The regions in which an action is granted; `nil` where they are open.
  ///
  /// - Parameters:
  ///   - entry: The action.
  ///   - catalog: Where its resource types are looked up.
  /// - Returns: The regions that patterns of the action's resource types name.
  func named(for entry: ActionTraits, catalog: Catalog) -> Set<String>? {
    var regions: Set<String> = []
    for format in (catalog.action(entry.action)?.resourceTypes ?? []).flatMap(\.arnFormats) {
      let parts = format.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4 else { continue }
      let service = String(parts[2])
      if open.contains(service) { return nil }
      regions.formUnion(named[service] ?? [])
    }
    return regions.isEmpty ? nil : regions
  }
}
