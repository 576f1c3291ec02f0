// What the logs could have shown (SEMANTICS §8).

import AWSCatalog
import Usage

/// Answers whether the use of an action would stand in the logs.
struct CoverageIndex {
  /// Services for which the logs contain data events, by account.
  private var dataServices: [String: Set<String>] = [:]
  private var managementAccounts: Set<String> = []

  init(_ coverage: Coverage, catalog: Catalog) {
    for key in coverage.keys {
      if key.category == "Management" {
        managementAccounts.insert(key.account)
      } else if key.category == "Data" {
        let service = catalog.servicePrefix(source: key.eventSource)
        dataServices[key.account, default: []].insert(service)
      }
    }
  }

  /// Whether the logs could have shown the use of an action in an account.
  func isObservable(_ entry: ActionEntry, account: String) -> Bool {
    switch entry.observability {
    case .never: return false
    case .management: return managementAccounts.contains(account)
    case .data:
      let service = entry.action.split(separator: ":").first.map(String.init) ?? ""
      return dataServices[account]?.contains(service) ?? false
    }
  }
}
