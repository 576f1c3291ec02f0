// Which events count: the options that mean the same for every command.

import AWSCatalog
import CloudTrail
import IAM

/// A choice of events; everything, unless told otherwise.
public struct UsageFilter: Sendable, Hashable {
  /// Patterns of principals: ARN or name, `*` and `?`.
  public var principals: [String] = []
  /// Patterns of accounts: of the caller, or of the trail that recorded the call.
  public var accounts: [String] = []
  /// Patterns of regions.
  public var regions: [String] = []
  /// Patterns of services: IAM prefix (`cloudwatch`) or event source without domain (`monitoring`).
  public var services: [String] = []
  /// Only events at or after this.
  public var since: TimeBound?
  /// Only events before this.
  public var until: TimeBound?

  /// Creates a filter that lets everything through.
  public init() {}

  /// Whether the newest event must be known before the first can be judged.
  public var isRelative: Bool { since?.isRelative == true || until?.isRelative == true }

  /// A settled ledger without the principals that are not asked for.
  ///
  /// Some events tell a role's name and not its path, so that they are let through until the path is learnt.
  ///
  /// - Parameter ledger: The ledger, settled.
  /// - Returns: The ledger with the uses, operations and facts of the principals asked for.
  func selected(_ ledger: UsageLedger) -> UsageLedger {
    guard !principals.isEmpty else { return ledger }
    let patterns = PrincipalPatterns(principals)
    var result = ledger
    result.uses = ledger.uses.filter { patterns.match($0) }
    result.principals = ledger.principals.filter { patterns.match($0.key) }
    result.operations = ledger.operations.renamed { patterns.match($0) ? $0 : nil }
    return result
  }
}

/// A filter ready to judge events.
struct EventFilter: Sendable {
  private let principals: PrincipalPatterns
  private let accounts: [Wildcard]
  private let regions: [Wildcard]
  private let services: [Wildcard]
  private let since: Timestamp?
  private let until: Timestamp?
  private let catalog: Catalog

  /// Prepares a filter.
  ///
  /// - Parameters:
  ///   - filter: The filter.
  ///   - newest: The time of the newest event, where the filter asks for it.
  ///   - catalog: The reference data, for the prefixes of event sources.
  init(_ filter: UsageFilter, newest: Timestamp?, catalog: Catalog) {
    principals = PrincipalPatterns(filter.principals)
    accounts = filter.accounts.map { Wildcard($0) }
    regions = filter.regions.map { Wildcard($0, caseInsensitive: true) }
    services = filter.services.map { Wildcard($0, caseInsensitive: true) }
    since = filter.since?.instant(newest: newest)
    until = filter.until?.instant(newest: newest)
    self.catalog = catalog
  }

  /// Whether principals, accounts, regions and services are all let through.
  var takesAll: Bool { principals.isEmpty && accounts.isEmpty && regions.isEmpty && services.isEmpty }

  /// Whether coverage is drawn from an event: its time, account and region are looked at.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - principal: Its principal.
  /// - Returns: Whether coverage is drawn from it.
  func covers(_ event: CloudTrailEvent, _ principal: Principal) -> Bool {
    covers(event.eventTime) && coversPlace(event, principal)
  }

  /// Whether a time is in the stretch asked for; an event without time is in no stretch.
  ///
  /// - Parameter time: The time.
  /// - Returns: Whether it is.
  func covers(_ time: Timestamp?) -> Bool {
    guard since != nil || until != nil else { return true }
    guard let time else { return false }
    if let since, time < since { return false }
    if let until, time >= until { return false }
    return true
  }

  /// Whether an event comes from the accounts and regions asked for.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - principal: Its principal.
  /// - Returns: Whether it does.
  func coversPlace(_ event: CloudTrailEvent, _ principal: Principal) -> Bool {
    if !accounts.isEmpty {
      let candidates = [event.recipientAccountID, principal.account, event.userIdentity.accountID].compactMap
      { $0 }
      guard candidates.contains(where: { account in accounts.contains { $0.matches(account) } }) else {
        return false
      }
    }
    if !regions.isEmpty {
      guard let region = event.awsRegion, regions.contains(where: { $0.matches(region) }) else {
        return false
      }
    }
    return true
  }

  /// Whether a covered event is about the principals and services asked for.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - principal: Its principal.
  /// - Returns: Whether it counts as use.
  func selects(_ event: CloudTrailEvent, _ principal: Principal) -> Bool {
    guard principals.mayMatch(principal) else { return false }
    if !services.isEmpty {
      guard let source = event.eventSource else { return false }
      let label = source.split(separator: ".").first.map(String.init) ?? source
      let prefix = catalog.servicePrefix(source: source)
      guard services.contains(where: { $0.matches(prefix) || $0.matches(label) }) else { return false }
    }
    return true
  }
}
