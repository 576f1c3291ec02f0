// What is known of the use of a policy by all that it reaches.

import AWSCatalog
import Usage

/// The uses of every principal that a policy reaches, and what the logs could have shown of them.
struct TrimEvidence {
  /// The uses by action, in the order of the actions' names.
  let actions: [(name: String, uses: [RecordedUse])]
  /// The account that the policy belongs to.
  let account: String
  /// What AWS saw any of them try that the logs do not show.
  let accessed: AccessedActions
  /// What the logs could have shown.
  let coverage: CoverageIndex

  /// Collects the uses of principals.
  ///
  /// - Parameters:
  ///   - records: The principals; only calls that got past authorization count.
  ///   - account: The account that the policy belongs to.
  ///   - coverage: What the logs could have shown.
  init(of records: [PrincipalUses], account: String, coverage: CoverageIndex) {
    var byAction: [String: [RecordedUse]] = [:]
    var accessed = AccessedActions()
    for record in records {
      accessed.formUnion(record.accessed)
      for use in record.uses where use.wasPermitted { byAction[use.action, default: []].append(use) }
    }
    actions = byAction.sorted { $0.key < $1.key }.map { (name: $0.key, uses: $0.value) }
    self.account = account
    self.accessed = accessed
    self.coverage = coverage
  }

  /// Whether an action may be in use on resources that the logs do not tell: they could not have shown it, or somebody who did
  /// not use it by the logs was seen by AWS trying it.
  ///
  /// - Parameters:
  ///   - entry: The action.
  ///   - regions: The regions that the granted resources name.
  /// - Returns: Whether it has to stay as it is.
  func isHidden(_ entry: ActionTraits, regions: GrantedRegions?) -> Bool {
    !coverage.isObservable(entry, account: account, regions: regions)
      || accessed.lastAttempt(on: entry.action, isObservable: true) != nil
  }
}
