// What the formats say of a proposal, in words.

import AWSCatalog
import CloudTrail
import IAM
package import LeastPrivilege

extension PolicySubject {
  /// The kind of holder of an inline policy: `user`, `role` or `group`.
  var holderKind: String { PolicySubject.kind(ofHolder: arn) }

  /// `user`, `role` or `group`.
  static func kind(ofHolder arn: String) -> String { String((ARN(arn)?.resource ?? "").prefix { $0 != "/" }) }

  /// The holder of an AWS managed policy in the words of the text formats: `role photo-service`.
  var holderWords: String {
    holder.map { "\(PolicySubject.kind(ofHolder: $0)) \(PolicySubject.shortName($0))" } ?? ""
  }

  /// An AWS managed policy with its holder: `IAMReadOnlyAccess on role audit`.
  var attachmentWords: String { "\(name) on \(holderWords)" }

  /// The name of an identity or policy without its path.
  static func shortName(_ arn: String) -> String {
    arn.split(separator: "/").last.map(String.init) ?? arn
  }

  /// The policy in the words of the text formats: `deploy (customer managed)`, `photos (inline in role photo-service)`.
  var words: String {
    switch kind {
    case .managed, .groupManaged: "\(name) (customer managed)"
    case .awsManaged, .groupAWSManaged: "\(name) (AWS managed)"
    case .inline where isBare:
      "\(name) (a document by itself, for \(holderKind) \(PolicySubject.shortName(arn)))"
    case .inline, .groupInline: "\(name) (inline in \(holderKind) \(PolicySubject.shortName(arn)))"
    }
  }

  /// Where the policy's file stands in a directory of proposals, without its ending: parts that are still to be made
  /// safe as names of files.
  package var pathParts: [String] {
    isManaged ? [account, "policy", name] : [account, holderKind, PolicySubject.shortName(arn), name]
  }
}

extension PolicyTrim {
  /// The difference that a reviewer reads.
  var difference: UnifiedDiff { UnifiedDiff(from: before, to: after ?? []) }

  /// The proposal as a patch of a file.
  ///
  /// - Parameter path: The file's path.
  /// - Returns: The bytes.
  package func patch(path: String) -> [UInt8] { difference.patch(path: path) }

  /// What is proposed, in a few words.
  var words: String {
    let total = sharing.total
    switch outcome {
    case .unchanged: return "nothing to take out"
    case .leftAlone(let reason): return "left as it is: \(reason)"
    case .removed:
      return isManaged ? "nothing of it is used: detach and delete" : "nothing of it is used: delete"
    case .narrowed:
      return total.unused == 0
        ? "fewer resources" : "\(counted(total.unused - excess.count, "unused action")) less"
    }
  }

  private var isManaged: Bool { subject.isManaged }

  /// What the logs leave open about the policy; `nil` where nothing.
  var reservation: String? {
    let hidden = sharing.total.notObservable
    let accessed = sharing.total.accessed
    guard isChange else { return nil }
    let reasons = [
      hidden > 0 ? "\(counted(hidden, "action")) kept that these logs cannot show" : nil,
      accessed > 0
        ? "\(counted(accessed, "action")) kept that AWS saw accessed and these logs do not show" : nil,
    ]
    let text = reasons.compactMap(\.self).joined(separator: "; ")
    return text.isEmpty ? nil : text
  }

  /// What is proved of it: each promise with whether it holds.
  var proofs: [(holds: Bool, text: String)] { verification.proofs }
}

extension TrimVerification {
  /// Each promise with whether it holds.
  var proofs: [(holds: Bool, text: String)] {
    let uses = counted(usesReplayed, "recorded use")
    let checks = [
      (complete, "keeps all of \(uses)", "breaks a recorded use"),
      (noNewAccess, "allows nothing new", "allows something new"),
      (idempotent, "stable", "changes once more when trimmed again"),
      (
        withinQuotas, "within quotas",
        "over IAM's quota, and nothing shorter lies within the grant"
      ),
    ]
    return checks.map { ($0.0, $0.0 ? $0.1 : $0.2) }
  }
}

extension ReplacementOption {
  /// What takes the policy's place, in words.
  var words: String {
    switch kind {
    case .detach: "detach it: nothing of it is used"
    case .covered: "detach it: other policies grant what is used of it"
    case .awsManaged: "AWS managed \(name)"
    case .customerManaged: "existing policy \(name)"
    case .group: "existing group \(name)"
    case .newPolicy: "new policy \(name)"
    }
  }

  /// What it grants beyond use, by access level: `Read 12, Write 3`, and what nobody could have seen used.
  var excessWords: String {
    if kind == .detach || kind == .covered { return "none" }
    let levels = counts.compactMap { level in
      level.unused > 0 ? "\(level.level.rawValue) \(grouped(level.unused))" : nil
    }
    let hidden =
      (total.notObservable > 0 ? "; \(grouped(total.notObservable)) not observable" : "")
      + (total.accessed > 0 ? "; \(grouped(total.accessed)) accessed, but not in the logs" : "")
    let size = isWithinQuota ? "" : "; over IAM's quota"
    return (levels.isEmpty ? "none" : levels.joined(separator: ", ")) + hidden + size
  }
}

extension LevelCounts {
  /// What else there is of the granted actions, to be added to a list in words; nothing where there is nothing.
  var furtherWords: String {
    (accessed > 0 ? ", \(grouped(accessed)) accessed, but not in the logs" : "")
      + (ineffective > 0 ? ", \(grouped(ineffective)) ineffective" : "")
  }
}

extension PolicyDiff {
  /// The counts of all principals together.
  var total: LevelCounts { LevelCounts(total: principals.flatMap(\.counts)) }

  /// The policies that change, those with most unused actions first.
  var changes: [PolicyTrim] {
    trims.filter(\.isChange).sorted {
      ($1.sharing.total.unused, $0.subject) < ($0.sharing.total.unused, $1.subject)
    }
  }
}

/// A part of a whole in per cent, rounded down; 0 of nothing.
///
/// - Parameters:
///   - part: The part.
///   - whole: The whole.
/// - Returns: The percentage.
func percent(_ part: Int, of whole: Int) -> Int { whole == 0 ? 0 : part * 100 / whole }
