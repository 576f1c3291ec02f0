// Thresholds for pipelines: `diff --fail-on`.

import AWSCatalog
import CloudTrail
import IAM

/// What a comparison must not show.
public enum DiffThreshold: Hashable, Sendable {
  /// A principal holds more than so many actions that it did not use.
  case unusedActions(Int)
  /// More than so many per cent of what a principal holds, as far as the logs can show, is unused.
  case percent(Int)
  /// A principal may do everything on everything, and did not use all of it.
  case admin
  /// A principal holds an action that changes permissions and did not use it.
  case permissionsManagement
  /// A principal used something that no identity policy grants.
  case ungrantedUse
  /// A proposal could not be proved to keep every use and to allow nothing new.
  case unproved

  /// The thresholds, as the help lists them.
  public static let forms =
    "unused-actions=N, percent=N, admin, permissions-management, ungranted-use, unproved"

  /// Parses a value of `--fail-on`, or returns `nil` where it is none.
  ///
  /// - Parameter text: One of ``forms``.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Int(parts[1]) : nil
    switch (parts[0], parts.count) {
    case ("unused-actions", 2):
      guard let number, number >= 0 else { return nil }
      self = .unusedActions(number)
    case ("percent", 2):
      guard let number, (0...100).contains(number) else { return nil }
      self = .percent(number)
    case ("admin", 1): self = .admin
    case ("permissions-management", 1): self = .permissionsManagement
    case ("ungranted-use", 1): self = .ungrantedUse
    case ("unproved", 1): self = .unproved
    default: return nil
    }
  }
}

extension PolicyDiff {
  /// What hits a threshold, in words: one line a principal or policy.
  ///
  /// - Parameter threshold: The threshold.
  /// - Returns: The lines, in the order of the principals; none where the comparison stays below.
  public func hits(of threshold: DiffThreshold) -> [String] {
    switch threshold {
    case .unproved:
      trims.filter { !$0.verification.holds || !$0.verification.failures.isEmpty }.map {
        "\($0.subject.arn) \($0.subject.name): \($0.verification.failures.first?.explanation ?? "over the quota")"
      }
    default:
      principals.compactMap { principal in
        principal.breach(of: threshold).map { "\(principal.principal.identifier) \($0)" }
      }
    }
  }
}

extension PrincipalDiff {
  /// How the principal hits a threshold, as the end of a sentence; `nil` where it does not.
  fileprivate func breach(of threshold: DiffThreshold) -> String? {
    let total = LevelCounts(total: counts)
    switch threshold {
    case .unusedActions(let limit):
      return total.unused > limit ? "holds \(total.unused) unused actions, more than \(limit)" : nil
    case .percent(let limit):
      let observable = total.granted - total.notObservable
      guard observable > 0, total.unused * 100 > limit * observable else { return nil }
      return "leaves \(total.unused) of \(observable) actions unused, more than \(limit) %"
    case .admin:
      let holds = statements.contains { $0.statement.allowsEverything && $0.status != .used }
      return holds ? "may do everything on everything and does not use it" : nil
    case .permissionsManagement:
      let unused = counts.first { $0.level == .permissionsManagement }?.unused ?? 0
      return unused > 0 ? "holds \(unused) unused actions that change permissions" : nil
    case .ungrantedUse:
      let count = usedWithoutGrant.count
      return count > 0 ? "used \(count) permissions that no identity policy grants" : nil
    case .unproved: return nil
    }
  }
}

extension Statement {
  /// Whether the statement allows every action on every resource under no condition.
  fileprivate var allowsEverything: Bool {
    guard effect == .allow, conditions.isEmpty, case .resource(let resources) = resources,
      resources.contains("*"), case .action(let actions) = actions
    else { return false }
    return actions.contains { Wildcard($0).contains(Wildcard("*:*")) }
  }
}
