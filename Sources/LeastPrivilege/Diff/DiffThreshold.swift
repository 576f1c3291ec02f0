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
  /// A principal is an administrator, and did not use all that makes it one; see ``StatementDiff/isAdministrative``.
  case admin
  /// A principal holds an action that changes permissions and did not use it.
  case permissionsManagement
  /// A principal is granted something that a boundary, a control policy or a Deny blocks for certain.
  case ineffective
  /// A principal used something that no identity policy grants.
  case ungrantedUse
  /// A proposal could not be proved to keep every use and to allow nothing new.
  case unproved

  /// The thresholds, as the help lists them.
  public static let forms =
    "unused-actions=N, percent=N, admin, permissions-management, ineffective, ungranted-use, unproved"

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
    case ("ineffective", 1): self = .ineffective
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
      (trims.map { ("\($0.subject.arn) \($0.subject.name)", $0.verification) }
        + replacements.map {
          ("\($0.subject.holder ?? $0.subject.account) \($0.subject.name)", $0.verification)
        })
        .filter { !$1.holds || !$1.failures.isEmpty }
        .map { "\($0): \($1.failures.first?.explanation ?? "over the quota")" }
        + rebuilds.filter { !$0.proposal.verification.holds }.map {
          "\($0.principal.identifier), written afresh: "
            + ($0.proposal.verification.failures.first?.explanation ?? "over a quota")
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
    func actions(_ count: Int, _ attribute: String = "") -> String {
      "\(count) \(attribute)\(count == 1 ? "action" : "actions")"
    }
    switch threshold {
    case .unusedActions(let limit):
      return total.unused > limit ? "holds \(actions(total.unused, "unused ")), more than \(limit)" : nil
    case .percent(let limit):
      let observable = total.observable
      guard observable > 0, total.unused * 100 > limit * observable else { return nil }
      return "leaves \(total.unused) of \(observable) actions unused, more than \(limit) %"
    case .admin:
      guard let statement = statements.first(where: { $0.isAdministrative && $0.status != .used }) else {
        return nil
      }
      return "is an administrator by `\(statement.source.name)` and does not use it"
    case .permissionsManagement:
      let unused = counts.first { $0.level == .permissionsManagement }?.unused ?? 0
      return unused > 0 ? "holds \(actions(unused, "unused ")) that change permissions" : nil
    case .ineffective:
      let count = Set(ineffective.flatMap(\.actions)).count
      return count > 0 ? "is granted \(actions(count)) that can never be allowed" : nil
    case .ungrantedUse:
      let count = usedWithoutGrant.count
      return count > 0
        ? "used \(count) \(count == 1 ? "permission" : "permissions") that no identity policy grants" : nil
    case .unproved: return nil
    }
  }
}

extension StatementDiff {
  /// Actions of IAM by each of which whoever may do it on any identity or policy gives itself everything.
  private static let grantingActions: Set<String> = [
    "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:SetDefaultPolicyVersion",
  ]

  /// Whether the statement makes an administrator: without conditions and on every resource it allows everything, or all
  /// actions of IAM by which its holder gives itself everything, and no boundary, control policy or Deny blocks those.
  ///
  /// So do `*` and `*:*` of AdministratorAccess and its copies, `iam:*` of IAMFullAccess, and a `NotAction` that leaves IAM in.
  public var isAdministrative: Bool {
    guard statement.conditions.isEmpty, case .resource(let resources) = statement.resources,
      resources.contains("*")
    else { return false }
    let effective = actions.filter { $0.status != .ineffective }.map(\.action)
    return StatementDiff.grantingActions.isSubset(of: effective)
  }
}
