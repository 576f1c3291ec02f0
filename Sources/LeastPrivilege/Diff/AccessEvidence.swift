// Attempts that AWS recorded and the logs do not show.
//
// Last accessed information has the last attempt on a service or action, no more. It adds something to the logs only where it is
// not the very call that they show:
//
//   1. An attempt before the logs begin says nothing of their time.
//   2. The logs have a call of the same identity on the same service (or action) at that time or later, up to the minute to which
//      the information is given: it is that call.
//   3. Of a service: the logs cover hour and region of the attempt, and the identity holds actions of the service that such logs
//      do not show. Then it was one of these, which are kept anyway. Otherwise the logs have a hole, and it may have been any.

import AWSCatalog
import CloudTrail
import IAM
import Usage

/// What one identity, or several together, tried without the logs showing it.
struct AccessedActions: Hashable, Sendable {
  /// The last attempts on actions, by their names in lower case.
  private(set) var actions: [String: Timestamp] = [:]
  /// The last attempts on some action of a service, by prefix.
  private(set) var services: [String: LastAccessedReport.Attempt] = [:]

  /// Whether there is nothing.
  var isEmpty: Bool { actions.isEmpty && services.isEmpty }

  /// When an action was tried, or perhaps tried, where the logs could have shown it and do not.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - isObservable: Whether the logs could have shown it; of one that they could not only its own attempts count.
  /// - Returns: The time, or `nil` where nothing speaks for an attempt.
  func lastAttempt(on action: String, isObservable: Bool) -> Timestamp? {
    if isEmpty { return nil }
    let name = action.lowercased()
    let own = actions[name]
    guard isObservable, let attempt = services[String(name.prefix { $0 != ":" })],
      !attempt.untouched.contains(name)
    else { return own }
    return max(own ?? attempt.time, attempt.time)
  }

  mutating func add(_ time: Timestamp, on action: String) {
    actions[action] = max(actions[action] ?? time, time)
  }

  /// Adds an attempt on a service; what nobody tried of it is what none of several has tried.
  mutating func add(_ attempt: LastAccessedReport.Attempt, onService service: String) {
    guard let known = services[service] else {
      services[service] = attempt
      return
    }
    services[service] = LastAccessedReport.Attempt(
      time: max(known.time, attempt.time), region: nil,
      untouched: known.untouched.intersection(attempt.untouched))
  }

  /// Adds what others tried.
  mutating func formUnion(_ other: AccessedActions) {
    for (action, time) in other.actions { add(time, on: action) }
    for (service, attempt) in other.services { add(attempt, onService: service) }
  }
}

/// Holds last accessed information against logs.
struct AccessEvidence {
  private let services: [String: [(name: String, attempt: LastAccessedReport.Attempt)]]
  private let actions: [String: [(name: String, attempt: LastAccessedReport.Attempt)]]
  private let coverage: Coverage
  /// The first covered second of each account.
  private var begins: [String: Timestamp] = [:]
  /// The last call of each identity, by service and by action.
  private var lastCalls: [Principal: [String: Timestamp]] = [:]

  /// How far a call of the logs may lie before the attempt that it is: times are given in minutes.
  private static let precision: Int64 = 60

  /// Prepares for the identities of a ledger.
  ///
  /// - Parameters:
  ///   - report: What AWS recorded.
  ///   - ledger: The recorded use.
  ///   - catalog: The AWS reference.
  init(_ report: LastAccessedReport, ledger: UsageLedger, catalog: Catalog) {
    func byEntity(
      _ attempts: [LastAccessedReport.Target: LastAccessedReport.Attempt]
    ) -> [String: [(name: String, attempt: LastAccessedReport.Attempt)]] {
      Dictionary(grouping: attempts, by: \.key.entity).mapValues { $0.map { ($0.key.name, $0.value) } }
    }
    services = byEntity(report.services)
    actions = byEntity(report.actions)
    coverage = ledger.coverage
    for (key, hours) in ledger.coverage.hours where key.category == "Management" {
      guard let begin = hours.stretches.first?.lowerBound else { continue }
      begins[key.account] = min(begins[key.account] ?? begin, begin)
    }
    guard !report.isEmpty else { return }
    for (key, facts) in ledger.operations {
      note(facts.calls.lastSeen, catalog.servicePrefix(source: key.eventSource).lowercased(), key.principal)
    }
    for (key, facts) in ledger.uses {
      let action = key.action.lowercased()
      note(facts.total.lastSeen, action, key.principal)
      note(facts.total.lastSeen, String(action.prefix { $0 != ":" }), key.principal)
    }
  }

  private mutating func note(_ time: Timestamp?, _ name: String, _ principal: Principal) {
    guard let time else { return }
    lastCalls[principal, default: [:]][name] = max(lastCalls[principal]?[name] ?? time, time)
  }

  /// What a principal tried without the logs showing it.
  ///
  /// - Parameters:
  ///   - record: The principal.
  ///   - hidden: The services of which it holds actions that the logs cannot show; asked for only where that matters.
  /// - Returns: The attempts.
  func accessed(by record: GrantedRecord, hidden: () -> Set<String>) -> AccessedActions {
    var result = AccessedActions()
    let principal = record.uses.principal
    let account = record.grant?.identity.account ?? ARN(principal.identifier)?.account ?? ""
    guard let begin = begins[account] else { return result }
    let calls = lastCalls[principal] ?? [:]
    // What it used by the logs is kept, and narrowed to the resources that the logs tell.
    let used = Set(record.uses.uses.filter(\.wasPermitted).map { $0.action.lowercased() })
    func isNews(_ name: String, _ attempt: LastAccessedReport.Attempt) -> Bool {
      guard attempt.time >= begin else { return false }
      guard let call = calls[name] else { return true }
      return call.secondsSinceEpoch + AccessEvidence.precision <= attempt.time.secondsSinceEpoch
    }
    let names = Set([principal.identifier, record.grant?.identity.arn].compactMap(\.self))
    for entity in names.sorted() {
      for (name, attempt) in actions[entity] ?? [] where isNews(name, attempt) && !used.contains(name) {
        result.add(attempt.time, on: name)
      }
      for (name, attempt) in services[entity] ?? [] where isNews(name, attempt) {
        if isCovered(attempt, account), hidden().contains(name) { continue }
        var attempt = attempt
        attempt.untouched.formUnion(used)
        result.add(attempt, onService: name)
      }
    }
    return result
  }

  /// Whether the logs cover hour and region of an attempt.
  private func isCovered(_ attempt: LastAccessedReport.Attempt, _ account: String) -> Bool {
    guard let region = attempt.region else { return false }
    let key = CoverageKey(account: account, region: region, category: "Management")
    return coverage.hours[key]?.contains(attempt.time) ?? false
  }
}
