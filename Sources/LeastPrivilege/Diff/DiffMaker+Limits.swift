// What bears on a principal's grant beside its use: what blocks it, and what AWS saw that the logs do not show.

import AWSCatalog
import CloudTrail
import IAM

extension DiffMaker {
  /// Marks granted actions that can never be allowed, where nobody used them.
  ///
  /// - Parameters:
  ///   - grants: What can never be allowed.
  ///   - statements: The statements of the principal.
  func mark(_ grants: [IneffectiveGrant], in statements: inout [StatementDiff]) {
    guard !grants.isEmpty else { return }
    struct Place: Hashable {
      var source: PolicySource
      var index: Int
    }
    var blocked: [Place: Set<String>] = [:]
    for grant in grants {
      blocked[Place(source: grant.source, index: grant.index), default: []].formUnion(grant.actions)
    }
    for position in statements.indices {
      let place = Place(source: statements[position].source, index: statements[position].index)
      guard let actions = blocked[place] else { continue }
      for number in statements[position].actions.indices {
        let action = statements[position].actions[number]
        guard action.status == .unused || action.status == .notObservable, actions.contains(action.action)
        else { continue }
        statements[position].actions[number].status = .ineffective
      }
    }
  }

  /// Marks actions that AWS saw tried and the logs do not show.
  ///
  /// - Parameters:
  ///   - actions: The actions of a statement.
  ///   - accessed: What was tried.
  func mark(_ actions: inout [ActionDiff], _ accessed: AccessedActions) {
    guard !accessed.isEmpty else { return }
    for number in actions.indices {
      let status = actions[number].status
      guard status == .unused || status == .notObservable,
        let time = accessed.lastAttempt(on: actions[number].action, isObservable: status == .unused)
      else { continue }
      actions[number].status = .accessed
      actions[number].lastAccessed = time
    }
  }

  /// The services of which a principal holds actions that the logs cannot show.
  ///
  /// - Parameter record: The principal.
  /// - Returns: The services' prefixes.
  func hiddenServices(of record: GrantedRecord) -> Set<String> {
    var services: Set<String> = []
    let account = ARN(record.uses.principal.identifier)?.account ?? ""
    for statement in (record.grant?.policies ?? []).flatMap(\.document.statements)
    where statement.effect == .allow {
      let regions = GrantedRegions(statement.resources)
      for number in table.granted(by: statement).actions {
        let entry = table.entries[number]
        if !coverage.isObservable(entry, account: account, regions: regions) {
          services.insert(String(entry.action.prefix { $0 != ":" }).lowercased())
        }
      }
    }
    return services
  }
}
